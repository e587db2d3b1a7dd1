"""Shape of what a circular on grave cases asks for."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _


class CircularForm(forms.Form):
    """A circular to be drafted: its title and the cases, by number."""

    title = forms.CharField(label=_("标题"), max_length=120, initial=_("关于典型案件的通报"))
    numbers = forms.CharField(
        label=_("诉求编号"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("每行一个。只能通报已经办结并认定属实、部分属实的诉求。"),
    )
    public = forms.BooleanField(label=_("印发后可以向社会公开"), required=False)
    occasion = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @property
    def chosen(self) -> list[str]:
        """The numbers as they were typed, each once."""
        return list(dict.fromkeys(re.split(r"[\s,，、;；]+", self.cleaned_data["numbers"].strip())))
