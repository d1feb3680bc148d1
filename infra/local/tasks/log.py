import json
import sys


def log(severity: str, message: str, **fields: object) -> None:
    """One JSON object on one line of stderr, with Cloud Logging's names for severity and message."""
    sys.stderr.write(json.dumps({"severity": severity, "message": message, **fields}) + "\n")
    sys.stderr.flush()
