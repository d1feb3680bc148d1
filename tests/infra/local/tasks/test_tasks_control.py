"""The control port, and the faults it injects."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from infra.local.tasks.conftest import Stack

pytestmark = pytest.mark.anyio


async def test_a_task_delivered_twice_is_done_once(stack: "Stack") -> None:
    await stack.misbehave(deliverTwice=1.0)
    await stack.create("t1")
    first, second = await stack.sink.received(2)
    assert first.task == second.task == "t1"
    assert first.headers["x-cloudtasks-taskretrycount"] == second.headers["x-cloudtasks-taskretrycount"]


async def test_a_dropped_answer_brings_the_task_again(stack: "Stack") -> None:
    await stack.misbehave(dropAnswer=1.0, queue="send")
    await stack.create("t1")
    await stack.sink.received(2)
    await stack.control.delete("/behaviour")
    arrivals = await stack.sink.received(3)
    assert {one.task for one in arrivals} == {"t1"}
    assert "x-cloudtasks-taskpreviousresponse" not in arrivals[1].headers


async def test_faults_of_one_queue_leave_the_others_alone(stack: "Stack") -> None:
    await stack.misbehave(dropAnswer=1.0, deliverTwice=1.0, queue="deliver")
    await stack.create()
    while (await stack.control.get("/")).json()["queues"][0]["done"] == 0:
        pass
    assert len(stack.sink.arrivals) == 1


async def test_behaviour_is_shown_and_reset(stack: "Stack") -> None:
    good = {"deliverTwice": 0.0, "dropAnswer": 0.0, "queue": None, "tombstoneSeconds": 3600.0}
    assert (await stack.control.get("/behaviour")).json() == good
    await stack.misbehave(deliverTwice=0.1)
    assert (await stack.control.get("/behaviour")).json() == {**good, "deliverTwice": 0.1}
    assert (await stack.control.delete("/behaviour")).json() == good


async def test_a_wrong_behaviour_is_refused_with_a_sentence(stack: "Stack") -> None:
    refused = {
        '{"deliverTwice": 1.5}': "deliverTwice: Input should be less than or equal to 1. Known fields:",
        '{"deliverThrice": 1}': "deliverThrice: Extra inputs are not permitted. Known fields: deliverTwice,",
        '{"queue": 5}': "queue: Input should be a valid string",
        "nonsense": "body: Invalid JSON",
    }
    for body, sentence in refused.items():
        answer = await stack.control.put("/behaviour", content=body)
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith(sentence)


async def test_programs_get_json_and_people_a_page(stack: "Stack") -> None:
    assert (await stack.control.get("/health")).json() == {"status": "ok"}
    assert (await stack.control.get("/certs")).json() == stack.identity.certs()
    assert [one["name"] for one in (await stack.control.get("/")).json()["queues"]] == [stack.queue]
    page = await stack.control.get("/", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<td>{stack.queue}</td>" in page.text
