"""Shapes of what the pages of ordered-use plans send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from accounts.permissions import Permission
from campaign.scope import workplaces
from core import clock, masking
from reporting.models import OrderedUsePlan, PlanRow
from reporting.plans import reading
from reporting.plans.row_checks import TIME
from reporting.plans.rules import Rules
from reporting.services.plans.checking import areas_below

BLANKS = 5


class StartForm(forms.Form):
    """Whose plan for which year."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("编制单位"), empty_label=None
    )
    year = forms.IntegerField(label=_("年度"), min_value=2005, max_value=2100)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [p.pk for p in workplaces(user, Permission.FILING_DRAFT) if p.is_company]
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=places)

    @property
    def possible(self) -> bool:
        """Whether the person draws plans up for any unit."""
        field: Any = self.fields["organisation"]
        return bool(field.queryset.exists())


class FiguresForm(forms.Form):
    """Peak, supply, report of the gap, kW per grade and the running text."""

    peak_demand_kw = forms.IntegerField(label=_("预计最大负荷（千瓦）"), min_value=0)
    historic_peak_kw = forms.IntegerField(
        label=_("历史最大负荷（千瓦）"), min_value=0, required=False
    )
    supply_kw = forms.IntegerField(label=_("可供电力（千瓦）"), min_value=0)
    gap_from = forms.CharField(label=_("缺口时段起"), max_length=5, required=False)
    gap_to = forms.CharField(
        label=_("缺口时段止"),
        max_length=5,
        required=False,
        help_text=_("如18:00至22:00，止可填24:00。"),
    )
    listing = forms.ChoiceField(label=_("列表方式"), choices=OrderedUsePlan.Listing.choices)
    gap_report_number = forms.CharField(label=_("缺口报告文号"), max_length=60, required=False)
    gap_reported_on = forms.DateField(
        label=_("缺口报告日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, plan: OrderedUsePlan, rules: Rules, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.showing(plan, rules))
        super().__init__(*args, **kwargs)
        self.grades, self.sections, self.year = rules.grades, rules.sections, plan.year
        for grade in self.grades:
            name = _("%(grade)s级调控指标（千瓦）") % {"grade": grade.grade}
            self.fields[f"target_{grade.order}"] = forms.IntegerField(label=name, min_value=0)
        for section in self.sections:
            self.fields[f"section_{section['code']}"] = forms.CharField(
                label=section["title"],
                max_length=20_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    @staticmethod
    def showing(plan: OrderedUsePlan, rules: Rules) -> dict[str, Any]:
        """What stands in the plan."""
        named = ("peak_demand_kw", "historic_peak_kw", "supply_kw", "listing", "gap_from", "gap_to")
        found = {name: getattr(plan, name) for name in named}
        found |= {
            "gap_report_number": plan.gap_report_number,
            "gap_reported_on": plan.gap_reported_on,
        }
        targets = dict(plan.grades.values_list("order", "target_kw"))
        found |= {f"target_{order}": kw for order, kw in targets.items()}
        return found | {f"section_{code}": text for code, text in plan.sections.items()}

    def clean(self) -> dict[str, Any]:
        """Both hours or none, as they stand in the rows."""
        data: dict[str, Any] = super().clean() or {}
        given = [data.get("gap_from", ""), data.get("gap_to", "")]
        if any(given) and (not all(map(TIME.fullmatch, given)) or given[0] == given[1]):
            self.add_error("gap_to", _("缺口时段的起止都写作09:00这样的时间，起止不同。"))
        self._check_report(data)
        return data

    def _check_report(self, data: dict[str, Any]) -> None:
        """A report of the gap has a number that names nobody and a day, and has been made."""
        number, on = data.get("gap_report_number", ""), data.get("gap_reported_on")
        if number and masking.mask_text(number) != number:
            self.add_error("gap_report_number", _("文号中不得填写姓名、电话、证件号码。"))
        if on is not None and on > clock.today():
            self.add_error("gap_reported_on", _("不能晚于今天。"))
        elif on is not None and on.year < self.year - 1:
            text = _("早于方案年度%(year)d年的上一年，不是本方案缺口的报告。")
            self.add_error("gap_reported_on", text % {"year": self.year})
        if bool(number) != bool(on) and not {"gap_report_number", "gap_reported_on"} & set(
            self.errors
        ):
            name = "gap_reported_on" if number else "gap_report_number"
            self.add_error(name, _("缺口报告的文号和日期须同时填写。"))

    def figures(self) -> dict[str, Any]:
        data = self.cleaned_data
        own = {name: data[name] for name in FiguresForm.base_fields}
        sections = {one["code"]: data[f"section_{one['code']}"].strip() for one in self.sections}
        return {**own, "sections": sections}

    def targets(self) -> dict[str, int]:
        return {one.grade: self.cleaned_data[f"target_{one.order}"] for one in self.grades}

    @property
    def target_fields(self) -> list[Any]:
        return [self[f"target_{one.order}"] for one in self.grades]

    @property
    def section_fields(self) -> list[Any]:
        return [self[f"section_{one['code']}"] for one in self.sections]


class QuotaForm(forms.Form):
    """What one area below gets. An area without power has no quota."""

    region = forms.ModelChoiceField(Region.objects.all(), widget=forms.HiddenInput)
    supply_kw = forms.IntegerField(label=_("电力指标（千瓦）"), min_value=0, required=False)
    resident_kw = forms.IntegerField(
        label=_("居民生活用电负荷（千瓦）"), min_value=0, required=False
    )
    energy_mwh = forms.IntegerField(label=_("电量指标（兆瓦时）"), min_value=0, required=False)
    resident_mwh = forms.IntegerField(
        label=_("居民生活用电量（兆瓦时）"), min_value=0, required=False
    )
    cut_kw = forms.IntegerField(label=_("调控指标（千瓦）"), min_value=0, required=False)


class Quotas(forms.BaseFormSet):
    """The areas, each once."""

    def clean(self) -> None:
        """Name an area that stands in two rows at the second."""
        seen = set()
        for form in self.forms:
            region = form.cleaned_data.get("region") if form.is_valid() else None
            if region is not None and region in seen:
                form.add_error(None, _("%(area)s重复，每个地区只填一行。") % {"area": region})
            seen.add(region)


QuotaSet = forms.formset_factory(QuotaForm, formset=Quotas, extra=0, max_num=200)


def quota_set(plan: OrderedUsePlan, data: Any = None) -> Any:
    """A line for each area below, with what it has."""
    standing = {one.region_id: one for one in plan.quotas.all()}
    names = areas_below(plan.region)
    regions = Region.objects.filter(parent=plan.region) if names else [plan.region]
    fields = ("supply_kw", "resident_kw", "energy_mwh", "resident_mwh", "cut_kw")
    initial = [
        {
            "region": region,
            **{name: getattr(standing.get(region.pk), name, None) for name in fields},
        }
        for region in regions
    ]
    return QuotaSet(data, initial=initial)


def quotas_in(formset: Any) -> list[dict[str, Any]]:
    """The areas that got something."""
    found = []
    for form in formset:
        data = form.cleaned_data
        if data.get("supply_kw") is not None:
            needed = {name: data.get(name) or 0 for name in ("resident_kw", "cut_kw")}
            found.append({**data, **needed})
    return found


class RowForm(forms.Form):
    """One row, by the columns of the table."""

    def __init__(self, *args: Any, rules: Rules, row: PlanRow | None = None, **kwargs: Any) -> None:
        self.columns, self.row = reading.form_of(rules).columns, row
        if row is not None:
            sealed = ("contact", "phone")
            shown = {c.key: getattr(row, c.key) for c in self.columns if c.key not in sealed}
            kwargs.setdefault("initial", shown)
        super().__init__(*args, **kwargs)
        for column in self.columns:
            self.fields[column.key] = self._field(column)
        if row is not None:
            for key in ("contact", "phone"):
                self.fields[key].help_text = _("不填则保留原来的内容")

    @staticmethod
    def _field(column: Any) -> forms.Field:
        common = {"label": column.label, "required": column.required, "help_text": column.help}
        if column.type == "bool":
            return forms.BooleanField(label=column.label, required=False)
        if column.type == "int":
            unit = f"{column.label}（{column.unit}）"
            limits = {"min_value": 0, "max_value": int(column.max)}
            return forms.IntegerField(**{**common, "label": unit}, **limits)
        if column.type == "choice":
            blank = [] if column.required else [("", "—")]
            choices = [*blank, *((one, one) for one in column.choices)]
            return forms.ChoiceField(choices=choices, **common)
        return forms.CharField(max_length=column.max_length, **common)

    def values(self) -> dict[str, Any]:
        """What was typed; contacts only where they were."""
        found: Mapping[str, Any] = self.cleaned_data
        empty = {"int": 0, "bool": False}
        given = {
            c.key: found[c.key] if found[c.key] is not None else empty.get(c.type, "")
            for c in self.columns
        }
        if self.row is not None:
            for key in ("contact", "phone"):
                if not given[key]:
                    del given[key]
        return given


class ApprovalForm(forms.Form):
    """The government's approval."""

    body = forms.CharField(label=_("批准机关"), max_length=80)
    number = forms.CharField(label=_("批准文号"), max_length=60)
    approved_on = forms.DateField(
        label=_("批准日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document = forms.FileField(label=_("批准文件"), required=False)


class UploadForm(forms.Form):
    """A workbook of rows."""

    upload = forms.FileField(label=_("选择文件"))


class FilterForm(forms.Form):
    """Which rows are shown."""

    q = forms.CharField(label=_("户号、名称、线路"), max_length=40, required=False)
    grade = forms.ChoiceField(label=_("方案等级"), required=False)
    measure = forms.ChoiceField(label=_("措施"), required=False)
    mixed = forms.BooleanField(label=_("只看企业居民共线"), required=False)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["grade"].choices = [("", _("全部")), *((g, g) for g in rules.by_grade)]
        fields["measure"].choices = [("", _("全部")), *((m, m) for m in rules.measures)]
