"""Hazards: list, report from the phone, one hazard with its owners and its deadline, figures.

Source: grid standard 4.2.2, 5.6.1 (S2-4.2.2a, S2-4.2.2b, S2-5.6.1c).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from core import clock, files, masking, offline, pages, policy
from core.errors import Refused
from core.files import Received
from core.paging import keyset
from core.sheets.writer import Out
from grids import hazard_presenting as presenting
from grids.hazard_forms import FORMS, ReportForm, RevealForm, places_of
from grids.hazards.moves import Move, State, wrong_side
from grids.models import GridRule, Hazard, HazardTerm, PatrolList
from grids.queries import hazards as queries
from grids.queries.hazards import Filters
from grids.services import hazard_acts as acts
from grids.services import hazard_reports as reports
from grids.services import hazards as services
from grids.services.hazard_acts import PURPOSE
from grids.views import workbooks

VIEW, HANDLE = Permission.HAZARD_VIEW, Permission.HAZARD_HANDLE
LISTED = ("kind", "grade", "grid", "organisation", "department")
LISTED += ("reporter", "company_owner", "government_owner")
COUNTED = ("", "open", "overdue", "closed")
# What the filter bar itself asks for; anything else goes along unseen.
ASKED = ("text", "kind", "grade", "state", "side", "source", "since", "until")


def find(request: HttpRequest, pk: int) -> Hazard:
    """The hazard, if it is in sight; otherwise there is none (404)."""
    seen = Hazard.objects.visible_to(request.user).select_related(*acts.RELATED, "patrol__plan")
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def hazards(request: HttpRequest) -> HttpResponse:
    """Hazards in sight, the latest first; a figure elsewhere opens exactly what it counts."""
    now, user = clock.now(), request.user
    seen, filters = Hazard.objects.visible_to(user), Filters.of(request.GET)
    found = filters.narrow(seen, user, now=now)
    page = keyset(found.select_related(*LISTED), request.GET, order=("-reported_at", "-pk"))
    query = request.GET.copy()
    for name in ("after", "after_way"):
        query.pop(name, None)
    on = clock.today()
    context = {
        "sections": presenting.sections("list"),
        "views": presenting.views(filters, _counts(filters, seen, user, now)),
        "filters": filters,
        "shown": ASKED,
        "told": presenting.described(filters),
        "kinds": HazardTerm.objects.kinds(on=on),
        "grades": HazardTerm.objects.grades(on=on),
        "states": State.choices,
        "sources": Hazard.Source.choices,
        "side_choices": Hazard.SIDES,
        "page": page,
        "total": found.count(),
        "rows": [presenting.row(one, now=now) for one in page],
        "may_report": bool(places_of(user)),
        "export_url": f"{reverse('grids:hazards_export')}?{query.urlencode()}",
    }
    return pages.render(request, "grids/hazards/list.html", context=context)


def _counts(filters: Filters, seen: Any, user: Any, now: Any) -> dict[str, int]:
    asked = {view: filters.with_(view=view, mine="") for view in COUNTED}
    asked["mine"] = filters.with_(view="open", mine="1")
    return {name: one.narrow(seen, user, now=now).count() for name, one in asked.items()}


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, places masked."""
    seen = Hazard.objects.visible_to(request.user)
    found = Filters.of(request.GET).narrow(seen, request.user, now=clock.now())
    columns = [
        *(Out("number", _("编号"), 26), Out("kind", _("隐患类别"), 20)),
        *(Out("grade", _("隐患等级")), Out("state", _("状态"))),
        *(Out("content", _("隐患情况"), 36), Out("place", _("地点"), 24)),
        *(Out("area", _("台区"), 18), Out("grid", _("电力网格"), 20)),
        *(Out("organisation", _("供电单位"), 20), Out("department", _("政府网格主管部门"), 20)),
        *(Out("side", _("上报方")), Out("source", _("来源"), 14)),
        *(Out("reported", _("上报时间"), 18), Out("company_owner", _("企业责任人"))),
        *(Out("government_owner", _("政府责任人")), Out("due", _("治理期限"), 18)),
        *(Out("rectified", _("治理完成时间"), 18), Out("in_time", _("按期治理"))),
        *(Out("measure", _("治理情况"), 30), Out("closed", _("销号时间"), 18)),
    ]
    rows = found.select_related(*LISTED).order_by("-reported_at", "-pk")
    return workbooks.export(
        request, columns, _lines(rows), title=_("隐患清单"), count=found.count()
    )


