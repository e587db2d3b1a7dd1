"""Checks of service: results per unit and per item, one check, entering one.

Source: campaign plan 三(一)3 (S1-3.1.3c).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organisation
from core import arithmetic, clock, pages, policy
from core.paging import keyset
from core.sheets.writer import XLSX, Out, write
from core.widgets import Day
from reporting.models import ServiceCheck, ServiceStandard
from reporting.queries import service_checks as queries
from reporting.queries.service_checks import Filters, Line
from reporting.services import service_checks as services
from reporting.views.evaluations import office_of
from reporting.views.indicators import MANAGE, VIEW, section

L = gettext_lazy
RELATED = ("organisation", "office", "standard", "created_by")


class CheckForm(forms.Form):
    """Which window, on which day, and the points of each item; an empty one does not apply."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=L("供电单位"))
    place = forms.CharField(label=L("窗口"), max_length=80)
    manner = forms.ChoiceField(label=L("方式"), choices=ServiceCheck.Manner.choices)
    checked_on = forms.DateField(label=L("检查日期"), widget=Day())
    remarks = forms.CharField(
        label=L("发现的问题"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=L("不得填写客户、员工姓名和电话。"),
    )

    def __init__(self, *args: Any, units: Any, standard: ServiceStandard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = units
        self.standard = standard
        for one in standard.items:
            fields[f"item_{one['code']}"] = forms.IntegerField(
                label=one["title"],
                min_value=0,
                max_value=one["points"],
                required=False,
                help_text=_("%(group)s，满分%(points)d分；不适用的不填。") % one,
            )

    @property
    def points(self) -> dict[str, int]:
        """By item, without those that do not apply."""
        said = {code: self.cleaned_data[f"item_{code}"] for code in self.standard.points}
        return {code: given for code, given in said.items() if given is not None}

    @property
    def items(self) -> list[Any]:
        return [self[f"item_{code}"] for code in self.standard.points]


@policy.needs(VIEW)
@require_GET
def check_list(request: HttpRequest) -> HttpResponse:
    """Results per unit and item over the checks in sight, and the checks; every number opens what
    it counts."""
    filters, user = Filters.of(request.GET), request.user
    found = filters.narrow(ServiceCheck.objects.visible_to(user)).select_related(*RELATED)
    context = {
        "sections": section("service_checks"),
        "filters": filters,
        "manners": ServiceCheck.Manner.choices,
        "units": [cells(one) for one in queries.by_unit(user, filters)],
        "items": [
            {**one, "shown": arithmetic.printed(one["score"])}
            for one in queries.by_item(user, filters)
        ],
        "total": found.count(),
        "page": keyset(found, request.GET, order=("-checked_on", "-pk")),
        "may_enter": user.can(MANAGE) and office_of(request) is not None,
        "export_url": f"{reverse('reporting:service_checks_export')}?{request.GET.urlencode()}",
    }
    return pages.render(request, "reporting/service_checks/list.html", context=context)


def cells(line: Line) -> dict[str, Any]:
    """One unit as the table shows it."""
    rate = line.rate
    return {
        "line": line,
        "score": arithmetic.printed(line.score),
        "rate": arithmetic.NOTHING if rate is None else f"{arithmetic.printed(rate)}%",
        "url": line.filters.url(),
        "passed_url": line.filters.url(result="passed"),
    }


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The checks as a workbook, a column for each item of the newest standard."""
    seen = Filters.of(request.GET).narrow(ServiceCheck.objects.visible_to(request.user))
    rows = list(seen.select_related(*RELATED).order_by("-checked_on", "-pk")[:5000])
    items = {one["code"]: one["title"] for check in rows for one in check.standard.items}
    columns = [
        Out("organisation", _("供电单位"), 24),
        Out("place", _("窗口"), 20),
        Out("manner", _("方式")),
        Out("checked_on", _("检查日期")),
        Out("office", _("检查机构"), 20),
        Out("score", _("得分")),
        Out("passed", _("达标")),
        *(Out(code, title, 20) for code, title in items.items()),
        Out("remarks", _("发现的问题"), 40),
    ]
    lines = (
        {
            **one.points,
            "organisation": one.organisation.name,
            "place": one.place,
            "manner": one.get_manner_display(),
            "checked_on": one.checked_on,
            "office": one.office.name,
            "score": one.score,
            "passed": one.up_to_standard,
            "remarks": one.remarks,
        }
        for one in rows
    )
    taken = {"taken_by": request.user, "now": clock.now()}
    content = write(columns, lines, sheet=_("规范服务检查"), **taken)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="service-checks.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def find(request: HttpRequest, pk: int) -> ServiceCheck:
    """The check, if it is in sight; otherwise there is none (404)."""
    seen = ServiceCheck.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """One check: each item with its points."""
    found = find(request, pk)
    standing = found.withdrawn_at is None
    mine = standing and not services.refusal(found.organisation, found.office, by=request.user)
    context = {"check": found, "score": arithmetic.printed(found.score), "may_withdraw": mine}
    return pages.render(request, "reporting/service_checks/detail.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a check by the standard of today."""
    office, standard = office_of(request), ServiceStandard.objects.on(clock.today())
    if office is None or standard is None:
        raise PermissionDenied(_("规范服务检查由监管机构登记。"))
    reached = Organisation.objects.filter(request.user.sight(MANAGE)).companies().in_force()
    given: dict[str, Any] = {"units": reached, "standard": standard}
    form = CheckForm(request.POST, **given) if request.method == "POST" else CheckForm(**given)
    if form.is_bound and form.is_valid():
        names = ("organisation", "place", "manner", "checked_on", "remarks")
        made = pages.attempt(
            form,
            services.enter,
            office=office,
            points=form.points,
            by=request.user,
            now=clock.now(),
            **{name: form.cleaned_data[name] for name in names},
        )
        if made is not None:
            messages.success(request, _("检查结果已登记，并已告知被检查单位。"))
            return pages.go(request, "reporting:service_check", made.pk)
    context = {"form": form, "standard": standard, "office": office}
    return pages.render(request, "reporting/service_checks/new.html", context=context)


@policy.needs(MANAGE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a check that was entered wrongly."""
    found, reason = find(request, pk), request.POST.get("reason", "")
    services.withdraw(found, reason=reason, by=request.user, now=clock.now())
    messages.success(request, _("该检查已撤销。"))
    return pages.go(request, "reporting:service_check", found.pk)
