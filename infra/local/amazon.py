"""What Amazon SNS has before an app can use it: a platform application for each platform, with credentials in it."""

import boto3

from push.domain.app import SnsApplications
from push.domain.rendering import SNS_PLATFORMS
from push.settings import Settings

NAME = "halo-demo"


def make_applications(settings: Settings) -> SnsApplications:
    """Those of the demo's app; made anew whenever moto starts, always with the same ARNs."""
    client = boto3.client("sns", region_name=settings.sns_region, endpoint_url=settings.sns_endpoint)
    credentials = {"PlatformPrincipal": "none", "PlatformCredential": "none"}
    made = {
        platform.value: client.create_platform_application(
            Name=NAME, Platform=platform.name, Attributes=credentials
        )["PlatformApplicationArn"]
        for platform in SNS_PLATFORMS
    }  # fmt: skip
    client.close()
    return SnsApplications(**made)
