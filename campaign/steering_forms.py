"""Forms of supervision notes and of what meetings decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from campaign.forms import day_field
from campaign.models import Duty, SupervisionNote


class NoteForm(forms.Form):
    """A note to a company, on one of its duties or in general."""

    kind = forms.ChoiceField(label=_("文种"), choices=SupervisionNote.Kind.choices)
    number = forms.CharField(label=_("文号"), max_length=60)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("接收单位"), empty_label=None
    )
    duty = forms.ModelChoiceField(
        Duty.objects.none(), label=_("涉及任务"), required=False, empty_label=_("不针对某项任务")
    )
    subject = forms.CharField(label=_("事由"), max_length=100)
    body = forms.CharField(
        label=_("内容和要求"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    answer_on = day_field(_("答复期限"))

    def __init__(self, *args: Any, organisations: Any, duties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = organisations
        fields["duty"].queryset = duties


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("答复"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )


class DecisionForm(forms.Form):
    """One thing that a meeting decided."""

    text = forms.CharField(label=_("议定事项"), max_length=200)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("牵头单位"), empty_label=None
    )
    due_on = day_field(_("完成时限"))

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = organisations
        field.label_from_instance = lambda organisation: organisation.name


class ResultForm(forms.Form):
    result = forms.CharField(label=_("落实情况"), max_length=300)
