"""Each answer of Amazon has one meaning."""

import pytest
from botocore import exceptions as boto

from fakes.amazon import refusal
from push.adapters.sns.outcomes import outcome
from push.domain.outcome import Kind

URL = {"endpoint_url": "https://sns"}
TAKEN = "Invalid parameter: Token Reason: must be at most 400 bytes"
NO_APP = "Invalid parameter: PlatformApplicationArn Reason: Wrong number of slashes in relative portion of the ARN."


@pytest.mark.parametrize(
    ("code", "message", "status", "operation", "kind"),
    [
        ("EndpointDisabled", "", 400, "Publish", Kind.DEAD),
        ("NotFound", "Endpoint does not exist", 404, "Publish", Kind.RETRY),
        ("InvalidParameter", "TargetArn Reason: No endpoint found for the target arn", 400, "Publish", Kind.RETRY),
        ("NotFound", "Endpoint does not exist", 404, "GetEndpointAttributes", Kind.RETRY),
        ("NotFound", "PlatformApplication does not exist", 404, "CreatePlatformEndpoint", Kind.MISCONFIGURED),
        ("InvalidParameter", TAKEN, 400, "CreatePlatformEndpoint", Kind.DEAD),
        ("InvalidParameter", NO_APP, 400, "CreatePlatformEndpoint", Kind.MISCONFIGURED),
        ("InvalidParameter", "Invalid parameter: Message too long", 400, "Publish", Kind.REJECTED),
        ("PlatformApplicationDisabled", "", 400, "Publish", Kind.MISCONFIGURED),
        ("AuthorizationError", "", 403, "Publish", Kind.MISCONFIGURED),
        ("InvalidClientTokenId", "", 403, "CreatePlatformEndpoint", Kind.MISCONFIGURED),
        ("ValidationException", "", 400, "Publish", Kind.REJECTED),
        ("Throttled", "", 429, "Publish", Kind.RETRY),
        ("Throttling", "Rate exceeded", 400, "CreatePlatformEndpoint", Kind.RETRY),
        ("InternalError", "", 500, "Publish", Kind.RETRY),
        ("ServiceUnavailable", "", 503, "Publish", Kind.RETRY),
        ("504", "", 504, "Publish", Kind.UNKNOWN),
        ("504", "", 504, "CreatePlatformEndpoint", Kind.RETRY),
    ],
)
def test_what_amazon_answers(code: str, message: str, status: int, operation: str, kind: Kind) -> None:
    said = outcome(refusal(code, message, status, operation), publishing=operation == "Publish")
    assert (said.kind, said.code) == (kind, f"SNS_{code}")
    assert said.after_s == (10 if kind is Kind.RETRY else 0)


@pytest.mark.parametrize(
    ("error", "while_publishing", "before"),
    [
        (boto.EndpointConnectionError(**URL), Kind.RETRY, Kind.RETRY),
        (boto.ConnectTimeoutError(**URL), Kind.RETRY, Kind.RETRY),
        (boto.ReadTimeoutError(**URL), Kind.UNKNOWN, Kind.RETRY),
        (boto.ConnectionClosedError(**URL), Kind.UNKNOWN, Kind.RETRY),
        (boto.NoCredentialsError(), Kind.MISCONFIGURED, Kind.MISCONFIGURED),
        (boto.CredentialRetrievalError(provider="p", error_msg="m"), Kind.RETRY, Kind.RETRY),
        (boto.ParamValidationError(report="r"), Kind.REJECTED, Kind.REJECTED),
        (RuntimeError("ours"), Kind.UNKNOWN, Kind.RETRY),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else str(each),
)
def test_what_comes_without_an_answer(error: Exception, while_publishing: Kind, before: Kind) -> None:
    assert outcome(error, publishing=True).kind is while_publishing
    assert outcome(error, publishing=False).kind is before
