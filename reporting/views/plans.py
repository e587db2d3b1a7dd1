"""Pages of ordered-use plans: the list, a plan with its acts, figures, quotas, the roll-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from core import charts, clock, files, pages, policy
from core.components import Event, Tab
from core.models import Job
from core.paging import keyset
from reporting.models import OrderedUsePlan, PlanGrade
from reporting.plan_forms import ApprovalForm, FiguresForm, StartForm, quota_set, quotas_in
from reporting.plans.rules import Rules
from reporting.queries import plans as queries
from reporting.services import plans as services
from reporting.services.plans import checking, explaining
from reporting.services.plans.drafting import rules_of
from reporting.services.plans.moving import APPROVALS
from reporting.views import common
from reporting.workflow import plan as workflow
from reporting.workflow.plan import State

LAMPS = {
    State.DRAFT: "ok",
    State.CERTIFIED: "ok",
    State.APPROVED: "near",
    State.FILED: "near",
    State.RECEIVED: "near",
    State.RETURNED: "late",
    State.ACCEPTED: "done",
}
SEE = Permission.FILING_VIEW
RELATED = ("organisation", "recipient", "region", "rule", "drafted_by", "certified_by", "receipt")
RELATED += ("check_job",)
# kW from which a chart tells MW.
LARGE = 10_000
MOVES = {move.name: move for move in workflow.MOVES}


def find(request: HttpRequest, pk: int) -> OrderedUsePlan:
    """The plan, if it is in the person's sight; otherwise there is none (404)."""
    seen = OrderedUsePlan.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


def year_in(request: HttpRequest) -> int:
    """The year that a page was asked for; this one by default."""
    given = request.GET.get("year", "")
    return int(given) if given.isdecimal() and len(given) == 4 else clock.today().year


@policy.needs(SEE)
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """Plans in sight: one's own, those on the desk, all; and the form that begins one."""
    return _list(request, StartForm(user=request.user, initial={"year": clock.today().year}))


def _list(request: HttpRequest, form: StartForm) -> HttpResponse:
    user: Any = request.user
    views = {
        "desk": (_("待办"), queries.on_desk(user)),
        "own": (_("本单位"), queries.own(user)),
        "all": (_("全部"), OrderedUsePlan.objects.visible_to(user)),
    }
    chosen = request.GET.get("view", "")
    if chosen not in views:
        chosen = "desk" if views["desk"][1].exists() else "own" if form.possible else "all"
    tabs = [
        Tab(label, f"?view={key}", key == chosen, found.count() if key == "desk" else None)
        for key, (label, found) in views.items()
    ]
    found = views[chosen][1].select_related("organisation", "region", "rule", "recipient")
    context = {
        "tabs": tabs,
        "page": keyset(found, request.GET, order=("-year", "-pk")),
        "lamps": LAMPS,
        "form": form,
        "tops": queries.tops(user, now=clock.now()),
    }
    return pages.render(request, "reporting/plans/list.html", context=context)


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin the plan of a unit for a year."""
    form = StartForm(request.POST, user=request.user)
    if form.is_valid():
        made = pages.attempt(
            form, services.start, **form.cleaned_data, by=request.user, now=clock.now()
        )
        if made is not None:
            return pages.go(request, "reporting:plan", made.pk)
    return _list(request, form)


@policy.needs(SEE)
@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan: figures, grades, what the check found, approval, receipt, history, and the acts."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest, found: OrderedUsePlan, *, approval: ApprovalForm | None = None
) -> HttpResponse:
    user: Any = request.user
    now = clock.now()
    rules, grades = rules_of(found), list(found.grades.all())
    peak = found.peak_demand_kw or 0
    acts = {name: workflow.refusal(move, found, by=user) for name, move in MOVES.items()}
    if not acts["certify"]:
        acts["certify"] = explaining.certify_refusal(found)
    acts["check"] = checking.check_refusal(found, by=user)
    filing = explaining.filing_findings(found, now=now) if found.state == State.APPROVED else []
    listed = [*found.findings, *filing]
    kinds = explaining.kinds_of(found, listed)
    if not acts["file"]:
        acts["file"] = explaining.file_refusal(found, now=now)
    context = {
        "plan": found,
        "lamp": LAMPS[State(found.state)],
        "rules": rules,
        "grades": grades,
        "needed": {one.grade: one.needed_kw(peak, rules.unit) for one in rules.grades},
        "tiers": tiers(found, grades, rules),
        "quotas": found.quotas.select_related("region"),
        "sections": [(s["title"], found.sections.get(s["code"], "")) for s in rules.sections],
        "findings": [one | {"reason": explaining.reason_for(found, one, kinds)} for one in listed],
        "open": {one["place_key"] for one in explaining.unexplained(found, listed)},
        "kinds": _kinds(found, listed, kinds) if found.state == State.DRAFT else [],
        "acts": acts,
        "may_explain": not workflow.refusal(workflow.SAVE, found, by=user)
        or not workflow.refusal(workflow.FILE, found, by=user),
        "approval": approval or ApprovalForm(),
        "accept_files": files.accept(APPROVALS),
        "events": timeline(found),
        "letter": found.events.filter(move="return").last(),
        "before": queries.last_year(found, user=user),
        "newer": OrderedUsePlan.objects.visible_to(user).filter(replaces=found).first(),
        "receipt": getattr(found, "receipt", None),
        "checking": job_shown(found),
        "blanks": range(3),
    }
    form = approval if approval is not None and approval.is_bound else None
    status = pages.status_of(form) if form is not None else 200
    return pages.render(request, "reporting/plans/detail.html", context=context, status=status)


def tiers(found: OrderedUsePlan, grades: list[PlanGrade], rules: Rules) -> str:
    """What each grade is to cut and can cut, beside the gap that it answers; empty without rows."""
    peak = found.peak_demand_kw or 0
    needed = {one.grade: one.needed_kw(peak, rules.unit) for one in rules.grades}
    if not any(one.target_kw or one.reducible_kw for one in grades):
        return ""
    option = drawn_by_grade(
        grades,
        {
            _("对应缺口"): [needed.get(one.grade, 0) for one in grades],
            _("调控指标"): [one.target_kw for one in grades],
            _("可压限负荷"): [one.reducible_kw for one in grades],
        },
    )
    title = _("各等级可压限负荷与缺口")
    return mark_safe(charts.svg(option, 960, 300, title=title))  # noqa: S308 – drawn by the portal


def _kinds(
    found: OrderedUsePlan, listed: list[dict[str, Any]], kinds: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Kinds with several findings for which one reason may be given, each with its first one."""
    first = {one["code"]: one["message"] for one in reversed(listed)}
    return [
        {"code": code, "count": kind["count"], "first": first[code]}
        for code, kind in kinds.items()
        if kind["count"] > 1 and kind["key"] not in found.confirmed
    ]


