"""Subscriptions: who gets which report by mail when, what happened last, and set-up."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign.models import Phase
from campaign.people import people_of
from core import asked, clock, offline, pages, policy
from core.offline import OnceForm
from reporting.models import Subscription
from reporting.queries import reports as queries
from reporting.services import subscriptions as services

WEEKDAYS = [
    (0, gettext_lazy("星期一")),
    (1, gettext_lazy("星期二")),
    (2, gettext_lazy("星期三")),
    (3, gettext_lazy("星期四")),
    (4, gettext_lazy("星期五")),
    (5, gettext_lazy("星期六")),
    (6, gettext_lazy("星期日")),
]


class SubscriptionForm(OnceForm):
    """What a subscription consists of."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    phase = forms.ModelChoiceField(Phase.objects.none(), label=gettext_lazy("专项行动和阶段"))
    content = forms.ChoiceField(label=gettext_lazy("内容"), choices=Subscription.Content.choices)
    rhythm = forms.ChoiceField(label=gettext_lazy("频次"), choices=Subscription.Rhythm.choices)
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("星期（每周发送时）"), choices=WEEKDAYS, coerce=int, required=False
    )
    month_day = forms.IntegerField(
        label=gettext_lazy("日（每月发送时，1至28）"), min_value=1, max_value=28, required=False
    )
    send_at = forms.TimeField(
        label=gettext_lazy("发送时间"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    first_on = forms.DateField(
        label=gettext_lazy("起始日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    recipients = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("收件单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("本机关收件人"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    provinces = forms.MultipleChoiceField(
        label=gettext_lazy("省份"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只统计所选省份的单位；不选则统计全部。"),
    )
    skip_if_empty = forms.BooleanField(
        label=gettext_lazy("没有内容或没有变化时不发送"), required=False, initial=True
    )

    def __init__(self, *args, user: User, office: Organisation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phase"].queryset = queries.phases_to_report(user)
        self.fields["phase"].label_from_instance = lambda p: f"{p.campaign} · {p}"
        self.fields["recipients"].queryset = queries.offices_to_send_to(office)
        self.fields["provinces"].choices = queries.provinces_to_report(user)
        readers = people_of(office, Permission.REPORT_VIEW, on=clock.today())
        self.fields["people"].queryset = User.objects.filter(pk__in=[r.pk for r in readers])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("rhythm") == "monthly" and not cleaned.get("month_day"):
            self.add_error("month_day", _("每月发送时请填写日期。"))
        if cleaned.get("rhythm") == "weekly" and cleaned.get("weekday") in (None, ""):
            self.add_error("weekday", _("每周发送时请选择星期。"))
        if (first := cleaned.get("first_on")) and (wrong := asked.outside(first)):
            self.add_error("first_on", wrong)
        if wrong := self._wrong_provinces(cleaned):
            self.add_error("provinces", wrong)
        return cleaned

    def _wrong_provinces(self, cleaned) -> str:
        """Why the chosen provinces cannot be; empty when they can."""
        chosen, phase = cleaned.get("provinces"), cleaned.get("phase")
        if not chosen or phase is None:
            return ""
        if cleaned.get("content") == Subscription.Content.ISSUED:
            return _("印发的报告按全文发送，不能只选部分省份。")
        inside = dict(queries.provinces_of_phase(phase))
        names = dict(self.fields["provinces"].choices)
        outside = [names[code] for code in chosen if code not in inside]
        if not outside:
            return ""
        return _("该专项行动不涉及：%(names)s。") % {"names": "、".join(outside)}


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def subscription_list(request: HttpRequest) -> HttpResponse:
    """Subscriptions of the person's office, each with its next time and what happened last."""
    seen = Subscription.objects.visible_to(request.user)
    rows = seen.select_related("campaign", "phase", "organisation", "created_by")
    context = {
        "rows": rows.prefetch_related("recipients", "people"),
        "provinces": _provinces_by_subscription(rows),
        "office": queries.office_of(request.user),
        "weekdays": dict(WEEKDAYS),
    }
    return pages.render(request, "reporting/subscriptions.html", context=context)


def _provinces_by_subscription(rows: QuerySet[Subscription]) -> dict[int, str]:
    names = queries.province_names()
    return {
        pk: "、".join(names.get(code, code) for code in codes)
        for pk, codes in rows.values_list("pk", "filters")
    }


@policy.needs(Permission.REPORT_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Set up a subscription for the person's office."""
    office = queries.office_of(request.user)
    if office is None:
        raise Http404
    form = SubscriptionForm(request.POST or None, user=request.user, office=office)
    if request.method == "POST" and form.is_valid():
        url = pages.attempt(form, _set_up, request=request, form=form, office=office)
        if url is not None:
            return pages.go(request, url)
    return pages.render(request, "reporting/subscription_new.html", context={"form": form})


def _set_up(*, request: HttpRequest, form: SubscriptionForm, office: Organisation) -> str:
    """Set it up once; says where to go on."""
    url = reverse("reporting:subscriptions")

    def work() -> str:
        _subscribe(form, office, request.user)
        messages.success(request, _("订阅已建立。"))
        return url

    return offline.led(request, work, again=url, now=clock.now())


def _subscribe(form: SubscriptionForm, office: Organisation, by: User) -> None:
    said = form.cleaned_data
    weekly = said["rhythm"] == Subscription.Rhythm.WEEKLY
    monthly = said["rhythm"] == Subscription.Rhythm.MONTHLY
    services.subscribe(
        campaign=said["phase"].campaign,
        phase=said["phase"],
        organisation=office,
        title=said["title"],
        content=said["content"],
        recipients=said["recipients"],
        people=said["people"],
        rhythm=said["rhythm"],
        send_at=said["send_at"],
        weekday=said["weekday"] if weekly else None,
        month_day=said["month_day"] if monthly else None,
        first_on=said["first_on"],
        provinces=said["provinces"],
        skip_if_empty=said["skip_if_empty"],
        by=by,
        now=clock.now(),
    )


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a subscription or take it up again."""
    subscription = get_object_or_404(Subscription.objects.visible_to(request.user), pk=pk)
    active = request.POST.get("active") == "1"
    services.switch(subscription=subscription, active=active, by=request.user, now=clock.now())
    told = _("订阅已启用。") if active else _("订阅已暂停。")
    messages.success(request, told)
    return pages.go(request, "reporting:subscriptions")


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a subscription away."""
    subscription = get_object_or_404(Subscription.objects.visible_to(request.user), pk=pk)
    services.remove(subscription=subscription, by=request.user, now=clock.now())
    messages.success(request, _("订阅已删除。"))
    return pages.go(request, "reporting:subscriptions")
