"""The campaign templates that a new portal starts with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from campaign import template
from campaign.models import CampaignTemplate

FOLDER = Path(__file__).parent


@transaction.atomic
def load(*, now: datetime) -> None:
    """Enter the templates that are missing; versions in the table are left as they are.

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