def drawn_by_grade(grades: list[PlanGrade], series: dict[str, list[int]]) -> charts.Option:
    """Bars by grade; large figures in MW, so that they stand beside each other."""
    large = max((kw for values in series.values() for kw in values), default=0) >= LARGE
    told: dict[str, list[float]] = {
        name: [round(kw / 1000, 1) if large else kw for kw in values]
        for name, values in series.items()
    }
    return charts.bar([one.grade for one in grades], told, unit=_("兆瓦") if large else _("千瓦"))


def job_shown(found: OrderedUsePlan) -> Job | None:
    """The check that is on its way, or that came to nothing; of one that is over the plan tells."""
    job = found.check_job
    if job is None or job.state == Job.State.DONE or found.state != State.DRAFT:
        return None
    return None if job.is_finished and found.checked_at else job


def timeline(found: OrderedUsePlan) -> list[Event]:
    """Its steps, the newest first."""
    steps = [
        Event(one.at, MOVES[one.move].label if one.move in MOVES else one.move, one.comment, one.by)
        for one in found.events.select_related("by").order_by("-at", "-pk")
    ]
    return [*steps, Event(found.created_at, _("开始编制"), "", found.drafted_by)]


@policy.needs(Permission.FILING_DRAFT)
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands above the table: forecast, targets, text."""
    found = find(request, pk)
    rules = rules_of(found)
    form = FiguresForm(request.POST or None, plan=found, rules=rules)
    refusal = workflow.refusal(workflow.SAVE, found, by=request.user)
    if request.method == "POST" and form.is_valid():
        saved = pages.attempt(
            form,
            services.save_figures,
            plan=found,
            figures=form.figures(),
            targets=form.targets(),
            seen=common.seen(request),
            by=request.user,
            now=clock.now(),
        )
        if saved is not None:
            messages.success(request, _("已保存。"))
            return pages.go(request, "reporting:plan", pk)
    context = {
        "plan": found,
        "form": form,
        "refusal": refusal,
        "seen": _shown_saving(request, found),
    }
    return pages.render(request, "reporting/plans/figures.html", context=context)


def _shown_saving(request: HttpRequest, found: OrderedUsePlan) -> object:
    """The saving that a form stands on: what was sent stays on what it stood on."""
    return request.POST.get("seen", found.revision)


@policy.needs(Permission.FILING_DRAFT)
def quotas(request: HttpRequest, pk: int) -> HttpResponse:
    """What each area below gets, with what its residents need."""
    found = find(request, pk)
    formset = quota_set(found, request.POST or None)
    problem = Form(request.POST or None)
    if request.method == "POST" and formset.is_valid():
        saved = pages.attempt(
            problem,
            services.save_quotas,
            plan=found,
            quotas=quotas_in(formset),
            seen=common.seen(request),
            by=request.user,
            now=clock.now(),
        )
        if saved is not None:
            messages.success(request, _("已保存。"))
            return pages.go(request, "reporting:plan", pk)
    context = {
        "problem": problem,
        "seen": _shown_saving(request, found),
        "plan": found,
        "formset": formset,
        "lines": [(form, form.initial.get("region")) for form in formset],
        "refusal": workflow.refusal(workflow.SAVE, found, by=request.user),
    }
    refused = request.method == "GET" or problem.errors
    status = pages.status_of(problem) if refused else pages.UNPROCESSABLE
    return pages.render(request, "reporting/plans/quotas.html", context=context, status=status)


@policy.needs(SEE)
@require_GET
def rollup(request: HttpRequest) -> HttpResponse:
    """Who has filed for the year and who has not, with the sums of every level."""
    user: Any = request.user
    now, year = clock.now(), year_in(request)
    tops = queries.tops(user, now=now)
    if not tops:
        raise Http404
    top = next((one for one in tops if one.code == request.GET.get("unit")), tops[0])
    tree = queries.tree(top, year=year, user=user, now=now)
    context = {
        "top": top,
        "tops": tops,
        "year": year,
        "lamps": LAMPS,
        "grades": ["Ⅵ", "Ⅴ", "Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ"],
        **queries.summary(tree),
    }
    shown = [grade for grade in context["grades"] if grade in context["total"]]
    context["grades"] = shown or ["Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ"]
    return pages.render(request, "reporting/plans/rollup.html", context=context)


@policy.needs(SEE)
@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since last year's plan, or since the version before."""
    found = find(request, pk)
    before = queries.last_year(found, user=request.user)
    if before is None:
        raise Http404
    compared = queries.changes(before, found)
    labels = {c.key: c.label for c in _columns(found)}
    context = {"plan": found, "before": before, "compared": compared, "labels": labels, "most": 200}
    return pages.render(request, "reporting/plans/changes.html", context=context)


