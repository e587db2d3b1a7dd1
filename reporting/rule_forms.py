"""Forms that let a definition say something else from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as L  # noqa: N812

from core.widgets import Day
from reporting.models import Indicator, OutageRule
from reporting.services import indicator_rules, outage_rules


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
    fields_of = indicator_rules.FIELDS

    def __init__(self, *args: Any, base: Indicator, **kwargs: Any) -> None:
        initial = {name: getattr(base, name) for name in indicator_rules.FIELDS}
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

    field_order = [*outage_rules.FIELDS, "valid_from", "reason", "seen"]
    fields_of = outage_rules.FIELDS

    def __init__(self, *args: Any, base: OutageRule, **kwargs: Any) -> None:
        initial = {name: getattr(base, name) for name in outage_rules.FIELDS}
        super().__init__(*args, initial={**initial, "seen": base.pk}, **kwargs)
        if base.value is None:
            del self.fields["value"]
            self.fields_of = tuple(one for one in self.fields_of if one != "value")
