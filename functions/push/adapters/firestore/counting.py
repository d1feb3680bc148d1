"""How many documents there are, as far as counting is worth it."""

from typing import Any

from push.adapters.firestore.errors import translated

COUNTED = 100_000
_COUNT_S = 5.0


async def counted(query: Any) -> int | None:
    """How many documents a query finds; None past 100,000, where counting costs more than it tells."""
    with translated():
        result = await query.limit(COUNTED + 1).count().get(timeout=_COUNT_S)
    total = int(result[0][0].value)
    return total if total <= COUNTED else None
