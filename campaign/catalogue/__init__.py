"""The campaign templates, rules for all and legal articles that a new portal starts with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from campaign import template
from campaign.models import CampaignTemplate, Checklist, ChecklistItem, RuleSheet
from campaign.services.articles import load_articles
from campaign.services.criteria import load_criteria
from campaign.services.livelihood import tag_missing
from core import catalogue_files

FOLDER = Path(__file__).parent


@transaction.atomic
def load(*, now: datetime) -> None:
    """Enter what is missing of all of them; what is in the tables is left as it is.

    Raises ``template.TemplateRefused`` for a faulty file.
    """
    for path in sorted(FOLDER.glob("*.yaml")):
        content, data = template.load(path)
        CampaignTemplate.objects.get_or_create(
            code=content.code,
            version=content.version,
            defaults={
                "name": content.name,
                "content": data,
                "valid_from": content.valid_from,
            },
        )
    for path in sorted((FOLDER / "rules").glob("*.yaml")):
        for one in catalogue_files.read(path):
            RuleSheet.objects.get_or_create(
                organisation=None,
                valid_from=one["valid_from"],
                defaults={"values": one["values"], "note": one["note"], "set_at": now},
            )
    load_articles(catalogue_files.read(FOLDER / "law" / "articles.yaml"), now=now)
    load_criteria(catalogue_files.read(FOLDER / "demonstration" / "criteria.yaml"))
    _load_checklists(catalogue_files.read(FOLDER / "law" / "checklists.yaml"))
    tag_missing(now=now)


def _load_checklists(rows: list[dict[str, Any]]) -> None:
    for one in rows:
        checklist, new = Checklist.objects.get_or_create(
            code=one["code"],
            valid_from=one["valid_from"],
            defaults={name: one.get(name) or "" for name in ("title", "note")},
        )
        if not new:
            continue
        lines = [(group["name"], item) for group in one["groups"] for item in group["items"]]
        ChecklistItem.objects.bulk_create(
            ChecklistItem(
                checklist=checklist,
                order=order,
                group=group,
                sample_size=item["sample"],
                **{k: item[k] for k in ("number", "clause", "articles", "content", "method")},
            )
            for order, (group, item) in enumerate(lines, start=1)
        )
