"""Shape of what the pages of outages ask for. Rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.widgets import Moment
from reporting.models import OutageNotice
from reporting.outage_records import ACTUAL, CHANNELS, COUNTS, LISTS, MOST, Record
from reporting.outage_sheets import names
from reporting.queries.outages import Rulebook

L = gettext_lazy


def units_of(user: User) -> Any:
    """Units for which a person may file: their own and those below."""
    below = Q(pk__in=())
    for place in workplaces(user, Permission.OUTAGE_FILE):
        if place.is_company:
            below |= Q(path__startswith=place.path)
    return Organisation.objects.companies().in_force().filter(below)


def moment(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(label=label, required=required, widget=Moment(), help_text=help_text)


def count(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=MOST, help_text=help_text
    )


class NoticeForm(forms.Form):
    """A notice as its company files or changes it."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("供电单位"), empty_label=None
    )
    number = forms.CharField(label=L("编号"), max_length=40)
    kind = forms.ChoiceField(label=L("类型"), choices=OutageNotice.Kind.choices)
    reason = forms.ChoiceField(label=L("停电原因"), required=False)
    reason_text = forms.CharField(label=L("原因说明"), max_length=200, required=False)
    document = forms.CharField(
        label=L("依据文件"),
        max_length=80,
        required=False,
        help_text=L("有序用电、超供电能力填批准方案文号，欠费停电填催费通知编号。"),
    )
    area = forms.CharField(
        label=L("停电区域"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=L("写明地名、小区、村组，不得填写用户姓名、户号。"),
    )
    area_type = forms.ChoiceField(
        label=L("城乡类别"),
        choices=[("", "—"), *OutageNotice.AreaType.choices],
        required=False,
    )
    substation = forms.CharField(label=L("变电站"), max_length=60, required=False)
    lines = forms.CharField(
        label=L("停电线路"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=L("多条用顿号分开或者每行一条。"),
    )
    transformer_areas = forms.CharField(
        label=L("停电台区"),
        max_length=12000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=L("全线停电可不填；多个用顿号分开或者每行一个。"),
    )
    households = count(L("居民户数"))
    important_users = count(L("重要用户数"))
    dedicated_users = count(L("专变用户数"))
    sensitive_users = count(L("敏感用户数"))
    planned_start = moment(L("计划停电时间"), required=True)
    planned_end = moment(L("计划复电时间"), required=True)
    published_at = moment(L("公告时间"), help_text=L("欠费停电填通知送达时间；未公告的不填。"))
    channels = forms.MultipleChoiceField(
        label=L("公告渠道"),
        choices=list(CHANNELS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    important_told_at = moment(L("通知重要用户时间"))
    important_record = forms.CharField(label=L("重要用户通知记录"), max_length=200, required=False)
    method = forms.ChoiceField(label=L("作业方式"), choices=OutageNotice.Method.choices)
    avoided_hours = forms.DecimalField(
        label=L("减少停电时间（小时）"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        help_text=L("不停电作业填写。"),
    )
    avoided_households = count(L("减少停电户数"), L("不停电作业填写。"))
    # Only where a notice is changed.
    change_reason = forms.CharField(
        label=L("变更原因"),
        max_length=200,
        required=False,
        help_text=L(
            "公告后或者停电开始后变更的必须填写；公告后变更时间、区域的，并填写新的公告时间。"
        ),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        user: User,
        book: Rulebook,
        on: Any,
        notice: OutageNotice | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        reasons = book.on(on)
        # A reason of several kinds stands in the list once, under all of them.
        of: dict[tuple[str, str], list[str]] = {}
        for kind, label in OutageNotice.Kind.choices:
            for reason in reasons.reasons(kind).items():
                of.setdefault(reason, []).append(str(label))
        groups: dict[str, list[tuple[str, str]]] = {}
        for reason, labels in of.items():
            groups.setdefault("、".join(labels), []).append(reason)
        listed = list(groups.items())
        fields["reason"].choices = [("", _("请选择")), *listed]
        self.notice = notice
        if notice is None:
            fields["organisation"].queryset = units_of(user)
            del fields["change_reason"], fields["seen"]
        else:
            del fields["organisation"], fields["number"]

    @classmethod
    def standing(cls, notice: OutageNotice, **kwargs: Any) -> NoticeForm:
        """The form filled in with what a notice says."""
        values = Record.standing(notice).values()
        values |= {name: "、".join(values[name]) for name in ("lines", "transformer_areas")}
        values["seen"] = notice.version
        return cls(initial=values, notice=notice, **kwargs)

    def record(self) -> Record:
        """What was filled in; what the form does not ask for stays as it stands."""
        said = dict(self.cleaned_data)
        for name in ("lines", "transformer_areas"):
            said[name] = names(said[name])
        for name in COUNTS:
            said[name] = said[name] or 0
        if self.notice is not None:
            before = Record.standing(self.notice).values()
            said = {**{name: before[name] for name in ("number", *ACTUAL)}, **said}
        assert set(LISTS) <= said.keys()
        return Record.of(said)


class ActualForm(forms.Form):
    """What became of an outage."""

    actual_start = moment(L("实际停电时间"))
    actual_end = moment(L("实际复电时间"))
    arrived_at = moment(L("抢修到场时间"), help_text=L("故障停电填写。"))
    cause_ended_at = moment(
        L("停电原因消除时间"), help_text=L("工作结束、故障排除或者交清电费的时间。")
    )
    reason = forms.CharField(
        label=L("更改原因"),
        max_length=200,
        required=False,
        help_text=L("更改、清除已填报的时间时填写。"),
    )


class UploadForm(forms.Form):
    """A workbook of notices and the unit they are for."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("供电单位"), empty_label=None
    )
    upload = forms.FileField(label=L("停限电信息表"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = units_of(user)
