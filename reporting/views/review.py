"""The regulator's pages: the desk, one filing with its versions, the decision; and the company's
own view of what it filed."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from core import clock, pages, policy, sla, workdays
from core.components import Tab
from core.errors import Refused
from core.paging import keyset
from reporting import decision_forms as forms
from reporting import parts as definitions
from reporting.exports import desk_workbook
from reporting.models import Filing, FilingVersion
from reporting.queries import filings as queries
from reporting.services import review as services
from reporting.timeline import events
from reporting.views import common
from reporting.views.parts import XLSX
from reporting.views.presenting import changes, shown_parts
from reporting.workflow import filing as workflow

PAGE_SIZE = 50


def _filters(request: HttpRequest) -> queries.Filters:
    names = [f.name for f in fields(queries.Filters)]
    return queries.Filters(**{name: request.GET.get(name, "")[:60] for name in names})


def _desk_list(request: HttpRequest) -> tuple[str, queries.View, Any, Any]:
    """Scope, chosen view, all duties of the scope after the filters, and those of the view."""
    scope = request.GET.get("scope", "")
    scope = scope if scope in dict(queries.SCOPES) else "mine"
    key = request.GET.get("view", "")
    view = next((v for v in queries.DESK_VIEWS if v.key == key), queries.DESK_VIEWS[0])
    duties = _filters(request).on(queries.on_desk(request.user, scope))
    return scope, view, duties, view.on(duties, now=clock.now())


def _query(request: HttpRequest, **changed: str) -> str:
    params = request.GET.copy()
    for name in ("after", "after_way"):
        params.pop(name, None)
    for name, value in changed.items():
        params[name] = value
    return f"?{params.urlencode()}"


@policy.needs(Permission.FILING_REVIEW, Permission.REPORT_VIEW)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Received, to review, returned, overdue: every count opens its list."""
    now = clock.now()
    scope, chosen, duties, listed = _desk_list(request)
    page = keyset(listed, request.GET, order=("due_at", "organisation__code", "pk"), size=PAGE_SIZE)
    calendar = workdays.calendar(now=now)
    definitions_ = {
        pk: title
        for pk, title in queries.on_desk(request.user, scope)
        .order_by("definition__phase__number", "definition__order")
        .values_list("definition_id", "definition__title")
    }
    context = {
        "tabs": [
            Tab(
                view.label,
                _query(request, view=view.key),
                current=view.key == chosen.key,
                count=view.on(duties, now=now).count(),
            )
            for view in queries.DESK_VIEWS
        ],
        "scopes": [
            Tab(label, _query(request, scope=key), current=key == scope)
            for key, label in queries.SCOPES
        ],
        "scope": scope,
        "chosen": chosen,
        "rows": [queries.desk_row(duty, now=now, calendar=calendar) for duty in page],
        "page": page,
        "total": listed.count(),
        "filters": _filters(request),
        "definitions": sorted(definitions_.items()),
        "export_url": f"{reverse('reporting:review_export')}{_query(request, view=chosen.key)}",
        "now": now,
    }
    return pages.render(request, "reporting/review_desk.html", context=context)


