"""Claims (涉电诉求): list, whistle, one claim with both sides' clocks, its acts, rates, agenda.

Source: S2-3.7, S2-4.2.1b to S2-4.2.1d, S2-5.2.1b, S2-6.2.4 to S2-6.2.6.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints import claim_presenting as presenting
from complaints import claim_queries as queries
from complaints.claim_forms import (
    ASIDE,
    FORMS,
    DecisionForm,
    RevealForm,
    WhistleForm,
    departments_of,
    houses_of,
)
from complaints.claim_queries import VIEWS, Filters
from complaints.claim_words import STATES, word_of
from complaints.models import Claim, ClaimPass, ClaimSignature, ClaimTopic
from complaints.services import claim_acts as acts
from complaints.services import claims as services
from complaints.services.claim_acts import FILE_PURPOSE
from complaints.workflow import Act
from core import clock, files, offline, pages, policy
from core.paging import keyset

VIEW = Permission.CLAIM_VIEW
RELATED = ("case__procedure", "case__owner", "case__holder", "case__answerable")
RELATED += ("case__organisation", "case__responsible", "grid__station", "grid__enterprise")
RELATED += ("department", "government_grid", "officer", "contact")
LISTED = ("case__holder", "grid", "department")


def find(request: HttpRequest, pk: int) -> Claim:
    """The claim, if it is in sight; otherwise there is none (404)."""
    seen = Claim.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def claims(request: HttpRequest) -> HttpResponse:
    """Claims in sight, the latest first; without a choice what waits for the person."""
    now, user = clock.now(), request.user
    seen = Claim.objects.visible_to(user)
    filters = Filters.of(request.GET)
    if not request.GET and Filters(mine="1", view="open").narrow(seen, user, now=now).exists():
        filters = Filters(mine="1", view="open")
    found = filters.narrow(seen, user, now=now)
    page = keyset(found.select_related(*LISTED), request.GET, order=("-case__received_at", "-pk"))
    context = {
        "sections": presenting.sections("list"),
        "views": presenting.views(filters, _counts(filters, seen, user, now)),
        "filters": filters,
        "told": presenting.described(filters),
        "kinds": Claim.Kind.choices,
        "states": list(STATES.items()),
        "page": page,
        "total": found.count(),
        "rows": [presenting.row(one, now=now) for one in page],
        "may_whistle": bool(departments_of(user) or houses_of(user)),
        "officer": bool(departments_of(user)),
    }
    return pages.render(request, "complaints/claims/list.html", context=context)


def _counts(filters: Filters, seen: Any, user: Any, now: Any) -> dict[str, int]:
    found = {
        view: filters.with_(view=view, mine="").narrow(seen, user, now=now).count()
        for view in ("", *VIEWS)
    }
    mine = filters.with_(view="open", mine="1")
    return {**found, "mine": mine.narrow(seen, user, now=now).count()}


# --- Whistling ------------------------------------------------------------------------------------


@policy.needs(Permission.CLAIM_SEND, Permission.CLAIM_HANDLE)
@require_http_methods(["GET", "POST"])
@offline.tells
def new(request: HttpRequest) -> HttpResponse:
    """An officer whistles; somebody of the company registers what 95598 passed on."""
    departments, houses = departments_of(request.user), houses_of(request.user)
    if not departments and not houses:
        raise PermissionDenied(_("涉电诉求由政府网格或者供电企业登记。"))
    form = WhistleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        url = pages.attempt(form, _whistled, request=request, form=form)
        if url is not None:
            messages.success(request, _("已登记。"))
            return offline.answered(request, url) or pages.go(request, url)
    if request.method == "POST" and (told := offline.wrong(request, form)):
        told.status_code = pages.status_of(form)
        return told
    context = {"form": form, "place": (departments or houses)[0], "officer": bool(departments)}
    context["frame"] = offline.base(request)
    return pages.render(request, "complaints/claims/new.html", context=context)


def _whistled(*, request: HttpRequest, form: WhistleForm) -> str:
    """Enter the whistle once, with what was taken on site; where to go then."""
    now, by = clock.now(), request.user
    at = offline.happened_at(request, now=now)
    departments = departments_of(by)
    origin = Claim.Origin.OFFICER if departments else Claim.Origin.HOTLINE
    received = _received(form)

    def work() -> str:
        claim, _new = services.whistle(
            form.asked(),
            origin=origin,
            department=departments[0] if departments else None,
            owner=None if departments else _house(by),
            by=by,
            now=now,
            at=at,
        )
        acts.add_photos(claim, received, by=by, now=now, at=at, point=form.point)
        return reverse("complaints:claim", args=[claim.pk])

    key = offline.client_id(request)
    return offline.once(work, by=by, client_id=key, now=now) or reverse("complaints:claims")


def _house(by: Any) -> Any:
    """The enterprise that takes it in: that of the person, also where they work at a station."""
    place = houses_of(by)[0]
    if place.kind != place.Kind.SUPPLY_STATION:
        return place
    above = place.path[: -place.steplen]
    return Organisation.objects.filter(path=above).first() or place


def _received(form: Any) -> list[Any]:
    """Uploads checked and laid in their place, before anything is locked."""
    given = form.cleaned_data.get("photos") or ()
    return [files.receive(one, purpose=FILE_PURPOSE) for one in given]


# --- One claim ------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_GET
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim: where it stands, both sides' clocks, the next step, who did what."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest,
    found: Claim,
    *,
    bound: Any = None,
    what: str = "",
    revealed: dict[str, str] | None = None,
    reveal_form: Any = None,
) -> HttpResponse:
    now, user = clock.now(), request.user
    offer = presenting.waiting_offer(found)
    context = {
        "claim": found,
        "row": presenting.row(found, now=now),
        "sides": presenting.sides(found, now=now),
        "person": presenting.person(found, revealed),
        "revealed": revealed is not None,
        "may_reveal": bool(acts.side_of(found, user)),
        "reveal_form": reveal_form or RevealForm(auto_id="reveal_%s"),
        "moves": presenting.offered(found, user, bound, what),
        "offer": offer,
        "offered_to_me": offer is not None and offer.successor_id == user.pk,
        "passes": found.offers.select_related("former", "successor", "unit"),
        "signatures": found.signatures.select_related("by"),
        "topics": found.topics.all(),
        "notice": getattr(found, "notice", None),
        "photos": found.photos.select_related("file", "by"),
        "events": presenting.events(found),
        "unlocated": services.locating.Located(None, found.unlocated).word,
        "sees_case": user.can(Permission.CASE_VIEW),
        "now": now,
        "form": bound or reveal_form,
    }
    response = pages.render(request, "complaints/claims/detail.html", context=context)
    if revealed is not None:
        response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(VIEW)
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the claimant in full for a stated purpose; the page is not kept anywhere."""
    found, form = find(request, pk), RevealForm(request.POST, auto_id="reveal_%s")
    if form.is_valid():
        given = {"purpose": form.cleaned_data["purpose"], "by": request.user}
        told = pages.attempt(form, acts.reveal, claim=found, now=clock.now(), **given)
        if told is not None:
            return shown(request, found, revealed=told)
    return shown(request, found, reveal_form=form)


