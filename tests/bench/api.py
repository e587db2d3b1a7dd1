"""The API: fuzzed requests, single cases beside a bare create, repeated requests under kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests import servers

ROOT = Path(__file__).resolve().parent.parent.parent
FUZZED, ROUNDS, SINGLES, REQUESTS, KILLS = 2000, 12, 50, 3000, 60


def run() -> dict[str, Any]:
    figures = fuzz()
    if reason := servers.obtain("postgres"):
        return {**figures, "rates and kills NOT RUN": reason}
    figures |= on_postgres(f"_api.rates(rounds={ROUNDS}, each={SINGLES})", durable=True)
    killed = on_postgres(f"_api.kills(requests={REQUESTS}, kills={KILLS})")
    return {**figures, **{f"killed servers: {name}": value for name, value in killed.items()}}


def fuzz() -> dict[str, Any]:
    """On the embedded database, in this process."""
    from core import clock
    from tests import fuzzing
    from tests.bench._portal import prepared
    from tests.complaints.test_api_fuzz import world
    from tests.factories import complaints as cases

    prepared()
    with clock.standing_at(cases.at("2018-03-06 09:00")):
        outcome = fuzzing.run(*world(), each=FUZZED // 26)
    for fault in outcome.faults[:20]:
        print(fault, file=sys.stderr)
    assert outcome.requests >= FUZZED, outcome.requests
    by_identity = Counter(name for name, _status in outcome.statuses.elements())
    by_status = Counter(status for _name, status in outcome.statuses.elements())
    return {
        "fuzzed requests (≥ 2000)": outcome.requests,
        "fuzzed: faults (0)": len(outcome.faults),
        # The token that reached the portal was compared for each: any other one is a fault.
        "fuzzed: by identity, each sent as itself": dict(by_identity),
        "fuzzed: 401 to a token that counts (0)": sum(
            outcome.statuses[who, 401] for who in ("regulator", "company")
        ),
        "fuzzed: answers": dict(sorted(by_status.items())),
    }


def on_postgres(call: str, *, durable: bool = False) -> dict[str, Any]:
    """What a measurement gives in a process with a PostgreSQL of its own."""
    code = "import json, django; django.setup(); from tests.bench import _api"
    code += f"; print(json.dumps({call}))"
    with servers.postgres(durable=durable) as url, tempfile.TemporaryDirectory() as data:
        env = {**os.environ, "DATABASE_URL": url, "PORTAL_DATA": data, "REDIS_URL": ""}
        env["ALLOWED_HOSTS"] = "testserver,127.0.0.1,localhost"
        env["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))
