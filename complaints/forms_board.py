"""Shape of what the dispatch board sends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import asks, waiting
from complaints.models import Case
from complaints.services import bulk
from complaints.workflow import Act

HAND_OUT = "hand_out"
# Acts that a board does with many cases at once.
SEVERAL = (HAND_OUT, Act.ACCEPT.value, Act.TAKE.value, Act.URGE.value)


class BulkForm(forms.Form):
    """Which cases, what with them, and for handing out to whom."""

    what = forms.ChoiceField(choices=[(one, one) for one in SEVERAL])
    organisation = forms.ModelChoiceField(
        None, label=_("承办单位"), required=False, empty_label=_("各派至被反映单位")
    )
    text = forms.CharField(label=_("说明"), max_length=asks.LONGEST_TEXT, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "bulk_%s")
        super().__init__(*args, **kwargs)
        self.user = user
        fields: Any = self.fields
        fields["organisation"].queryset = waiting.receivers_for(user)

    def picked(self) -> tuple[list[tuple[Case, str]], int]:
        """The cases that were ticked with the state then seen; and how many are out of sight."""
        data = self.data if isinstance(self.data, QueryDict) else QueryDict()
        seen: dict[int, str] = {}
        for entry in data.getlist("picked"):
            pk, _colon, state = entry.partition(":")
            if pk.isdecimal() and len(pk) < 18:
                seen[int(pk)] = state
        cases = Case.objects.visible_to(self.user).select_related("procedure", "organisation")
        found = cases.filter(pk__in=list(seen)[: bulk.MOST + 1]).order_by("pk")
        return [(case, seen[case.pk]) for case in found], len(seen)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        rows, asked = self.picked()
        if not asked:
            self.add_error(None, _("请先勾选诉求。"))
        elif asked > bulk.MOST:
            words = _("一次最多办理%(most)d件。")
            self.add_error(None, words % {"most": bulk.MOST})
        data["rows"], data["gone"] = rows, max(asked - len(rows), 0)
        return data
