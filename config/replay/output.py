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
from config.replay import output_matters
from config.replay.output_cases import shown
from core import files
from core.models import Letter
from reporting.models import (
    Activation,
    Filing,
    FilingVersion,
    Receipt,
    ReportVersion,
    Review,
    StageReport,
)

Row = dict[str, Any]


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
    yield "duties", duties(campaign, until)
    yield "filings", filings(campaign)
    yield "parts", part_rows(campaign)
    yield "receipts", receipts(campaign)
    yield "reviews", reviews(campaign)
    yield "letters", letters()
    yield "cases", cases.rows()
    yield "case_clocks", cases.clock_rows()
    yield "bulletins", cases.bulletin_rows()
    yield from output_matters.tables(campaign)


def duties(campaign: Campaign, until: datetime) -> Iterator[Row]:
    found = Duty.objects.filter(definition__campaign=campaign).with_late(now=until)
    related = found.select_related("definition__phase", "organisation", "recipient", "copy_to")
    for duty in related.order_by("definition__phase__number", "definition__order", "organisation"):
        yield {
            "phase": duty.definition.phase.number,
            "duty": duty.definition.code,
            "title": duty.definition.title,
            "organisation": duty.organisation.code,
            "organisation_name": duty.organisation.name,
            "recipient": duty.recipient.code,
            "copy_to": duty.copy_to.code if duty.copy_to else "",
            "state": duty.state,
            "due_at": shown(duty.due_at),
            "first_submitted_at": shown(duty.first_submitted_at),
            "accepted_at": shown(duty.accepted_at),
            "return_count": duty.return_count,
            "late": int(duty.is_late),
        }


def filings(campaign: Campaign) -> Iterator[Row]:
    versions = FilingVersion.objects.filter(filing__duty__definition__campaign=campaign)
    related = versions.select_related("filing__duty__definition", "filing__organisation")
    for version in related.order_by("filing", "number"):
        yield {
            "duty": version.filing.duty.definition.code,
            "organisation": version.filing.organisation.code,
            "version": version.number,
            "state": version.state,
            "submitted_at": shown(version.submitted_at),
            "late": int(bool(version.is_late)),
            "digest": version.digest,
        }


def part_rows(campaign: Campaign) -> Iterator[Row]:
    """Every row of every part of what stands filed: what the stage report's figures count."""
    found = Filing.objects.filter(duty__definition__campaign=campaign, filed_version__isnull=False)
    for filing in found.select_related("duty__definition", "organisation", "filed_version"):
        version = filing.filed_version
        attached = Counter(version.attachments.values_list("part", "row_key"))
        for part in sorted(version.parts):
            for number, row in enumerate(version.rows(part), 1):
                kept = {k: v for k, v in row.items() if not k.startswith("_")}
                yield {
                    "duty": filing.duty.definition.code,
                    "organisation": filing.organisation.code,
                    "part": part,
                    "row": number,
                    "files": attached[part, row.get("_key", "-")],
                    "content": json.dumps(kept, ensure_ascii=False, sort_keys=True),
                }


def receipts(campaign: Campaign) -> Iterator[Row]:
    found = Receipt.objects.filter(version__filing__duty__definition__campaign=campaign)
    for receipt in found.select_related("version__filing__organisation", "recipient"):
        yield {
            "number": receipt.number,
            "recipient": receipt.recipient.code,
            "year": receipt.year,
            "serial": receipt.serial,
            "organisation": receipt.version.filing.organisation.code,
            "issued_at": shown(receipt.issued_at),
            "digest": receipt.digest,
        }


def reviews(campaign: Campaign) -> Iterator[Row]:
    found = Review.objects.filter(version__filing__duty__definition__campaign=campaign)
    for review in found.select_related("version__filing__duty__definition").order_by("at", "pk"):
        yield {
            "duty": review.version.filing.duty.definition.code,
            "organisation": review.version.filing.organisation.code,
            "version": review.version.number,
            "decision": review.decision,
            "at": shown(review.at),
            "parts": "、".join(item["part"] for item in review.deficient),
        }


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
