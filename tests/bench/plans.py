"""A province's ordered-use plan on PostgreSQL: a workbook of 100,000 rows read, checked and stored,
and the template that last year's 100,000 rows fill in.

``BENCH_PLAN_ROWS`` makes the workbook smaller, for a try.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

ROWS = int(os.environ.get("BENCH_PLAN_ROWS", "100000"))
# From so many rows on the bars of the plan hold.
WHOLE = 100_000
# The first row of the table below its header.
FIRST = 2
# One row in so many of the faulty workbook has a mistake.
FAULTY_EVERY = 10
GRADES = (("Ⅳ", "错峰"), ("Ⅲ", "避峰"), ("Ⅱ", "限电"), ("Ⅰ", "拉闸"))


def run() -> dict[str, Any]:
    """All figures; PostgreSQL, the portal and each import run in processes of their own."""
    from tests.bench._served import on_postgresql

    return on_postgresql("tests.bench.plans")


def measured() -> dict[str, Any]:
    from core.sla import day_end
    from reporting.models import OrderedUsePlan
    from reporting.services import plans as services
    from tests.bench._portal import prepared
    from tests.factories.plans import begun

    prepared()
    before = begun("CSG-GD", year=2011, now=day_end(date(2011, 5, 11)))
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder) / "good.xlsx", Path(folder) / "bad.xlsx"
        good.write_bytes(workbook(faulty=False))
        bad.write_bytes(workbook(faulty=True))
        told, checking, memory_of_checking = imported(bad, before)
        wrong = {error["row"] for error in told["errors"] if error["severity"] == "hard"}
        _told, entering, memory_of_entering = imported(good, before)
        begin = time.perf_counter()
        services.check(plan=before, by=before.drafted_by, now=day_end(date(2011, 5, 11)))
        check = time.perf_counter() - begin
        filled = {"in_force": True, "state": "approved", "approved_on": date(2011, 5, 20)}
        filled |= {"approval_body": "广东省人民政府", "approval_number": "粤府函〔2011〕20号"}
        OrderedUsePlan.objects.filter(pk=before.pk).update(**filled)
        plan = begun("CSG-GD", year=2012, now=day_end(date(2012, 1, 11)))
        seconds, memory = template(plan, Path(folder) / "template.xlsx")
        again, reading, _memory = imported(Path(folder) / "template.xlsx", plan)
    faulty = {FIRST + n for n in range(0, ROWS, FAULTY_EVERY)}
    stored = OrderedUsePlan.objects.get(pk=before.pk).row_count
    # Whatever the machine: every mistake is told at its row and none besides, nothing is lost.
    assert wrong == faulty, sorted(wrong ^ faulty)[:20]
    assert (stored, again["rows"]) == (ROWS, ROWS)
    if ROWS >= WHOLE:
        most = max(memory_of_entering, memory_of_checking, memory)
        assert entering <= 45, entering
        assert checking <= 45, checking
        assert seconds <= 20, seconds
        assert most <= 300, most
    return {
        f"plan of {ROWS} rows read, checked and stored, s (bar 45)": round(entering, 1),
        f"check of {ROWS} stored rows in the background, s": round(check, 1),
        "rows stored": stored,
        "most memory of it, MB (bar 300)": round(memory_of_entering),
        f"{ROWS} rows with mistakes, with their copy, s (bar 45)": round(checking, 1),
        "rows with a mistake that were told": f"{len(wrong)} of {len(faulty)}",
        "most memory of the check, MB (bar 300)": round(memory_of_checking),
        f"template of {ROWS} rows of last year, s (bar 20)": round(seconds, 1),
        "most memory of the template, MB (bar 300)": round(memory),
        "the template taken in again: rows": again["rows"],
        "the same, s": round(reading, 1),
    }


def workbook(*, faulty: bool) -> bytes:
    """A table as a province hands it in; of the faulty one every tenth row has a mistake."""
    from core.sheets import writer
    from reporting.plans.reading import base_form

    columns = base_form().columns
    target = io.BytesIO()
    rows = (row(n, faulty=faulty and n % FAULTY_EVERY == 0) for n in range(ROWS))
    writer.write_to(target, [(c.key, c.heading) for c in columns], rows, sheet="方案明细")
    return target.getvalue()


def row(n: int, *, faulty: bool) -> dict[str, Any]:
    grade, measure = GRADES[n % 4]
    said: dict[str, Any] = {
        "region": ("四会市", "高要市", "肇庆市")[n % 3],
        "supply_unit": ("四会供电局", "高要供电局", "肇庆供电局")[n % 3],
        "substation": f"110kV第{n % 300}站",
        "line_name": f"10kV城东{n % 3000}线",
        "line_code": f"F{n % 3000:04}",
        "transformer": f"城东{n}号变",
        "user_no": f"03{n:010}",
        "user_name": f"某制造有限公司第{n}厂",
        "industry": "机械制造",
        "user_class": "一般",
        "capacity_kva": 1250,
        "max_load_kw": 1000,
        "security_load_kw": 200,
        "reducible_kw": 100 + n % 500,
        "grade": grade,
        "measure": measure,
        "time_from": "09:00",
        "time_to": "12:00",
        "control_means": "负控终端",
        "mixed_line": "否",
        "separable": "否",
        "cutoff_device": "是" if measure == "拉闸" else "否",
        "contact": f"赵某{n % 90}",
        "phone": f"139{21357913 + 41 * n}",
    }
    if faulty:
        mistakes = [{"user_class": "居民"}, {"reducible_kw": 900}, {"grade": "Ⅸ"}]
        said |= [*mistakes, {"phone": "12345"}, {"capacity_kva": "很大"}][n // FAULTY_EVERY % 5]
    return said


def imported(path: Path, plan: Any) -> tuple[dict[str, Any], float, float]:
    """What the command told, seconds, and the most memory that it or a child held."""
    peak, told = path.with_suffix(".peak"), path.with_suffix(".json")
    command = [sys.executable, "-m", "tests.bench._peak", str(peak)]
    command += [sys.executable, "manage.py", "import_plan", str(path), "--plan", str(plan.pk)]
    command += ["--user", plan.drafted_by.username, "--json", "--errors", f"{path}.errors.xlsx"]
    begin = time.perf_counter()
    with told.open("w", encoding="utf-8") as target:
        subprocess.run(command, stdout=target)
    seconds = time.perf_counter() - begin
    found = json.loads(told.read_text(encoding="utf-8"))
    return found, seconds, float(peak.read_text(encoding="utf-8"))


def template(plan: Any, path: Path) -> tuple[float, float]:
    """Seconds and memory of writing the template in a process of its own."""
    peak = path.with_suffix(".peak")
    command = [sys.executable, "-m", "tests.bench._peak", str(peak)]
    command += [sys.executable, "manage.py", "plan_template", str(path), "--plan", str(plan.pk)]
    begin = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - begin, float(peak.read_text(encoding="utf-8"))


if __name__ == "__main__":
    import django

    django.setup()
    Path(sys.argv[1]).write_text(json.dumps(measured(), ensure_ascii=False), encoding="utf-8")
