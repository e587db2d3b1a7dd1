"""Cases at release size on PostgreSQL: batches through HTTP and a file of 100,000 rows, each
against raw COPY of the very same rows into the same tables in the same run.

``BENCH_IMPORT_ROWS`` makes the file smaller and ``BENCH_BATCHES`` the batches fewer, for a try.
"""

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

BATCH, ROUNDS = 5_000, int(os.environ.get("BENCH_BATCHES", "6"))
ROWS = int(os.environ.get("BENCH_IMPORT_ROWS", "100000"))
# One row in so many of the faulty file has a mistake.
FAULTY_EVERY = 10
# Everything that a receipt writes a row for each case into.
TABLES = {
    "complaints_case": "id > {case}",
    "complaints_caseclock": "case_id > {case}",
    "complaints_caseevent": "case_id > {case}",
    "core_auditevent": "id > {audit}",
    "complaints_hotlinemessage": "id > {message}",
    "core_letter": "id > {letter}",
}
KEYS = {"case": 0, "audit": 3, "message": 4, "letter": 5}
KINDS = [
    ("fault", "lv_fault"),
    ("complaint", "outage_plan"),
    ("enquiry", ""),
    ("fault", "hv_fault"),
]
UNITS = ["CSG-GD-ZQ", "CSG-GD-GZ", "CSG-GD-FS", "CSG-GD-SZ", "CSG-GD-ZQ-SH"]


def run() -> dict[str, Any]:
    """All figures; PostgreSQL, the portal and each import run in processes of their own."""
    from tests.bench._served import on_postgresql

    return on_postgresql("tests.bench.cases")


def measured() -> dict[str, Any]:
    from tests.bench._portal import prepared

    prepared()
    return {**batches(), **imports()}


def batches() -> dict[str, Any]:
    """Rounds of both ways, one after the other, so that both meet the same machine."""
    from core import clock
    from tests.bench._served import postmaster, processor, web
    from tests.factories.clients import issued

    now, server = clock.now(), postmaster()
    token = issued("CSG-GD", now=now).token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    ours, raw, spent = [], [], []
    with web() as served:
        for number in range(-3, ROUNDS):
            # The first ones warm both workers up: what is read once per process.
            sent = orders(number, BATCH if number >= 0 else 200, now)
            body = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in sent).encode()
            before = marks()
            used = processor(served.master) + processor(server)
            begin = time.perf_counter()
            answer = served.post("/api/v1/hotline/cases/batch/", body, **headers)
            seconds = time.perf_counter() - begin
            used = processor(served.master) + processor(server) - used
            statuses = {json.loads(line)["status"] for line in answer.splitlines()}
            assert statuses == {201}, statuses
            if number >= 0:
                ours.append(seconds)
                seconds, copying = copied(before, server)
                raw.append(seconds)
                spent.append(copying / used)
        memory = max(served.peaks())
    ratios = sorted(copy / own for own, copy in zip(ours, raw, strict=True))
    return {
        f"batches of {BATCH} through HTTP, cases per second": round(
            BATCH / statistics.median(ours)
        ),
        "raw COPY of the same rows, cases per second": round(BATCH / statistics.median(raw)),
        "rate of batches / rate of raw COPY (bar 0.25)": round(statistics.median(ratios), 3),
        "the same, lowest and highest round": f"{ratios[0]:.3f}, {ratios[-1]:.3f}",
        # Says the same on a machine that does other things meanwhile.
        "processor time of raw COPY / of batches": round(statistics.median(spent), 3),
        "most memory of a worker, MB (bar 300)": round(memory),
    }


def orders(number: int, count: int, now: datetime) -> list[dict[str, Any]]:
    """Work orders of 95598 of the last days, as a company sends them."""
    chance = random.Random(number)
    first = now - timedelta(days=20 - number)
    made = []
    for n in range(count):
        nature, category = chance.choice(KINDS)
        made.append(
            {
                "number": f"95598-{number}-{n:06}",
                "received_at": (first + timedelta(seconds=7 * n)).isoformat(timespec="seconds"),
                "channel": "phone_95598",
                "nature": nature,
                "category": category,
                "organisation": chance.choice(UNITS),
                "complainant": {
                    "name": f"赵某{n % 90}",
                    "phone": f"138{chance.randrange(10**8):08}",
                },
                "address": f"肇庆市四会市贞山街道光明路{n % 900}号",
                "account_no": f"03{chance.randrange(10**11):011}",
                "feeder": f"10kV城东{n % 300}线",
                "transformer_area": f"光明{n % 3000}台区",
                "area_type": chance.choice(["urban", "rural", "remote"]),
                "urgency": chance.choice(["normal", "urgent"]),
                "content": f"用户反映家中频繁停电，近一个月内已停电{n % 9}次，要求查明原因。",
            }
        )
    return made


