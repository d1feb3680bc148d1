"""Every measurement there is, in the order in which they run: those that leave the machine busy come last."""

from infra.bench.activity import ACTIVITY
from infra.bench.cold import COLD
from infra.bench.deliver import DELIVER
from infra.bench.limit import LIMIT
from infra.bench.posting import POSTING
from infra.bench.sender import SENDER
from infra.bench.start import START
from infra.bench.sweep import SWEEP
from infra.bench.urgent import URGENT

MEASUREMENTS = (LIMIT, SENDER, DELIVER, START, SWEEP, POSTING, ACTIVITY, COLD, URGENT)
