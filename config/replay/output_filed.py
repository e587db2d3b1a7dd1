"""Filings in the folder of a replay: what was owed, every version filed, what became of it.

A figure is taken at an instant, so every version stands there with the instants at which it was
filed and reviewed, not only the one that stands at the end.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from campaign.models import Campaign, Duty, DutyExemption
from config.replay.output_cases import Row, shown
from reporting.models import Attachment, FilingVersion, Receipt, Review

# How many files hang on (version, part, row).
Files = Counter[tuple[int, str, str]]


def tables(campaign: Campaign, until: datetime) -> Iterator[tuple[str, Iterable[Row]]]:
    filed = list(_filed(campaign))
    files = Counter(
        Attachment.objects.filter(version__in=filed).values_list("version", "part", "row_key")
    )
    yield "duties", duties(campaign, until)
    yield "filings", filings(campaign)
    yield "filed_parts", filed_parts(filed, files)
    yield "parts", part_rows(filed, files)
    yield "receipts", receipts(campaign)
    yield "reviews", reviews(campaign)


def duties(campaign: Campaign, until: datetime) -> Iterator[Row]:
    found = Duty.objects.filter(definition__campaign=campaign).with_late(now=until)
    related = found.select_related("definition__phase", "organisation", "recipient", "copy_to")
    freed = dict(DutyExemption.objects.values_list("duty", "at"))
    for duty in related.order_by("definition__phase__number", "definition__order", "organisation"):
        yield {
            "phase": duty.definition.phase.number,
            "duty": duty.definition.code,
            "kind": duty.definition.kind,
            "title": duty.definition.title,
            "parts": "、".join(duty.definition.parts),
            "organisation": duty.organisation.code,
            "organisation_name": duty.organisation.name,
            "recipient": duty.recipient.code,
            "copy_to": duty.copy_to.code if duty.copy_to else "",
            "state": duty.state,
            "due_at": shown(duty.due_at),
            "first_submitted_at": shown(duty.first_submitted_at),
            "due_at_submission": shown(duty.due_at_submission),
            "accepted_at": shown(duty.accepted_at),
            "exempted_at": shown(freed.get(duty.pk)),
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


def _filed(campaign: Campaign) -> Iterable[FilingVersion]:
    """Every version that left its company, in a settled order."""
    found = FilingVersion.objects.filed().filter(filing__duty__definition__campaign=campaign)
    related = ("filing__duty__definition", "filing__organisation")
    order = ("filing__duty__definition__order", "filing__organisation__code", "number")
    return found.select_related(*related).order_by("filing__duty__definition__phase", *order)


def _of(version: FilingVersion, part: str) -> Row:
    return {
        "duty": version.filing.duty.definition.code,
        "organisation": version.filing.organisation.code,
        "version": version.number,
        "part": part,
    }


def filed_parts(versions: Iterable[FilingVersion], files: Files) -> Iterator[Row]:
    """Every part of every version: how many rows and files, how long its text."""
    for version in versions:
        for part in sorted({*version.parts, *version.part_versions}):
            yield {
                **_of(version, part),
                "submitted_at": shown(version.submitted_at),
                "rows": len(version.rows(part)),
                # Those of the part itself; what hangs on a row stands with the row.
                "files": files[version.pk, part, ""],
                "characters": len(version.text(part)),
            }


def part_rows(versions: Iterable[FilingVersion], files: Files) -> Iterator[Row]:
    """Every row of every part of every version: what the figures of a stage report count."""
    for version in versions:
        for part in sorted(version.parts):
            for number, row in enumerate(version.rows(part), 1):
                kept = {k: v for k, v in row.items() if not k.startswith("_")}
                yield {
                    **_of(version, part),
                    "row": number,
                    "files": files[version.pk, part, row.get("_key", "-")],
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
