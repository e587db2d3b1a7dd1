"""What happens to a return that was filled in: checked, explained, certified, filed, reviewed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from core import clock, pages, policy
from core.errors import Refused
from reporting.models import Return, ReturnVersion
from reporting.queries import return_content
from reporting.returns import definition
from reporting.services import return_filing, return_review
from reporting.views.returns import PROBLEMS_SHOWN, find, find_draft, period_of
from reporting.workflow import returns as workflow


@policy.needs(Permission.FILING_DRAFT)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything wrong by cell; soft warnings get a reason; then to the certifier."""
    entry, version = find_draft(request, pk)
    if request.method == "POST":
        reasons = {
            name.removeprefix("reason-"): str(text)
            for name, text in request.POST.items()
            if name.startswith("reason-")
        }
        kinds = zip(request.POST.getlist("kind"), request.POST.getlist("alike"), strict=False)
        return_filing.confirm(
            entry=entry, reasons=reasons, alike=dict(kinds), by=request.user, now=clock.now()
        )
        if request.POST.get("act") == "request":
            return _request(request, entry)
        messages.success(request, _("已保存说明。"))
        return pages.go(request, "reporting:return_check", entry.pk)
    return _check_page(request, entry, version)


def _request(request: HttpRequest, entry: Return) -> HttpResponse:
    """To the certifier; where it is refused, the page with the reasons that were just saved."""
    try:
        return_filing.request_certification(entry=entry, by=request.user, now=clock.now())
    except Refused as refused:
        entry, version = find_draft(request, entry.pk)
        return _check_page(request, entry, version, wrong=str(refused))
    messages.success(request, _("已提交复核。"))
    return pages.go(request, "reporting:return", entry.pk)


def _check_page(
    request: HttpRequest, entry: Return, version: ReturnVersion, *, wrong: str = ""
) -> HttpResponse:
    examined = return_content.examine(version)
    hard = examined.hard[:PROBLEMS_SHOWN]
    # What wants a reason first, and what has one after it.
    warnings = sorted(examined.warnings, key=lambda warning: bool(warning.reason))
    context = {
        "entry": entry,
        "period": period_of(entry),
        "version": version,
        "examined": examined,
        "names": {s.form.sheet_name: s.name for s in definition.of(entry.form).booklet.sheets},
        "hard": hard,
        "warnings": warnings[: PROBLEMS_SHOWN - len(hard)],
        "left_out": max(0, len(examined.problems) - PROBLEMS_SHOWN),
        "wrong": wrong,
        "refusal": workflow.refusal(workflow.REQUEST, entry, by=request.user),
        "longest": return_filing.LONGEST_REASON,
    }
    name, status = "reporting/returns/check.html", 409 if wrong else 200
    return pages.render(request, name, context=context, status=status)


@policy.needs(Permission.FILING_VIEW)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """The steps that need no form of their own: recall, send back, submit, accept, return."""
    entry, now, by = find(request, pk), clock.now(), request.user
    reason, name = request.POST.get("reason", ""), request.POST.get("act", "")
    if name == "recall":
        return_filing.recall(entry=entry, by=by, now=now)
    elif name == "discard":
        return_filing.discard(entry=entry, by=by, now=now)
    elif name == "send_back":
        return_filing.send_back(entry=entry, reason=reason, by=by, now=now)
    elif name == "submit":
        seen = request.POST.get("digest", "")
        version = return_filing.submit(entry=entry, by=by, now=now, seen_digest=seen)
        told = {"number": version.receipt_number}
        messages.success(request, _("已报送，回执编号%(number)s。") % told)
    elif name == "accept":
        return_review.accept(entry=entry, by=by, now=now, comment=reason)
    elif name == "return":
        return_review.send_back(
            entry=entry, deficient=_deficient(request), by=by, now=now, comment=reason
        )
    else:
        raise Refused(_("没有这个操作。"))
    return pages.go(request, "reporting:return", entry.pk)


def _deficient(request: HttpRequest) -> list[dict[str, str]]:
    """The lines of the review form in which anything was written."""
    names = ("sheet", "cell", "problem", "rule")
    columns = [request.POST.getlist(name) for name in names]
    lines = [dict(zip(names, line, strict=True)) for line in zip(*columns, strict=False)]
    return [line for line in lines if line["problem"].strip() or line["cell"].strip()]