def _columns(found: OrderedUsePlan) -> Any:
    from reporting.plans import reading

    return reading.form_of(rules_of(found)).columns


Service = Callable[..., Any]


def _act(service: Service, permission: Any, **fields: str) -> Callable[..., HttpResponse]:
    """A door that makes one move; ``fields``: argument → name of what the form sends."""

    @policy.needs(*permission)
    @require_POST
    def act(request: HttpRequest, pk: int) -> HttpResponse:
        given = {name: request.POST.get(sent, "")[:2000] for name, sent in fields.items()}
        service(plan=find(request, pk), by=request.user, now=clock.now(), **given)
        return pages.go(request, "reporting:plan", pk)

    return act


DRAFT, CERTIFY = (Permission.FILING_DRAFT,), (Permission.FILING_CERTIFY,)
BOTH = (*DRAFT, *CERTIFY)
# Regulators review by their own right, companies that collect plans by their certifiers.
REVIEW = (Permission.FILING_REVIEW, Permission.FILING_CERTIFY)
check = _act(services.start_check, BOTH)
certify = _act(services.certify, CERTIFY)
reopen = _act(services.reopen, CERTIFY, reason="reason")
file_plan = _act(services.file, CERTIFY)
receive = _act(services.receive, REVIEW)
accept = _act(services.accept, REVIEW, comment="comment")
explain = _act(services.explain, BOTH, place="place", reason="reason")
explain_all = _act(services.explain_all, BOTH, code="code", reason="reason")


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version."""
    made = services.revise(plan=find(request, pk), by=request.user, now=clock.now())
    return pages.go(request, "reporting:plan", made.pk)


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the government's approval."""
    found, form = find(request, pk), ApprovalForm(request.POST, request.FILES)
    if form.is_valid():
        made = pages.attempt(
            form,
            services.approve,
            plan=found,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            return pages.go(request, "reporting:plan", pk)
    return shown(request, found, approval=form)


@policy.needs(*REVIEW)
@require_POST
def return_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the plan back by a letter that names places, problems and rules."""
    keys = ("place", "problem", "rule")
    listed = zip(*(request.POST.getlist(key) for key in keys), strict=False)
    deficient = [dict(zip(keys, (text[:500] for text in one), strict=True)) for one in listed]
    services.return_plan(
        plan=find(request, pk),
        deficient=deficient,
        comment=request.POST.get("comment", "")[:2000],
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:plan", pk)
