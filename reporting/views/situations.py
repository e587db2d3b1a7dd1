"""Circulars on the situation found: chosen from what gathers, edited, and the cases behind each
figure. What follows is that of every circular (see ``views.circulars``)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints.filters import CaseFilters
from complaints.models import Case
from complaints.workflow import State as CaseState
from core import clock, pages, policy
from core.asked import number
from core.paging import keyset
from reporting.models import Circular
from reporting.queries.reports import office_of
from reporting.services import circulars as services
from reporting.services import situations
from reporting.situation_forms import PeriodForm, SituationForm, WordsForm
from reporting.situations import Situation
from reporting.views.circulars import READ, find, shown

EDIT = Permission.REPORT_EDIT


def _office(request: HttpRequest) -> Organisation:
    office = office_of(request.user)
    if office is None or services.draft_refusal(office, by=request.user):
        raise Http404
    return office


def last_month() -> dict[str, Any]:
    """The days of the month that is over."""
    last = clock.today().replace(day=1) - timedelta(days=1)
    return {"first_day": last.replace(day=1), "last_day": last}


@policy.needs(EDIT)
@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """What gathers in a period, and the form that drafts of it."""
    office, today = _office(request), clock.today()
    given = {**last_month(), **{k: v for k, v in request.GET.items() if v}}
    asked = PeriodForm(given, office=office, today=today)
    return _new(request, office, asked)


def _new(
    request: HttpRequest, office: Organisation, asked: PeriodForm, form: SituationForm | None = None
) -> HttpResponse:
    found: list[situations.Candidate] = []
    shown_form = form
    if asked.is_valid():
        region = asked.cleaned_data["region"]
        found = situations.candidates(office, asked.period, region, by=request.user)
        initial = {
            "occasion": uuid4().hex,
            "first_day": asked.period.first,
            "last_day": asked.period.last,
            "region": region,
        }
        shown_form = form or SituationForm(
            initial=initial, office=office, today=clock.today(), user=request.user
        )
    ticked = set(request.POST.getlist("chosen"))
    context = {
        "office": office,
        "asked": asked,
        "found": [(one, _url(one), one.key in ticked) for one in found],
        "form": shown_form,
    }
    status = pages.status_of(form) if form else 200
    return pages.render(request, "reporting/situation_new.html", context=context, status=status)


def _url(one: situations.Candidate) -> str:
    """What opens the evidence: the proposal, or the list of its cases."""
    if one.proposal is not None:
        return reverse("complaints:inspection", args=[one.proposal])
    period = one.fact.period
    filters = CaseFilters(since=str(period.first), until=str(period.last), rule="cluster")
    return filters.list_url(part=one.fact.category, exactly=one.fact.company)


@policy.needs(EDIT)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a circular; pressed twice, it is the same one."""
    office, today, now = _office(request), clock.today(), clock.now()
    asked = PeriodForm(request.POST, office=office, today=today)
    keys: list[str] = []
    if asked.is_valid():
        region = asked.cleaned_data["region"]
        listed = situations.candidates(office, asked.period, region, by=request.user)
        keys = [one.key for one in listed]
    form = SituationForm(request.POST, office=office, today=today, user=request.user, keys=keys)
    if form.is_valid():
        data = form.cleaned_data
        names = ("title", "region", "chosen", "others", "bad", "demands", "public", "occasion")
        made = pages.attempt(
            form,
            situations.draft,
            organisation=office,
            period=form.period,
            by=request.user,
            now=now,
            **{name: data[name] for name in names},
        )
        if made is not None:
            return pages.go(request, "reporting:circular", made.pk)
    return _new(request, office, asked, form)


def _found(request: HttpRequest, pk: int) -> tuple[Circular, Situation]:
    found = find(request, pk)
    if found.kind != Circular.Kind.SITUATION:
        raise Http404
    return found, Situation.of(found.current_version.content)


@policy.needs(EDIT)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep other words as the next version."""
    found, _content = _found(request, pk)
    form = WordsForm(request.POST)
    if form.is_valid():
        texts = {
            place: value
            for name, value in request.POST.items()
            if name.startswith("text-")
            and (place := number(name.removeprefix("text-"))) is not None
        }
        now, by = clock.now(), request.user
        given = {**form.cleaned_data, "texts": texts, "by": by, "now": now}
        if pages.attempt(form, situations.edit, circular=found, **given):
            messages.success(request, _("已保存为新版本。"))
            return pages.go(request, "reporting:circular", pk)
    return shown(request, found, words=form, status=pages.status_of(form))


@policy.needs(*READ)
@require_GET
def fact(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """The cases that a figure counts; of a company those in its sight."""
    found, content = _found(request, pk)
    if not 1 <= place <= len(content.facts):
        raise Http404
    told = content.facts[place - 1]
    seen = Case.objects.visible_to(request.user).filter(pk__in=told.cases)
    page = keyset(seen.select_related("holder"), request.GET, order=("-received_at", "-pk"))
    context = {
        "circular": found,
        "fact": told,
        "total": seen.count(),
        "page": page,
        "states": dict(CaseState.choices),
    }
    return pages.render(request, "reporting/situation_fact.html", context=context)
