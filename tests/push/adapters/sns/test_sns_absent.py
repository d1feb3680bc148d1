"""Most deployments have no Amazon SNS, and nothing of Amazon's is installed there."""

import subprocess
import sys
from pathlib import Path

FUNCTIONS = Path(__file__).parents[4] / "functions"
WITHOUT_BOTO3 = """
import sys
sys.modules.update(boto3=None, botocore=None)  # importing them raises ImportError

import main
import push.entrypoints.api.function
from push.bootstrap import Container
from push.settings import Settings

needed = {
    "GOOGLE_CLOUD_PROJECT": "p", "TASKS_LOCATION": "l", "TOKEN_KEYS": "{}", "KEY_PEPPER": "x" * 16, "INVOKER": "i",
    "OIDC_AUDIENCE": "a",
}
print(*(type(Container(Settings.from_environment(needed | more)).relay).__name__
        for more in ({}, {"SNS_REGION": "eu-west-1"})))
"""


def test_functions_load_and_build_what_they_need_without_boto3() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_BOTO3], cwd=FUNCTIONS, env={"FUNCTION_TARGET": "deliver"}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (ran.stderr, ran.stdout) == ("", "NoneType SnsRelay\n")
