"""The company's pages: what is owed, the checklist of a filing, the check, the certification."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from campaign.models import Duty
from campaign.presenting import lamp_of
from core import clock, pages, policy, workdays
from core.components import Tab
from core.errors import Refused
from reporting import decision_forms, digest, examine, forms, parts
from reporting.models import Filing, FilingVersion
from reporting.queries import filings as queries
from reporting.services import drafting, submission
from reporting.views import common
from reporting.views.presenting import changes, shown_parts
from reporting.workflow import filing as workflow
from reporting.workflow.filing import State

# Of the views of the list those in which something waits for the organisation itself.
ACTIVE_VIEWS = 2


@policy.needs(Permission.FILING_VIEW)
@require_GET
def filing_list(request: HttpRequest) -> HttpResponse:
    """Reports that the person's organisation owes, each with its countdown."""
    now = clock.now()
    calendar = workdays.calendar(now=now)
    duties = queries.own(request.user).order_by("due_at", "organisation__code", "pk")
    chosen = _chosen(request, queries.COMPANY_VIEWS, duties, now)
    rows = [
        queries.company_row(duty, now=now, calendar=calendar) for duty in chosen.on(duties, now=now)
    ]
    context = {
        "tabs": _tabs(queries.COMPANY_VIEWS, duties, chosen, now, "?view={}"),
        "chosen": chosen,
        "rows": rows,
        "acts": {row.duty.pk: _next_step(request.user, row) for row in rows},
        "lacks": {row.duty.pk: queries.deficient_parts(row.duty) for row in rows},
    }
    return pages.render(request, "reporting/filing_list.html", context=context)


def _chosen(
    request: HttpRequest, views: tuple[queries.View, ...], duties: Any, now: Any
) -> queries.View:
    """The view that was asked for; without one, the first in which there is something to do."""
    key = request.GET.get("view", "")
    if asked := next((view for view in views if view.key == key), None):
        return asked
    to_do = (view for view in views[:ACTIVE_VIEWS] if view.on(duties, now=now).exists())
    return next(to_do, views[0])


def _tabs(views: Any, duties: Any, chosen: Any, now: Any, pattern: str) -> list[Tab]:
    return [
        Tab(
            view.label,
            pattern.format(view.key),
            current=view.key == chosen.key,
            count=view.on(duties, now=now).count(),
        )
        for view in views
    ]


def _next_step(user: Any, row: queries.Row) -> dict[str, Any]:
    """What the person can do about a duty: a label, where it goes, or why not."""
    filing = row.filing
    version = filing.current_version if filing is not None else None
    if version is None or (row.duty.state == "returned" and version.state == State.RETURNED):
        label = _("开始补正") if version is not None else _("开始填报")
        why_not = drafting.start_refusal(row.duty, by=user)
        return {"start": True, "label": label, "refusal": why_not}
    if version.state == State.DRAFT:
        return {
            "url": reverse("reporting:filing_edit", args=[filing.pk]),
            "label": _("继续填报"),
        }
    if version.state == State.CERTIFYING:
        return {
            "url": reverse("reporting:filing_certify", args=[filing.pk]),
            "label": _("复核认证"),
        }
    return {"url": reverse("reporting:filing", args=[filing.pk]), "label": _("查看报送")}


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def start(request: HttpRequest, duty_pk: int) -> HttpResponse:
    """Begin a filing, or its next version after a return."""
    duty = get_object_or_404(Duty.objects.visible_to(request.user), pk=duty_pk)
    filing = drafting.start(duty=duty, by=request.user, now=clock.now())
    version = filing.current_version
    assert version is not None
    version.filing = filing
    marked = version.deficient_parts
    if lacking := [p.code for p in parts.of_version(version) if p.code in marked]:
        return pages.go(request, "reporting:filing_part", filing.pk, lacking[0])
    return pages.go(request, "reporting:filing_edit", filing.pk)


