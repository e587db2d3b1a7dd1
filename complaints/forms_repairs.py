"""Shape of the entry of how many residents a unit serves. Rules live in the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.widgets import Day

MOST = 1_000_000_000


class ResidentsForm(forms.Form):
    """A unit, from when on, how many, and where the number comes from."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("供电单位"), empty_label=None
    )
    count = forms.IntegerField(
        label=_("居民用户数"), min_value=1, max_value=MOST, help_text=_("含下属单位。")
    )
    valid_from = forms.DateField(label=_("启用日期"), widget=Day())
    basis = forms.CharField(
        label=_("数据来源"), max_length=200, help_text=_("如营销系统月报、报表名称和日期。")
    )
    correction = forms.CharField(
        label=_("更正原因"),
        max_length=200,
        required=False,
        help_text=_("同一启用日期再次登记时填写。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="residents_%s", **kwargs)
        below = Q(pk__in=())
        for place in workplaces(user, Permission.CASE_HANDLE):
            if place.is_company:
                below |= Q(path__startswith=place.path)
        fields: Any = self.fields
        fields["organisation"].queryset = Organisation.objects.companies().in_force().filter(below)
