"""Brings promises and disclosure items into their tables; running it twice changes nothing."""

from __future__ import annotations

from pathlib import Path

from accounts.models import Organisation
from core import catalogue_files
from reporting.models import DisclosureItem, Promise

HOME = Path(__file__).parent / "catalogue"
BASIS = "《供电企业信息公开实施办法》（国能监管〔2014〕149号，目录内容待核对）"


def load() -> None:
    """Enter what is missing."""
    content = catalogue_files.read(HOME / "openness.yaml")
    units = {one.code: one for one in Organisation.objects.filter(code__in=("CSG", "SGCC"))}
    for order, entry in enumerate(content["promises"]):
        Promise.objects.get_or_create(
            code=entry["code"],
            valid_from=entry["valid_from"],
            defaults={
                "organisation": units[entry["organisation"]],
                "text": entry["text"],
                "indicator_code": entry.get("indicator", ""),
                "value": entry.get("value"),
                "source": entry["source"],
                "order": order,
            },
        )
    for order, entry in enumerate(content["items"]):
        DisclosureItem.objects.get_or_create(
            code=entry["code"],
            valid_from="2006-04-01",
            defaults={
                "title": entry["title"],
                "every_days": entry["every"],
                "basis": BASIS,
                "order": order,
            },
        )
