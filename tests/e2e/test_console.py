"""People in the Firebase console: they write documents with Firestore's plain client, and never call the API."""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from google.cloud import firestore

from e2e.callers import Caller, put_devices, wait_for
from fakes.made import device
from infra.local import identity, triggers
from infra.local.environment import AUDIENCE, invoker
from infra.local.supervisor import Stack

APP = 410
BURST = 500


@pytest.fixture(scope="module")
def console(stack: Stack) -> Iterator[firestore.Client]:
    put_devices(stack, APP, [device(number, f"console-{number}", app=APP) for number in range(3)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", stack.firestore)
        client = firestore.Client(project=stack.project)
    yield client
    client.close()


def shown(document: Any) -> dict[str, Any]:
    return document.get().to_dict() or {}


def add(console: firestore.Client, **fields: Any) -> Any:
    """With an id that Firestore gives it, as the console does."""
    _, document = console.collection("schedules").add({"appId": APP, **fields})
    return document


def reached(document: Any, state: str) -> dict[str, Any]:
    return dict(wait_for(lambda: (found := shown(document)).get("state") == state and found, f"{shown(document)}"))


def test_a_document_with_a_name_and_a_title_is_sent_and_looks_like_one_of_the_api(
    caller: Caller, console: firestore.Client
) -> None:
    by_hand = add(console, name="By hand", payload={"notification": {"title": "Autumn wines"}})
    fields = reached(by_hand, "sent")
    assert caller.received(by_hand.id) == {f"console-{number}": 1 for number in range(3)}
    assert fields["counts"]["accepted"] == 3
    assert caller.read(by_hand.id)["payload"]["notification"]["title"] == "Autumn wines"
    posted = caller.post(appId=APP, name="By the API", payload={"notification": {"title": "Autumn wines"}})
    caller.sent(posted["id"])
    by_api = shown(console.document(f"schedules/{posted['id']}"))
    own = {"id", "name", "nameKey", "createdBy", "createdAt", "updatedAt", "sendOn", "expiresAt", "sentAt"}
    assert {name: fields[name] for name in fields.keys() - own} == {name: by_api[name] for name in by_api.keys() - own}


def test_a_typo_in_a_tag_is_explained_and_correcting_it_is_enough(caller: Caller, console: firestore.Client) -> None:
    caller.register("a phone with a tag", tags=[{"name": "Console Name", "value": "Android"}])
    document = add(console, appId=caller.app_id, name="Typo", filterTags=["Consoel Name: android"])
    fields = reached(document, "invalid")
    assert fields["problem"] == "filterTags[0]: there is no tag 'Consoel Name'; did you mean 'Console Name'?"
    document.update({"filterTags": ["Console name: android"]})
    fields = reached(document, "sent")
    assert caller.received(document.id) == {"a phone with a tag-token": 1}
    assert fields.get("problem") is None


def test_what_waits_can_be_moved_edited_and_called_off_and_what_is_over_cannot(
    caller: Caller, console: firestore.Client
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    document = add(console, name="Later", sendOn=later, aliases=["alias-0"], payload={"notification": {"title": "One"}})
    assert reached(document, "scheduled")["audience"]["listed"] == 1
    document.update({"payload.notification.title": "Two", "sendOn": int(time.time() * 1000) + 1_500})
    reached(document, "sent")
    (message,) = caller.inbox(document.id)
    assert message["message"]["data"]["title"] == "Two"
    document.update({"name": "Too late", "counts": {"accepted": 1_000}, "state": "scheduled"})
    notice = wait_for(lambda: shown(document).get("notice"), "what was put back")
    assert shown(document)["name"] == "Later"
    assert shown(document)["counts"]["accepted"] == 1
    assert notice == (
        "name: put back, since it is sent: to send something else, add another schedule; state: put back, since it is "
        "sent and cannot become 'scheduled'; counts: put back, since only the system writes that"
    )
    other = add(console, name="Never", sendOn=later)
    reached(other, "scheduled")
    other.update({"state": "cancelled"})
    wait_for(lambda: caller.read(other.id)["state"] == "cancelled", "cancelled")
    gone = add(console, name="Gone", sendOn=later)
    reached(gone, "scheduled")
    gone.delete()
    path = f"api/push/schedule/{gone.id}"
    wait_for(lambda: caller.http.get(path, headers=caller.server).status_code == 404, "removed")


def test_templates_and_tags_are_written_by_hand_too(caller: Caller, console: firestore.Client) -> None:
    tag = console.document("tags/by-hand")
    tag.set({"name": "Written", "value": "by hand"})
    wait_for(lambda: shown(tag).get("accepted"), "the tag")
    template = console.document("templates/by-hand")
    template.set({"name": "Offers", "allows": ["txt"], "payload": {"notification": {"title": "An offer"}}})
    problem = wait_for(lambda: shown(template).get("problem"), "what is wrong")
    assert problem.startswith("allows[0]: ")
    template.update({"allows": ["text"], "filterTags": ["written: By hand"]})
    wait_for(lambda: shown(template).get("accepted"), "the template")
    posted = caller.post(appId=APP, name="From it", template="by-hand", filterTags=[{"id": "by-hand"}])
    assert posted["payload"]["notification"]["title"] == "An offer"
    tag.update({"value": "otherwise", "description": "of the console"})
    wait_for(lambda: shown(tag).get("notice"), "what was put back")
    assert (shown(tag)["value"], shown(tag)["description"]) == ("by hand", "of the console")
    tag.delete()
    notice = wait_for(lambda: shown(tag).get("notice"), "what was put back")
    assert notice.startswith("put back, since ")
    assert shown(tag)["description"] == "of the console"


def test_a_burst_with_every_event_twice_and_in_any_order(
    caller: Caller, console: firestore.Client, stack: Stack
) -> None:
    """Half of it is wrong. Every valid one is sent once, and every other one says why it is not."""
    good, bad = {"aliases": ["alias-1"]}, {"filterTags": [f"Nowhere: {uuid_of(1)}"]}
    batch = console.batch()
    documents = [console.document(f"schedules/burst-{uuid_of(number)}") for number in range(BURST)]
    for number, document in enumerate(documents):
        batch.set(document, {"appId": APP, "name": f"Burst {number}", **(bad if number % 2 else good)})
    batch.commit()
    asyncio.run(told_twice(stack, [f"schedules/{document.id}" for document in documents]))

    def states() -> Mapping[str, str]:
        found = console.get_all(documents, field_paths=["state"])
        return {snapshot.id: (snapshot.to_dict() or {}).get("state", "") for snapshot in found}

    wait_for(lambda: set(states().values()) == {"sent", "invalid"}, "all of them")
    for number, snapshot in enumerate(
        sorted(console.get_all(documents), key=lambda each: documents.index(each.reference))
    ):
        fields = snapshot.to_dict() or {}
        if number % 2:
            assert fields["state"] == "invalid"
            assert fields["problem"].startswith("filterTags[0]: there is no tag 'Nowhere'")
        else:
            assert fields["state"] == "sent"
            assert fields["counts"]["accepted"] == 1
    counts = caller.fcm.get("/inbox", params={"target": "console-1"}).json()
    ids = [row["message"]["data"]["scheduleId"] for row in counts]
    assert sorted(id for id in ids if id.startswith("burst-")) == sorted(d.id for d in documents[::2])


def uuid_of(number: int) -> str:
    return f"{number:04d}"


async def told_twice(stack: Stack, documents: list[str]) -> None:
    url = next(part.where for part in stack.plan.parts if part.name == "ingest")
    signer = identity.load_or_create(stack.plan.state / "identity.json")
    trigger = triggers.Trigger(url, stack.project, AUDIENCE, invoker(stack.project))
    events = documents * 2
    random.Random(7).shuffle(events)
    slots = asyncio.Semaphore(16)
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:

        async def tell(document: str) -> None:
            async with slots:
                await triggers.post(document, trigger, signer, http)

        await asyncio.gather(*map(tell, events))