@policy.needs(Permission.FILING_REVIEW, Permission.REPORT_VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Exactly the list of the desk as a workbook."""
    now = clock.now()
    _scope, chosen, _duties, listed = _desk_list(request)
    calendar = workdays.calendar(now=now)
    ordered = listed.order_by("due_at", "organisation__code", "pk")
    rows = [queries.desk_row(duty, now=now, calendar=calendar) for duty in ordered]
    response = HttpResponse(desk_workbook(rows), content_type=XLSX)
    name = quote(_("报送清单（%(view)s）.xlsx") % {"view": chosen.label})
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@policy.needs(Permission.FILING_VIEW)
@require_GET
def filing_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One filing: a version with its parts and files, what changed, what was decided, and when."""
    filing = common.find(request, pk)
    return _filing_page(request, filing, full=common.needs_names(request.user, filing))


def _versions(request: HttpRequest, filing: Filing) -> list[FilingVersion]:
    seen = FilingVersion.objects.visible_to(request.user).filter(filing=filing).order_by("number")
    return list(seen.select_related("drafted_by", "certified_by", "receipt"))


def _filing_page(
    request: HttpRequest,
    filing: Filing,
    *,
    full: bool,
    review_form: forms.ReviewForm | None = None,
    reveal_form: forms.RevealForm | None = None,
) -> HttpResponse:
    now = clock.now()
    versions = _versions(request, filing)
    filed = [version for version in versions if version.is_filed]
    if not common.is_filer(request.user, filing):
        # The menu shows the desk from which a regulator comes, not the own organisation's list.
        request.menu_path = reverse("reporting:review_desk")  # type: ignore[attr-defined]
    if not filed:
        return pages.go(request, "reporting:filing_edit", filing.pk)
    numbers = {version.number: version for version in filed}
    wanted = common.positive(request.GET.get("version"), filed[-1].number)
    version = numbers.get(wanted, filed[-1])
    version.filing = filing
    older = [v for v in filed if v.number < version.number]
    before = numbers.get(common.positive(request.GET.get("compare"), 0)) if older else None
    before = before if before in older else (older[-1] if older else None)
    context = {
        "filing": filing,
        "duty": filing.duty,
        "version": version,
        "versions": filed,
        "latest": version.pk == filed[-1].pk,
        "draft": versions[-1] if not versions[-1].is_filed else None,
        "parts": shown_parts(version, full=full),
        "full": full,
        "review_form": review_form or forms.ReviewForm(parts=definitions.of_version(version)),
        "reveal_form": reveal_form or forms.RevealForm(),
        "may_reveal": common.may_reveal(request.user, filing),
        "is_filer": common.is_filer(request.user, filing),
        "before": before,
        "older": older,
        "changes": changes(before, version, full=full) if before else [],
        "events": events(filing, filed, drafts=common.is_filer(request.user, filing)),
        "reviews": list(version.reviews.select_related("by")),
        "review_lamp": sla.lamp(now, version.review_due_at),
        "now": now,
        **_acts(request, filing, version),
    }
    status = pages.UNPROCESSABLE if review_form or reveal_form else 200
    response = pages.render(request, "reporting/filing.html", context=context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _acts(request: HttpRequest, filing: Filing, version: FilingVersion) -> dict[str, Any]:
    """Why each move of the review may not be made now; empty where it may."""
    moves = {
        "receive": workflow.RECEIVE,
        "return": workflow.RETURN,
        "accept": workflow.ACCEPT,
    }
    why_not = {
        f"{name}_refusal": workflow.refusal(move, filing, by=request.user)
        for name, move in moves.items()
    }
    due = None
    if not why_not["return_refusal"]:
        due = services.correction_due(filing, now=clock.now())
    return {
        **why_not,
        "reviewing": filing.state in (workflow.State.SUBMITTED, workflow.State.RECEIVED)
        and filing.current_version_id == version.pk
        and request.user.can(Permission.FILING_REVIEW)
        and not _only_filer(request, filing),
        "correction_due": due,
        "definitions": {p.code: p for p in definitions.of_version(version)},
    }


def _only_filer(request: HttpRequest, filing: Filing) -> bool:
    return common.is_filer(request.user, filing) and filing.organisation_id != filing.recipient_id


@policy.needs(Permission.FILING_REVIEW)
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show names and telephones in full: with a purpose, on the record, for this one answer."""
    filing = common.find(request, pk)
    if not common.may_reveal(request.user, filing):
        return pages.refused(request, _("只有受理、抄送单位的审核人员可以查看完整信息。"))
    version = get_object_or_404(
        FilingVersion.objects.visible_to(request.user).filter(filing=filing),
        number=common.positive(request.POST.get("version"), 1),
    )
    version.filing = filing
    form = forms.RevealForm(request.POST)
    if not form.is_valid():
        return _filing_page(request, filing, full=False, reveal_form=form)
    purpose = form.cleaned_data["purpose"]
    services.reveal(version=version, purpose=purpose, by=request.user, now=clock.now())
    return _filing_page(request, filing, full=True)


@policy.needs(Permission.FILING_REVIEW)
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a filing in for review."""
    filing = common.find(request, pk)
    services.receive(filing=filing, by=request.user, now=clock.now())
    messages.success(request, _("已接收，请在期限内审核。"))
    return pages.go(request, "reporting:filing", filing.pk)


@policy.needs(Permission.FILING_REVIEW)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Return with the deficient parts marked, or accept; a wrong entry comes back to be mended."""
    filing = common.find(request, pk)
    now, version = clock.now(), filing.current_version
    # Whoever may not decide is told so, whatever they sent.
    move = workflow.RETURN if request.POST.get("decision") == forms.RETURN else workflow.ACCEPT
    if why_not := workflow.refusal(move, filing, by=request.user):
        raise Refused(why_not)
    assert version is not None
    form = forms.ReviewForm(request.POST, parts=definitions.of_version(version))
    if not form.is_valid():
        full = common.needs_names(request.user, filing)
        return _filing_page(request, filing, full=full, review_form=form)
    comment = form.cleaned_data["comment"]
    if form.decision == forms.ACCEPT:
        services.accept(filing=filing, comment=comment, by=request.user, now=now)
        messages.success(request, _("已审核通过，通知已发出。"))
        return pages.go(request, "reporting:filing", filing.pk)
    services.return_for_correction(
        filing=filing, deficient=form.deficient, comment=comment, by=request.user, now=now
    )
    messages.success(request, _("已退回补正，通知已发出。"))
    return pages.go(request, "reporting:filing", filing.pk)
