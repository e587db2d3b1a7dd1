"""What is measured of the API on a PostgreSQL of its own; see ``api``."""

from __future__ import annotations

import json
import random
import time
from datetime import timedelta
from statistics import median
from typing import Any

from complaints.models import Case
from core import clock
from tests import servers
from tests.bench import _kills
from tests.bench._portal import prepared
from tests.bench._served import postmaster, processor, web
from tests.factories.clients import issued

CASES = "/api/v1/hotline/cases/"


def order(number: str, rng: random.Random) -> dict[str, Any]:
    """A work order with everything that most have."""
    moment = clock.now() - timedelta(minutes=rng.randint(1, 60 * 24 * 20))
    return {
        "number": number,
        "received_at": moment.isoformat(),
        "channel": "phone_95598",
        "nature": "fault",
        "organisation": rng.choice(["CSG-GD-ZQ", "CSG-GD-GZ", "CSG-GD"]),
        "content": f"家中停电，联系138{rng.randint(0, 99999999):08d}，请尽快处理。",
        "complainant": {"name": "赵某某", "phone": f"138{rng.randint(0, 99999999):08d}"},
        "account_no": f"03{rng.randint(0, 10**11):011d}",
        "address": "某市某街道光明路8号",
        "area_type": rng.choice(["urban", "rural"]),
        "feeder": "10kV城东线",
    }


def kills(*, requests: int, kills: int) -> dict[str, Any]:
    """Requests sent one to five times while servers are killed; how many cases came of it."""
    prepared()
    token = issued("CSG-GD", per_minute=60000).token
    figures = _kills.play(servers.free_port(), token, requests=requests, kills=kills)
    numbers = Case.objects.values_list("number", flat=True)
    return {**figures, "cases": len(numbers), "numbers": len(set(numbers))}


# --- One by one -----------------------------------------------------------------------------------

FIELDS = {f.name for f in Case._meta.concrete_fields} - {"id", "change_seq"}


def rates(*, rounds: int, each: int) -> dict[str, Any]:
    """Cases one by one, in turns with a bare create of equal rows at the same server: see
    ``_bare`` for what that is and what it leaves out."""
    prepared()
    token, rng, server = issued("CSG-GD", per_minute=60000).token, random.Random(5), postmaster()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    doors = {"ours": CASES, "bare": "/api/v1/bare/", "open": "/api/v1/bare-open/"}
    taken: dict[str, list[float]] = {name: [] for name in doors}
    worked: dict[str, list[float]] = {name: [] for name in doors}
    with web("tests.bench._bare_settings") as served:
        for number in range(-2, rounds):
            for name, door in doors.items():
                numbers = [f"{name}-{number}-{n}" for n in range(each)]
                sent = [order(one, rng) for one in numbers]
                if name != "ours":
                    sent = [equal_row(one) for one in numbers]
                bodies = [json.dumps(one, default=str).encode() for one in sent]
                used, begun = processor(served.master) + processor(server), time.perf_counter()
                for body in bodies:
                    served.post(door, body, **headers)
                seconds = time.perf_counter() - begun
                if number >= 0:  # the first ones warm both workers up
                    taken[name].append(seconds)
                    used = processor(served.master) + processor(server) - used
                    worked[name].append(used)
        memory = max(served.peaks())
    ratios = _ratios(taken["bare"], taken["ours"])
    return {
        "single create /s": round(each / median(taken["ours"])),
        "bare DRF create of an equal row /s": round(each / median(taken["bare"])),
        "single create ÷ bare (≥ 0.5)": round(median(ratios), 2),
        "the same, lowest and highest round": f"{min(ratios):.2f}, {max(ratios):.2f}",
        # Says the same on a machine that does other things meanwhile.
        "the same by processor time": round(median(_ratios(worked["bare"], worked["ours"])), 2),
        "single create ÷ bare create that asks nobody who they are": round(
            median(_ratios(taken["open"], taken["ours"])), 2
        ),
        "most memory of a worker, MB (≤ 300)": round(memory),
    }


def _ratios(others: list[float], ours: list[float]) -> list[float]:
    return [other / own for other, own in zip(others, ours, strict=True)]


def equal_row(number: str) -> dict[str, Any]:
    """Column by column the row of a case that came in by our own door, under another number."""
    row = Case.objects.filter(number__startswith="ours-").latest("pk")
    fields = [f for f in Case._meta.concrete_fields if f.name in FIELDS]
    values = {field.name: getattr(row, field.attname) for field in fields}
    given = {name: value for name, value in values.items() if value is not None}
    return {**given, "number": number}
