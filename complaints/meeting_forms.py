"""Shape of what the pages of joint meetings send. Rules live in the services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.models.people import sight_of
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.offline import OnceForm
from core.widgets import Day

# Who sits at the table; their units are named in decisions.
PARTIES = (Organisation.Kind.GRID_GROUP, Organisation.Kind.PROVINCIAL_COMPANY)


class MeetingForm(OnceForm):
    """A meeting: who sits together about which period."""

    host = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("召集单位"), empty_label=None
    )
    title = forms.CharField(label=_("会议名称"), max_length=100)
    held_on = forms.DateField(label=_("会议日期"), widget=Day())
    period_from = forms.DateField(label=_("会商期间自"), widget=Day())
    period_to = forms.DateField(label=_("会商期间至"), widget=Day())
    parties = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("参加单位"),
        widget=forms.CheckboxSelectMultiple,
    )
    agenda = forms.CharField(
        label=_("议程"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = [
            place for place in workplaces(user, Permission.CASE_SUPERVISE) if place.is_regulator
        ]
        fields: Any = self.fields
        fields["host"].queryset = Organisation.objects.filter(pk__in=[one.pk for one in offices])
        below = Organisation.objects.none()
        for office in offices:
            below |= Organisation.objects.filter(sight_of(office, copies=False))
        fields["parties"].queryset = below.filter(kind__in=PARTIES).order_by("path")
        last = today.replace(day=1) - timedelta(days=1)
        fields["held_on"].initial = today
        fields["period_from"].initial, fields["period_to"].initial = last.replace(day=1), last


class TaskForm(OnceForm):
    """One decision."""

    text = forms.CharField(label=_("议定事项"), max_length=300)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("责任单位"), empty_label=None
    )
    due_on = forms.DateField(label=_("完成期限"), widget=Day())

    def __init__(self, *args: Any, places: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(pk__in=places).order_by(
            "path"
        )


class MinutesForm(forms.Form):
    """What was said; with it the minutes are issued."""

    minutes = forms.CharField(
        label=_("会议纪要"), max_length=10000, widget=forms.Textarea(attrs={"rows": 8})
    )
