"""Errors in Google's shape: the code is the message, sometimes with a sentence behind it."""

from typing import Any

KEY_INVALID = "API key not valid. Please pass a valid API key."


class Refused(Exception):
    """An answer of 400 or more."""

    def __init__(self, message: str, status: int = 400, reason: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason

    @property
    def document(self) -> dict[str, Any]:
        message = str(self)
        error: dict[str, Any] = {"code": self.status, "message": message}
        error["errors"] = [{"message": message, "domain": "global", "reason": "invalid"}]
        if self.reason is not None:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": kind, "reason": self.reason, "domain": "googleapis.com"}]
        return {"error": error}
