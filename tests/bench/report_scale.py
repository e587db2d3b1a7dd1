"""A stage report and the summary of the campaign over 1,000,000 cases, on PostgreSQL.

``python -m tests.bench.report_scale 100000`` tries it at another size. Bureaus, people and the
first cases of the campaign's year come from ``manage.py plant``; the others are clones of them,
made in SQL with keys, numbers and times of their own (see ``tests.bench.scale``). The reports are
built by a process of its own, whose memory and seconds are told; then each number of cases in them
is held against the list that it opens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

PLANTED = 10_000
# The last day of a year of cases, and the day on which the fourth stage sums up.
DAY = date(2012, 10, 24)
BUILD = "--build"
KINDS = ("stage-3", "summary-4")
LIMIT_SECONDS, LIMIT_MB = 30, 400
CLONED = {
    "id": "id + k * {step}",
    "number": "number || '-' || k",
    "received_at": "received_at - make_interval(secs => (id * 7919 + k * 104729) %% 40000)",
    "digest": "md5(digest || k) || md5(k || digest)",
}


def run(size: int = 1_000_000) -> dict[str, Any]:
    from tests.bench._served import on_postgresql

    return on_postgresql("tests.bench.report_scale", str(size))


def measured(size: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from complaints.models import Case
    from tests.bench.scale import clone

    begun = time.perf_counter()
    quiet = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    call_command("plant", scale="region", cases=PLANTED, date=DAY, stdout=quiet)
    with connection.cursor() as cursor:
        # Without triggers: keys fit by themselves, and the order of changes is not asked.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT max(id) FROM complaints_case")
        step = cursor.fetchone()[0]
        # The index of words is made anew at once, which takes a fraction of row by row.
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = 'complaints_case' AND indexdef LIKE '%USING gin%'"
        )
        words = cursor.fetchall()
        for name, _made in words:
            cursor.execute(f"DROP INDEX {name}")
        clone(cursor, "complaints_case", CLONED, step, size // PLANTED - 1)
        for _name, made in words:
            cursor.execute(made)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    found: dict[str, Any] = {
        "cases": Case.objects.count(),
        "planted and cloned in, s": round(time.perf_counter() - begun),
    }
    campaign = launched()
    for kind in KINDS:
        told = {f"{kind}: {name}": value for name, value in built(kind, campaign).items()}
        found |= told
        # It takes minutes: what is known already is told at once.
        print(told, file=sys.stderr, flush=True)  # noqa: T201
    return found


def now_of(kind: str) -> datetime:
    """When a report is built: at the end of its stage."""
    from core import clock

    return clock.at(date(2012, 10, 31) if kind == "stage-3" else date(2012, 12, 8), 10)


def launched() -> int:
    """The campaign in its fourth stage; its key."""
    from campaign import services
    from tests.factories.campaign import launched_campaign

    campaign = launched_campaign()
    for kind in KINDS:
        services.advance(campaign=campaign, now=now_of(kind))
    return campaign.pk


def built(kind: str, campaign: int) -> dict[str, Any]:
    """What another process says of the building, and whether the lists agree."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "told.json"
        command = [sys.executable, "-m", "tests.bench.report_scale", BUILD, kind]
        command += [str(campaign), str(target)]
        subprocess.run(command, check=True)
        return json.loads(target.read_text(encoding="utf-8"))


def build(kind: str, campaign: int) -> dict[str, Any]:
    """Counted, written and printed in this process, then opened figure by figure."""
    from campaign.models import Campaign
    from core import clock
    from reporting.services import reports
    from tests.bench._served import peak_of
    from tests.factories import reports as factory

    now, made = now_of(kind), Campaign.objects.get(pk=campaign)
    empty = peak_of(os.getpid())
    with clock.standing_at(now):
        report = factory.building(made, now=now, kind=kind, by=officer(), occasion=kind)
        marks = [time.perf_counter()]
        report = reports.run_build(
            report, progress=lambda *_: marks.append(time.perf_counter()), now=now
        )
        peak = peak_of(os.getpid())
        wrong, opened, cases = disagreeing(report)
    return {
        f"built, s (limit {LIMIT_SECONDS})": round(marks[-1] - marks[0], 1),
        "of which counting, s": round(marks[2] - marks[1], 1),
        f"most memory, MB (limit {LIMIT_MB})": round(peak),
        "memory before, MB": round(empty),
        "cases in it": cases,
        "lists of cases opened": opened,
        "lists that hold another number": wrong,
    }


def officer() -> Any:
    """Who makes reports for the bureau: planted with it."""
    from accounts.models import User

    return User.objects.get(username="serc-nf-officer")


def disagreeing(report: Any) -> tuple[int, int, int]:
    """How many lists of cases hold another number than the figure says; how many; all cases."""
    from django.test import Client
    from django.test.utils import setup_test_environment

    # So that answers tell what their page was made from.
    setup_test_environment()
    client = Client(headers={"host": "localhost"})
    client.force_login(officer())
    wrong = opened = 0
    for key in ("cases.total", "cases.s12398", "cases.complaints", "cases.done"):
        for name in report.snapshot.figures[key]["rows"]:
            row = report.snapshot.rows[name]
            answer = client.get(row["url"])
            opened += 1
            wrong += answer.context["total"] != row["cells"][0]
    return wrong, opened, report.snapshot.figures["cases.total"]["value"]


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.testing")
    if sys.argv[1].isdigit():
        for key, value in run(int(sys.argv[1])).items():
            print(f"{key:48} {value}", flush=True)  # noqa: T201
        return
    django.setup()
    if sys.argv[1] == BUILD:
        found = build(sys.argv[2], int(sys.argv[3]))
        Path(sys.argv[4]).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    else:
        found = measured(int(sys.argv[2]))
        Path(sys.argv[1]).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
