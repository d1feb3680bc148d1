"""Settings in force: which fault a message meets, and how often each rule has applied."""

import random
import time
from collections.abc import Callable
from typing import Any

from infra.local.fcm.quota import Quota
from infra.local.fcm.settings import Rule, Settings, document

NO_FAULT = Rule()


class Behaviour:
    """Settings in force: how often each rule has applied, and what is left of the quotas."""

    def __init__(self, settings: Settings | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings or Settings()
        self.applied = [0] * len(self.settings.rules)
        self._draw = random.Random(self.settings.seed)  # noqa: S311 (nothing secret)
        self.quota = Quota(self.settings.quota_per_second, self.settings.quota_per_minute, clock)

    def fault(self, target: str) -> tuple[Rule, float]:
        """The rule that applies to this message, and how many seconds it waits; it counts as applied."""
        for index, rule in enumerate(self.settings.rules):
            used_up = rule.times is not None and self.applied[index] >= rule.times
            if used_up or not target.startswith(rule.prefix):
                continue
            if rule.share < 1 and self._draw.random() >= rule.share:
                continue
            self.applied[index] += 1
            return rule, rule.wait(self._draw) if rule.delay_ms else 0.0
        return NO_FAULT, 0.0

    def as_json(self) -> dict[str, Any]:
        """The document that would set this, and with every rule how often it has `applied`."""
        shown = document(self.settings)
        rules = [rule | {"applied": times} for rule, times in zip(shown["rules"], self.applied, strict=True)]
        return shown | {"rules": rules}
