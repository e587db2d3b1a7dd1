"""Outage notices: the list, one with its judgement and versions, filing, changing, the workbook."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from core import clock, pages, policy
from core.components import Change
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import XLSX
from reporting import outage_presenting as presenting
from reporting import outage_sheets
from reporting.models import OutageNotice, OutageVersion
from reporting.outage_forms import ActualForm, NoticeForm, UploadForm, units_of
from reporting.outage_records import ACTUAL
from reporting.queries.outages import Filters, Rulebook
from reporting.services import outage_imports
from reporting.services import outages as services

VIEW, FILE = Permission.OUTAGE_VIEW, Permission.OUTAGE_FILE
MOST_EXPORTED = 5000
RELATED = ("organisation", "created_by")


def find(request: HttpRequest, pk: int) -> OutageNotice:
    """The notice, if it is in sight; otherwise there is none (404)."""
    seen = OutageNotice.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def outage_list(request: HttpRequest) -> HttpResponse:
    """Notices in sight, the latest first; a figure elsewhere opens exactly what it counts."""
    filters = Filters.of(request.GET)
    seen = OutageNotice.objects.visible_to(request.user)
    found = filters.narrow(seen).select_related("organisation").prefetch_related("flags")
    page = keyset(found, request.GET, order=("-planned_start", "-pk"))
    query = request.GET.copy()
    for name in ("after", "after_way"):
        query.pop(name, None)
    now = clock.now()
    context = {
        "tabs": presenting.sections(request.user, "list"),
        "filters": filters,
        "told": presenting.described(filters),
        "kinds": OutageNotice.Kind.choices,
        "flags": presenting.flag_choices(),
        "page": page,
        "rows": [presenting.row(one, now=now) for one in page],
        "may_file": request.user.can(FILE),
        "export_url": f"{reverse('reporting:outages_export')}?{query.urlencode()}",
    }
    return pages.render(request, "reporting/outages/list.html", context=context)


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook that the import takes back."""
    now = clock.now()
    found = Filters.of(request.GET).narrow(OutageNotice.objects.visible_to(request.user))
    if (count := found.count()) > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    rows = found.select_related("organisation").prefetch_related("flags")
    content = outage_sheets.workbook(
        rows.order_by("-planned_start", "-pk"),
        presenting.reason_labels(),
        taken_by=request.user,
        now=now,
    )
    return _workbook(content, f"outages-{now:%Y%m%d}.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(VIEW)
@require_GET
def outage(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: what it says, how it was judged, what became of it, every version."""
    return _shown(request, find(request, pk))


def _shown(
    request: HttpRequest, notice: OutageNotice, form: ActualForm | None = None
) -> HttpResponse:
    now = clock.now()
    versions = list(
        notice.versions.visible_to(request.user).select_related("by").order_by("number")
    )
    standing = notice.state == OutageNotice.State.STANDING
    mine = standing and not services.refusal(notice.organisation, by=request.user)
    initial = {name: getattr(notice, name) for name in ACTUAL}
    context = {
        "notice": notice,
        "row": presenting.row(notice, now=now),
        "facts": presenting.facts(notice),
        "flags": list(notice.flags.select_related("rule")),
        "explanation": presenting.explained(notice),
        "hours": presenting.hours(notice, request.user),
        "versions": [
            (version, changes(before, version))
            for before, version in zip([None, *versions], versions, strict=False)
        ][::-1],
        "may_act": mine,
        "begun": notice.planned_start <= now,
        "actual_form": form or ActualForm(initial=initial),
        "form": form,
    }
    return pages.render(request, "reporting/outages/detail.html", context=context)


def changes(before: OutageVersion | None, after: OutageVersion) -> list[Change]:
    """What an act changed, in words."""
    if before is None:
        return []
    return presenting.differences(before.content, after.content)


@policy.needs(FILE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """File a notice; the same again is the same."""
    now, book = clock.now(), Rulebook()
    given = {"user": request.user, "book": book, "on": now}
    form = NoticeForm(request.POST, **given) if request.method == "POST" else NoticeForm(**given)
    if form.is_bound and form.is_valid():
        filed = _attempt(
            form,
            services.file,
            record=form.record(),
            organisation=form.cleaned_data["organisation"],
            by=request.user,
            now=now,
        )
        if filed is not None:
            messages.success(request, _("停限电信息已登记。"))
            return pages.go(request, "reporting:outage", filed.notice.pk)
    return pages.render(request, "reporting/outages/edit.html", context={"form": form})


def _attempt(form: Any, service: Any, **given: Any) -> Any:
    """As ``pages.attempt``; mistakes of single fields stand at their fields."""
    try:
        return service(**given)
    except services.Faulty as faulty:
        for name, message in faulty.errors.items():
            form.add_error(name if name in form.fields else None, message)
    except Refused as reason:
        pages.refuse(form, reason)
    return None


@policy.needs(FILE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a notice; what was announced stays as a version."""
    notice, now = find(request, pk), clock.now()
    given = {"user": request.user, "book": Rulebook(), "on": notice.planned_start}
    if request.method == "POST":
        form = NoticeForm(request.POST, notice=notice, **given)
        if form.is_valid() and _attempt(
            form,
            services.change,
            notice=notice,
            record=form.record(),
            reason=form.cleaned_data["change_reason"],
            seen=form.cleaned_data["seen"] or 0,
            by=request.user,
            now=now,
        ):
            messages.success(request, _("停限电信息已变更。"))
            return pages.go(request, "reporting:outage", notice.pk)
    else:
        if why_not := services.refusal(notice.organisation, by=request.user):
            raise Refused(why_not)
        form = NoticeForm.standing(notice, **given)
    context = {"form": form, "notice": notice}
    return pages.render(request, "reporting/outages/edit.html", context=context)


@policy.needs(FILE)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an outage that does not take place."""
    notice = find(request, pk)
    given = {name: request.POST.get(name, "") for name in ("reason", "proof")}
    services.cancel(notice, by=request.user, now=clock.now(), **given)
    messages.success(request, _("该停电已取消。"))
    return pages.go(request, "reporting:outage", notice.pk)


@policy.needs(FILE)
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when power was off and back."""
    notice = find(request, pk)
    form = ActualForm(request.POST)
    if form.is_valid() and _attempt(
        form,
        services.report,
        notice=notice,
        actual={name: form.cleaned_data[name] for name in ACTUAL},
        reason=form.cleaned_data["reason"],
        by=request.user,
        now=clock.now(),
    ):
        messages.success(request, _("实际停复电情况已登记。"))
        return pages.go(request, "reporting:outage", notice.pk)
    return _shown(request, notice, form)


# --- The workbook ---------------------------------------------------------------------------------


@policy.needs(FILE)
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """Take a workbook of notices: all rows or none, every error at its cell."""
    now = clock.now()
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    context: dict[str, Any] = {
        "form": form,
        "columns": outage_sheets.form().columns,
        "may_file": units_of(request.user).exists(),
    }
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["upload"]
        outcome = outage_imports.take(
            upload,
            organisation=form.cleaned_data["organisation"],
            by=request.user,
            now=now,
            name=upload.name,
        )
        if outcome.ok:
            words = {"created": outcome.created, "unchanged": outcome.unchanged}
            text = _("新登记%(created)d件，已在系统中%(unchanged)d件。") % words
            messages.success(request, text)
            return pages.go(request, "reporting:outages")
        context["problems"], context["copy"] = outcome.problems, outcome.copy
        return pages.render(
            request, "reporting/outages/import.html", context=context, status=pages.UNPROCESSABLE
        )
    return pages.render(request, "reporting/outages/import.html", context=context)


@policy.needs(FILE)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The official workbook, empty."""
    return _workbook(outage_sheets.form().template(), "outages-template.xlsx")


@policy.needs(VIEW, Permission.RULE_MANAGE)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rules that notices are held against, each with its basis and first day."""
    context = {
        "tabs": presenting.sections(request.user, "rules"),
        "families": presenting.rule_families(on=clock.today()),
        "may": request.user.can(Permission.RULE_MANAGE),
    }
    return pages.render(request, "reporting/outages/rules.html", context=context)
