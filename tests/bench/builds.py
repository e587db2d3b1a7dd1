"""Reports asked for five times at once and built by processes that are killed again and again.

``python -m tests.bench.builds 60 10`` tries it with 60 reports and 10 kills. Each report is asked
for by five people who press the button at the same moment, for one occasion; two dispatchers build,
one after the other is killed at a random moment. Meanwhile a reader opens every file that is to be
had. On the embedded database and on PostgreSQL; figures are counts, megabytes and seconds.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import sys
import threading
import time
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

REPORTS, KILLS, AT_ONCE = 300, 50, 5
SEED, PATIENCE = 11, 3600
RULES = {"grace_seconds": {"mail": 10, "notice": 0, "job": 0}, "tick_seconds": 1}
LIMIT_MB = 400
KINDS = ("docx", "pdf", "xlsx")
# Reports whose files are printed once more at the end and held against what was kept.
AGAIN = 20


def run(reports: int = REPORTS, kills: int = KILLS) -> dict[str, Any]:
    from tests.bench._served import on_postgresql

    found = {f"embedded: {name}": value for name, value in measured(reports, kills).items()}
    served = on_postgresql("tests.bench.builds", str(reports), str(kills))
    return found | {f"PostgreSQL: {name}": value for name, value in served.items()}


def measured(reports: int, kills: int) -> dict[str, Any]:
    from tests.bench._portal import prepared
    from tests.factories import reports as factory

    prepared()
    made = factory.played_campaign(factory.ELEVEN, executors=list(factory.ELEVEN), code="eleven")
    return Storm(factory.phase(made).pk, factory.editor().pk).played(reports, kills)


class Storm:
    """People who ask, processes that build and die, and a reader."""

    def __init__(self, phase: int, person: int, seed: int = SEED) -> None:
        self.phase, self.person, self.chance = phase, person, random.Random(seed)
        self.peak, self.killed = 0.0, 0
        self.answers: Counter[int] = Counter()
        self.read: set[str] = set()
        self.torn: list[str] = []
        self.over = threading.Event()

    def played(self, reports: int, kills: int) -> dict[str, Any]:
        from django.conf import settings

        from tests.core.farm import Farm

        begun = time.monotonic()
        changed = {"OUTBOX": settings.OUTBOX | RULES, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
        reader = threading.Thread(target=self._alone, args=(self.reads,))
        asking = threading.Thread(target=self._alone, args=(self.asks, reports))
        with Farm(AUDIT_ANCHOR=str(settings.AUDIT_ANCHOR), **changed) as farm:
            pids = [farm.start("dispatcher", "--poll", "0.02") for _ in range(2)]
            for thread in (reader, asking):
                thread.start()
            while (asking.is_alive() or self.waiting()) and time.monotonic() - begun < PATIENCE:
                time.sleep(self.chance.uniform(0.2, 1.5))
                self.peak = max([self.peak, *(weight(pid) for pid in pids)])
                if self.killed < kills and self.begun() > self.killed * reports // kills:
                    victim = pids.pop(self.chance.randrange(2))
                    os.kill(victim, signal.SIGKILL)
                    farm.wait(victim)
                    pids.append(farm.start("dispatcher", "--poll", "0.02"))
                    self.killed += 1
            asking.join()
            for pid in pids:
                os.kill(pid, signal.SIGTERM)
                farm.wait(pid)
        time.sleep(0.5)
        self.over.set()
        reader.join()
        return self.told(reports, time.monotonic() - begun)

    # -- who asks and who reads ---------------------------------------------------------------

    def _alone(self, work: Any, *arguments: Any) -> None:
        from django.db import connection

        try:
            work(*arguments)
        finally:
            connection.close()

    def client(self) -> Any:
        from django.contrib.auth import get_user_model
        from django.test import Client

        found = Client(headers={"host": "localhost"})
        found.force_login(get_user_model().objects.get(pk=self.person))
        return found

    def asks(self, reports: int) -> None:
        """For each report five requests that wait for one another before they go."""
        for number in range(reports):
            gate = threading.Barrier(AT_ONCE)
            threads = [
                threading.Thread(target=self._alone, args=(self._ask, gate, number))
                for _ in range(AT_ONCE)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _ask(self, gate: threading.Barrier, number: int) -> None:
        from django.urls import reverse

        client = self.client()
        gate.wait()
        asked = {"phase": f"{self.phase}:stage-1", "occasion": f"storm-{number}"}
        self.answers[client.post(reverse("reporting:report_build"), asked).status_code] += 1

    def reads(self) -> None:
        """Opens every file as soon as there is one: all of it must come, and it must open."""
        client = self.client()
        while True:
            last = self.over.is_set()
            for name, address, size in self.files():
                if address in self.read:
                    continue
                answer = client.get(address)
                content = b"".join(answer.streaming_content) if answer.streaming else b""
                if answer.status_code != 200 or len(content) != size or not sound(name, content):
                    self.torn.append(address)
                self.read.add(address)
            if last:
                return
            time.sleep(0.1)

    def files(self) -> list[tuple[str, str, int]]:
        from reporting.models import ReportVersion

        found = ReportVersion.objects.select_related(*KINDS).order_by("pk")
        return [
            (kind, getattr(one, kind).get_absolute_url(), getattr(one, kind).size)
            for one in found
            for kind in KINDS
        ]

    # -- what came of it ----------------------------------------------------------------------

    def waiting(self) -> bool:
        from reporting.models import StageReport

        return StageReport.objects.filter(state="building").exists()

    def begun(self) -> int:
        """How many builds were taken up so far."""
        from core.models import Letter

        return Letter.objects.filter(kind="report.build", attempts__gt=0).count()

    def told(self, reports: int, seconds: float) -> dict[str, Any]:
        from core.models import Letter, StoredFile
        from reporting.models import FigureSnapshot, ReportVersion, StageReport

        built = StageReport.objects.filter(state="draft").count()
        kept = StoredFile.objects.filter(purpose="report").count()
        left, after = swept()
        caught = Letter.objects.filter(kind="report.build", attempts__gt=1)
        return {
            "reports asked for": reports,
            "requests at once for each": AT_ONCE,
            "answers": dict(self.answers),
            "builders killed": self.killed,
            "caught in the middle": caught.count(),
            "reports": StageReport.objects.count(),
            "built": built,
            "snapshots beyond one each": FigureSnapshot.objects.count() - built,
            "versions beyond one each": ReportVersion.objects.count() - built,
            "files beyond three each": kept - 3 * built,
            "files read while it stormed": len(self.read),
            "half files": len(self.torn),
            "differ when printed again": differing(caught),
            "contents that killed ones left": left,
            "of these after the sweep of the next hour": after,
            f"most memory of a builder, MB (limit {LIMIT_MB})": round(self.peak),
            "builds a minute through the storm": round(60 * built / seconds, 1),
        }


def weight(pid: int) -> float:
    """The most memory that a process ever held, in MB; none where it is gone."""
    from tests.bench._served import peak_of

    with contextlib.suppress(OSError, ValueError):
        return peak_of(pid)
    return 0.0


def sound(kind: str, content: bytes) -> bool:
    if kind == "pdf":
        return content.startswith(b"%PDF-") and b"%%EOF" in content[-32:]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False


def swept() -> tuple[int, int]:
    """Contents without a row two hours later, and how many after they were removed."""
    from django.core.management import call_command

    from core import clock, file_checks

    later = clock.now() + timedelta(hours=2)
    left = len(file_checks.orphans(now=later))
    with clock.standing_at(later):
        call_command("remove_orphan_files", stdout=io.StringIO())
    return left, len(file_checks.orphans(now=later))


def differing(caught: Any) -> int:
    """Files that come out otherwise when they are printed once more, of some of the reports: first
    of those whose builder died."""
    from core import files
    from reporting import documents
    from reporting.models import StageReport
    from reporting.services import reports as services

    first = [letter.payload["report"] for letter in caught[:AGAIN]]
    others = StageReport.objects.exclude(pk__in=first).order_by("pk")
    wanted = [*first, *others.values_list("pk", flat=True)[: AGAIN - len(first)]]
    wrong = 0
    for report in StageReport.objects.filter(pk__in=wanted, state="draft"):
        version, heads = report.current_version, services.heads_of(report, report.snapshot)
        again = documents.render(report.snapshot, version.chapters, heads)
        wrong += sum(files.open(getattr(version, k)).read() != again[k] for k in KINDS)
    return wrong


def main() -> None:
    import django

    if sys.argv[1].isdigit():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.testing")
        django.setup()
        for key, value in run(*map(int, sys.argv[1:3])).items():
            print(f"{key:56} {value}", flush=True)  # noqa: T201
    else:
        django.setup()
        found = measured(int(sys.argv[2]), int(sys.argv[3]))
        Path(sys.argv[1]).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
