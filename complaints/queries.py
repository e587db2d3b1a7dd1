"""What the pages of cases read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import with_absorbed, workplaces, works_for
from complaints import presenting
from complaints.models import Case, CaseEvent, CaseLink, Term
from complaints.models.case import with_words
from complaints.privacy import is_secret, spoken
from complaints.scope import named_singly
from complaints.services.receiving import ACCOUNT, PHONE
from complaints.workflow import DONE, Source, State
from core import clock, crypto
from core.asked import day as day_of

# Cases of one person or account within so many days may be the same matter.
DUPLICATE_WINDOW = timedelta(days=90)
MOST_HINTS = 5

VIEWS: dict[str, Any] = {
    "open": _("在办"),
    "mine": _("待我单位办理"),
    "overdue": _("已逾期"),
    "done": _("已办结"),
    "all": _("全部"),
}


def in_view(cases: QuerySet[Case], view: str, *, user: User, now: datetime) -> QuerySet[Case]:
    """Those of a tab of the list."""
    match view:
        case "open":
            return cases.exclude(state__in=DONE)
        case "mine":
            return cases.exclude(state__in=DONE).filter(holder__in=held_by(user))
        case "overdue":
            return cases.filter(due_at__lt=now)
        case "done":
            return cases.filter(state__in=DONE)
    return cases


def held_by(user: User) -> list[int]:
    """Organisations for which the person handles or decides cases."""
    places = {
        place.pk
        for permission in (Permission.CASE_HANDLE, Permission.CASE_DECIDE)
        for place in with_absorbed(user, permission)
    }
    return sorted(places)


@dataclass(frozen=True)
class Filters:
    """What the list was asked for; anything that is not in the lists asks nothing."""

    text: str = ""
    source: str = ""
    nature: str = ""
    state: str = ""
    category: str = ""
    organisation: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{name: params.get(name, "").strip()[:60] for name in cls.__annotations__})

    def on(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """The cases that fit."""
        exact = {
            name: value
            for name in ("source", "nature", "state", "category")
            if (value := getattr(self, name))
        }
        cases = cases.filter(**exact)
        if self.organisation:
            cases = cases.filter(organisation__in=named_units(self.organisation))
        if since := day_of(self.since):
            cases = cases.filter(received_at__gte=clock.at(since))
        if until := day_of(self.until):
            cases = cases.filter(received_at__lt=clock.at(until + timedelta(days=1)))
        return self._matching(cases) if self.text else cases

    def _matching(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """By number, or by words of the text."""
        by_number = Q(number=self.text) | Q(number=self.text.upper())
        # One condition without a subquery: of a frequent word only as many are read as are shown.
        return cases.filter(by_number | with_words(self.text))


def named_units(text: str) -> list[int] | QuerySet[Organisation]:
    """Organisations of that code, or with that in their name."""
    fitting = Q(name__icontains=text) | Q(code=text)
    return named_singly(Organisation.objects.filter(fitting))


def choices() -> dict[str, list[tuple[str, Any]]]:
    """The lists of the filter bar, by the labels of today."""
    today = clock.today()
    return {
        "source": list(Source.choices),
        "nature": list(Term.objects.labels("nature", on=today).items()),
        "state": list(State.choices),
        "category": list(Term.objects.labels("category", on=today).items()),
    }


class Labels:
    """Labels of the codes of cases, as they were on the day of receipt; read once."""

    def __init__(self) -> None:
        self._terms: dict[tuple[str, str], list[Term]] = {}
        for term in Term.objects.order_by("valid_from"):
            self._terms.setdefault((term.kind, term.code), []).append(term)

    def of(self, kind: str, code: str, *, at: datetime) -> str:
        """The label that a code had; the code itself where no list knows it."""
        terms = self._terms.get((kind, code), [])
        on = clock.day_of(at)
        for term in terms:
            if term.valid_from <= on and (term.valid_until is None or term.valid_until >= on):
                return term.shown
        return terms[-1].shown if terms else code


def numbers_given(cases: Collection[Case], user: User) -> dict[int, str]:
    """The number of another case that each came with, where the person may know of that case.

    Whoever handed it in wrote it; others must have the other case in sight, or a company would
    learn of a report about itself. Offices also read numbers of which nothing stands here.
    """
    found = {case.pk: case.linked_number for case in cases if case.linked_number}
    view = Permission.CASE_VIEW
    others = {
        case.pk for case in cases if case.pk in found and not works_for(user, view, case.owner)
    }
    if not others:
        return found
    named = Case.objects.filter(number__in={found[pk] for pk in others}).order_by()
    seen = set(named.visible_to(user).values_list("number", flat=True))
    if any(place.is_regulator for place in workplaces(user, view)):
        seen |= set(found.values()) - set(named.values_list("number", flat=True))
    return {pk: number for pk, number in found.items() if pk not in others or number in seen}


def duplicates(
    user: User, *, phone: str = "", account_no: str = "", now: datetime, leave_out: int = 0
) -> list[Case]:
    """Cases in sight of the same telephone or account not long ago, newest first.

    Where the complainant is secret to the person, the case does not give them away here either.
    """
    same = Q(pk__in=())
    if phone.strip():
        same |= Q(phone_index=crypto.blind_index(phone, context=PHONE))
    if account_no.strip():
        same |= Q(account_index=crypto.blind_index(account_no, context=ACCOUNT))
    recent = Case.objects.visible_to(user).filter(same, received_at__gte=now - DUPLICATE_WINDOW)
    found = recent.exclude(pk=leave_out).select_related("owner", "organisation")
    return [case for case in found[: 4 * MOST_HINTS] if not is_secret(case, user)][:MOST_HINTS]


def timeline(case: Case, user: User) -> list[CaseEvent]:
    """The events that the person may read, newest first."""
    offices = any(place.is_regulator for place in workplaces(user, Permission.CASE_VIEW))
    seen = Q(to_regulator=True) if offices else Q(to_company=True)
    events = case.events.filter(seen | Q(by=user)).select_related("by", "organisation")
    return list(events.order_by("-sequence"))


@dataclass(frozen=True)
class PublicLine:
    """What a complainant reads of one step: when, what, in whose name, and in which words."""

    at: datetime
    label: str
    organisation: str
    text: str


def case_notes_for_complainant(case: Case) -> list[PublicLine]:
    """The steps and notes that were written for the complainant too, newest first.

    Nobody's name stands here, and personal data in the words is masked: whoever knows a tracking
    code reads it.
    """
    told = case.events.filter(to_complainant=True).select_related("organisation")
    return [
        PublicLine(
            one.at,
            presenting.kind_label(one.kind),
            one.organisation.name if one.organisation else "",
            spoken(one.text, case),
        )
        for one in told.order_by("-sequence")
    ]


def links(case: Case, user: User) -> list[tuple[CaseLink, Case]]:
    """Links of a case with the case at the other end, where that is in sight too."""
    both = CaseLink.objects.visible_to(user).filter(Q(a=case) | Q(b=case))
    found = list(both.exclude(state=CaseLink.State.REJECTED).select_related("by"))
    others = {link.b_id if link.a_id == case.pk else link.a_id for link in found}
    seen = Case.objects.visible_to(user).select_related("owner").in_bulk(others)
    pairs = ((link, link.b_id if link.a_id == case.pk else link.a_id) for link in found)
    return [(link, seen[pk]) for link, pk in pairs if pk in seen]
