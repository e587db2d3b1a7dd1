"""Shape of what a circular on the situation found asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Region, User
from accounts.models.people import territory_codes
from accounts.permissions import Permission
from core.periods import Period
from core.widgets import Day
from reporting.models import Circular
from reporting.situations import LONGEST, Demand, Situation

DEMAND = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})\s*[，,、:：]?\s*(.+)")


class DemandsField(forms.CharField):
    """One demand in a line: the day until which, then what."""

    def __init__(self, **more: Any) -> None:
        help_text = gettext_lazy("每行一项，先写完成期限：2011-12-20 完成频繁停电线路整改。")
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(max_length=10_000, widget=widget, help_text=help_text, **more)

    def clean(self, value: Any) -> tuple[Demand, ...]:  # type: ignore[override]
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        return tuple(_demand(place, line) for place, line in enumerate(lines, start=1))


def _demand(place: int, line: str) -> Demand:
    found = DEMAND.fullmatch(line)
    try:
        year, month, day = (int(part) for part in found[1].split("-")) if found else (0, 0, 0)
        due = date(year, month, day)
    except ValueError:
        words = _("第%(n)d行没有写明完成期限，如 2011-12-20。")
        raise forms.ValidationError(words % {"n": place}) from None
    assert found is not None
    return Demand(found[2].strip(), due.isoformat())


def lines_of(demands: Sequence[Demand]) -> str:
    """Demands as they are typed."""
    return "\n".join(f"{one.due_on} {one.text}" for one in demands)


class PeriodForm(forms.Form):
    """Whose situation: the days and the province."""

    first_day = forms.DateField(label=gettext_lazy("起始日期"), widget=Day())
    last_day = forms.DateField(label=gettext_lazy("截止日期"), widget=Day())
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=gettext_lazy("地区"),
        required=False,
        empty_label=gettext_lazy("辖区全部"),
    )

    def __init__(self, *args: Any, office: Organisation, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        codes = territory_codes(office, on=today, copies=False)
        fields["region"].queryset = Region.objects.filter(code__in=codes)

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


class SituationForm(PeriodForm):
    """A circular to be drafted: what is told, what is wrong, what is to be done until when."""

    title = forms.CharField(
        label=gettext_lazy("标题"),
        max_length=LONGEST["title"],
        initial=gettext_lazy("关于居民用电服务重点督查情况的通报"),
    )
    chosen = forms.MultipleChoiceField(label=gettext_lazy("通报的情况"))
    others = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("同时发送"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bad = forms.CharField(
        label=gettext_lazy("存在的问题"),
        max_length=LONGEST["bad"],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    demands = DemandsField(label=gettext_lazy("整改要求"))
    public = forms.BooleanField(label=gettext_lazy("印发后可以向社会公开"), required=False)
    occasion = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, keys: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        fields["chosen"].choices = [(key, key) for key in keys]
        fields["chosen"].error_messages["invalid_choice"] = _("有的情况已经变化，请重新选择。")
        companies = Organisation.objects.visible_to(user, Permission.CASE_VIEW).in_force()
        fields["others"].queryset = companies.filter(
            kind=Organisation.Kind.PROVINCIAL_COMPANY
        ).order_by("path")
        for name in ("first_day", "last_day", "region"):
            fields[name].widget = fields[name].hidden_widget()


class WordsForm(forms.Form):
    """The words of a circular that is edited; those of its facts come beside."""

    seen = forms.IntegerField(min_value=1, max_value=100_000_000, widget=forms.HiddenInput)
    # Of a correction only: what it puts right.
    note = forms.CharField(
        label=gettext_lazy("更正内容和原因"),
        max_length=LONGEST["note"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    intro = forms.CharField(
        label=gettext_lazy("通报缘由"),
        max_length=LONGEST["intro"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    good = forms.CharField(
        label=gettext_lazy("好的做法"),
        max_length=LONGEST["good"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    bad = forms.CharField(
        label=gettext_lazy("存在的问题"),
        max_length=LONGEST["bad"],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    demands = DemandsField(label=gettext_lazy("整改要求"))
    public = forms.BooleanField(label=gettext_lazy("印发后可以向社会公开"), required=False)

    @classmethod
    def showing(cls, found: Circular, content: Situation) -> WordsForm:
        """The form that edits the current version."""
        return cls(
            initial={
                "seen": found.current_version.number,
                "note": content.note,
                "intro": content.intro,
                "good": content.good,
                "bad": content.bad,
                "demands": lines_of(content.demands),
                "public": found.public,
            }
        )
