"""Shape of what the bulletin workshop asks for: period, style, balancing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import arithmetic
from core.periods import Period
from reporting.bulletins import styles

BALANCES = {
    "none": gettext_lazy("不调整，各项分别四舍五入"),
    "last": gettext_lazy("余数计入最后一项"),
    "largest": gettext_lazy("余数计入最大一项"),
}


def style_choices() -> list[tuple[str, str]]:
    """All styles, the newest first."""
    return [(one.code, one.name) for one in reversed(styles.styles().values())]


class BulletinForm(forms.Form):
    """A bulletin to be counted."""

    first_day = forms.DateField(
        label=gettext_lazy("起始日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("截止日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    style = forms.ChoiceField(label=gettext_lazy("样式"), choices=style_choices)
    balance = forms.ChoiceField(
        label=gettext_lazy("占比合计"),
        choices=[(code, BALANCES[code]) for code in arithmetic.BALANCES],
    )
    occasion = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The period must not end before it begins."""
        found = super().clean() or {}
        first, last = found.get("first_day"), found.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("截止日期不能早于起始日期。"))
        return found

    @property
    def period(self) -> Period:
        """The days that were chosen."""
        return Period(self.cleaned_data["first_day"], self.cleaned_data["last_day"])
