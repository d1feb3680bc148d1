"""Amazon SNS as its client shows it, with the faults that moto cannot play."""

import itertools
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

ADM = "arn:aws:sns:eu-west-1:123456789012:app/ADM/wines"
BAIDU = "arn:aws:sns:eu-west-1:123456789012:app/BAIDU/wines"


def refusal(code: str, message: str = "", status: int = 400, operation: str = "Publish") -> ClientError:
    said: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, operation)


class FakeAmazon:
    """`faults` are called before anything is done, with the operation and what was said; they may raise or take their
    time. `calls` are all of them, `published` the endpoints that got a message."""

    def __init__(self) -> None:
        self.endpoints: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []
        self.published: list[str] = []
        self.said: list[dict[str, Any]] = []
        self.faults: Callable[[str, dict[str, Any]], None] = lambda *_: None
        self._numbers = itertools.count(1)

    def create_platform_endpoint(self, **said: Any) -> dict[str, str]:
        self._called("CreatePlatformEndpoint", said)
        for arn, attributes in self.endpoints.items():
            if attributes["Token"] == said["Token"]:
                return {"EndpointArn": arn}
        application = said["PlatformApplicationArn"]
        arn = f"{application.replace(':app/', ':endpoint/')}/{next(self._numbers)}"
        self.endpoints[arn] = {"Token": said["Token"], "Enabled": "true", **said["Attributes"]}
        return {"EndpointArn": arn}

    def get_endpoint_attributes(self, **said: Any) -> dict[str, Any]:
        self._called("GetEndpointAttributes", said)
        return {"Attributes": self.endpoints[said["EndpointArn"]]}

    def set_endpoint_attributes(self, **said: Any) -> None:
        self._called("SetEndpointAttributes", said)
        self.endpoints[said["EndpointArn"]].update(said["Attributes"])

    def delete_endpoint(self, **said: Any) -> None:
        self._called("DeleteEndpoint", said)
        self.endpoints.pop(said["EndpointArn"], None)

    def publish(self, **said: Any) -> None:
        self._called("Publish", said)
        if said["TargetArn"] not in self.endpoints:
            text = "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified"
            raise refusal("InvalidParameter", text)
        if self.endpoints[said["TargetArn"]]["Enabled"] != "true":
            raise refusal("EndpointDisabled", "Endpoint is disabled")
        self.published.append(said["TargetArn"])

    def close(self) -> None:
        """Nothing is open."""

    def _called(self, operation: str, said: dict[str, Any]) -> None:
        self.calls.append(operation)
        self.said.append(said)
        self.faults(operation, said)