def _lines(rows: Any) -> Iterator[dict[str, Any]]:
    for one in rows:
        moments = {
            "reported": one.reported_at,
            "due": one.due_at,
            "rectified": one.rectified_at,
            "closed": one.closed_at,
        }
        yield {
            **{name: getattr(one, name) for name in ("number", "content", "in_time", "measure")},
            **{name: clock.written(at) if at else None for name, at in moments.items()},
            **{name: str(getattr(one, name) or "") for name in LISTED if name != "reporter"},
            "state": one.get_state_display(),
            "place": masking.mask("address", one.place),
            "area": one.transformer_area,
            "side": one.get_side_display(),
            "source": one.get_source_display(),
        }


# --- Reporting ------------------------------------------------------------------------------------


@policy.needs(HANDLE)
@require_http_methods(["GET", "POST"])
@offline.tells
def new(request: HttpRequest) -> HttpResponse:
    """Somebody of either side reports a hazard, on site, also without a network."""
    places = places_of(request.user)
    if not places:
        raise PermissionDenied(_("隐患由政府网格员或者供电企业人员上报。"))
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        url = pages.attempt(form, _reported, request=request, form=form, place=places[0])
        if url is not None:
            return offline.answered(request, url) or pages.go(request, url)
    if request.method == "POST" and (told := offline.wrong(request, form)):
        told.status_code = pages.status_of(form)
        return told
    context = {"form": form, "place": places[0], "accept": files.accept(PURPOSE)}
    context["frame"] = offline.base(request)
    return pages.render(request, "grids/hazards/new.html", context=context)


def _reported(*, request: HttpRequest, form: ReportForm, place: Any) -> str:
    now, by = clock.now(), request.user
    at = offline.happened_at(request, now=now)
    given = {"organisation": place, "photos": received(form), "by": by, "now": now, "at": at}

    def work() -> str:
        hazard = reports.report(form.seen(), **given)
        messages.success(request, _("已上报。"))
        return reverse("grids:hazard", args=[hazard.pk])

    return offline.led(request, work, again=reverse("grids:hazards"), now=now)


def received(form: Any) -> list[Received]:
    """Uploads checked and laid in their place, before anything is locked."""
    given = form.cleaned_data.get("photos") or ()
    return [acts.receive(one) for one in given]


# --- One hazard -----------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_GET
def hazard(request: HttpRequest, pk: int) -> HttpResponse:
    """One hazard: where it stands, who owns it, until when and why, photos before and after."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest,
    found: Hazard,
    *,
    bound: Any = None,
    move: Move | None = None,
    revealed: str | None = None,
    reveal_form: Any = None,
) -> HttpResponse:
    now, user = clock.now(), request.user
    happened = found.events.select_related("by", "organisation").order_by("-sequence")
    pictures = list(found.photos.select_related("file", "by"))
    context = {
        "hazard": found,
        "row": presenting.row(found, now=now),
        "place": masking.mask("address", found.place) if revealed is None else revealed,
        "revealed": revealed is not None,
        # Four decimals lead to a door, two to a quarter.
        "decimals": 2 if revealed is None else 4,
        "may_reveal": _located(found) and bool(acts.sides_of(found, user)),
        "reveal_form": reveal_form or RevealForm(auto_id="reveal_%s"),
        "owners": presenting.owners(found),
        "moves": presenting.offered(found, user, bound, move),
        "before": [one for one in pictures if not one.proof],
        "after": [one for one in pictures if one.proof],
        "events": presenting.events(happened),
        "now": now,
        "form": bound or reveal_form,
    }
    response = pages.render(request, "grids/hazards/detail.html", context=context)
    if revealed is not None:
        response["Cache-Control"] = "private, no-store"
    return response


def _located(found: Hazard) -> bool:
    """Whether there is a place to be told."""
    return bool(found.place) or found.latitude is not None


@policy.needs(VIEW)
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the place in full for a stated purpose; the page is not kept anywhere."""
    found, form = find(request, pk), RevealForm(request.POST, auto_id="reveal_%s")
    if form.is_valid():
        given = {"purpose": form.cleaned_data["purpose"], "by": request.user}
        told = pages.attempt(form, acts.reveal, hazard=found, now=clock.now(), **given)
        if told is not None:
            return shown(request, found, revealed=told)
    return shown(request, found, reveal_form=form)


