"""When a failed task is tried again, and when no more (Cloud Tasks API, `RetryConfig`)."""

from dataclasses import dataclass

from google.cloud import tasks_v2

from infra.local.tasks.clock import SECOND_US, duration_us

RETENTION_US = 31 * 86_400 * SECOND_US  # Quotas, *Maximum task retention*


@dataclass(frozen=True)
class RetryPolicy:
    """A `RetryConfig` with nothing left open; durations in microseconds."""

    max_attempts: int
    max_duration_us: int
    min_backoff_us: int
    max_backoff_us: int
    max_doublings: int

    @classmethod
    def of(cls, config: tasks_v2.RetryConfig) -> "RetryPolicy":
        return cls(
            max_attempts=config.max_attempts,
            max_duration_us=duration_us(config.max_retry_duration),
            min_backoff_us=duration_us(config.min_backoff),
            max_backoff_us=duration_us(config.max_backoff),
            max_doublings=config.max_doublings,
        )

    def backoff_us(self, attempts: int) -> int:
        """The pause after the attempt number `attempts` (the first is 1).

        It starts at the minimum, doubles `max_doublings` times, then grows linearly by the last doubling, and ends at
        the maximum: 10 s, 300 s and 3 doublings give 10, 20, 40, 80, 160, 240, 300, 300 ...
        """
        doublings = min(attempts - 1, self.max_doublings)
        # Past the 62nd doubling even a microsecond exceeds any maximum; without the bound the number has no end.
        step = self.min_backoff_us << min(doublings, 62)
        linear = attempts - 1 - doublings
        return min(step * (1 + linear), self.max_backoff_us)

    def exhausted(self, attempts: int, since_first_us: int) -> bool:
        """Whether a task is given up after `attempts` attempts, the first of them `since_first_us` ago.

        Attempts and duration must *both* be used up; the one that is unlimited does not count. With neither, the
        service's retention of 31 days decides.
        """
        limits = []
        if self.max_attempts != -1:
            limits.append(attempts >= self.max_attempts)
        if self.max_duration_us:
            limits.append(since_first_us >= self.max_duration_us)
        return all(limits) if limits else since_first_us >= RETENTION_US
