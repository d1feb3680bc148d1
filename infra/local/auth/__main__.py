"""`python -m infra.local.auth --port P --state FILE.json --project ID [--host 127.0.0.1]`"""

import argparse
import sys
from pathlib import Path

import uvicorn

from infra.local.auth.accounts import Accounts
from infra.local.auth.server import app

parser = argparse.ArgumentParser(prog="python -m infra.local.auth", description="Firebase Authentication, locally.")
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--state", type=Path, required=True, help="JSON file that keeps the accounts")
parser.add_argument("--project", required=True, help="the Firebase project that API keys speak for")
parser.add_argument("--host", default="127.0.0.1")
given = parser.parse_args()
sys.stdout.write(f"Firebase Authentication: http://{given.host}:{given.port}\n")
sys.stdout.flush()
uvicorn.run(
    app(Accounts(given.state), given.project), host=given.host, port=given.port, lifespan="off", ws="none",
    log_config=None, access_log=False, timeout_graceful_shutdown=1,
)  # fmt: skip
