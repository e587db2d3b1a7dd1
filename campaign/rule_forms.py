"""The form of an office's rules: one optional number for each, and the day they begin."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from campaign import rules
from campaign.forms import day_field
from campaign.rehearsal import rule_text

LONGEST = 60


class Chosen(TypedDict):
    """What the service takes."""

    valid_from: date
    document_number: str
    note: str
    values: dict[str, int]


class RulesForm(forms.Form):
    """Numbers left empty are those that count for all."""

    valid_from = day_field(_("启用日期"))
    document_number = forms.CharField(label=_("依据文号"), max_length=60)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in rules.RULES:
            self.fields[rule.key] = forms.IntegerField(
                label=_t("%(name)s（%(unit)s）") % {"name": rule.label, "unit": rule.unit},
                min_value=rule.minimum,
                max_value=rule.maximum,
                required=False,
            )
        self.steps = rules.steps()
        for place, step in enumerate(self.steps, start=1):
            self.fields[rules.LADDER + step.code] = forms.IntegerField(
                label=(
                    _t("第%(place)d次催报：截止日前（工作日）")
                    if step.offset < 0
                    else _t("第%(place)d次催报：截止日后（工作日）")
                )
                % {"place": place},
                help_text=_t("通行规则：%(rule)s") % {"rule": rule_text(step)},
                min_value=0 if step.offset < 0 else 1,
                max_value=LONGEST,
                required=False,
            )

    def numbers(self) -> list[forms.BoundField]:
        """The fields of the review rules and limits."""
        return [self[rule.key] for rule in rules.RULES]

    def rungs(self) -> list[forms.BoundField]:
        """The fields of the reminder ladder."""
        return [self[rules.LADDER + step.code] for step in self.steps]

    def chosen(self) -> Chosen:
        """A rung before the deadline stays before it, one after stays after."""
        data = self.cleaned_data
        signs = {rules.LADDER + step.code: -1 if step.offset < 0 else 1 for step in self.steps}
        keys = [rule.key for rule in rules.RULES] + list(signs)
        return {
            "valid_from": data["valid_from"],
            "document_number": data["document_number"],
            "note": data["note"],
            "values": {key: data[key] * signs.get(key, 1) for key in keys if data[key] is not None},
        }
