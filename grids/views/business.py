"""Business passed on by government grids: list, the officer's form, one request with its clocks.

Source: grid standard 5.3 (S2-5.3.1a to S2-5.3.2c).
"""

from __future__ import annotations

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
from core import clock, pages, policy
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import XLSX
from grids import business_presenting as presenting
from grids import business_sheets
from grids.business.moves import Move, State, wrong_side
from grids.business_forms import FORMS, RequestForm, RevealForm, sources_of
from grids.models import BusinessRequest, BusinessType
from grids.queries import business as queries
from grids.queries.business import VIEWS, Filters
from grids.services import business as services
from grids.services import business_acts as acts
from grids.services import business_steps as step_services

VIEW, REQUEST = Permission.BUSINESS_VIEW, Permission.BUSINESS_REQUEST
MOST_EXPORTED = 5000
RELATED = ("type", "source", "grid", "signer", "organisation", "officer", "handler")


def find(request: HttpRequest, pk: int) -> BusinessRequest:
    """The request, if it is in sight; otherwise there is none (404)."""
    seen = BusinessRequest.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def business_list(request: HttpRequest) -> HttpResponse:
    """Requests in sight, the latest first; a figure elsewhere opens exactly what it counts."""
    filters, now = Filters.of(request.GET), clock.now()
    seen = BusinessRequest.objects.visible_to(request.user)
    found = filters.narrow(seen, now=now)
    page = keyset(found.select_related(*RELATED), request.GET, order=("-passed_at", "-pk"))
    query = request.GET.copy()
    for name in ("after", "after_way"):
        query.pop(name, None)
    context = {
        "sections": presenting.sections(request.user, "list"),
        "views": presenting.views(filters, _counts(filters, seen, now)),
        "filters": filters,
        "told": presenting.described(filters),
        "kinds": _kinds(),
        "states": State.choices,
        "page": page,
        "total": found.count(),
        "rows": [presenting.row(one, now=now) for one in page],
        "may_request": bool(sources_of(request.user)) if request.user.can(REQUEST) else False,
        "export_url": f"{reverse('grids:business_export')}?{query.urlencode()}",
    }
    return pages.render(request, "grids/business/list.html", context=context)


def _counts(filters: Filters, seen: Any, now: Any) -> dict[str, int]:
    return {view: filters.with_(view=view).narrow(seen, now=now).count() for view in ("", *VIEWS)}


def _kinds() -> list[tuple[str, str]]:
    rows = BusinessType.objects.order_by("code", "version").values_list("code", "title")
    return sorted(dict(rows).items())


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, the customer masked."""
    now = clock.now()
    seen = BusinessRequest.objects.visible_to(request.user)
    found = Filters.of(request.GET).narrow(seen, now=now)
    if (count := found.count()) > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    rows = found.select_related(*RELATED).order_by("-passed_at", "-pk")
    content = business_sheets.workbook(rows, taken_by=request.user, now=now)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="business-{now:%Y%m%d}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(REQUEST)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The officer's form on the phone: first the kind of business, then what that kind asks for."""
    now, source = clock.now(), _source(request)
    on = clock.day_of(now)
    unit = queries.unit_for(source)
    kinds = queries.types_for(unit, on=on) if unit else {}
    kind = kinds.get(request.POST.get("type", "") or request.GET.get("type", ""))
    context: dict[str, Any] = {"source": source, "kinds": list(kinds.values()), "kind": kind}
    if kind is None:
        if request.method == "POST":
            raise Refused(_("没有这种业务类型，或者尚未启用。"))
        return pages.render(request, "grids/business/new.html", context=context)
    given: dict[str, Any] = {"source": source, "kind": kind, "on": on}
    form = RequestForm(request.POST, **given) if request.method == "POST" else RequestForm(**given)
    if form.is_bound and form.is_valid():
        names = ("organisation", "grid", "signer")
        made = _attempt(
            form,
            services.pass_on,
            asked=form.asked(),
            source=source,
            by=request.user,
            now=now,
            **{name: form.cleaned_data[name] for name in names},
        )
        if made is not None:
            messages.success(request, _("已转办，编号%(number)s。") % {"number": made.number})
            return pages.go(request, "grids:business", made.pk)
    context["form"] = form
    return pages.render(request, "grids/business/new.html", context=context)


def _source(request: HttpRequest) -> Organisation:
    """The government grid of the person; who works at none has no form."""
    sources = sources_of(request.user)
    if not sources:
        raise PermissionDenied(_("涉电业务由政府网格转办。"))
    return sources[0]


