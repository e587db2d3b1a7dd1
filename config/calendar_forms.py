"""The form of a new version of the working calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import calendars
from core.calendar_text import parse
from core.models import CalendarVersion

LONGEST_TEXT = 20_000


class VersionForm(forms.Form):
    """Source and days; the days as own lines or as the notice's wording."""

    source = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("放假安排通知的名称和文号。"),
    )
    announced_on = forms.DateField(
        label=_("公布日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=_("放假和调休上班日期"),
        max_length=LONGEST_TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=_(
            "每行一段，写成“2012-01-01至2012-01-03 放假 元旦”或“2011-12-31 上班 元旦”；"
            "也可以直接粘贴通知原文。只写与平常周末不同的日期。"
        ),
    )
    provisional = forms.BooleanField(
        label=_("仍为暂定（正式安排尚未公布）"),
        required=False,
    )
    reason = forms.CharField(label=_("发布说明"), max_length=200, required=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: int, latest: CalendarVersion | None, **kwargs: Any):
        self.year, self.latest = year, latest
        super().__init__(*args, label_suffix="", **kwargs)
        self.ignored: list[str] = []

    def clean(self) -> dict[str, Any]:
        """Read the days and say everything that is wrong with them at once."""
        data = super().clean() or {}
        parsed = parse(data.get("text") or "", year=self.year)
        self.ignored = parsed.ignored
        data["days"] = parsed.days
        problems = parsed.problems or calendars.refusals(
            self.year,
            parsed.days,
            source=data.get("source") or "-",  # its own field complains
            provisional=data.get("provisional", False),
            latest=self.latest,
        )
        if "based_on" in self.errors:  # hidden: its own message would show nowhere
            self.add_error(None, _("页面内容不完整，请重新打开本页再填写。"))
        for problem in problems:
            self.add_error("text", problem)
        return data
