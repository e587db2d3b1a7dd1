"""The form by which a unit fits a kind of business to its own work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from accounts.models import Organisation
from core.widgets import Day
from grids.business.adapting import Added, Bounds, Wishes
from grids.models import BusinessType


class AdaptForm(forms.Form):
    """By step its words and days; some steps of the unit's own; from when, by which document."""

    valid_from = forms.DateField(label=L("启用日期"), widget=Day())
    basis = forms.CharField(label=L("依据文件"), max_length=200)

    def __init__(
        self,
        *args: Any,
        base: BusinessType,
        units: Any,
        unit: Organisation | None,
        bounds: Bounds,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["company"] = forms.ModelChoiceField(
            units, label=_("适用单位"), empty_label=None, initial=unit
        )
        self.steps = base.definition.steps
        for one in self.steps:
            title = _("环节名称：%(step)s") % {"step": one.title}
            fields[f"title_{one.code}"] = forms.CharField(
                label=title, max_length=60, initial=one.title
            )
            if one.limit is not None:
                fields[f"limit_{one.code}"] = forms.IntegerField(
                    label=_("%(step)s（工作日）") % {"step": one.title},
                    min_value=0,
                    max_value=365,
                    initial=one.limit.value,
                )
        # Nothing of the unit's own comes before the first step or after the last.
        after = [("", "—"), *((one.code, one.title) for one in self.steps[:-1])]
        self.extra = range(1, bounds.most_added + 1)
        for place in self.extra:
            number = {"n": place}
            fields[f"new_title_{place}"] = forms.CharField(
                label=_("增加的环节%(n)d") % number, max_length=60, required=False
            )
            fields[f"new_after_{place}"] = forms.ChoiceField(
                label=_("增加的环节%(n)d排在其后") % number, choices=after, required=False
            )
            fields[f"new_limit_{place}"] = forms.IntegerField(
                label=_("增加的环节%(n)d（工作日）") % number,
                min_value=1,
                max_value=bounds.most_days,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for place in self.extra:
            names = [f"new_{part}_{place}" for part in ("title", "after", "limit")]
            given = [bool(data.get(name)) for name in names]
            if any(given) and not all(given):
                self.add_error(
                    names[given.index(False)], _("增加环节的，名称、位置和时限都要填写。")
                )
        return data

    @property
    def wishes(self) -> Wishes:
        data = self.cleaned_data
        return Wishes(
            {one.code: data[f"title_{one.code}"] for one in self.steps},
            {one.code: data[f"limit_{one.code}"] for one in self.steps if one.limit is not None},
            [
                Added(data[f"new_title_{n}"], data[f"new_after_{n}"], data[f"new_limit_{n}"])
                for n in self.extra
                if data.get(f"new_title_{n}")
            ],
        )
