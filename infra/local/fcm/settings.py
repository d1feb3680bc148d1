"""The document of `/behaviour`: which faults and quotas the emulator plays.

Every field is optional:

    {"rules": [{"prefix": "bad-",         targets that start with it; "" (the default) is every target
                "error": "UNREGISTERED",  a name of `errors.NAMED`, or null to accept
                "retryAfter": 3,          seconds, sent as Retry-After with the error; QUOTA_EXCEEDED without it says 1
                "delayMs": 50,            wait before the answer (and before the message is accepted)
                "delay": "fixed",         or "heavy": log-normal with the median delayMs, at most 20 times as long
                "drop": "before",         cut the TCP connection instead of answering: "before" the message is
                                          accepted, or "after"; not together with an error
                "share": 1.0,             the part of the matching messages it applies to, drawn at random
                "times": null}],          how often it applies at most, null for always
     "quotaPerSecond": null,              messages a project may send; more are answered with 429. The bucket holds
     "quotaPerMinute": null,              one second's (minute's) worth and starts full. Accepted messages and 4xx
     "seed": 0}                           answers count, 429 and 5xx do not. The seed makes the draws repeatable

A list stands for {"rules": the list}. The first rule that applies decides; no later one is asked. A rule that matches
by prefix but is not drawn, or is used up, is passed over.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from infra.local.fcm.errors import NAMED

HEAVY_SIGMA = 1.0  # the 95th percentile is 5.2 times the median
HEAVY_LIMIT = 20.0


class Invalid(ValueError):
    """A behaviour that cannot be set; the text names the field."""


@dataclass(frozen=True, slots=True)
class Rule:
    prefix: str = ""
    error: str | None = None
    retry_after: int | None = None
    delay_ms: float = 0
    delay: Literal["fixed", "heavy"] = "fixed"
    drop: Literal["before", "after"] | None = None
    share: float = 1.0
    times: int | None = None

    def wait(self, draw: random.Random) -> float:
        """Seconds to wait before the answer."""
        stretch = 1.0 if self.delay == "fixed" else min(draw.lognormvariate(0, HEAVY_SIGMA), HEAVY_LIMIT)
        return self.delay_ms * stretch / 1000


@dataclass(frozen=True, slots=True)
class Settings:
    rules: tuple[Rule, ...] = ()
    quota_per_second: float | None = None
    quota_per_minute: float | None = None
    seed: int = 0


def _number(low: float, high: float = math.inf) -> Callable[[Any], str | None]:
    wanted = f"a number from {low:g}" + (f" to {high:g}" if high < math.inf else "")
    return lambda value: None if type(value) in (int, float) and low <= value <= high else wanted


def _whole(low: int, high: float = math.inf) -> Callable[[Any], str | None]:
    return lambda value: None if type(value) is int and low <= value <= high else f"a whole number from {low}"


def _one_of(names: tuple[str, ...]) -> Callable[[Any], str | None]:
    return lambda value: None if value in names else f"one of {', '.join(names)}"


def _text(value: Any) -> str | None:
    return None if type(value) is str else "a text"


def _rules(value: Any) -> str | None:
    return None if type(value) is list else "a list of rules"


RULE_FIELDS: dict[str, Callable[[Any], str | None]] = {
    "prefix": _text,
    "error": _one_of(tuple(NAMED)),
    "retryAfter": _whole(0),
    "delayMs": _number(0, 600_000),
    "delay": _one_of(("fixed", "heavy")),
    "drop": _one_of(("before", "after")),
    "share": _number(0, 1),
    "times": _whole(0),
}
FIELDS: dict[str, Callable[[Any], str | None]] = {
    "rules": _rules,
    "quotaPerSecond": _number(0.001),
    "quotaPerMinute": _number(0.001),
    "seed": _whole(-(2**63)),
}


def parse(document: Any) -> Settings:
    """Raises `Invalid` with a sentence that names the field; null is the same as leaving a field out."""
    values = _read({"rules": document} if type(document) is list else document, FIELDS, "")
    rules = tuple(_rule(item, f"rules[{index}]") for index, item in enumerate(values.pop("rules", [])))
    return replace(Settings(**values), rules=rules)


def _rule(document: Any, where: str) -> Rule:
    # `applied` is what GET /behaviour adds: what it shows can be set again.
    known = (
        {name: value for name, value in document.items() if name != "applied"} if type(document) is dict else document
    )
    rule = Rule(**_read(known, RULE_FIELDS, where))
    if rule.drop and rule.error:
        raise Invalid(f"{where}.drop and {where}.error exclude each other: a cut connection carries no answer.")
    if rule.retry_after is not None and not rule.error:
        raise Invalid(f"{where}.retryAfter needs {where}.error: it is sent with the error.")
    return rule


def _read(document: Any, allowed: dict[str, Callable[[Any], str | None]], where: str) -> dict[str, Any]:
    if type(document) is not dict:
        raise Invalid(f"{where or 'The behaviour'} must be a JSON object.")
    values: dict[str, Any] = {}
    for name, value in document.items():
        path = f"{where}.{name}" if where else name
        if name not in allowed:
            raise Invalid(f"{path} is unknown; there is {', '.join(allowed)}.")
        if value is None:
            continue
        if wanted := allowed[name](value):
            raise Invalid(f"{path} must be {wanted}.")
        values["".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)] = value
    return values


def document(settings: Settings) -> dict[str, Any]:
    """The document that sets these settings."""
    return {
        "rules": [{_camel(field.name): getattr(rule, field.name) for field in fields(Rule)} for rule in settings.rules],
        "quotaPerSecond": settings.quota_per_second,
        "quotaPerMinute": settings.quota_per_minute,
        "seed": settings.seed,
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
