"""Shape of what the page for importing cases sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.forms import BY_HAND


class ImportForm(forms.Form):
    """A file, whose it is, and where it comes from."""

    owner = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("首接单位"), empty_label=None
    )
    source = forms.ChoiceField(label=_("来源"))
    dry_run = forms.BooleanField(label=_("只检查，不导入"), required=False)
    upload = forms.FileField(label=_("选择文件"))

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = workplaces(user, Permission.CASE_REGISTER)
        fields: Any = self.fields
        fields["owner"].queryset = Organisation.objects.filter(pk__in=[p.pk for p in places])
        kinds = {place.is_regulator for place in places}
        sources = [one for kind in sorted(kinds, reverse=True) for one in BY_HAND[kind]]
        fields["source"].choices = [(one.value, one.label) for one in sources]
