"""Loads reporting's catalogues into their tables; running it twice changes nothing."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from core import catalogue_files
from reporting import chapters, indicator_catalogue, openness_catalogue
from reporting.catalogue import ordered_use_rules, outage_rules
from reporting.models import (
    PartDefinition,
    ReportTemplate,
    ReturnForm,
    ReviewRule,
    ServiceStandard,
    ShortageRule,
)

HOME = Path(__file__).parent


def load(*, now: datetime) -> dict[str, int]:
    """Bring parts, review rules and return forms into the tables. Returns how many there are.

    A version that is in the table already is left as it is: filings were made by it. A changed
    part comes with a higher version and its own first day.
    """
    for path in sorted((HOME / "parts").glob("*.yaml")):
        content = _plain(catalogue_files.read(path))
        PartDefinition.objects.get_or_create(
            code=content["code"],
            version=content["version"],
            defaults={
                "title": content["title"],
                "valid_from": content["valid_from"],
                "content": content,
            },
        )
    for rule in review()["rules"]:
        key = {"code": rule["code"], "valid_from": rule["valid_from"]}
        rest = {name: rule[name] for name in ("title", "value", "unit", "source")}
        ReviewRule.objects.get_or_create(**key, defaults=rest)
    load_report_templates()
    ordered_use_rules.load()
    load_shortage_rules()
    load_return_forms(now=now)
    indicator_catalogue.load()
    openness_catalogue.load()
    outage_rules.load()
    load_service_standards()
    return {
        "parts": PartDefinition.objects.count(),
        "review_rules": ReviewRule.objects.count(),
        "report_templates": ReportTemplate.objects.count(),
        "shortage_rules": ShortageRule.objects.count(),
        "return_forms": ReturnForm.objects.count(),
    }


def load_shortage_rules() -> None:
    """Enter missing rules of shortage; one that is in the table is left as it is."""
    for rule in catalogue_files.read(HOME / "shortage.yaml"):
        key = {"code": rule["code"], "valid_from": rule["valid_from"]}
        rest = {name: rule[name] for name in ("title", "content", "basis")}
        ShortageRule.objects.get_or_create(**key, defaults=rest)


def load_return_forms(*, now: datetime) -> None:
    """Enter missing versions of return forms as published; what stands there is left as it is."""
    known = set(ReturnForm.objects.values_list("code", "version"))
    for path in sorted((HOME / "returns").glob("*.yaml")):
        content = _plain(catalogue_files.read(path))
        if (content["code"], content["version"]) not in known:
            ReturnForm.objects.create(
                code=content["code"],
                version=content["version"],
                title=content["title"],
                valid_from=content["valid_from"],
                content=content,
                created_at=now,
                published_at=now,
            )


def load_service_standards() -> None:
    """Enter missing versions of the standard of service checks; what stands there is left."""
    for one in catalogue_files.read(HOME / "service_checks.yaml"):
        rest = {name: one[name] for name in ("title", "items", "basis", "valid_from")}
        rest["passed_from"] = one["pass"]
        ServiceStandard.objects.get_or_create(version=one["version"], defaults=rest)


def load_report_templates() -> None:
    """Enter missing versions of report templates; a template that names unknown figures is refused.

    Raises ``core.errors.Refused`` with what is wrong in it.
    """
    for path in sorted((HOME / "reports").glob("*.yaml")):
        content = {"charts": {}, "attachments": []} | _plain(catalogue_files.read(path))
        content.setdefault("figures", chapters.used_figures(content))
        chapters.check_template(content)
        ReportTemplate.objects.get_or_create(
            organisation=None,
            code=content["code"],
            version=content["version"],
            defaults={
                "title": content["name"],
                "phase_number": content["phase"],
                "valid_from": content["valid_from"],
                "content": content,
            },
        )


@cache
def review() -> dict[str, Any]:
    """The review catalogue as it stands in the file."""
    return catalogue_files.read(HOME / "review.yaml")


def _plain(value: Any) -> Any:
    """Dates as ISO text, so that a definition can stand in a JSON column."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