@policy.needs(Permission.FILING_VIEW)
@require_GET
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The checklist: every required part with its state; what was sent back is marked."""
    filing, version = common.find_draft(request, pk)
    if version.is_filed:
        return pages.go(request, "reporting:filing", filing.pk)
    if version.state == State.CERTIFYING:
        return pages.go(request, "reporting:filing_certify", filing.pk)
    now = clock.now()
    calendar = workdays.calendar(now=now)
    result = examine.version(version)
    context = {
        "filing": filing,
        "version": version,
        "result": result,
        "steps": common.steps(filing, "fill"),
        "lamp": lamp_of(filing.duty, now=now, calendar=calendar),
        "countdown": queries.countdown(filing.duty, now=now, calendar=calendar),
        "refusal": workflow.refusal(workflow.SAVE, filing, by=request.user),
    }
    return pages.render(request, "reporting/filing_edit.html", context=context)


@policy.needs(Permission.FILING_VIEW)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """All problems at once; reasons for the soft ones; hand over to the second person."""
    filing, version = common.find_draft(request, pk)
    if request.method == "POST":
        return _post_check(request, filing, version)
    if version.state != State.DRAFT:
        return pages.go(request, "reporting:filing_edit", filing.pk)
    return _check_page(request, filing, version)


def _check_page(
    request: HttpRequest,
    filing: Filing,
    version: FilingVersion,
    *,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    """All that is amiss; ``typed`` are reasons that came back, with what is ``wrong`` of them."""
    result = examine.version(version)
    kept = {warning.key: warning.reason for warning in result.warnings}
    context = {
        "filing": filing,
        "version": version,
        "result": result,
        "reasons": kept | (typed or {}),
        "wrong": wrong or {},
        "longest": decision_forms.LONGEST_REASON,
        "steps": common.steps(filing, "check"),
        **_compared(version, full=common.needs_names(request.user, filing)),
        "refusal": workflow.refusal(workflow.REQUEST, filing, by=request.user) or result.refusal(),
    }
    status = pages.UNPROCESSABLE if wrong else 200
    return pages.render(request, "reporting/filing_check.html", context=context, status=status)


def _compared(version: FilingVersion, *, full: bool) -> dict[str, Any]:
    """What changed since the version that was sent back; nothing for a first version."""
    before = version.filing.versions.filter(number=version.number - 1).first()
    if before is None:
        return {"before": None, "changes": []}
    before.filing = version.filing
    return {"before": before, "changes": changes(before, version, full=full)}


def _post_check(request: HttpRequest, filing: Filing, version: FilingVersion) -> HttpResponse:
    now, reasons = clock.now(), forms.posted_reasons(request.POST)
    handing_over = request.POST.get("act") == "request"
    if why_not := workflow.refusal(workflow.REQUEST, filing, by=request.user):
        raise Refused(why_not)
    result = examine.version(version)
    # Hard problems refuse the whole; then it does not help to ask for reasons first.
    ask_all = handing_over and not result.hard
    if wrong := forms.wrong_reasons(reasons, result.warnings, all_of_them=ask_all):
        return _check_page(request, filing, version, typed=reasons, wrong=wrong)
    if reasons:
        drafting.confirm_warnings(filing=filing, reasons=reasons, by=request.user, now=now)
    if handing_over:
        drafting.request_certification(filing=filing, by=request.user, now=now)
        messages.success(request, _("已提交复核，请本单位另一人认证并报送。"))
        return pages.go(request, "reporting:filing_certify", filing.pk)
    messages.success(request, _("已保存说明。"))
    return pages.go(request, "reporting:filing_check", filing.pk)


@policy.needs(Permission.FILING_VIEW)
@require_GET
def certify(request: HttpRequest, pk: int) -> HttpResponse:
    """What the second person looks through before putting the organisation's name under it."""
    filing, version = common.find_draft(request, pk)
    if version.is_filed:
        return pages.go(request, "reporting:filing", filing.pk)
    if version.state != State.CERTIFYING:
        return pages.go(request, "reporting:filing_edit", filing.pk)
    return _certify_page(request, filing, version)


def _certify_page(
    request: HttpRequest,
    filing: Filing,
    version: FilingVersion,
    *,
    certify_form: decision_forms.CertifyForm | None = None,
    send_back_form: decision_forms.SendBackForm | None = None,
) -> HttpResponse:
    now = clock.now()
    full = common.needs_names(request.user, filing)
    context = {
        "certify_form": certify_form or decision_forms.CertifyForm(),
        "send_back_form": send_back_form or decision_forms.SendBackForm(),
        "filing": filing,
        "version": version,
        "digest": digest.of(version),
        "parts": shown_parts(version, full=full),
        "warnings": examine.version(version).warnings,
        "steps": common.steps(filing, "certify"),
        **_compared(version, full=full),
        "late": now.replace(microsecond=0) > filing.duty.due_at,
        "submit_refusal": workflow.refusal(workflow.SUBMIT, filing, by=request.user),
        "send_back_refusal": workflow.refusal(workflow.SEND_BACK, filing, by=request.user),
        "recall_refusal": workflow.refusal(workflow.RECALL, filing, by=request.user),
    }
    status = pages.UNPROCESSABLE if certify_form or send_back_form else 200
    return pages.render(request, "reporting/filing_certify.html", context=context, status=status)


def _certifying(request: HttpRequest, pk: int, move: workflow.Move) -> tuple[Filing, FilingVersion]:
    """The filing with the version to be certified, if the person may make the move now."""
    filing = common.find(request, pk)
    if why_not := submission.refusal(move, filing, by=request.user):
        raise Refused(why_not)
    version = filing.current_version
    assert version is not None
    version.filing = filing
    return filing, version


@policy.needs(Permission.FILING_CERTIFY)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Certify and file; the receipt follows."""
    filing, version = _certifying(request, pk, workflow.SUBMIT)
    form = decision_forms.CertifyForm(request.POST)
    if not form.is_valid():
        return _certify_page(request, filing, version, certify_form=form)
    receipt = submission.certify_and_submit(
        filing=filing,
        by=request.user,
        now=clock.now(),
        seen_digest=request.POST.get("digest", ""),
    )
    return pages.go(request, "reporting:receipt", receipt.version_id)


@policy.needs(Permission.FILING_CERTIFY)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the version back to the filer."""
    filing, version = _certifying(request, pk, workflow.SEND_BACK)
    form = decision_forms.SendBackForm(request.POST)
    if not form.is_valid():
        return _certify_page(request, filing, version, send_back_form=form)
    reason = form.cleaned_data["reason"]
    submission.send_back(filing=filing, reason=reason, by=request.user, now=clock.now())
    messages.success(request, _("已退回填报人修改。"))
    return pages.go(request, "reporting:filing_list")


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the version back from certification to mend it."""
    filing = common.find(request, pk)
    drafting.recall(filing=filing, by=request.user, now=clock.now())
    return pages.go(request, "reporting:filing_edit", filing.pk)


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    filing = common.find(request, pk)
    drafting.withdraw_draft(filing=filing, by=request.user, now=clock.now())
    messages.success(request, _("草稿已放弃。"))
    return pages.go(request, "reporting:filing_list")
