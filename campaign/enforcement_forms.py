"""Shape of what the pages of the enforcement register send. Rules live in the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaign.enforcement_workflow import Measure
from campaign.forms import day_field
from campaign.models import LegalArticle

Words = forms.Textarea(attrs={"rows": 4})
LONGEST = 4000


class MatterForm(forms.Form):
    items = forms.ModelMultipleChoiceField(
        queryset=None, label=_("逾期的整改事项"), widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label=_("事由"), max_length=100)
    cause = forms.CharField(label=_("事实和理由"), max_length=LONGEST, widget=Words)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["items"]
        field.queryset = items
        field.label_from_instance = lambda one: f"{one.number} {one.unit} {one.problem[:40]}"


class StepForm(forms.Form):
    measure = forms.ChoiceField(label=_("措施"), choices=Measure.choices)
    skip_reason = forms.CharField(
        label=_("越级理由"),
        max_length=300,
        required=False,
        help_text=_("未经前一措施的，须写明理由。"),
    )
    facts = forms.CharField(label=_("事实"), max_length=LONGEST, widget=Words)
    demands = forms.CharField(label=_("要求"), max_length=LONGEST, widget=Words)
    articles = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("法律依据"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    due_on = day_field(_("反馈期限"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "step_%s")
        super().__init__(*args, **kwargs)
        field: Any = self.fields["articles"]
        field.queryset = LegalArticle.objects.in_force(on=on)
        field.label_from_instance = lambda one: f"{one} {one.subject}"


class WordsForm(forms.Form):
    """One text, under the name that its service knows."""

    def __init__(self, *args: Any, name: str, label: Any, short: bool = False, **kw: Any) -> None:
        kw.setdefault("auto_id", f"{name}_%s")
        super().__init__(*args, **kw)
        widget = forms.TextInput() if short else Words
        most = 60 if short else LONGEST
        self.fields[name] = forms.CharField(label=label, max_length=most, widget=widget)


class ClosingForm(forms.Form):
    """The conclusion; with items that are not written off also why it ends all the same."""

    conclusion = forms.CharField(label=_("结论"), max_length=LONGEST, widget=Words)
    why = forms.CharField(
        label=_("未销号而结案的理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("有整改事项尚未销号，须由另一人批准后结案。"),
    )

    def __init__(self, *args: Any, unfinished: bool, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "closing_%s")
        super().__init__(*args, **kwargs)
        if not unfinished:
            del self.fields["why"]


class DisclosureForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=120)
    text = forms.CharField(
        label=_("公开内容"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("个人姓名、电话等自动隐去；由另一人批准后公开。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "disclosure_%s")
        super().__init__(*args, **kwargs)
