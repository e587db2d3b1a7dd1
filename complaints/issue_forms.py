"""Shape of a report of hot and hard issues. Rules live in the services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.forms import pairs
from complaints.models import HotIssue, HotIssueReport, Term
from complaints.services.issues import Content, Issue
from core.periods import Period
from core.widgets import Day

# The form shows so many empty rows below those that are filled in.
EMPTY_ROWS = 3
LAST_PERIODS = 12


def period_choices(today: date) -> list[tuple[str, str]]:
    """Months that are over, newest first, and the quarters that end with them."""
    found: list[tuple[str, str]] = []
    last = today.replace(day=1) - timedelta(days=1)
    for _month in range(LAST_PERIODS):
        month = Period(last.replace(day=1), last)
        found.append((key_of(month), month.text))
        if last.month % 3 == 0:
            quarter = Period(date(last.year, last.month - 2, 1), last)
            found.append((key_of(quarter), quarter.text))
        if last.month == 12:
            year = Period(date(last.year, 1, 1), last)
            found.append((key_of(year), year.text))
        last = month.first - timedelta(days=1)
    return found


def key_of(period: Period) -> str:
    return f"{period.first}_{period.last}"


class ReportForm(forms.Form):
    """Who reports of which period, and the numbers of the company's own hotline."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("报送单位"), empty_label=None
    )
    period = forms.ChoiceField(label=gettext_lazy("报告期"))
    received = forms.IntegerField(label=gettext_lazy("95598受理件数"), min_value=0, required=False)
    complaints = forms.IntegerField(label=gettext_lazy("其中投诉件数"), min_value=0, required=False)
    summary = forms.CharField(
        label=gettext_lazy("综合情况"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("不得写入诉求人姓名、电话等个人信息。"),
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        today: date,
        report: HotIssueReport | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        places = [place for place in workplaces(user, Permission.CASE_HANDLE) if place.is_company]
        fields: Any = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(
            pk__in=[place.pk for place in places]
        )
        fields["period"].choices = period_choices(today)
        if report is not None:
            # What a report is of does not change any more.
            del fields["organisation"], fields["period"]

    @property
    def chosen(self) -> Period:
        """The days of the period that was chosen."""
        first, last = self.cleaned_data["period"].split("_")
        return Period(date.fromisoformat(first), date.fromisoformat(last))


class IssueForm(forms.Form):
    """One issue. A row without a title and without a number is empty."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=HotIssue.Kind.choices)
    title = forms.CharField(label=gettext_lazy("问题"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("业务类别"), required=False)
    region = forms.CharField(label=gettext_lazy("地区"), max_length=40, required=False)
    count = forms.IntegerField(label=gettext_lazy("95598件数"), min_value=0, required=False)
    description = forms.CharField(
        label=gettext_lazy("情况和原因"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    measures = forms.CharField(
        label=gettext_lazy("解决措施"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = forms.DateField(label=gettext_lazy("计划解决日期"), required=False, widget=Day())
    solved = forms.BooleanField(label=gettext_lazy("已解决"), required=False)

    def __init__(self, *args: Any, categories: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["category"].choices = categories

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.told(found) and found.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("请填写件数。"))
        return found

    @staticmethod
    def told(data: dict[str, Any]) -> bool:
        words = ("title", "category", "region", "description", "measures")
        return any(data.get(name) for name in words) or data.get("count") is not None

    def issue(self) -> Issue:
        return Issue(**{**self.cleaned_data, "count": self.cleaned_data["count"] or 0})


IssueRows = forms.formset_factory(IssueForm, extra=EMPTY_ROWS, max_num=40)


def categories(on: date) -> list[tuple[str, Any]]:
    """The categories of a day that 95598 uses, parts below their whole."""
    return pairs(Term.objects.of(Term.Kind.CATEGORY).on(on).for_source("95598"), empty=True)


def content(form: ReportForm, rows: Any) -> tuple[Content, list[int]]:
    """What was filled in, and which row of the form each issue stood in."""
    told = [place for place, row in enumerate(rows) if row.told(row.cleaned_data)]
    data = form.cleaned_data
    issues = tuple(rows[place].issue() for place in told)
    return Content(issues, data["received"], data["complaints"], data["summary"]), told


def show(form: ReportForm, rows: Any, errors: dict[str, str], told: list[int]) -> None:
    """Put what the service found wrong beside its field."""
    for field, message in errors.items():
        if field.startswith("issues."):
            _word, place, name = field.split(".")
            rows[told[int(place)]].add_error(name, message)
        else:
            form.add_error(field if field in form.fields else None, message)