SERVICES: dict[Move, Any] = {
    Move.LOCATE: services.locate,
    Move.GRADE: services.grade,
    Move.ACCEPT: services.accept,
    Move.RECTIFY: services.rectify,
    Move.VERIFY: services.verify,
    Move.CLOSE: services.close,
    Move.EXTEND: services.extend,
    Move.REASSIGN: services.reassign,
    Move.DECLINE: services.decline,
    Move.RETURN: services.return_,
    Move.DISMISS: services.dismiss,
}


@policy.needs(HANDLE, Permission.HAZARD_MANAGE)
@require_POST
@offline.tells
def act(request: HttpRequest, pk: int, move: Move) -> HttpResponse:
    """One move of a hazard; what the service refuses stands at its form.

    Raises ``Refused`` for a move of another side: its form, with its choices, is not theirs to see.
    """
    found, url = find(request, pk), reverse("grids:hazard", args=[pk])
    if why_not := wrong_side(move, acts.sides_of(found, request.user)):
        raise Refused(why_not)
    form = FORMS[move](request.POST, request.FILES, hazard=found, user=request.user)
    given = {"request": request, "found": found, "move": move, "form": form}
    if form.is_valid() and pages.attempt(form, _done, **given):
        messages.success(request, _("已办理“%(move)s”。") % {"move": move.label})
        return offline.answered(request, url) or pages.go(request, url)
    if told := offline.wrong(request, form):
        told.status_code = pages.status_of(form)
        return told
    return shown(request, found, bound=form, move=move)


def _done(*, request: HttpRequest, found: Hazard, move: Move, form: Any) -> bool:
    now, by = clock.now(), request.user
    said = {k: v for k, v in form.cleaned_data.items() if k not in ("longitude", "latitude")}
    if move in presenting.ON_SITE:
        said["at"] = offline.happened_at(request, now=now)
    if move is Move.RECTIFY:
        said |= {"photos": received(form), "point": form.point}

    def work() -> bool:
        SERVICES[move](found, **said, by=by, now=now)
        return True

    offline.once(work, by=by, client_id=offline.client_id(request), now=now)
    return True


# --- Figures and catalogue ------------------------------------------------------------------------


@policy.needs(VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """How many hazards by unit, grid and kind; every number opens its list."""
    now, user, asked = clock.now(), request.user, Filters.of(request.GET)
    filters = Filters(group=asked.group, since=asked.since, until=asked.until, unit=asked.unit)
    line = queries.whole(user, filters, now=now)
    tables = (
        (_("供电单位"), queries.lines(user, filters, "unit", now=now)),
        (_("电力网格"), queries.lines(user, filters, "grid", now=now)),
        (_("隐患类别"), queries.lines(user, filters, "kind", now=now)),
    )
    context = {
        "sections": presenting.sections("board"),
        "filters": filters,
        "told": presenting.described(Filters(unit=filters.unit)),
        "groups": HazardTerm.Group.choices,
        "figures": list(presenting.FIGURES.values()),
        "stats": presenting.stats(line),
        "tables": [
            (label, [presenting.cells(one) for one in rows]) for label, rows in tables if rows
        ],
    }
    return pages.render(request, "grids/hazards/board.html", context=context)


@policy.needs(VIEW)
@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """Kinds, grades with their limits, and what is looked at on patrols, as of today."""
    on, user = clock.today(), request.user
    known = HazardTerm.objects.visible_to(user)
    rules = GridRule.objects.visible_to(user).filter(code__startswith="hazard_")
    context = {
        "sections": presenting.sections("terms"),
        "kinds": known.kinds(on=on),
        "grades": known.grades(on=on),
        "rules": rules.select_related("organisation").order_by("code", "valid_from", "pk"),
        "lists": PatrolList.objects.visible_to(user).on(on).order_by("kind", "code"),
    }
    return pages.render(request, "grids/hazards/terms.html", context=context)
