"""Forms of demonstration units and good practice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from campaign.forms import day_field
from campaign.models import Demonstration, DemonstrationLeader, Evaluation, MonthlyCheck
from campaign.models.demonstration import Level, Met, UnitKind
from campaign.services.demonstrating import Leader
from core.widgets import SeveralFiles


def _text(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=4000, widget=widget, **kwargs)


class UnitForm(forms.Form):
    """The record of a selection."""

    kind = forms.ChoiceField(label=_("类别"), choices=UnitKind.choices)
    name = forms.CharField(label=_("名称"), max_length=80)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("创建单位"), empty_label=None
    )
    selected_on = day_field(_("确定日期"))
    document_number = forms.CharField(
        label=_("确定文号"), max_length=60, required=False, help_text=_("示范点、示范区必填。")
    )
    level = forms.ChoiceField(
        label=_("级别"),
        choices=[("", _("不适用")), *Level.choices],
        required=False,
        help_text=_("示范区必填。"),
    )
    government = forms.CharField(
        label=_("联合政府部门"), max_length=80, required=False, help_text=_("示范区必填。")
    )
    leader_name = forms.CharField(label=_("主管领导姓名"), max_length=40)
    leader_post = forms.CharField(label=_("主管领导职务"), max_length=60)
    stationed_name = forms.CharField(
        label=_("驻点领导姓名"), max_length=40, required=False, help_text=_("监管机构派驻的领导。")
    )
    stationed_post = forms.CharField(label=_("驻点领导职务"), max_length=60, required=False)
    reason = forms.CharField(
        label=_("选定理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = organisations
        field.label_from_instance = lambda one: one.name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("stationed_name")) != bool(data.get("stationed_post")):
            self.add_error("stationed_name", _("驻点领导的姓名和职务须一并填写。"))
        return data

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        leader = Leader(data.pop("leader_name"), data.pop("leader_post"))
        name, post = data.pop("stationed_name"), data.pop("stationed_post")
        return {**data, "leader": leader, "stationed": Leader(name, post) if name else None}


class LeaderForm(forms.Form):
    side = forms.ChoiceField(label=_("职责"), choices=DemonstrationLeader.Side.choices)
    name = forms.CharField(label=_("姓名"), max_length=40)
    post = forms.CharField(label=_("职务"), max_length=60)
    since = day_field(_("起始日期"))

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        leader = Leader(data.pop("name"), data.pop("post"))
        return {**data, "leader": leader}


class VisitForm(forms.Form):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("领导所在单位"), empty_label=None
    )
    name = forms.CharField(label=_("领导姓名"), max_length=40)
    post = forms.CharField(label=_("职务"), max_length=60)
    since = day_field(_("到达日期"))
    until = day_field(_("离开日期"))
    seen = _text(_("督导情况"))
    asked = _text(_("提出的要求"), required=False)

    def __init__(self, *args: Any, unit: Demonstration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = {unit.office_id, unit.founder_id, unit.organisation_id}
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=here)
        field.label_from_instance = lambda one: one.name

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        leader = Leader(data.pop("name"), data.pop("post"))
        return {**data, "leader": leader}


class CheckForm(forms.Form):
    """A check: how each criterion was found."""

    checked_on = day_field(_("检查日期"))

    def __init__(self, *args: Any, check: MonthlyCheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = check.unit.criteria.items
        for item in self.items:
            self.fields[f"item_{item['code']}"] = forms.ChoiceField(
                label=item["title"],
                choices=[("", _("请选择")), *Met.choices],
                help_text=f"{item['group']} · {item['method']}",
            )
        self.fields["remarks"] = _text(_("检查情况"), help_text=_("不得填写客户、员工姓名和电话。"))
        self.fields["uploads"] = SeveralFiles(label=_("现场照片"), required=False)

    @property
    def results(self) -> dict[str, str]:
        return {one["code"]: self.cleaned_data[f"item_{one['code']}"] for one in self.items}

    @property
    def rows(self) -> list[Any]:
        return [self[f"item_{one['code']}"] for one in self.items]


class ProposalForm(forms.Form):
    result = forms.ChoiceField(label=_("建议结果"), choices=Evaluation.Result.choices)
    opinion = _text(_("评价意见"))


class PracticeForm(forms.Form):
    """An article; its author and unit are chosen once."""

    author = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("起草单位"), empty_label=None
    )
    unit = forms.ModelChoiceField(
        Demonstration.objects.none(),
        label=_("示范单位"),
        required=False,
        empty_label=_("不针对某个示范单位"),
    )
    title = forms.CharField(label=_("标题"), max_length=100)
    body = forms.CharField(
        label=_("正文"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("写清做法、成效和可推广的条件；不得填写客户姓名和电话。"),
    )

    def __init__(self, *args: Any, authors: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["author"].queryset = authors
        fields["unit"].queryset = units


class WordsForm(forms.Form):
    """Title and text of a draft."""

    title = forms.CharField(label=_("标题"), max_length=100)
    body = forms.CharField(
        label=_("正文"), max_length=20000, widget=forms.Textarea(attrs={"rows": 14})
    )


class ShareForm(forms.Form):
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("推广单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    publish = forms.BooleanField(label=_("向社会公开"), required=False)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisations"]
        field.queryset = organisations
