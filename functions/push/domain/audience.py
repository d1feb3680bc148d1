"""Whom a schedule means: everybody, aliases or users, narrowed by tags.

Tags combine as HALO's do: several values of one name mean *any*, different names *all*. An expression is therefore a
list of groups of tag ids: a device must carry at least one id of every group.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from push.domain.tag import Tag, fold

MAX_ALIASES = 10_000
ALIAS_BYTES = 128
LIST_SIZE = 1_000
MAX_LISTS = -(-MAX_ALIASES // LIST_SIZE)
# Firestore refuses more than 30 disjunctions in a query (Firestore, *Query limitations*).
MAX_DISJUNCTIONS = 30

Groups = tuple[tuple[str, ...], ...]


class AudienceKind(StrEnum):
    EVERYBODY = "everybody"
    ALIASES = "aliases"
    USERS = "users"


class Audience(BaseModel):
    """`groups` as above; `listed` names were given, kept in lists of at most 1,000."""

    model_config = ConfigDict(frozen=True)

    kind: AudienceKind = AudienceKind.EVERYBODY
    groups: Groups = ()
    listed: int = 0

    @property
    def lists(self) -> int:
        return -(-self.listed // LIST_SIZE)


class Scan(BaseModel):
    """The part of an expression that Firestore can apply: all of some tags, and any of some."""

    model_config = ConfigDict(frozen=True)

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()


def group(matches: Iterable[Collection[Tag]]) -> Groups:
    """Groups from what each filter entry matched: entries of one name join, names stand side by side."""
    groups: dict[str, set[str]] = {}
    for tags in matches:
        for tag in tags:
            groups.setdefault(fold(tag.name), set()).add(tag.id)
    return tuple(tuple(sorted(ids)) for _, ids in sorted(groups.items()))


def carries(groups: Groups, tags: Collection[str]) -> bool:
    """Whether a device with these tag ids is meant."""
    return all(any(id_ in tags for id_ in ids) for ids in groups)


def scan_for(groups: Groups) -> Scan:
    """What to ask of Firestore: single-valued groups as *and*, and the smallest of the others that fits as *or*.

    The rest is applied by `carries` as the stream passes: a scan never leaves out a device that is meant.
    """
    single = tuple(ids[0] for ids in groups if len(ids) == 1)
    fitting = [ids for ids in groups if 1 < len(ids) <= MAX_DISJUNCTIONS]
    return Scan(all_of=single, any_of=min(fitting, key=len, default=()))
