"""Return visits: whom to call, calls as they were made, rates by unit; and the share to call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints import queries, refusals, services, visiting, waiting
from complaints.forms import ActForm
from complaints.models import Case, CaseClock
from complaints.privacy import spoken
from complaints.services.visit_shares import set_share
from complaints.views.board import NEVER
from complaints.views.cases import find
from complaints.workflow import Act
from core import clock, pages, policy
from core.components import Tab
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import XLSX, Out, write
from core.widgets import Day

ROWS = 30
MOST_EXPORTED = 5000
VIEWS: dict[str, Any] = {
    "call": gettext_lazy("待回访"),
    "no_phone": gettext_lazy("无联系电话"),
    "made": gettext_lazy("回访记录"),
    "rates": gettext_lazy("回访统计"),
}


class ShareForm(forms.Form):
    """From when on how many are called back."""

    organisation = forms.ModelChoiceField(None, label=gettext_lazy("单位"), empty_label=None)
    share = forms.IntegerField(label=gettext_lazy("回访比例（%）"), min_value=1, max_value=100)
    valid_from = forms.DateField(label=gettext_lazy("启用日期"), widget=Day())

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="share_%s", **kwargs)
        places = [place.pk for place in workplaces(request.user, Permission.CASE_APPROVE)]
        fields: Any = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(pk__in=places)


@policy.needs(Permission.CASE_VIEW)
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """The work list, the calls made, and their rates."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    user, now = request.user, clock.now()
    calls = user.can(Permission.CASE_DECIDE)
    asked = request.GET.get("view", "")
    shown = {name: label for name, label in VIEWS.items() if calls or name in ("made", "rates")}
    view = asked if asked in shown else next(iter(shown))
    counts = _waiting(request, now) if calls else {}
    context = {
        "tabs": [
            Tab(label, f"?view={name}", name == view, counts[name].count())
            if name in counts
            else Tab(label, f"?view={name}", name == view)
            for name, label in shown.items()
        ],
        "view": view,
        **_PARTS[view](request, now, counts, more.pop("bound", None)),
        **_shares(request, more.pop("share_form", None)),
        **more,
    }
    return pages.render(request, "complaints/visits.html", context=context, status=status)


def _waiting(request: HttpRequest, now: datetime) -> dict[str, Any]:
    listed = visiting.to_call(request.user, now=now)
    return {"call": listed.exclude(phone_index=""), "no_phone": listed.filter(phone_index="")}


def _shares(request: HttpRequest, bound: ShareForm | None) -> dict[str, Any]:
    today = clock.today()
    places = workplaces(request.user, Permission.CASE_DECIDE)
    form = bound or ShareForm(request=request, initial={"valid_from": today})
    fields: Any = form.fields
    return {
        "shares": [(place, visiting.share_on(place, today)) for place in places],
        "share_form": form,
        "may_set": fields["organisation"].queryset.exists(),
    }


def _to_call(
    request: HttpRequest, now: datetime, counts: dict[str, Any], bound: Any
) -> dict[str, Any]:
    return _listed(request, counts["call"], now, bound)


def _without(
    request: HttpRequest, now: datetime, counts: dict[str, Any], bound: Any
) -> dict[str, Any]:
    return _listed(request, counts["no_phone"], now, None)


def _listed(request: HttpRequest, found: Any, now: datetime, bound: Any) -> dict[str, Any]:
    running = CaseClock.objects.running().filter(code="visit")
    ordered = found.annotate(nearest_at=Coalesce("due_at", Value(NEVER))).prefetch_related(
        Prefetch("clocks", queryset=running)
    )
    related = ("holder", "owner", "organisation", "procedure", "region")
    page = keyset(
        ordered.select_related(*related),
        request.GET,
        order=("nearest_at", "received_at", "pk"),
        size=ROWS,
    )
    labels = queries.Labels()
    actor = refusals.Actor(request.user)
    rows = []
    for case in page:
        nearest = waiting.nearest(case)
        same = bound is not None and bound.case.pk == case.pk
        rows.append(
            {
                "case": case,
                "nature": labels.of("nature", case.nature, at=case.received_at),
                "due_at": nearest.due_at if nearest else None,
                "left": waiting.left(nearest.due_at, now=now) if nearest else "",
                "late": nearest is not None and nearest.due_at < now,
                "refusal": refusals.refusal(case, Act.VISIT, actor),
                "form": bound if same else _form(None, case, now),
                "wrong": same,
            }
        )
    return {"page": page, "rows": rows}


def _form(data: Any, case: Case, now: datetime) -> ActForm:
    return ActForm(data, case=case, act=Act.VISIT, clocks=[], now=now, auto_id=f"v{case.pk}_%s")


