"""The access log as the person in charge of a unit reads it: searched, exported, archived.

Source: grid standard 6.1.3, and information security under chapter 7 (S2-6.1.3, S2-7.5).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts import privacy, services
from accounts.models import AccessArchive, Organisation, User
from accounts.services.archives import archive_refusal
from config import access_log
from core import asked, clock, pages, policy
from core.errors import Refused
from core.models import AuditEvent
from core.paging import keyset
from core.sheets.writer import XLSX, write

EXPORT_LIMIT = 200_000
DATE = {"type": "date"}


class Search(forms.Form):
    """What to look for. Anything that is no valid value is left out."""

    organisation = forms.CharField(label=_("单位"), required=False, max_length=32)
    actor = forms.CharField(label=_("操作人姓名或账号"), required=False, max_length=150)
    way = forms.ChoiceField(label=_("方式"), required=False)
    since = forms.DateField(label=_("日期自"), required=False, widget=forms.DateInput(attrs=DATE))
    until = forms.DateField(label=_("至"), required=False, widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, units: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        choices = [(one.code, str(one)) for one in units]
        fields["organisation"].widget = forms.Select(choices=[("", _("全部")), *choices])
        fields["way"].choices = [("", _("全部")), *access_log.WAYS.items()]


def _search(request: HttpRequest) -> tuple[Search, QuerySet[AuditEvent]]:
    form = Search(request.GET, units=access_log.units(request.user))
    form.is_valid()
    wanted, found = form.cleaned_data, access_log.visible(request.user)
    if code := wanted.get("organisation"):
        found = found.filter(organisation=code)
    if actor := wanted.get("actor"):
        named = User.objects.filter(name=actor).values("pk")
        found = found.filter(Q(actor=actor) | Q(actor_id__in=named))
    if way := wanted.get("way"):
        found = found.filter(kind__in=getattr(access_log.kinds_on(clock.today()), way))
    if since := wanted.get("since"):
        found = found.filter(at__gte=clock.at(asked.within(since)))
    if until := wanted.get("until"):
        found = found.filter(at__lte=clock.at(asked.within(until), 23, 59, 59))
    return form, found


@policy.needs(*access_log.READERS)
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Who opened or took what, newest first; and which months are archived."""
    form, found = _search(request)
    page = keyset(found, request.GET, order=("-at", "-pk"))
    archives = AccessArchive.objects.visible_to(request.user).select_related(
        "organisation", "file", "made_by"
    )
    context = {
        "form": form,
        "page": page,
        "rows": access_log.rows(list(page)),
        "total": found.count(),
        "rule": privacy.rule_on(clock.today()),
        "archives": archives[:24],
        "units": access_log.units(request.user).in_force()[:300],
        "month": _last_month(clock.today()),
        "export_url": f"{reverse('access_export')}?{request.GET.urlencode()}",
    }
    return pages.render(request, "config/access_log.html", context=context, status=200)


def _last_month(day: date) -> date:
    first = day.replace(day=1)
    return date.fromordinal(first.toordinal() - 1).replace(day=1)


@policy.needs(*access_log.READERS)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Exactly what was found, as .xlsx; taking it away stands in the log as well."""
    _form, found = _search(request)
    if (count := found.count()) > EXPORT_LIMIT:
        text = gettext("共 {count} 条，超过一次导出的上限 {limit} 条，请缩小范围。")
        raise Refused(text.format(count=count, limit=EXPORT_LIMIT))
    now = clock.now()
    content = write(
        access_log.columns(),
        access_log.lines(found),
        sheet=gettext("访问日志"),
        taken_by=request.user,
        now=now,
    )
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="access-{now:%Y%m%d-%H%M}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(*access_log.READERS)
@require_POST
def archive(request: HttpRequest) -> HttpResponse:
    """Lay down one month of one unit's log."""
    unit = get_object_or_404(
        access_log.units(request.user), code=request.POST.get("organisation", "")[:32]
    )
    month = asked.month(request.POST.get("month", ""))
    if month is None:
        raise Refused(gettext("请填写月份，如2011-11。"))
    now = clock.now()
    if why_not := archive_refusal(unit, month, by=request.user, now=now):
        raise Refused(why_not)
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    found = access_log.visible(request.user).filter(
        organisation=unit.code, at__gte=clock.at(month), at__lt=clock.at(following)
    )
    made = services.lay_down_archive(
        organisation=unit,
        month=month,
        content=write(access_log.columns(), access_log.lines(found), sheet=f"{month:%Y-%m}"),
        count=found.count(),
        by=request.user,
        now=now,
    )
    text = gettext("%(unit)s %(month)s的访问日志已归档，共%(count)d条。")
    words = {"unit": made.organisation, "month": f"{month:%Y-%m}", "count": made.count}
    messages.success(request, text % words)
    return pages.go(request, "access_log")
