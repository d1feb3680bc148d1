"""The limit of the sink: h2load, a client in C that does nothing but ask, over as many streams as our sender opens."""

import re
import shutil
import subprocess

from infra.bench import crowd
from infra.bench.ground import Ground
from infra.bench.measurement import Found, Measurement, Row
from infra.bench.missing import Missing
from infra.bench.sink import AFTER_50_MS, AT_ONCE, LIKE_FCM, STREAMS
from infra.local.trouble import Broke
from push.adapters.fcm.loop import CONNECTIONS
from push.domain.device import Platform
from push.domain.rendering import Content, Rendering, render

_MESSAGES = {AT_ONCE: 300_000, AFTER_50_MS: 100_000, LIKE_FCM: 50_000}


def measure(ground: Ground) -> Found:
    h2load = shutil.which("h2load")
    if h2load is None:
        raise Missing("no h2load: `apt-get install nghttp2-client` brings it")
    body = ground.directory / "message.json"
    body.write_bytes(message())
    rows: list[Row] = []
    for answers, messages in _MESSAGES.items():
        ground.say(f"h2load, answers after {answers.label}")
        count = 5_000 if ground.quick else messages
        rows.append({"answers": answers.label, "per_s": _asked(h2load, ground.sink.url(answers), str(body), count)})
    return Found(rows)


def message() -> bytes:
    """One of ours, as an Android phone gets it."""
    content = Content(schedule_id="0" * 24, name="Autumn wines", payload=crowd.PAYLOAD)
    rendering = Rendering(render(content, Platform.ANDROID, 86_400, 0))
    return rendering.to(next(crowd.members(1, 1)).target)


def _asked(h2load: str, url: str, body: str, messages: int) -> int:
    command = [h2load, "-n", str(messages), "-c", str(CONNECTIONS), "-m", str(STREAMS), "-d", body, url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    rate = re.search(r"finished in .*?, ([\d.]+) req/s", done.stdout)
    if rate is None or f"{messages} 2xx" not in done.stdout:
        raise Broke(f"h2load had no answer to everything:\n{done.stdout[-1_000:]}{done.stderr[-500:]}")
    return round(float(rate[1]))


LIMIT = Measurement(
    "limit", "The limit of the sink (h2load)", {"answers": "answers after", "per_s": "a second"}, measure
)
