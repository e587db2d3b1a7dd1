"""What is measured of the API on a PostgreSQL of its own; see ``api``."""

from __future__ import annotations

import json
import random
import resource
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.urls import path

from complaints.models import Case
from core import clock
from tests import servers
from tests.bench import _kills
from tests.bench._portal import prepared
from tests.factories.clients import Caller, issued

CASES, BATCH = "/api/v1/hotline/cases/", "/api/v1/hotline/cases/batch/"
TABLES = ("complaints_case", "complaints_caseclock", "complaints_caseevent", "core_auditevent")


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


def rates(*, singles: int, lines: int) -> dict[str, Any]:
    """One by one against a bare create of an equal row; a batch against COPY of the same rows."""
    prepared()
    rng = random.Random(5)
    caller = Caller(issued("CSG-GD", per_minute=60000))
    caller.post(CASES, order("WARM", rng))
    body = [order(f"S-{n}", rng) for n in range(singles)]
    ours = _rate(lambda one: caller.post(CASES, one), body, 201)
    bare = _bare_rate(singles)
    batch = b"\n".join(json.dumps(order(f"B-{n}", rng)).encode() for n in range(lines))
    begun = time.perf_counter()
    answer = caller.post(BATCH, batch, kind="application/x-ndjson")
    batch_rate = lines / (time.perf_counter() - begun)
    taken = sum(json.loads(row)["status"] == 201 for row in answer.content.splitlines())
    assert taken == lines, answer.content[:500]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    copy = lines / _copied()
    return {
        "single create /s": round(ours),
        "bare DRF create /s": round(bare),
        "single create ÷ bare (≥ 0.5)": round(ours / bare, 2),
        "batch lines /s": round(batch_rate),
        "COPY of the same rows /s": round(copy),
        "batch ÷ COPY (≥ 0.25)": round(batch_rate / copy, 2),
        "memory after the batch, MB (≤ 300)": memory,
    }


def _rate(send: Any, bodies: list[Any], status: int) -> float:
    begun = time.perf_counter()
    for one in bodies:
        answer = send(one)
        assert answer.status_code == status, answer.content
    return len(bodies) / (time.perf_counter() - begun)


def _bare_rate(count: int) -> float:
    """A ModelSerializer and a CreateAPIView: the row itself and nothing else."""
    row = Case.objects.get(number="S-0")
    fields = [f.attname for f in Case._meta.concrete_fields if f.name not in ("id", "change_seq")]
    plain = {name: getattr(row, name) for name in fields}
    bodies = []
    for number in range(count):
        one = {**plain, "number": f"X-{number}"}
        named = {f.attname: f.name for f in Case._meta.concrete_fields}
        bodies.append({named[name]: value for name, value in one.items() if value is not None})
    client = Client()

    def send(one: Any) -> Any:
        return client.post("/bare/", json.dumps(one, default=str), content_type="application/json")

    with bare_portal():
        return _rate(send, bodies, 201)


@contextmanager
def bare_portal() -> Any:
    """The portal with one door: a bare create."""
    from rest_framework import generics, permissions, serializers

    from core import policy

    names = [f.name for f in Case._meta.concrete_fields if f.name not in ("id", "change_seq")]
    open_to_all = policy.PUBLIC

    class Row(serializers.ModelSerializer):  # type: ignore[type-arg]
        class Meta:
            model = Case
            fields = names
            extra_kwargs = {name: {"required": False} for name in names}

    class Bare(generics.CreateAPIView):  # type: ignore[type-arg]
        policy = open_to_all
        authentication_classes = ()
        permission_classes = (permissions.AllowAny,)
        serializer_class = Row

    class Doors:
        urlpatterns = [path("bare/", Bare.as_view())]

    with override_settings(ROOT_URLCONF=Doors):
        yield


def _copied() -> float:
    """Seconds that COPY takes to write the rows of the batch into the same tables."""
    import io

    chosen = "SELECT id FROM complaints_case WHERE number LIKE 'B-%'"
    where = {
        "complaints_case": f"id IN ({chosen})",
        "complaints_caseclock": f"case_id IN ({chosen})",
        "complaints_caseevent": f"case_id IN ({chosen})",
        "core_auditevent": f"target_id IN (SELECT id::text FROM ({chosen}) AS found)"
        " AND target_model = 'complaints.case'",
    }
    with connection.cursor() as cursor:
        raw = cursor.cursor
        kept = {}
        for table in TABLES:
            kept[table] = io.StringIO()
            query = f"SELECT * FROM {table} WHERE {where[table]}"
            raw.copy_expert(f"COPY ({query}) TO STDOUT", kept[table])
        for table in reversed(TABLES):
            raw.execute(f"DELETE FROM {table} WHERE {where[table]}")
        begun = time.perf_counter()
        for table in TABLES:
            kept[table].seek(0)
            raw.copy_expert(f"COPY {table} FROM STDIN", kept[table])
        return time.perf_counter() - begun