def _asked(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """Visits of a period, by unit and result, and what was asked for."""
    params = request.GET
    since, until = (queries.day_of(params.get(name, "")) for name in ("since", "until"))
    period = visiting.Period.of(since, until, today=clock.today())
    unit, result = params.get("unit", "")[:40], params.get("result", "")[:40]
    found = period.on(visiting.visits_of(request.user))
    if params.get("last"):
        found = visiting.last_of_each(found)
    if unit:
        found = found.filter(case__holder__code=unit)
    known = (*visiting.RESULTS, *(code for code, _label in visiting.terms(clock.today())))
    result = result if result in known else ""
    asked = {"period": period, "unit": unit, "result": result, "last": bool(params.get("last"))}
    return visiting.with_result(found, result), asked


def _made(
    request: HttpRequest, now: datetime, counts: dict[str, Any], bound: Any
) -> dict[str, Any]:
    found, asked = _asked(request)
    page = keyset(found, request.GET, order=("-at", "-pk"), size=ROWS)
    labels = queries.Labels()
    rows = [
        {
            "visit": one,
            "satisfaction": labels.of("satisfaction", one.satisfaction, at=one.at),
            "text": spoken(one.text, one.case),
        }
        for one in page
    ]
    unit = Organisation.objects.filter(code=asked["unit"]).first() if asked["unit"] else None
    return {
        **asked,
        "page": page,
        "rows": rows,
        "total": found.count(),
        "unit_name": unit,
        "results": [
            ("reached", _("已联系上")),
            ("unreached", _("未联系上")),
            ("satisfied", _("满意和基本满意")),
            *visiting.terms(clock.today()),
        ],
        "export_url": f"{reverse('complaints:visits_export')}?{request.GET.urlencode()}",
    }


def _rates(
    request: HttpRequest, now: datetime, counts: dict[str, Any], bound: Any
) -> dict[str, Any]:
    found, asked = _asked(request)
    terms = list(visiting.terms(clock.today()))
    period = {"since": asked["period"].since, "until": asked["period"].until}

    def link(unit: str, result: str = "") -> str:
        given = {"view": "made", "last": 1, **period, "unit": unit, "result": result}
        return "?" + urlencode({name: value for name, value in given.items() if value})

    rows = [
        {
            "rates": one,
            "url": link(one.code),
            "reached_url": link(one.code, "reached"),
            "unreached_url": link(one.code, "unreached"),
            "satisfied_url": link(one.code, "satisfied"),
            "terms": [(one.by_term.get(code, 0), link(one.code, code)) for code, _label in terms],
        }
        for one in visiting.rates(visiting.last_of_each(found))
    ]
    return {**asked, "rows": rows, "terms": [label for _code, label in terms]}


_PARTS = {"call": _to_call, "no_phone": _without, "made": _made, "rates": _rates}


@require_POST
@policy.needs(Permission.CASE_DECIDE)
@sensitive_post_parameters()
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a call on record; the same call sent twice is one."""
    found, now = find(request, pk), clock.now()
    if why_not := refusals.refusal(found, Act.VISIT, refusals.Actor(request.user)):
        raise Refused(why_not)
    form = _form(request.POST, found, now)
    number = request.POST.get("number", "")
    known = f"visit-{number}" if number.isdecimal() and len(number) < 5 else ""
    if known and found.events.filter(external_id=known).exists():
        raise Refused(_("这次回访已经登记。"))
    if form.is_valid():
        given = {"case": found, "what": Act.VISIT, "by": request.user, "now": now}
        answers = {**form.answers(), "external_id": known}
        if pages.attempt(form, services.act, **given, **answers):
            messages.success(request, _("诉求%(number)s：回访已登记。") % {"number": found.number})
            return pages.go(request, "complaints:visits")
    return _page(request, pages.status_of(form), bound=form)


@require_POST
@policy.needs(Permission.CASE_APPROVE)
def share(request: HttpRequest) -> HttpResponse:
    """Lay down how many are called back."""
    form = ShareForm(request.POST, request=request)
    if form.is_valid():
        data = form.cleaned_data
        data["organisation"] = get_object_or_404(Organisation, pk=data["organisation"].pk)
        if pages.attempt(form, set_share, **data, by=request.user, now=clock.now()):
            messages.success(request, _("回访比例已设定。"))
            return redirect("complaints:visits")
    return _page(request, pages.status_of(form), share_form=form)


@policy.needs(Permission.CASE_VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The calls of the list as a workbook; nothing personal stands in it."""
    now = clock.now()
    found, _asked_for = _asked(request)
    if (count := found.count()) > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    columns = [
        Out("number", _("诉求编号"), 22),
        Out("at", _("回访时间"), 18),
        Out("by", _("回访人"), 14),
        Out("holder", _("承办单位"), 26),
        Out("reached", _("已联系上")),
        Out("satisfaction", _("满意度")),
        Out("text", _("回访内容"), 50),
    ]
    lines = _lines(found.order_by("-at", "-pk"))
    content = write(columns, lines, sheet=_("回访"), taken_by=request.user, now=clock.now())
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="visits-{now:%Y%m%d}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(found: Any) -> Iterator[dict[str, Any]]:
    labels = queries.Labels()
    for one in found:
        yield {
            "number": one.case.number,
            "at": one.at,
            "by": one.by.name if one.by else "",
            "holder": one.case.holder.name,
            "reached": _("是") if one.reached else _("否"),
            "satisfaction": labels.of("satisfaction", one.satisfaction, at=one.at),
            "text": spoken(one.text, one.case),
        }
