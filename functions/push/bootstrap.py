"""The composition root: the only place that pairs a port with an adapter. Clients are built on first use."""

import asyncio
import os
import time
from functools import cached_property, lru_cache, partial

from push import logs
from push.adapters.cloud_queues import CloudQueues
from push.adapters.cloud_tasks import CloudTasks
from push.adapters.credentials import AccessTokens, for_emulator, from_google
from push.adapters.fcm.sender import FcmSender
from push.adapters.firestore.accounts import FirestoreAccounts
from push.adapters.firestore.activity import FirestoreActivity
from push.adapters.firestore.apps import FirestoreApps
from push.adapters.firestore.attempts import FirestoreAttempts
from push.adapters.firestore.audience import FirestoreAudience
from push.adapters.firestore.audit import FirestoreAudit
from push.adapters.firestore.client import Database
from push.adapters.firestore.console import FirestoreConsole
from push.adapters.firestore.devices import FirestoreDevices
from push.adapters.firestore.endpoints import FirestoreEndpoints
from push.adapters.firestore.jobs import FirestoreJobs
from push.adapters.firestore.ledger import FirestoreLedger
from push.adapters.firestore.overview import FirestoreOverview
from push.adapters.firestore.pace import FirestorePace
from push.adapters.firestore.refresh_tokens import FirestoreRefreshTokens
from push.adapters.firestore.roles import FirestoreRoles
from push.adapters.firestore.runs import FirestoreRuns
from push.adapters.firestore.schedules import FirestoreSchedules
from push.adapters.firestore.spent import FirestoreSpent
from push.adapters.firestore.statistics import FirestoreStatistics
from push.adapters.firestore.tags import FirestoreTags
from push.adapters.firestore.templates import FirestoreTemplates
from push.adapters.firestore.traces import FirestoreTraces
from push.adapters.firestore.users import FirestoreUsers
from push.adapters.identity.firebase_users import FirebaseUsers
from push.adapters.identity.invokers import GoogleInvokers
from push.adapters.identity.outsiders import VerifiedOutsiders, Verifier
from push.adapters.identity.passwords import Argon2Passwords
from push.adapters.identity.service_accounts import ServiceAccounts
from push.adapters.identity.tokens import SignedTokens
from push.adapters.identity_toolkit.identities import IdentityToolkit
from push.adapters.sns.calls import CONNECTIONS
from push.adapters.sns.client import connect
from push.adapters.sns.relay import SnsRelay
from push.domain.ids import Keys
from push.ports import Queue
from push.settings import FCM, Settings


