"""What a campaign template may choose from reporting: forms of duties and kinds of reports."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from campaign.template_catalogue import Choice
from reporting.models import PartDefinition, ReportTemplate


def parts(on: date) -> list[Choice]:
    """The forms in force on a day, by title."""
    found = PartDefinition.objects.in_force(on=on).order_by("title")
    return [Choice(code, title) for code, title in found.values_list("code", "title")]


def reports(on: date) -> list[Choice]:
    """The kinds of reports for every office that are in force on a day, phase by phase."""
    found: dict[str, Choice] = {}
    for template in ReportTemplate.objects.in_force(on=on):
        name = _("第%(number)d阶段：%(title)s") % {
            "number": template.phase_number,
            "title": template.title,
        }
        found.setdefault(template.code, Choice(template.code, name, template.phase_number))
    return sorted(found.values(), key=lambda one: (one.phase or 0, one.code))
