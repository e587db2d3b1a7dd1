"""What a replay leaves in its folder: reports, letters, the rows behind every figure, a summary."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from campaign.models import Campaign, Duty, Finding, Inspection, Phase, RectificationItem
from campaign.workflow import DutyState
from config.replay import output_cases as cases
from config.replay import (
    output_filed,
    output_ground,
    output_matters,
    output_outages,
    output_watched,
)
from config.replay.output_cases import Row, shown
from core import files
from core.models import Letter
from reporting.models import Activation, ReportVersion, StageReport


def write(folder: Path, *, campaign: Campaign, until: datetime) -> dict[str, Any]:
    """Write everything and return the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_letters(folder / "letters")
    copy_reports(folder / "reports", campaign)
    cases.copy_bulletins(folder / "bulletins")
    for name, rows in tables(campaign, until):
        write_table(folder / "export" / f"{name}.csv", list(rows))
    summary = summarise(campaign, until)
    text = json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    return summary


def copy_letters(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for letter in sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml")):
        shutil.copyfile(letter, folder / letter.name)


def copy_reports(folder: Path, campaign: Campaign) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    versions = ReportVersion.objects.filter(report__campaign=campaign).order_by("report", "number")
    versions = versions.select_related("report__template", "report__organisation")
    for version in versions:
        stem = f"{version.report.template.code}-{version.report.organisation.code}"
        for kind in ("docx", "pdf", "xlsx"):
            if stored := getattr(version, kind):
                name = f"{stem}-v{version.number}.{kind}"
                with files.open(stored) as source:
                    (folder / name).write_bytes(source.read())


# --- the rows that the figures count --------------------------------------------------------------


def tables(campaign: Campaign, until: datetime) -> Iterator[tuple[str, Iterable[Row]]]:
    yield from output_filed.tables(campaign, until)
    yield "letters", letters()
    yield "cases", cases.rows()
    yield "case_clocks", cases.clock_rows()
    yield "bulletins", cases.bulletin_rows()
    yield from output_matters.tables(campaign)
    yield from output_outages.tables()
    yield from output_watched.tables(campaign)
    yield from output_ground.tables()


def letters() -> Iterator[Row]:
    for letter in Letter.objects.defer("body").order_by("created_at", "pk"):
        yield {
            "kind": letter.kind,
            "channel": letter.channel,
            "to": "、".join(letter.to),
            "subject": letter.subject,
            "state": letter.state,
            "sent_at": shown(letter.sent_at),
        }


# --- the summary ----------------------------------------------------------------------------------


def summarise(campaign: Campaign, until: datetime) -> dict[str, Any]:
    kinds = Letter.objects.filter(channel__in=("mail", "notice")).values_list("channel", "kind")
    by_kind = Counter(f"{channel}:{kind}" for channel, kind in kinds)
    return {
        "campaign": campaign.code,
        "until": shown(until),
        "organisations": sorted(
            set(campaign.participants.values_list("organisation__code", flat=True))
        ),
        "phases": [phase_summary(phase, until) for phase in campaign.phases.order_by("number")],
        "letters": dict(sorted(by_kind.items())),
        "cases": cases.summary(until),
        "matters": matters(campaign),
        "reports": [report_summary(report) for report in reports(campaign)],
    }


def phase_summary(phase: Phase, until: datetime) -> dict[str, Any]:
    asked = Duty.objects.filter(definition__phase=phase).counted()
    return {
        "number": phase.number,
        "name": phase.name,
        "state": phase.state,
        "duties": {
            "all": asked.count(),
            "due": asked.filter(due_at__lte=until).count(),
            "accepted": asked.filter(state=DutyState.ACCEPTED).count(),
            "returned": asked.filter(return_count__gt=0).count(),
            "returned_times": sum(asked.values_list("return_count", flat=True)),
            "late": asked.late(now=until).count(),
            "exempted": asked.filter(state=DutyState.EXEMPTED).count(),
        },
    }


def matters(campaign: Campaign) -> dict[str, Any]:
    """Inspections, their findings, the ledger by state, and ordered use."""
    items = RectificationItem.objects.filter(campaign=campaign)
    found = Finding.objects.filter(inspection__round__campaign=campaign)
    return {
        "inspections": Inspection.objects.filter(round__campaign=campaign).count(),
        "findings": cases.counted(found.values_list("state", flat=True)),
        "ledger": cases.counted(items.values_list("state", flat=True)),
        "ordered_use": Activation.objects.filter(started_at__isnull=False).count(),
    }


def reports(campaign: Campaign) -> Iterable[StageReport]:
    return StageReport.objects.filter(campaign=campaign).order_by("phase__number", "pk")


def report_summary(report: StageReport) -> dict[str, Any]:
    return {
        "phase": report.phase.number,
        "code": report.template.code,
        "organisation": report.organisation.code,
        "state": report.state,
        "document_number": report.document_number,
        "snapshot": report.snapshot.digest if report.snapshot else "",
    }


def write_table(path: Path, rows: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else ["（无记录）"])
        writer.writeheader()
        writer.writerows(rows)
