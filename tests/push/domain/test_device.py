"""What a sync changes on a device, and what it leaves."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from push.domain.device import (
    MAX_TARGETS,
    SEEN_EVERY_MS,
    CarriedTag,
    Device,
    Platform,
    Sync,
    Target,
    TargetKind,
    apply,
)
from push.domain.tag import TagType

NOW = 1_800_000_000_000


def targets(kind: TargetKind) -> st.SearchStrategy[tuple[Target, ...]]:
    one = st.builds(Target, kind=st.just(kind), value=st.sampled_from("abcdefgh"), platform=st.sampled_from(Platform))
    return st.lists(one, max_size=6).map(tuple)


tags = st.lists(
    st.builds(
        CarriedTag, id=st.sampled_from("123"), name=st.just("n"), value=st.text(max_size=2), type=st.just(TagType.USER)
    ),
    max_size=4,
).map(tuple)
syncs = st.builds(
    Sync,
    alias=st.none() | st.sampled_from(["a", "b"]),
    tokens=st.none() | targets(TargetKind.TOKEN),
    installations=st.none() | targets(TargetKind.FID),
    replace_tokens=st.booleans(),
    tags=st.none() | tags,
    profile=st.dictionaries(st.sampled_from(["email", "location", "id", "created_at"]), st.none() | st.just("x")),
)


def device(**more: Any) -> Device:
    base: dict[str, Any] = {"id": "1", "app": 2, "alias": "a", "created_at": 0, "updated_at": 0, "seen_at": NOW}
    return Device(**(base | more))


def of(device: Device, kind: TargetKind) -> list[str]:
    return [target.value for target in device.targets if target.kind is kind]


@given(syncs, syncs)
def test_the_same_sync_again_changes_nothing_and_writes_nothing(first: Sync, second: Sync) -> None:
    once = apply(apply(device(), first, NOW).device, second, NOW).device
    again = apply(once, second, NOW + 1)
    assert (again.device, again.write) == (once, False)


@given(syncs, syncs)
def test_what_a_client_does_not_speak_of_stays(first: Sync, second: Sync) -> None:
    before = apply(device(), first, NOW).device
    after = apply(before, second, NOW + 1).device
    assert (after.id, after.app, after.created_at) == (before.id, before.app, before.created_at)
    if second.tokens is None:
        assert of(after, TargetKind.TOKEN) == of(before, TargetKind.TOKEN)
    if second.installations is None:
        assert of(after, TargetKind.FID) == of(before, TargetKind.FID)
    if second.tags is None:
        assert after.tags == before.tags
    if second.alias is None:
        assert after.alias == before.alias


@given(syncs, syncs)
def test_what_it_says_is_there_once_each(first: Sync, second: Sync) -> None:
    before = apply(device(), first, NOW).device
    after = apply(before, second, NOW + 1).device
    for kind, said in ((TargetKind.TOKEN, second.tokens), (TargetKind.FID, second.installations)):
        kept = of(after, kind)
        assert len(kept) == len(set(kept))
        if said is None:
            continue
        assert {target.value for target in said} <= set(kept)
        if second.replace_tokens or not said:
            assert set(kept) == {target.value for target in said}
        else:
            assert set(of(before, kind)) <= set(kept)
    if second.tags is not None:
        assert {tag.id for tag in after.tags} == {tag.id for tag in second.tags}


@given(syncs)
def test_it_is_written_when_it_changed_and_else_once_a_day(sync: Sync) -> None:
    base = device()
    changed = apply(base, sync, NOW)
    same = changed.device.model_copy(update={"updated_at": 0, "seen_at": NOW}) == base
    assert changed.write is not same
    if same:
        later = apply(base, sync, NOW + SEEN_EVERY_MS)
        assert (later.write, later.device.seen_at, later.device.updated_at) == (True, NOW + SEEN_EVERY_MS, 0)
    else:
        assert (changed.device.updated_at, changed.device.seen_at) == (NOW, NOW)


def test_a_client_that_never_replaces_keeps_its_newest_tokens() -> None:
    current = device()
    for number in range(MAX_TARGETS + 5):
        said = Target(kind=TargetKind.TOKEN, value=str(number), platform=Platform.IOS)
        current = apply(current, Sync(tokens=(said,)), NOW).device
    assert of(current, TargetKind.TOKEN) == [str(number) for number in range(5, MAX_TARGETS + 5)]


def test_a_token_that_is_said_again_is_not_the_one_that_goes() -> None:
    first = tuple(Target(kind=TargetKind.TOKEN, value=str(n), platform=Platform.IOS) for n in range(MAX_TARGETS))
    current = apply(device(), Sync(tokens=first), NOW).device
    new = Target(kind=TargetKind.TOKEN, value="new", platform=Platform.IOS)
    kept = of(apply(current, Sync(tokens=(first[0], new)), NOW).device, TargetKind.TOKEN)
    assert len(kept) == MAX_TARGETS
    assert {"0", "new"} <= set(kept)
    assert "1" not in kept