SERVICES: dict[str, Any] = {
    Act.CLOSE: acts.confirm,
    Act.PASS_ON: acts.pass_to_utility,
    "locate": services.assign_grid,
    "offer": acts.offer,
    "tell_once": acts.tell_once,
    "join": acts.join,
    "sign": acts.sign,
    "mediate": acts.mediate,
    "agenda": acts.put_on_agenda,
}
# Their forms list colleagues and places of the company: the other side is not shown them.
INSIDE = frozenset({"locate", "offer", "tell_once"})


@policy.needs(VIEW)
@require_POST
@offline.tells
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One act on a claim; what the service refuses stands at its form."""
    found, url = find(request, pk), reverse("complaints:claim", args=[pk])
    if what in INSIDE and acts.side_of(found, request.user) != ClaimSignature.Side.COMPANY:
        raise PermissionDenied(_("由承办单位办理。"))
    form = FORMS[what](request.POST, request.FILES, claim=found, user=request.user)
    given = {"request": request, "found": found, "what": what, "form": form}
    if form.is_valid() and pages.attempt(form, _done, **given):
        label = ASIDE.get(what) or word_of(what)
        messages.success(request, _("已办理“%(act)s”。") % {"act": label})
        return offline.answered(request, url) or pages.go(request, url)
    if told := offline.wrong(request, form):
        told.status_code = pages.status_of(form)
        return told
    return shown(request, found, bound=form, what=what)


def _done(*, request: HttpRequest, found: Claim, what: str, form: Any) -> bool:
    now, by = clock.now(), request.user
    said = dict(form.cleaned_data)
    said.pop("longitude", None), said.pop("latitude", None)
    received = _received(form)
    said.pop("photos", None)
    key = offline.client_id(request)

    def work() -> None:
        if what in SERVICES:
            SERVICES[what](found, **said, by=by, now=now)
            return
        at = offline.happened_at(request, now=now)
        more = {"at": at, "photos": received, "point": form.point}
        acts.do(found, Act(what), by=by, now=now, text=said.get("text", ""), **more)

    offline.once(work, by=by, client_id=key, now=now)
    return True


@policy.needs(VIEW)
@require_POST
def answer_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """The named colleague accepts a hand-over, or not."""
    seen = ClaimPass.objects.visible_to(request.user).select_related("claim__case")
    offer = get_object_or_404(seen, pk=pk)
    accepted = request.POST.get("accepted") == "1"
    acts.answer_offer(offer, accepted=accepted, by=request.user, now=clock.now())
    messages.success(request, _("已确认接手。") if accepted else _("已答复不接手。"))
    return pages.go(request, "complaints:claim", offer.claim_id)


# --- Rates and meetings ---------------------------------------------------------------------------


@policy.needs(VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The three rates per grid and unit, and what else is counted; every number opens its list."""
    now, user = clock.now(), request.user
    asked = Filters.of(
        {name: request.GET.get(name, "") for name in ("kind", "origin", "unit", "since", "until")}
    )
    last = queries.day_of(asked.until) or clock.today()
    first = queries.day_of(asked.since) or date(last.year, 1, 1)
    filters = asked.with_(since=str(min(first, last)), until=str(last))
    line = queries.whole(user, filters, now=now)
    context = {
        "sections": presenting.sections("board"),
        "filters": filters,
        "told": presenting.described(filters),
        "kinds": Claim.Kind.choices,
        "stats": presenting.stats(line),
        "whole": presenting.cells(line),
        "units": [presenting.cells(one) for one in queries.by_unit(user, filters, now=now)],
        "grids": [presenting.cells(one) for one in queries.by_grid(user, filters, now=now)],
        "rates": queries.RATES,
        "counts": queries.COUNTS,
    }
    return pages.render(request, "complaints/claims/board.html", context=context)


