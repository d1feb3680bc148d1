"""Models to Firestore documents and back.

Fields are camelCase as in the API, times are Firestore timestamps (people read them in the console), every document
carries `v`. What Firestore cannot hold is kept as JSON text.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel, to_snake

VERSION = 1
READABLE = (1,)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

M = TypeVar("M", bound=BaseModel)


def at(ms: int) -> datetime:
    """A moment in ms as a Firestore timestamp."""
    return _EPOCH + timedelta(milliseconds=ms)


def ms(moment: datetime) -> int:
    """Floor, so that a moment is never later than it was."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


class Codec(Generic[M]):
    """`times` are ms in the model and timestamps in the document; `texts` are kept as JSON text; `readable` are the
    formats that are understood."""

    def __init__(
        self,
        model: type[M],
        times: tuple[str, ...] = (),
        texts: tuple[str, ...] = (),
        readable: tuple[int, ...] = READABLE,
    ) -> None:
        self._model = model
        self._times = times
        self._texts = texts
        self._readable = readable

    def encode(self, value: M) -> dict[str, Any]:
        fields = value.model_dump(mode="json")
        for name in self._times:
            fields[name] = None if fields[name] is None else at(fields[name])
        for name in self._texts:
            fields[name] = None if fields[name] is None else json.dumps(fields[name], ensure_ascii=False)
        return {"v": VERSION, **{to_camel(name): field for name, field in fields.items()}}

    def accepted(self, document: Mapping[str, Any]) -> M:
        """From the field `accepted`, which holds all of it as text. Raises ValueError like `decode`."""
        if document.get("v") not in self._readable:
            raise ValueError(f"{self._model.__name__}: cannot read format {document.get('v')!r}")
        try:
            return self._model.model_validate_json(document["accepted"])
        except ValidationError:
            raise ValueError(f"{self._model.__name__}: cannot read accepted") from None

    def decode(self, document: Mapping[str, Any]) -> M:
        """Raises ValueError for what this release cannot read: a newer one's, or broken by hand."""
        if document.get("v") not in self._readable:
            raise ValueError(f"{self._model.__name__}: cannot read format {document.get('v')!r}")
        fields = {
            to_snake(name): value for name, value in document.items() if to_snake(name) in self._model.model_fields
        }
        for name in self._times:
            if isinstance(fields.get(name), datetime):
                fields[name] = ms(fields[name])
        for name in self._texts:
            if isinstance(fields.get(name), str):
                fields[name] = json.loads(fields[name])
        try:
            return self._model.model_validate(fields)
        except ValidationError as error:
            # Which fields, and never what they hold: it may be a person's, and this ends in a log.
            wrong = ", ".join(str(each["loc"][0]) for each in error.errors(include_input=False) if each["loc"])
            raise ValueError(f"{self._model.__name__}: cannot read {wrong or 'it'}") from None
        except (TypeError, AttributeError, RecursionError, OverflowError) as error:
            # The console knows values that nothing of ours does.
            raise ValueError(f"{self._model.__name__}: cannot read it ({type(error).__name__})") from None
