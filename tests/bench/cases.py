"""Cases at release size: batches against raw COPY on PostgreSQL, and a file of 100,000 rows."""

from __future__ import annotations

import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
BATCH, ROUNDS = 5_000, 4
TABLES = ("complaints_case", "complaints_caseclock", "complaints_caseevent", "core_auditevent")
ON_POSTGRESQL = "--on-postgresql"


def run() -> dict[str, Any]:
    """All figures; PostgreSQL runs in a process of its own."""
    return batches()


def batches() -> dict[str, Any]:
    """The batch of the hotline against COPY of the very same rows; ratio of the rates."""
    from tests import servers

    with tempfile.TemporaryDirectory() as folder, servers.postgres() as url:
        target = Path(folder) / "figures.json"
        data = Path(folder) / "data"
        data.mkdir()
        env = {**os.environ, "DATABASE_URL": url, "PORTAL_DATA": str(data)}
        env["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
        command = [sys.executable, "-m", "tests.bench.cases", ON_POSTGRESQL, str(target)]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        return json.loads(target.read_text(encoding="utf-8"))


def on_postgresql() -> dict[str, Any]:
    """Rounds of both, one after the other, so that both meet the same machine."""
    from django.db import connection

    from tests.bench._portal import prepared

    prepared()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    received(1, 200)  # what is read once per process
    ours, raw = [], []
    for number in range(2, ROUNDS + 2):
        ours.append(received(number, BATCH))
        raw.append(copied())
    ratios = sorted(copy / own for own, copy in zip(ours, raw, strict=True))
    return {
        f"batches of {BATCH} cases received, per second": round(BATCH / statistics.median(ours)),
        "raw COPY of the same rows, per second": round(BATCH / statistics.median(raw)),
        "rate of receiving / rate of raw COPY (bar 0.25)": round(statistics.median(ratios), 3),
        "lowest and highest round": f"{ratios[0]:.3f}, {ratios[-1]:.3f}",
    }


def received(number: int, count: int) -> float:
    """Seconds for one batch."""
    from accounts.models import Organisation
    from complaints import services

    owner = Organisation.objects.get(code="CSG-GD")
    records = orders(number, count)
    now = records[-1].received_at + timedelta(days=1)
    begin = time.perf_counter()
    results = services.receive_many(records, source="95598", owner=owner, now=now)
    seconds = time.perf_counter() - begin
    assert {one.status for one in results} == {201}, results[0]
    return seconds


def orders(number: int, count: int) -> list[Any]:
    """Work orders of 95598 as a company sends them."""
    from complaints.services import Record
    from core.clock import ZONE

    chance = random.Random(number)
    first = datetime(2018, 1, 2, 8, 0, tzinfo=ZONE) + timedelta(days=number)
    kinds = [
        ("fault", "lv_fault"),
        ("complaint", "outage_plan"),
        ("enquiry", ""),
        ("fault", "hv_fault"),
    ]
    units = ["CSG-GD-ZQ", "CSG-GD-GZ", "CSG-GD-FS", "CSG-GD-SZ", "CSG-GD-ZQ-SH"]
    made = []
    for n in range(count):
        nature, category = chance.choice(kinds)
        made.append(
            Record(
                f"95598-{number}-{n:06}",
                received_at=first + timedelta(seconds=7 * n),
                channel="phone_95598",
                nature=nature,
                category=category,
                organisation=chance.choice(units),
                complainant_name=f"赵某{n % 90}",
                complainant_phone=f"138{chance.randrange(10**8):08}",
                address=f"肇庆市四会市贞山街道光明路{n % 900}号",
                account_no=f"03{chance.randrange(10**11):011}",
                feeder=f"10kV城东{n % 300}线",
                transformer_area=f"光明{n % 3000}台区",
                area_type=chance.choice(["urban", "rural", "remote"]),
                urgency=chance.choice(["normal", "urgent"]),
                content=f"用户反映家中频繁停电，近一个月内已停电{n % 9}次，要求查明原因。",
            )
        )
    return made


def copied() -> float:
    """Seconds for COPY of all rows of the last batch into the same tables, where they were."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) - %s FROM complaints_case", [BATCH])
        first = cursor.fetchone()[0]
        chosen = {
            "complaints_case": f"id > {first}",
            "complaints_caseclock": f"case_id > {first}",
            "complaints_caseevent": f"case_id > {first}",
            "core_auditevent": f"kind = 'case.receive' AND target_id::bigint > {first}",
        }
        kept = {}
        for table in TABLES:
            kept[table] = io.StringIO()
            sql = f"COPY (SELECT * FROM {table} WHERE {chosen[table]} ORDER BY id) TO STDOUT"
            cursor.copy_expert(sql, kept[table])
        with transaction.atomic():
            for table in reversed(TABLES):
                cursor.execute(f"DELETE FROM {table} WHERE {chosen[table]}")
        for table in TABLES:
            cursor.execute(f"VACUUM {table}")
        for content in kept.values():
            content.seek(0)
        begin = time.perf_counter()
        with transaction.atomic():
            for table in TABLES:
                cursor.copy_expert(f"COPY {table} FROM STDIN", kept[table])
        return time.perf_counter() - begin


if __name__ == "__main__":
    import django

    django.setup()
    Path(sys.argv[2]).write_text(json.dumps(on_postgresql(), ensure_ascii=False), encoding="utf-8")
