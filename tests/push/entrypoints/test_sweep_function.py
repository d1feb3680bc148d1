"""What `sweep` is asked by hand, and what it answers; and `work`, which goes on with it."""

import asyncio
import json
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from fakes import made
from fakes.ports import FakePorts
from fakes.world import settings
from push.bootstrap import Container
from push.domain.errors import Invalid
from push.domain.run import GRACE_MS, wake_for
from push.entrypoints import sweep, work


class Deployed(FakePorts):
    """With a run that is late by a minute and a half."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = settings()
        now = self.clock.now()
        late = made.run(send_on=now, expires_at=now + made.DAY_MS, wake_at=wake_for(now, now))
        asyncio.run(self.runs.accept(made.schedule(), late, []))
        self.clock.pass_ms(3 * GRACE_MS)

    def sweep(self, *query: tuple[str, str]) -> Any:
        answer = asyncio.run(sweep._sweep(request(*query), cast(Container, self)))
        return answer.status_code, json.loads(bytes(answer.body))


def request(*query: tuple[str, str], body: bytes = b"") -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": urlencode(query).encode()}
    return Request(scope, receive)


def test_cloud_schedulers_call_moves_what_is_due_and_says_how_many() -> None:
    deployed = Deployed()
    assert deployed.sweep() == (200, {"answer": "done", "runs": 1, "jobs": 1, "more": False, "goesOn": False})
    assert [task.queue for task in deployed.tasks.created] == ["send", "work"]


def test_a_dry_run_says_of_each_what_would_be_done_and_does_nothing() -> None:
    deployed = Deployed()
    assert deployed.sweep(("dryRun", "true")) == (
        200,
        {
            "answer": "done",
            "dryRun": True,
            "runs": [{"id": "s" * 24, "state": "scheduled", "would": ["re-arm task"]}],
            "jobs": [{"id": "housekeeping", "kind": "housekeeping", "would": ["begin"]}],
            "more": False,
        },
    )
    assert (deployed.tasks.created, deployed.jobs.stored, deployed.runs.stored["s" * 24][1]) == ([], {}, 1)


def test_a_dry_run_of_more_than_one_call_looks_at_says_so() -> None:
    deployed = Deployed()
    now = deployed.clock.now()
    for number in range(120):
        late = made.run(f"{number:024x}", send_on=now - 1, expires_at=now + made.DAY_MS, wake_at=now - 1)
        asyncio.run(deployed.runs.accept(made.schedule(f"{number:024x}"), late, []))
    _, said = deployed.sweep(("dryRun", "true"))
    assert (len(said["runs"]), said["more"]) == (100, True)
    assert deployed.sweep(("dryRun", "false"))[1]["goesOn"] is True
    turn = next(task for task in deployed.tasks.created if task.document.startswith("sweep/"))
    body = json.dumps({"v": 1, "id": turn.document, "epoch": turn.epoch}).encode()
    answer = asyncio.run(work._work(request(body=body), cast(Container, deployed)))
    assert json.loads(bytes(answer.body)) == {"answer": "done", "runs": 21, "jobs": 0, "more": False, "goesOn": False}
    assert deployed.sweep(("dryRun", "true"))[1]["runs"] == []


@pytest.mark.parametrize(
    "query",
    [
        [("dryRun", "")], [("dryRun", "True")], [("dryRun", "1")], [("dryRun", "yes")], [("dryrun", "true")],
        [("dryRun", "true"), ("dryRun", "false")], [("dryRun", "true"), ("limit", "5")],
    ],
)  # fmt: skip
def test_who_mistypes_it_is_told_and_nothing_is_done(query: list[tuple[str, str]]) -> None:
    deployed = Deployed()
    with pytest.raises(Invalid, match="dryRun=true says what it would do"):
        deployed.sweep(*query)
    assert deployed.tasks.created == []


def test_the_old_task_of_a_job_is_not_taken_for_a_turn_of_sweep() -> None:
    deployed = Deployed()
    body = json.dumps({"v": 1, "id": "j" * 24, "epoch": 1}).encode()
    answer = asyncio.run(work._work(request(body=body), cast(Container, deployed)))
    assert json.loads(bytes(answer.body)) == {"answer": "done"}
    assert deployed.tasks.created == []
