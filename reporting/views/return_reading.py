"""One return as it is read: where it stands, its versions, receipt, reviews; names on request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from campaign.scope import works_for
from core import clock, files, masking, pages, policy
from core.arithmetic import grouped
from core.components import Event
from reporting.decision_forms import RevealForm
from reporting.models import Return, ReturnVersion
from reporting.queries import return_content, return_lists
from reporting.returns import definition
from reporting.returns.examining import Examination
from reporting.services import return_filing, return_review
from reporting.views.common import whole
from reporting.views.presenting import row_changes, shown
from reporting.views.returns import ROWS_SHOWN, find, is_filer, period_of
from reporting.workflow import returns as workflow
from reporting.workflow.returns import State


@policy.needs(Permission.FILING_VIEW)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One return: where it stands, its versions, receipt, reviews, and what may be done."""
    entry = find(request, pk)
    return _page(request, entry, full=needs_names(request, entry))


def needs_names(request: HttpRequest, entry: Return) -> bool:
    """Whether the person works with the names in it: those of the unit who fill in and certify."""
    return any(
        works_for(request.user, right, entry.organisation)
        for right in (Permission.FILING_DRAFT, Permission.FILING_CERTIFY)
    )


@policy.needs(Permission.FILING_REVIEW, Permission.FILING_CERTIFY)
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show names and accounts in full: with a purpose, on the record, for this one answer."""
    entry = find(request, pk)
    if not workflow.reviews_for(request.user, entry.recipient):
        return pages.refused(request, _("只有受理单位的审核人员可以查看完整信息。"))
    number = whole(request.POST.get("version", ""), 0)
    seen = ReturnVersion.objects.visible_to(request.user).filter(entry=entry)
    version = get_object_or_404(seen, number=number)
    version.entry = entry
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, full=False, reveal_form=form)
    purpose = form.cleaned_data["purpose"]
    return_review.reveal(version=version, purpose=purpose, by=request.user, now=clock.now())
    return _page(request, entry, full=True)


def _page(
    request: HttpRequest, entry: Return, *, full: bool, reveal_form: RevealForm | None = None
) -> HttpResponse:
    now = clock.now()
    filer = is_filer(request, entry)
    versions = list(
        ReturnVersion.objects.visible_to(request.user)
        .filter(entry=entry)
        .select_related("certified_by")
    )
    asked = whole(request.POST.get("version") or request.GET.get("version", ""), 0)
    version = next((v for v in versions if v.number == asked), versions[-1] if versions else None)
    context: dict[str, Any] = {
        "entry": entry,
        "definition": definition.of(entry.form),
        "period": period_of(entry),
        "filer": filer,
        "now": now,
        "lamp": return_lists.lamp(entry, now=now),
        "words": return_lists.state_words(entry, now=now, filer=filer),
        "versions": versions,
        "version": version,
        "refusals": {
            name: workflow.refusal(move, entry, by=request.user)
            for name, move in workflow.MOVES.items()
        },
        "returned": State.RETURNED,
        # A draft is the unit's own; what was filed shows its doubts to whoever may see it.
        "rechecks": entry.recheck if filer or entry.state != State.DRAFT else [],
        "full": full,
        "reveal_form": reveal_form or RevealForm(),
        "may_reveal": workflow.reviews_for(request.user, entry.recipient),
    }
    if version is not None:
        version.entry = entry
        context |= _version_context(request, version, versions, full=full)
    status = pages.UNPROCESSABLE if reveal_form else 200
    name = "reporting/returns/detail.html"
    response = pages.render(request, name, context=context, status=status)
    if request.method == "POST":
        response["Cache-Control"] = "no-store"
    return response


def _version_context(
    request: HttpRequest, version: ReturnVersion, versions: list[ReturnVersion], *, full: bool
) -> dict[str, Any]:
    entry = version.entry
    booklet = definition.of(entry.form).booklet
    before = next((v for v in reversed(versions) if v.number < version.number), None)
    reviews = list(version.reviews.select_related("by"))
    examined = return_content.examine(version)
    if not full:
        examined = masked(examined)
    return {
        "has_names": definition.of(entry.form).has_personal or _names_somebody(version),
        "sheets": [
            {
                "form": sheet.form,
                "count": len(version.sheet(sheet.name)),
                "rows": [
                    _cells(sheet, row, full=full) for row in version.sheet(sheet.name)[:ROWS_SHOWN]
                ],
            }
            for sheet in booklet.sheets
        ],
        "before": before,
        "changes": [
            change
            for sheet in booklet.sheets
            for change in row_changes(
                sheet, before.sheet(sheet.name), version.sheet(sheet.name), full=full
            )
        ]
        if before
        else [],
        "reviews": reviews,
        "uploads": [
            (one, files.may_open(request.user, one.file))
            for one in version.uploads.select_related("file", "by")
        ],
        "examined": examined,
        "digest": return_filing.digest_of(version),
        "is_current": entry.current_version_id == version.pk,
        "events": _events(version, reviews),
        "sheet_names": [sheet.form.sheet_name for sheet in booklet.sheets],
    }


def _cells(sheet: Any, row: dict[str, Any], *, full: bool) -> list[tuple[Any, str]]:
    columns = sheet.form.columns
    return [(c, _figure(c, shown(c, row.get(c.key), full=full))) for c in columns]


def _figure(column: Any, text: str) -> str:
    """A measured figure with commas between thousands; years and numbers of things as they are."""
    is_measured = column.type in ("int", "decimal") and column.unit
    return grouped(text) if is_measured else text


def _names_somebody(version: ReturnVersion) -> bool:
    """Whether a free text of a version looks as if it held a name or number of somebody."""
    return any(
        isinstance(text := row.get(column.key), str) and masking.find(text)
        for sheet in definition.of(version.entry.form).booklet.sheets
        for column in sheet.form.columns
        if column.type == "text" and not column.personal
        for row in version.sheet(sheet.name)[:ROWS_SHOWN]
    )


def masked(examined: Examination) -> Examination:
    """The same warnings without what looks personal in messages and reasons."""
    return replace(
        examined,
        warnings=[
            replace(
                one,
                problem=replace(one.problem, message=masking.mask_text(one.problem.message)),
                reason=masking.mask_text(one.reason),
            )
            for one in examined.warnings
        ],
        waived=[replace(one, message=masking.mask_text(one.message)) for one in examined.waived],
    )


def _events(version: ReturnVersion, reviews: list[Any]) -> list[Event]:
    found = [Event(version.created_at, _("开始填报"))]
    if version.submitted_at:
        by = version.certified_by
        found.append(Event(version.submitted_at, _("认证并报送"), version.receipt_number, by))
    found += [Event(r.at, r.get_decision_display(), r.comment, r.by) for r in reviews]
    return found[::-1]