class SystemClock:
    def now(self) -> int:
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Container:
    """All ports over Google's services. Satisfies push.ports.Ports."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self._keys = Keys(settings.key_pepper.get_secret_value())
        self._database = Database(settings.google_cloud_project, settings.keep_days)

    @cached_property
    def apps(self) -> FirestoreApps:
        return FirestoreApps(self._database)

    @cached_property
    def accounts(self) -> FirestoreAccounts:
        return FirestoreAccounts(self._database, self._keys)

    @cached_property
    def roles(self) -> FirestoreRoles:
        return FirestoreRoles(self._database)

    @cached_property
    def tags(self) -> FirestoreTags:
        return FirestoreTags(self._database)

    @cached_property
    def devices(self) -> FirestoreDevices:
        return FirestoreDevices(self._database, self._keys)

    @cached_property
    def users(self) -> FirestoreUsers:
        return FirestoreUsers(self._database, self._keys)

    @cached_property
    def audience(self) -> FirestoreAudience:
        return FirestoreAudience(self._database, self._keys)

    @cached_property
    def templates(self) -> FirestoreTemplates:
        return FirestoreTemplates(self._database)

    @cached_property
    def schedules(self) -> FirestoreSchedules:
        return FirestoreSchedules(self._database)

    @cached_property
    def console(self) -> FirestoreConsole:
        return FirestoreConsole(self._database)

    @cached_property
    def runs(self) -> FirestoreRuns:
        return FirestoreRuns(self._database)

    @cached_property
    def ledger(self) -> FirestoreLedger:
        return FirestoreLedger(self._database)

    @cached_property
    def pace(self) -> FirestorePace:
        return FirestorePace(self._database)

    @cached_property
    def attempts(self) -> FirestoreAttempts:
        return FirestoreAttempts(self._database, self._keys)

    @cached_property
    def activity(self) -> FirestoreActivity:
        return FirestoreActivity(self._database)

    @cached_property
    def jobs(self) -> FirestoreJobs:
        return FirestoreJobs(self._database)

    @cached_property
    def traces(self) -> FirestoreTraces:
        return FirestoreTraces(self._database, self._keys)

    @cached_property
    def spent(self) -> FirestoreSpent:
        return FirestoreSpent(self._database, self._keys)

    @cached_property
    def audit(self) -> FirestoreAudit:
        return FirestoreAudit(self._database)

    @cached_property
    def statistics(self) -> FirestoreStatistics:
        return FirestoreStatistics(self._database)

    @cached_property
    def overview(self) -> FirestoreOverview:
        return FirestoreOverview(self._database)

    @cached_property
    def queues(self) -> CloudQueues:
        settings = self.settings
        names = {
            Queue.SEND: settings.send_queue,
            Queue.DELIVER: settings.deliver_queue,
            Queue.URGENT: settings.urgent_queue,
            Queue.WORK: settings.work_queue,
        }
        return CloudQueues(
            settings.google_cloud_project, settings.tasks_location, names, settings.cloud_tasks_emulator_host
        )  # fmt: skip

    @cached_property
    def tasks(self) -> CloudTasks:
        settings = self.settings
        return CloudTasks(
            settings.google_cloud_project,
            settings.tasks_location,
            settings.send_queue,
            settings.deliver_queue,
            settings.urgent_queue,
            settings.work_queue,
            settings.cloud_tasks_emulator_host,
        )

    @cached_property
    def sender(self) -> FcmSender:
        settings = self.settings
        fetch = from_google if settings.fcm_endpoint == FCM else for_emulator
        return FcmSender(settings.fcm_endpoint, AccessTokens(fetch), settings.fcm_timeout_s)

    @cached_property
    def relay(self) -> SnsRelay | None:
        settings = self.settings
        if not settings.sns_region:
            return None
        # Half of the time is for answers, of which connecting is a part.
        opening = partial(
            connect, settings.sns_region, settings.sns_endpoint, settings.sns_timeout_s / 3, CONNECTIONS
        )  # fmt: skip
        return SnsRelay(settings.sns_region, opening, self.endpoints, settings.sns_per_second, settings.sns_timeout_s)

    @cached_property
    def endpoints(self) -> FirestoreEndpoints:
        return FirestoreEndpoints(self._database, self._keys)

    @cached_property
    def passwords(self) -> Argon2Passwords:
        return Argon2Passwords()

    @cached_property
    def tokens(self) -> SignedTokens:
        return SignedTokens(self.settings.token_keys.get_secret_value())

    @cached_property
    def refresh_tokens(self) -> FirestoreRefreshTokens:
        return FirestoreRefreshTokens(self._database)

    @cached_property
    def outsiders(self) -> VerifiedOutsiders:
        settings = self.settings
        verifiers: list[Verifier] = []
        if settings.service_accounts:
            verifiers.append(ServiceAccounts(settings.service_accounts, settings.api_audience))
        if settings.firebase_auth_project:
            verifiers.append(FirebaseUsers(settings.firebase_auth_project, settings.firebase_role_claim))
        return VerifiedOutsiders(verifiers)

    @cached_property
    def identities(self) -> IdentityToolkit:
        host = self.settings.firebase_auth_emulator_host
        return IdentityToolkit(host, AccessTokens(for_emulator if host else from_google))

    @cached_property
    def invokers(self) -> GoogleInvokers:
        settings = self.settings
        return GoogleInvokers(settings.oidc_certs_url, settings.oidc_audience, settings.invoker)

    async def close(self) -> None:
        """Ends what was opened; for tests and tools. A function keeps its clients for life."""
        for name in ("tasks", "queues", "sender", "relay", "identities"):
            if self.__dict__.get(name) is not None:
                closed = getattr(self, name).close()
                if closed is not None:
                    await closed
        await self._database.close()


@lru_cache(maxsize=1)
def container() -> Container:
    """This process's container. Raises Misconfigured naming what is missing in the environment."""
    logs.set_up(os.environ)
    settings = Settings.from_environment(os.environ)
    logs.set_level(settings.log_level)
    return Container(settings)
