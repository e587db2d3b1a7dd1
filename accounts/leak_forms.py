"""Shape of what the pages of leak reports send."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.leak_workflow import Act
from accounts.manage_forms import OrganisationField, day_field
from accounts.models import LeakReport, Organisation, User

# A leak is reported of one's own house or of one below it; longer lists are of no help.
MOST_UNITS = 200
LONGEST = 4000


def units_for(user: User) -> Any:
    """Where one works, what stands above it, and what one sees below."""
    places = [place for place, _role in user.stands]
    above = Q(pk__in=())
    for place in places:
        step = Organisation.steplen
        paths = [place.path[:end] for end in range(step, len(place.path) + 1, step)]
        above |= Q(path__in=paths)
    below = Organisation.objects.visible_to(user).in_force().order_by("path")[:MOST_UNITS]
    keys = list(below.values_list("pk", flat=True))
    return Organisation.objects.in_force().filter(above | Q(pk__in=keys)).order_by("path")


class LeakForm(forms.Form):
    organisation = OrganisationField(label=_("涉及单位"), queryset=Organisation.objects.none())
    kind = forms.ChoiceField(label=_("情形"), choices=LeakReport.Kind)
    noticed_on = day_field(_("发现日期"))
    people_concerned = forms.IntegerField(
        label=_("涉及人数（知道的填写）"), min_value=0, max_value=2_000_000_000, required=False
    )
    what = forms.CharField(
        label=_("情况说明"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写明何时、何处、何种信息、怎样泄露的；不要抄写被泄露的信息本身。"),
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = units_for(user)
        self.initial.setdefault("nonce", uuid4())
        self.initial.setdefault("organisation", user.home)


class LeakActForm(forms.Form):
    act = forms.ChoiceField(label=_("办理"), choices=Act)
    text = forms.CharField(
        label=_("内容"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("受理可以不填；登记措施、办结、认定不属实须写明理由和结果。"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12)

    def clean_act(self) -> Act:
        return Act(self.cleaned_data["act"])
