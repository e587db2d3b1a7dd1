"""The campaign templates and the rules for all that a new portal starts with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from campaign import template
from campaign.models import CampaignTemplate, RuleSheet
from core import catalogue_files

FOLDER = Path(__file__).parent


@transaction.atomic
def load(*, now: datetime) -> None:
    """Enter the templates and rules that are missing; what is in the tables is left as it is.

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
