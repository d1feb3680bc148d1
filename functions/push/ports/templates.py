from typing import Any, Protocol

from push.domain.audit import Change
from push.domain.schedule import Position
from push.domain.template import Template
from push.ports.versions import Versioned


class Templates(Protocol):
    async def get(self, id: str) -> Versioned[Template] | None: ...

    async def create(self, template: Template) -> None:
        """Raises Stale when there is one of that id."""

    async def replace(self, template: Template, version: Any) -> None:
        """Raises Stale when it is not at `version`."""

    async def delete(self, id: str, version: Any, noted: Change | None = None) -> None:
        """Raises Stale when it is not at `version`. `noted` is in the audit from that moment on: whoever hears that the
        template is gone finds there who deleted it."""

    async def using_tag(self, tag: str) -> str | None:
        """The id of a template that offers the tag; None if there is none."""

    async def list(
        self, name: str | None, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Template], Position | None]:
        """By name, ties by id; those whose names begin with `name`, in any spelling. And where the page ended, if
        there are more."""

    async def count(self, name: str | None) -> int | None:
        """How many there are; None past 100,000."""
