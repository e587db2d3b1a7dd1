"""Shapes of the register of hotlines and of their monthly returns. Rules live in the services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models import Hotline
from complaints.scope import above
from complaints.services.service_lines import Figures
from core.widgets import Day

# Months that may be filed or corrected, back from the last one.
MONTHS = 24
MOST = 1_000_000_000


class HotlineForm(forms.Form):
    """One number: whose, what for, when it is served, who answers for it."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("开通单位"), empty_label=None
    )
    number = forms.RegexField(
        r"^[0-9][0-9\-]{2,29}$",
        label=_("号码"),
        error_messages={"invalid": _("只填数字和连字符，如 0758-2288888。")},
    )
    channel = forms.ChoiceField(label=_("类别"), choices=Hotline.Channel.choices)
    hours = forms.CharField(label=_("服务时间"), max_length=60, help_text=_("如 24小时。"))
    responsible = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("责任单位"),
        required=False,
        empty_label=_("同开通单位"),
    )
    opened_on = forms.DateField(label=_("开通日期"), widget=Day())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="line_%s", **kwargs)
        fields: Any = self.fields
        below, over = Q(pk__in=()), Q(pk__in=())
        for place in workplaces(user, Permission.CASE_HANDLE):
            if place.is_company:
                below |= Q(path__startswith=place.path)
                over |= Q(pk__in=above(place))
        units = Organisation.objects.companies().in_force()
        fields["organisation"].queryset = units.filter(below)
        fields["responsible"].queryset = units.filter(below | over)

    def answers(self) -> dict[str, Any]:
        """What the service asks for."""
        data = self.cleaned_data
        return {**data, "responsible": data["responsible"] or data["organisation"]}


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST)


class EndForm(forms.Form):
    """From when on a hotline is not served, and why."""

    closed_on = forms.DateField(label=_("停用日期"), widget=Day())
    reason = forms.CharField(label=_("停用原因"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="end_%s", **kwargs)


class ReturnForm(forms.Form):
    """How the hotline served in a month."""

    month = forms.TypedChoiceField(label=_("月份"), coerce=date.fromisoformat)
    calls = _count(_("人工呼入量"))
    connected = _count(_("人工接通量"))
    staff = _count(_("座席人员数"))
    samples = _count(_("抽检录音数"))
    score = forms.DecimalField(
        label=_("抽检平均得分"),
        min_value=0,
        max_value=100,
        decimal_places=1,
        required=False,
        help_text=_("百分制；没有抽检的不填。"),
    )
    recordings = forms.IntegerField(label=_("录音保存月数"), min_value=0, max_value=600)
    correction = forms.CharField(
        label=_("更正原因"),
        max_length=200,
        required=False,
        help_text=_("本月已报送、现在更正的，须填写。"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="return_%s", **kwargs)
        fields: Any = self.fields
        fields["month"].choices = [(str(one), f"{one:%Y-%m}") for one in months(today)]

    def answers(self) -> dict[str, Any]:
        """What the service asks for."""
        data = dict(self.cleaned_data)
        month, correction = data.pop("month"), data.pop("correction")
        return {"month": month, "correction": correction, "figures": Figures(**data)}


def months(today: date) -> list[date]:
    """First days of the months that are over, newest first."""
    found, first = [], today.replace(day=1)
    for _month in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found