@policy.needs(VIEW)
@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """Joint meetings with the claims on their agenda, and what was decided."""
    return _agenda(request)


def _agenda(request: HttpRequest, of: int = 0, form: Any = None) -> HttpResponse:
    seen = ClaimTopic.objects.visible_to(request.user)
    rows = list(
        seen.select_related(
            *(f"claim__{name}" for name in ("case__holder", "case__owner", "department")),
            "claim__case__responsible",
        ).order_by("-held_on", "meeting", "pk")[:200]
    )
    today = clock.today()
    meetings: dict[tuple[Any, str], list[Any]] = {}
    for one in rows:
        may = not one.decision and one.held_on <= today and acts.side_of(one.claim, request.user)
        told = {"topic": one, "may": bool(may), "form": form if one.pk == of else DecisionForm()}
        meetings.setdefault((one.held_on, one.meeting), []).append(told)
    context = {
        "sections": presenting.sections("agenda"),
        "meetings": list(meetings.items()),
        "form": form,
        "of": of,
        "today": today,
    }
    return pages.render(request, "complaints/claims/agenda.html", context=context)


@policy.needs(VIEW)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What a joint meeting decided about a claim."""
    topic = get_object_or_404(ClaimTopic.objects.visible_to(request.user), pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        given = {"decision": form.cleaned_data["decision"], "by": request.user}
        if pages.attempt(form, acts.decide_topic, topic=topic, now=clock.now(), **given):
            messages.success(request, _("议定意见已登记。"))
            return pages.go(request, "complaints:claims_agenda")
    return _agenda(request, topic.pk, form)
