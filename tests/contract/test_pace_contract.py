"""How Firebase projects may be sent to: what people set in the console, and until when FCM wants to be left alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from contract.conftest import FirestoreStores
from fakes.made import run, schedule
from push.adapters.firestore.codec import at
from push.domain.pace import Pacing

On = Callable[[Callable[[Any], Awaitable[None]]], None]
ID = "s" * 24
T = 1_800_000_000_000


def test_a_run_is_read_with_the_pace_of_its_project(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.pace.look(ID, "demo") == (None, Pacing())
        await stores.runs.accept(schedule(), run(), [])
        await stores.pace.hold("demo", T)
        found, pacing = await stores.pace.look(ID, "demo")
        assert found == (await stores.runs.get(ID))._replace(age_ms=found.age_ms)
        assert pacing == Pacing(not_before=T)
        assert (await stores.pace.look(ID, "another"))[1] == Pacing()

    on(play)


def test_a_pause_is_only_ever_prolonged_and_not_written_again_for_about_the_same(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.pace.hold("demo", T)
        for about_the_same in (T, T + 1_000, T - 60_000):
            assert not await stores.pace.hold("demo", about_the_same)
        assert (await stores.pace.look(ID, "demo"))[1].not_before == T
        assert await stores.pace.hold("demo", T + 60_000)
        assert (await stores.pace.look(ID, "demo"))[1].not_before == T + 60_000

    on(play)


def test_of_many_workers_that_are_told_at_once_the_latest_counts(on: On) -> None:
    async def play(stores: Any) -> None:
        written = await asyncio.gather(*(stores.pace.hold("demo", T + second * 100) for second in range(8)))
        assert 1 <= sum(written) <= 8
        assert (await stores.pace.look(ID, "demo"))[1].not_before >= T

    on(play)


@pytest.mark.parametrize("project", ["", "..", "a/b", "__x__", "\udc80"])
def test_a_project_whose_name_is_no_name_stops_nothing(on: On, project: str) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        await stores.pace.hold(project, T)
        assert (await stores.pace.look(ID, project))[0] is not None

    on(play)


@pytest.fixture
def stores(firestore_emulator: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], FirestoreStores]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    return FirestoreStores


@pytest.mark.parametrize(
    ("document", "pacing"),
    [
        ({"quotaPerMinute": 6_000, "urgentReserve": 0.5}, Pacing(quota_per_minute=6_000, urgent_reserve=0.5)),
        ({"v": 1, "quotaPerMinute": 6_000.0, "notBefore": at(T)}, Pacing(quota_per_minute=6_000, not_before=T)),
        ({"v": 1, "quotaPerMinute": "many", "urgentReserve": 5, "notBefore": at(T)}, Pacing(not_before=T)),
        ({"v": 1, "quotaPerMinute": -1, "notBefore": "soon", "colour": "red"}, Pacing()),
        ({"v": 1, "quotaPerMinute": None, "urgentReserve": None, "notBefore": None}, Pacing()),
        ({"v": 2, "quotaPerMinute": 5}, Pacing()),
    ],
    ids=["by hand", "as the console writes it", "half broken", "broken", "emptied", "of a newer release"],
)
def test_what_people_set_counts_as_far_as_it_can_be_read(
    stores: Callable[[], FirestoreStores], capsys: pytest.CaptureFixture[str], document: dict[str, Any], pacing: Pacing
) -> None:
    async def play() -> None:
        made = stores()
        try:
            await made.database.client.document("pace/demo").set(document)
            for _ in range(3):
                assert (await made.pace.look(ID, "demo"))[1] == pacing
            await made.pace.hold("demo", T + 60_000)
            if document.get("v", 1) == 1:
                assert (await made.pace.look(ID, "demo"))[1] == pacing.model_copy(update={"not_before": T + 60_000})
            # Nothing but the pause is written.
            kept = (await made.database.client.document("pace/demo").get()).to_dict()
            assert {name: kept[name] for name in document if name not in ("v", "notBefore")} == {
                name: value for name, value in document.items() if name not in ("v", "notBefore")
            }
        finally:
            await made.close()

    asyncio.run(play())
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    complaints = [line for line in logged if line["message"] == "pace-unreadable"]
    assert bool(complaints) == (any(word in str(document) for word in ("many", "soon", "'v': 2")))
    assert len(complaints) <= 2
