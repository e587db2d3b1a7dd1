"""The dispatch board: what waits at one's unit and below, nearest clock first, and acts on it.

An act by htmx answers with the board as it stands afterwards, with the same filters; without
scripts the browser is led back to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from accounts.reach import works_for
from complaints import presenting, queries, refusals, services, waiting
from complaints.forms import ActForm
from complaints.forms_board import HAND_OUT, BulkForm
from complaints.models import Case, CaseClock
from complaints.procedures import definition_of
from complaints.services import bulk
from complaints.views.cases import find
from complaints.waiting import Stage
from complaints.workflow import Act
from core import clock, pages, policy
from core.components import Stat, Tab
from core.errors import Conflict, Refused
from core.paging import keyset

ACTING = (Permission.CASE_DECIDE, Permission.CASE_HANDLE)
ROWS = 30
KEPT = ("stage", "unit", "lamp", "after", "after_way")
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
# What a handler does on the way with one thumb, in its order.
STEPS = (Act.TAKE, Act.CONTACT, Act.ARRIVE, Act.RESTORE, Act.REPLY)
SEVERAL: dict[Stage, tuple[tuple[str, Any, Permission], ...]] = {
    Stage.ACCEPT: ((Act.ACCEPT, Act.ACCEPT.label, Permission.CASE_DECIDE),),
    Stage.DISPATCH: ((HAND_OUT, Act.DISPATCH.label, Permission.CASE_DECIDE),),
    Stage.TAKE: (
        (Act.TAKE, Act.TAKE.label, Permission.CASE_HANDLE),
        (Act.URGE, Act.URGE.label, Permission.CASE_DECIDE),
    ),
    Stage.WORK: ((Act.URGE, Act.URGE.label, Permission.CASE_DECIDE),),
    Stage.CHECK: (),
}


@dataclass(frozen=True)
class Asked:
    """What of the board was asked for; anything unknown asks nothing."""

    stage: str
    unit: str
    lamp: str

    @classmethod
    def of(cls, params: QueryDict) -> Asked:
        stage, lamp = params.get("stage", ""), params.get("lamp", "")
        return cls(
            stage if stage in Stage.values else "",
            params.get("unit", "")[:40],
            lamp if lamp in waiting.LAMPS else "",
        )


@policy.needs(*ACTING)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What waits, by stage, unit and clock."""
    return _shown(request, request.GET)


def _shown(request: HttpRequest, params: QueryDict, status: int = 200, **more: Any) -> HttpResponse:
    now, asked = clock.now(), Asked.of(params)
    mine = waiting.mine(request.user)
    conditions = waiting.conditions()
    sums = {one: mine.filter(conditions[one]).count() for one in Stage}
    stage = Stage(asked.stage) if asked.stage else _first(sums)
    here = mine.filter(conditions[stage])
    field = "holder" if stage in (Stage.TAKE, Stage.WORK) else "organisation"
    units = waiting.by_unit(here, field, now=now)
    found = here.filter(**_of_unit(field, asked.unit))
    amounts = waiting.counts(found, now=now)
    found = found.filter(waiting.lamp_condition(asked.lamp, now=now))
    page = keyset(_ordered(found), params, order=("nearest_at", "received_at", "pk"), size=ROWS)
    ticked = {case.pk for case, _why in more.get("refused", ())}
    bound = more.pop("bound", None)
    context = {
        "stage": stage,
        "asked": asked,
        "tabs": [Tab(one.label, f"?stage={one}", one == stage, sums[one]) for one in Stage],
        "stats": _stats(stage, asked, amounts),
        "units": units,
        "unit_name": next((one.name for one in units if one.code == asked.unit), ""),
        "back": _query(params, stage),
        "page": page,
        "rows": [_row(request, case, stage, ticked, bound, now) for case in page],
        "several": _several(request, stage, list(page)),
        "bulk_form": BulkForm(user=request.user),
        "most": bulk.MOST,
        **more,
    }
    return pages.render(
        request, "complaints/board.html", "complaints/_board.html", context, status=status
    )


def _several(request: HttpRequest, stage: Stage, cases: list[Case]) -> list[tuple[str, Any]]:
    """What the person may do with more than one of the cases shown."""
    found = []
    for what, label, needs in SEVERAL[stage]:
        side = "holder" if needs == Permission.CASE_HANDLE else "owner"
        if any(works_for(request.user, needs, getattr(case, side)) for case in cases):
            found.append((what, label))
    return found


def _first(sums: dict[Stage, int]) -> Stage:
    """The stage that is shown when none was asked for: the first where something waits."""
    return next((one for one in Stage if sums[one]), Stage.DISPATCH)


def _of_unit(field: str, code: str) -> dict[str, Any]:
    if code == "-":
        return {f"{field}__isnull": True}
    return {f"{field}__code": code} if code else {}


def _ordered(found: Any) -> Any:
    running = CaseClock.objects.running()
    return (
        found.annotate(nearest_at=Coalesce("due_at", Value(NEVER)))
        .select_related("organisation", "holder", "owner", "region", "procedure")
        .prefetch_related(Prefetch("clocks", queryset=running))
    )


def _stats(stage: Stage, asked: Asked, amounts: dict[str, int]) -> list[Stat]:
    base = f"?stage={stage}" + (f"&unit={asked.unit}" if asked.unit else "")
    tones = {"late": "late", "today": "near"}
    shown = [Stat(stage.label, amounts["all"], base, current=not asked.lamp)]
    for lamp, label in waiting.LAMPS.items():
        tone = tones.get(lamp, "") if amounts[lamp] else ""
        url = f"{base}&lamp={lamp}"
        shown.append(Stat(label, amounts[lamp], url, tone=tone, current=asked.lamp == lamp))
    return shown


