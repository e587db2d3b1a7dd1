"""Kinds of hazards and special groups, and checklists of inspections: what holds, and further
versions that one person drafts and another adopts (``services.definitions``).

Source: S2-4.2.2a, S2-5.8a, S1-1.1.2a.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from campaign.models import Checklist
from core import clock, pages, policy
from grids import special_terms
from grids.services.hazard_terms import HAZARD_KINDS
from reporting.models import DefinitionChange
from reporting.rule_forms import ChecklistForm, HazardKindForm, SpecialKindForm
from reporting.services.definitions import CATALOGUES
from reporting.views.further import changes_told, further
from reporting.workflow.definition import Subject

MAINTAIN = Permission.RULE_MANAGE
FORMS: dict[Subject, Any] = {
    Subject.HAZARD_KIND: HazardKindForm,
    Subject.SPECIAL_KIND: SpecialKindForm,
    Subject.CHECKLIST: ChecklistForm,
}


def _versions() -> dict[Subject, list[Any]]:
    """All versions of each catalogue, as they are listed."""
    return {
        Subject.HAZARD_KIND: list(HAZARD_KINDS.rows().order_by("position", "code", "-valid_from")),
        Subject.SPECIAL_KIND: list(special_terms.entries("kinds")),
        Subject.CHECKLIST: list(Checklist.objects.order_by("code", "-valid_from")),
    }


def _holds(one: Any, on: date) -> bool:
    until = getattr(one, "valid_until", None) or getattr(one, "valid_to", None)
    return bool(one.valid_from <= on and (until is None or on <= until))


@policy.needs(MAINTAIN)
@require_safe
def catalogues(request: HttpRequest) -> HttpResponse:
    """Every kind and checklist with its versions; each leads to a further one."""
    today = clock.today()
    waiting = {
        (one.subject, one.code): one
        for one in DefinitionChange.objects.waiting().filter(subject__in=FORMS)
    }
    groups = [
        {
            "subject": subject,
            "fresh": CATALOGUES[subject].grows,
            "rows": [
                (one, _holds(one, today), _until(one), waiting.get((subject.value, one.code)))
                for one in rows
            ],
        }
        for subject, rows in _versions().items()
    ]
    return pages.render(
        request, "reporting/definitions/catalogues.html", context={"groups": groups}
    )


def _until(one: Any) -> date | None:
    until = getattr(one, "valid_until", None) or getattr(one, "valid_to", None)
    return None if until == date.max else until


@policy.needs(MAINTAIN)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, subject: str, code: str = "") -> HttpResponse:
    """A further version from a day on, or a new kind: first what it says otherwise, then it goes to
    a second person."""
    if subject not in FORMS:
        raise Http404
    what = Subject(subject)
    catalogue = CATALOGUES[what]
    base = catalogue.latest(code) if code else None
    if base is None and (code or not catalogue.grows):
        raise Http404
    form = FORMS[what](request.POST or None, base=base)
    return further(
        request,
        what,
        form,
        base=base,
        template="reporting/definitions/revise.html",
        preview=lambda made: changes_told(catalogue.changes(base, made), form),
        context={"subject": what, "base": base},
    )