def _attempt(form: Any, service: Any, **given: Any) -> Any:
    """As ``pages.attempt``; mistakes of single fields stand at their fields."""
    try:
        return service(**given)
    except acts.Faulty as faulty:
        for name, message in faulty.errors.items():
            form.add_error(name if name in form.fields else None, message)
    except Refused as reason:
        pages.refuse(form, reason)
    return None


# --- One request ----------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_GET
def business(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: where it stands, each step with its clock, who did what."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest,
    found: BusinessRequest,
    *,
    bound: Any = None,
    move: Move | None = None,
    revealed: dict[str, str] | None = None,
    reveal_form: RevealForm | None = None,
) -> HttpResponse:
    now, user = clock.now(), request.user
    steps = list(found.steps.order_by("position").select_related("done_by"))
    happened = found.events.visible_to(user).select_related("by", "organisation")
    context = {
        "business": found,
        "row": presenting.row(found, now=now),
        "steps": presenting.steps(found, steps, now=now),
        "customer": presenting.customer(found, revealed),
        "revealed": revealed is not None,
        "may_reveal": bool(acts.sides_of(found, user)),
        "reveal_form": reveal_form or RevealForm(auto_id="reveal_%s"),
        "papers": presenting.papers(found),
        "moves": presenting.offered(found, user, bound, move),
        "events": presenting.events(happened.order_by("-sequence")),
        "paid": presenting.paid(found),
        "fee_rule": found.type.definition.fee,
        "now": now,
        "form": bound or reveal_form,
    }
    response = pages.render(request, "grids/business/detail.html", context=context)
    if revealed is not None:
        response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(VIEW)
@require_GET
def explained(request: HttpRequest, pk: int) -> HttpResponse:
    """Every deadline with its reasons, to be printed."""
    found, now = find(request, pk), clock.now()
    steps = list(found.steps.order_by("position").select_related("done_by"))
    context = {
        "business": found,
        "row": presenting.row(found, now=now),
        "steps": presenting.steps(found, steps, now=now),
    }
    return pages.render(request, "grids/business/explained.html", context=context)


@policy.needs(VIEW)
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the customer in full for a stated purpose; the page is not kept anywhere."""
    found = find(request, pk)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return shown(request, found, reveal_form=form)
    purpose = form.cleaned_data["purpose"]
    told = acts.reveal(found, purpose=purpose, by=request.user, now=clock.now())
    return shown(request, found, revealed=told)


def _said(move: Move, form: Any) -> tuple[Any, dict[str, Any]]:
    """The service of a move, and what of the form it takes."""
    said = dict(form.cleaned_data)
    seen = said.pop("seen")
    if move in (Move.NOTIFY, Move.RECEIVE):
        name = "missing" if move is Move.NOTIFY else "codes"
        return SERVICES[move], {name: said["codes"]}
    if move in (Move.COMPLETE, Move.SIGN, Move.OBJECT):
        said["seen"] = seen
    return SERVICES[move], said


SERVICES: dict[Move, Any] = {
    Move.TAKE: services.take,
    Move.NOTIFY: services.notify_materials,
    Move.RECEIVE: services.receive_materials,
    Move.COMPLETE: step_services.complete_step,
    Move.SIGN: step_services.sign,
    Move.OBJECT: step_services.object_to,
    Move.FINISH: services.finish,
    Move.HAND_OVER: services.hand_over,
    Move.RETURN: services.return_,
    Move.INFORM: services.inform,
    Move.WITHDRAW: services.withdraw,
}


@policy.needs(VIEW)
@require_POST
def act(request: HttpRequest, pk: int, move: Move) -> HttpResponse:
    """One move of a request; what the service refuses stands at its form.

    Raises ``Refused`` for a move of another side: its form, with its choices, is not theirs to see.
    """
    found = find(request, pk)
    if why_not := wrong_side(move, acts.sides_of(found, request.user)):  # type: ignore[arg-type]
        raise Refused(why_not)
    form = FORMS[move](request.POST, request=found)
    if form.is_valid():
        service, said = _said(move, form)
        done = _attempt(form, service, request=found, by=request.user, now=clock.now(), **said)
        if done is not None:
            messages.success(request, _("已办理“%(move)s”。") % {"move": move.label})
            return pages.go(request, "grids:business", found.pk)
    return shown(request, found, bound=form, move=move)
