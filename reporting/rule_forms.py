"""Forms that let a definition say something else from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as L  # noqa: N812

from campaign.models import Checklist
from campaign.services.checklists import CHECKLISTS, written
from core.widgets import Day
from grids.models import HazardTerm
from grids.services.hazard_terms import HAZARD_KINDS
from grids.services.special_kinds import SPECIAL_KINDS
from reporting.models import Indicator, OutageRule
from reporting.services.indicator_rules import INDICATORS
from reporting.services.outage_rules import OUTAGE_RULES


class _Further(forms.Form):
    """From which day, why, and which version it follows."""

    valid_from = forms.DateField(label=L("启用日期"), widget=Day)
    reason = forms.CharField(
        label=L("改动理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    fields_of: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """What the further version is to say."""
        return {name: self.cleaned_data[name] for name in self.fields_of}


def _number(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=14, decimal_places=4, required=False, **more)


class IndicatorForm(_Further):
    """A further version of an indicator."""

    threshold = _number(L("规定值"))
    direction = forms.ChoiceField(label=L("方向"), choices=Indicator.Direction.choices)
    zero_at = _number(L("零分值"), help_text=L("不计分的，零分值和满分值都不填。"))
    full_at = _number(L("满分值"))
    weight = forms.DecimalField(label=L("权重"), max_digits=6, decimal_places=2, min_value=0)
    source = forms.CharField(label=L("依据"), max_length=200)
    note = forms.CharField(label=L("说明"), max_length=200, required=False)
    public = forms.BooleanField(label=L("可以公开"), required=False)
    retired = forms.BooleanField(label=L("停用"), required=False)

    field_order = [
        *("threshold", "direction", "zero_at", "full_at", "weight", "valid_from", "source", "note"),
        *("public", "retired", "reason", "seen"),
    ]
    fields_of = INDICATORS.fields

    def __init__(self, *args: Any, base: Indicator, **kwargs: Any) -> None:
        initial = {name: getattr(base, name) for name in INDICATORS.fields}
        for name in ("threshold", "zero_at", "full_at", "weight"):
            if initial[name] is not None:
                initial[name] = f"{initial[name].normalize():f}"
        super().__init__(*args, initial={**initial, "seen": base.pk}, **kwargs)


class OutageRuleForm(_Further):
    """A further version of a rule on outages."""

    title = forms.CharField(label=L("名称"), max_length=80)
    value = forms.IntegerField(label=L("限值"), min_value=0, max_value=100_000, required=False)
    basis = forms.CharField(label=L("依据"), max_length=300)
    valid_until = forms.DateField(label=L("停用日期"), widget=Day, required=False)

    field_order = [*OUTAGE_RULES.fields, "valid_from", "reason", "seen"]
    fields_of = OUTAGE_RULES.fields

    def __init__(self, *args: Any, base: OutageRule, **kwargs: Any) -> None:
        initial = {name: getattr(base, name) for name in OUTAGE_RULES.fields}
        super().__init__(*args, initial={**initial, "seen": base.pk}, **kwargs)
        if base.value is None:
            del self.fields["value"]
            self.fields_of = tuple(one for one in self.fields_of if one != "value")


class _Kind(_Further):
    """A further version of a kind of a catalogue, or the first of a new one (``base`` None)."""

    code = forms.CharField(
        label=L("代码"),
        max_length=30,
        help_text=L("小写字母、数字和下划线，以字母开头；启用后不再改变。"),
    )
    valid_until = forms.DateField(label=L("停用日期"), widget=Day, required=False)

    def __init__(self, *args: Any, base: Any = None, **kwargs: Any) -> None:
        initial = {name: getattr(base, name, None) for name in self.fields_of}
        if (until := initial.get("valid_until")) and until < base.valid_from:
            initial["valid_until"] = None
        super().__init__(*args, initial={**initial, "seen": base.pk if base else 0}, **kwargs)
        if base is not None:
            del self.fields["code"]


class HazardKindForm(_Kind):
    """A kind of hazards."""

    title = forms.CharField(label=L("名称"), max_length=60)
    group = forms.ChoiceField(label=L("类别"), choices=HazardTerm.Group.choices)
    joint = forms.BooleanField(label=L("共同治理"), required=False)
    note = forms.CharField(label=L("说明"), max_length=300, required=False)

    field_order = ["code", *HAZARD_KINDS.fields, "valid_from", "reason", "seen"]
    fields_of = HAZARD_KINDS.fields


class SpecialKindForm(_Kind):
    """A kind of special groups."""

    title = forms.CharField(label=L("名称"), max_length=30)
    guardian = forms.BooleanField(label=L("须监护人同意"), required=False)

    field_order = ["code", *SPECIAL_KINDS.fields, "valid_from", "reason", "seen"]
    fields_of = SPECIAL_KINDS.fields


class ChecklistForm(_Further):
    """A further version of a checklist; its items one in a line."""

    title = forms.CharField(label=L("检查表"), max_length=80)
    note = forms.CharField(label=L("说明"), max_length=200, required=False)
    items = forms.CharField(
        label=L("检查项目"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=L(
            "每行一项，各栏用竖线（|）隔开：序号、类别、条款、法律条款代码（多个用逗号）、检查内容、"
            "检查方法、抽样数。"
        ),
    )

    fields_of = (*CHECKLISTS.fields, "items")
    field_order = [*fields_of, "valid_from", "reason", "seen"]

    def __init__(self, *args: Any, base: Checklist, **kwargs: Any) -> None:
        said = {"title": base.title, "note": base.note, "items": written(base)}
        super().__init__(*args, initial={**said, "seen": base.pk}, **kwargs)
