"""The page on which an office reads and lays down the rules of its territory (S1-1.1.3a)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from campaign import rules as book
from campaign import services
from campaign.models import RuleSheet
from campaign.rule_forms import RulesForm
from campaign.scope import workplaces
from campaign.views.common import MANAGE, VIEW
from core import clock, pages, policy
from core.errors import Refused


@policy.needs(VIEW)
def rules(request: HttpRequest) -> HttpResponse:
    """The sheets of all offices; those of a regulator write their own here."""
    own = _own(request)
    sheets = RuleSheet.objects.visible_to(request.user).exclude(organisation=None)
    context: dict[str, Any] = {
        "own": own,
        "sheets": [(sheet, _lines(sheet)) for sheet in sheets.select_related("organisation")],
        "today": clock.today(),
    }
    if own is not None:
        form = RulesForm(request.POST or None, initial=_standing(own))
        if request.method == "POST" and form.is_valid():
            told = {"organisation": own, "by": request.user, "now": clock.now(), **form.chosen()}
            pages.attempt(form, services.lay_down_rules, **told)
            if not form.errors:
                return pages.go(request, "campaign:rules")
        context["form"] = form
    elif request.method == "POST":
        raise Refused(_("监管细则由监管机构制定。"))
    return pages.render(request, "campaign/rules.html", context=context)


def _own(request: HttpRequest) -> Organisation | None:
    """The office for which the person may write rules."""
    return next((place for place in workplaces(request.user, MANAGE) if place.is_regulator), None)


def _standing(own: Organisation) -> dict[str, int]:
    """What the office laid down last, also for a day to come, as the form shows it."""
    last = RuleSheet.objects.filter(organisation=own).order_by("-valid_from").first()
    values = last.values if last else {}
    return {key: abs(value) for key, value in values.items()}


def _lines(sheet: RuleSheet) -> list[tuple[str, str]]:
    """What a sheet lays down, in words."""
    named = {rule.key: rule for rule in book.RULES}
    ladder = {book.LADDER + step.code: step for step in book.steps()}
    found = []
    for key, value in sheet.values.items():
        if key in named:
            words = {"number": value, "unit": named[key].unit}
            found.append((str(named[key].label), _("%(number)d个%(unit)s") % words))
        elif key in ladder:
            label = _("催报（%(audience)s）") % {"audience": ladder[key].get_audience_display()}
            found.append((label, book.wording(ladder[key], value)))
    return found
