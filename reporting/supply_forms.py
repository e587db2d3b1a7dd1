"""Shapes of the entries on shortage: forecasts, events, executed rows. Rules live in the services.

Loads in MW, those of rows in kW.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.widgets import Day, Moment
from reporting import shortage
from reporting.decision_forms import Words
from reporting.models import ExecutionRow, GapForecast, Measure
from reporting.models.shortage import minute_of
from reporting.plans.rules import Rules
from reporting.services.forecasts import Band

MOST_KW = 10**10


def own_units(user: User, permission: Permission = Permission.FILING_DRAFT) -> Any:
    """Units for which the person acts: of their companies and below."""
    below = Q(pk__in=())
    for place in workplaces(user, permission):
        if place.is_company:
            below |= Q(path__startswith=place.path)
    return Organisation.objects.companies().in_force().filter(below)


def load(label: Any, *, least: str = "0", **more: Any) -> forms.DecimalField:
    """A load that is not negative, two decimals."""
    return forms.DecimalField(
        label=label, min_value=Decimal(least), max_value=MOST_KW, decimal_places=2, **more
    )


def instant(label: Any, **more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=Moment(), **more)


class UnitForm(forms.Form):
    """A form that says for which unit; offered are those for which the person acts."""

    prefix_id = "unit"
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("供电单位"), empty_label=None
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{self.prefix_id}_%s", **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = own_units(user)

    @property
    def open(self) -> bool:
        """Whether the person acts for any unit at all."""
        fields: Any = self.fields
        return bool(fields["organisation"].queryset.exists())


class ClockTime(forms.CharField):
    """08:00 to 24:00, as minutes from midnight."""

    default_error_messages = {"clock": _("请填如 08:00、24:00。")}  # noqa: RUF012

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return minute_of(text)
        except ValueError:
            raise forms.ValidationError(self.error_messages["clock"], code="clock") from None


class ForecastForm(UnitForm):
    """The gap of some hours of a day."""

    prefix_id = "forecast"
    day = forms.DateField(label=_("日期"), widget=Day())
    from_minute = ClockTime(label=_("时段起"), max_length=5, initial="00:00")
    to_minute = ClockTime(label=_("时段止"), max_length=5, initial="24:00")
    gap_mw = load(_("预测缺口（兆瓦）"), help_text=_("没有缺口填0。"))
    peak_mw = load(_("最大用电需求（兆瓦）"), least="0.01")
    basis = forms.CharField(label=_("预测依据"), max_length=300)

    def band(self) -> Band:
        data = {k: v for k, v in self.cleaned_data.items() if k != "organisation"}
        return Band(**data)


class ImportForm(UnitForm):
    """A workbook for a unit."""

    prefix_id = "import"
    upload = forms.FileField(label=_("填好的表格（.xlsx、.csv）"))


class UploadForm(forms.Form):
    """A workbook, with the saving that was seen."""

    upload = forms.FileField(label=_("填好的表格（.xlsx、.csv）"))
    seen = forms.IntegerField(widget=forms.HiddenInput())


class ActualForm(forms.Form):
    """What came true."""

    gap_mw = load(_("实际缺口（兆瓦）"))
    peak_mw = load(_("实际最大用电需求（兆瓦）"), least="0.01")

    def __init__(self, *args: Any, forecast: GapForecast | None = None, **kwargs: Any) -> None:
        initial = {}
        if forecast is not None and forecast.actual_at is not None:
            initial = {"gap_mw": forecast.actual_gap_mw, "peak_mw": forecast.actual_peak_mw}
        super().__init__(*args, auto_id="actual_%s", initial=initial, **kwargs)


class WordsForm(forms.Form):
    """Words that have to be said."""

    words = Words(label=_("缺口原因和应对措施"), most=2000, rows=4)


class GradeField(forms.ChoiceField):
    """A grade of the scheme in force."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("等级"), **kwargs)

    def offer(self, *of: Rules) -> None:
        """The grades of these rules, the gravest first, each once."""
        found = {one.grade: shortage.label(one) for rules in of for one in reversed(rules.grades)}
        self.choices = list(found.items())


class AnnounceForm(UnitForm):
    """A warning as it was announced."""

    prefix_id = "announce"
    announced_at = instant(_("预警时间"))
    grade = GradeField()
    gap_mw = load(_("最大缺口（兆瓦）"), least="0.01")
    peak_mw = load(_("最大用电需求（兆瓦）"), least="0.01")
    body = forms.CharField(label=_("预警发布单位"), max_length=80)
    reason = forms.CharField(label=_("原因"), max_length=300)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        units = fields["organisation"].queryset
        places = {one.region_id: one for one in units.select_related("region")}
        rules = [shortage.plan_rules(one, on=today) for one in places.values()]
        fields["grade"].offer(*rules)


class StartForm(forms.Form):
    """The approval under which carrying out begins."""

    started_at = instant(_("启动时间"))
    until = instant(_("批准执行至"))
    body = forms.CharField(label=_("批准单位"), max_length=80)
    number = forms.CharField(label=_("批准文号"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="start_%s", **kwargs)


class AdjustForm(forms.Form):
    """Another grade or a later end."""

    at = instant(_("调整时间"))
    grade = GradeField()
    gap_mw = load(_("缺口（兆瓦）"), least="0.01")
    until = instant(_("批准执行至"), required=False, help_text=_("不变的不填。"))
    body = forms.CharField(label=_("决定单位"), max_length=80)
    reason = forms.CharField(label=_("原因"), max_length=300)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="adjust_%s", **kwargs)
        fields: Any = self.fields
        fields["grade"].offer(rules)


class ReleaseForm(forms.Form):
    """When and why it ends."""

    released_at = instant(_("解除时间"))
    body = forms.CharField(label=_("决定单位"), max_length=80)
    reason = forms.CharField(label=_("原因"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="release_%s", **kwargs)


class ReasonForm(forms.Form):
    """Why a report is taken back."""

    reason = forms.CharField(label=_("更正原因"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="reopen_%s", **kwargs)


class RowForm(forms.Form):
    """One row of what was carried out."""

    user_no = forms.CharField(label=_("户号"), max_length=40, required=False)
    user_name = forms.CharField(label=_("用户名称"), max_length=80, required=False)
    line_code = forms.CharField(label=_("线路编号"), max_length=40, required=False)
    measure = forms.ChoiceField(label=_("措施"), choices=Measure.choices)
    means = forms.ChoiceField(label=_("控制方式"), choices=ExecutionRow.Means.choices)
    ordered_kw = load(_("下达负荷（千瓦）"))
    executed_kw = load(_("执行负荷（千瓦）"))
    from_at = instant(_("开始时间"))
    to_at = instant(_("结束时间"))
    resident_lines = forms.IntegerField(label=_("涉及居民线路条次"), min_value=0, initial=0)
    households = forms.IntegerField(
        label=_("影响居民户数"), min_value=0, max_value=10**8, initial=0
    )
    feeder_cut = forms.BooleanField(label=_("断开了线路开关（拉闸）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="row_%s", **kwargs)