def _query(params: QueryDict, stage: Stage) -> str:
    """The board's own parameters, to come back to the same view."""
    query = QueryDict(mutable=True)
    query.update({name: params[name] for name in KEPT if params.get(name)})
    query["stage"] = stage
    return query.urlencode()


def _row(
    request: HttpRequest,
    case: Case,
    stage: Stage,
    ticked: set[int],
    bound: ActForm | None,
    now: datetime,
) -> dict[str, Any]:
    nearest = waiting.nearest(case)
    rules = definition_of(case.procedure)
    labels = getattr(request, "_case_labels", None)
    if labels is None:
        labels = request._case_labels = queries.Labels()  # type: ignore[attr-defined]
    return {
        "case": case,
        "lamp": presenting.case_lamp(case, now=now),
        "nature": labels.of("nature", case.nature, at=case.received_at),
        "category": labels.of("category", case.category, at=case.received_at),
        "urgency": labels.of("urgency", case.urgency, at=case.received_at),
        "clock": rules.clocks[nearest.code].shown if nearest else "",
        "left": waiting.left(case.due_at, now=now) if case.due_at else "",
        "ticked": case.pk in ticked,
        "steps": _steps(request, case, bound, now) if stage in (Stage.TAKE, Stage.WORK) else (),
    }


def _steps(
    request: HttpRequest, case: Case, bound: ActForm | None, now: datetime
) -> list[dict[str, Any]]:
    """What the person may do next with the case, each with its form."""
    rules, actor = definition_of(case.procedure), refusals.Actor(request.user)
    steps = []
    for act in STEPS:
        move = rules.moves.get(act)
        if move is None or case.state not in move.sources:
            continue
        if refusals.refusal(case, act, actor):
            continue
        same = bound is not None and bound.act == act and bound.case.pk == case.pk
        form = bound if same else _form(None, case, act, now)
        steps.append({"act": act, "label": act.label, "form": form, "wrong": same})
    # The way on is the big one: contacting and answering stand beside it.
    onward = [one["act"] for one in steps if rules.moves[one["act"]].target]
    for one in steps:
        one["first"] = bool(onward) and one["act"] == onward[0]
    return steps


def _form(data: Any, case: Case, act: Act, now: datetime) -> ActForm:
    return ActForm(data, case=case, act=act, clocks=[], now=now, auto_id=f"c{case.pk}-{act}_%s")


def _back(request: HttpRequest, told: str) -> HttpResponse:
    """The board as it stands now, where the person came from."""
    params = _params(request)
    if pages.wants_fragment(request):
        return _shown(request, params, told=told)
    messages.success(request, told)
    return redirect(f"{reverse('complaints:board')}?{params.urlencode()}")


def _params(request: HttpRequest) -> QueryDict:
    given = QueryDict(request.POST.get("back", "")[:500])
    query = QueryDict(mutable=True)
    query.update({name: given[name] for name in KEPT if given.get(name)})
    return query


@require_POST
@policy.needs(*ACTING)
@sensitive_post_parameters()
def step(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One step of the handler's way; a second tap on the same button changes nothing."""
    found = find(request, pk)
    if what not in STEPS or what not in definition_of(found.procedure).moves:
        raise Http404
    act, now = Act(what), clock.now()
    form = _form(request.POST, found, act, now)
    seen_state = request.POST.get("seen_state", "")
    why_not = refusals.refusal(found, act, refusals.Actor(request.user))
    if not why_not and not form.is_valid():
        return _shown(request, _params(request), pages.UNPROCESSABLE, bound=form)
    if not why_not:
        answers = {**form.answers(), "seen_state": seen_state}
        try:
            services.act(found, act, by=request.user, now=now, **answers)
        except Conflict as reason:
            why_not = str(reason)
        except Refused as reason:
            # What was typed and ticked stays, beside the reason.
            pages.refuse(form, reason)
            return _shown(request, _params(request), pages.CONFLICT, bound=form)
    if why_not:
        return _shown(request, _params(request), pages.CONFLICT, refused=[(found, why_not)])
    words = {"number": found.number, "act": act.label}
    return _back(request, _("诉求%(number)s：%(act)s已登记。") % words)


@require_POST
@policy.needs(*ACTING)
@sensitive_post_parameters()
def several(request: HttpRequest) -> HttpResponse:
    """One act on all cases that were ticked; those that were refused stay ticked, with reasons."""
    form = BulkForm(request.POST, user=request.user)
    params, now = _params(request), clock.now()
    if not form.is_valid():
        rows, _asked = form.picked()
        more = {"refused": [(case, "") for case, _state in rows], "bulk_form": form}
        return _shown(request, params, pages.UNPROCESSABLE, **more)
    data = form.cleaned_data
    given = {"by": request.user, "now": now, "text": data["text"]}
    if data["what"] == HAND_OUT:
        outcome = bulk.hand_out_each(data["rows"], to=data["organisation"], **given)
    else:
        outcome = bulk.act_each(data["rows"], Act(data["what"]), **given)
    label = Act.DISPATCH.label if data["what"] == HAND_OUT else Act(data["what"]).label
    told = _("%(act)s：已办理%(count)d件。") % {"act": label, "count": len(outcome.done)}
    if not outcome.refused and not data["gone"]:
        return _back(request, told)
    more = {"told": told if outcome.done else "", "refused": outcome.refused, "gone": data["gone"]}
    return _shown(request, params, pages.CONFLICT, **more)