# --- Raw COPY of the same rows --------------------------------------------------------------------


def marks() -> dict[str, int]:
    """The last keys before something is received."""
    from django.db import connection

    names = list(TABLES)
    with connection.cursor() as cursor:
        found = {}
        for key, place in KEYS.items():
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {names[place]}")
            found[key] = cursor.fetchone()[0]
    return found


def copied(since: dict[str, int], server: int) -> tuple[float, float]:
    """Seconds for COPY of all rows written since then into the same tables, where they were; and
    seconds of the processor."""
    from django.db import connection, transaction

    from tests.bench._served import processor

    chosen = {table: condition.format(**since) for table, condition in TABLES.items()}
    kept = {}
    with connection.cursor() as cursor:
        for table, condition in chosen.items():
            kept[table] = io.StringIO()
            sql = f"COPY (SELECT * FROM {table} WHERE {condition} ORDER BY id) TO STDOUT"
            cursor.copy_expert(sql, kept[table])
        with transaction.atomic():
            for table in reversed(TABLES):
                cursor.execute(f"DELETE FROM {table} WHERE {chosen[table]}")
        for table in TABLES:
            cursor.execute(f"VACUUM {table}")
        for content in kept.values():
            content.seek(0)
        used, begin = processor(server), time.perf_counter()
        with transaction.atomic():
            for table, content in kept.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", content)
        return time.perf_counter() - begin, processor(server) - used


# --- A file ---------------------------------------------------------------------------------------


def imports() -> dict[str, Any]:
    """A workbook that is right, and one with mistakes, each by the command in its own process."""
    from tests.bench._served import postmaster

    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder) / "good.xlsx", Path(folder) / "bad.xlsx"
        good.write_bytes(workbook(faulty=False))
        bad.write_bytes(workbook(faulty=True))
        _code, checked, checking, memory_of_checking = imported(bad)
        before = marks()
        _code, entered, entering, memory_of_entering = imported(good)
        copy, _processor = copied(before, postmaster())
    wrong = {error["row"] for error in checked["errors"]}
    told = f"{len(wrong)} of {len(range(0, ROWS, FAULTY_EVERY))}"
    return {
        f"import of {ROWS} rows of .xlsx, s (bar 60)": round(entering, 1),
        "rows entered by it": entered["created"],
        "most memory of the import, MB (bar 300)": round(memory_of_entering),
        "raw COPY of the same rows, s": round(copy, 1),
        "import / raw COPY of the same rows, times": round(entering / copy, 1),
        f"checking {ROWS} rows with mistakes, s (bar 60)": round(checking, 1),
        "rows with a mistake that were told": told,
        "most memory of the check, MB (bar 300)": round(memory_of_checking),
    }


def workbook(*, faulty: bool) -> bytes:
    """A file as another system writes it; of the faulty one every tenth row has mistakes."""
    from tests.complaints.files import row, xlsx

    rows = []
    for n in range(ROWS):
        said = {
            "诉求人": f"赵某{n % 90}",
            "联系电话": f"138{n:08}",
            "用电地址": f"肇庆市四会市贞山街道光明路{n % 900}号",
            "户号": f"03{n:011}",
            "线路": f"10kV城东{n % 300}线",
            "台区": f"光明{n % 3000}台区",
            "诉求内容": f"用户反映家中频繁停电，近一个月内已停电{n % 9}次，要求查明原因。",
        }
        if faulty and n % FAULTY_EVERY == 0:
            said |= [{"反映渠道": "鸽子"}, {"匿名": "也许"}, {"受理时间": "上周一"}][n // 10 % 3]
        rows.append(row(f"2018-{n:06}", **said))
    return xlsx(rows).getvalue()


def imported(path: Path) -> tuple[int, dict[str, Any], float, float]:
    """Exit code, what the command told, seconds, and the most memory that it or a child held."""
    peak = path.with_suffix(".peak")
    command = [sys.executable, "-m", "tests.bench._peak", str(peak)]
    command += [sys.executable, "manage.py", "import_cases", str(path), "--source", "12398"]
    command += ["--organisation", "SERC-NF", "--json", "--errors", f"{path}.errors.xlsx"]
    told = path.with_suffix(".json")
    begin = time.perf_counter()
    with told.open("w", encoding="utf-8") as target:
        code = subprocess.run(command, stdout=target).returncode
    seconds = time.perf_counter() - begin
    found = json.loads(told.read_text(encoding="utf-8"))
    return code, found, seconds, float(peak.read_text(encoding="utf-8"))


if __name__ == "__main__":
    import django

    django.setup()
    Path(sys.argv[1]).write_text(json.dumps(measured(), ensure_ascii=False), encoding="utf-8")
