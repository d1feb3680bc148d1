"""Which of an app's platforms go through Amazon SNS, on the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field

from push.domain.app import SnsApplications
from push.entrypoints.api.schemas.wire import Answer, Wire


def _arn(platform: str) -> str:
    return rf"^arn:aws[a-z-]*:sns:[a-z0-9-]{{1,32}}:[0-9]{{12}}:app/{platform}/[A-Za-z0-9_.-]{{1,256}}$"


class SnsApplicationsIn(Wire):
    """ARNs of platform applications in Amazon SNS, in the region of the deployment's SNS_REGION. A platform without
    one gets nothing; all of them are said together. Holds for notifications that are accepted from then on."""

    model_config = ConfigDict(extra="forbid")

    adm: Annotated[str, Field(pattern=_arn("ADM"), description="Amazon Device Messaging: Fire devices")] | None = None
    baidu: Annotated[str, Field(pattern=_arn("BAIDU"), description="Baidu Cloud Push")] | None = None

    def applications(self) -> SnsApplications:
        return SnsApplications(adm=self.adm, baidu=self.baidu)


class SnsApplicationsOut(Answer):
    adm: str | None = None
    baidu: str | None = None


def sns_applications_out(applications: SnsApplications) -> SnsApplicationsOut:
    return SnsApplicationsOut(adm=applications.adm, baidu=applications.baidu)
