"""Shapes of the entries on emergency plans. Rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.widgets import Day
from reporting.decision_forms import Words
from reporting.models import EmergencyPlanVersion
from reporting.services.emergency import LONGEST
from reporting.supply_forms import UnitForm

ACCEPT, RETURN = "accept", "return"


class PlanForm(UnitForm):
    """Begin a plan."""

    prefix_id = "plan"
    title = forms.CharField(label=_("预案名称"), max_length=120)


class SectionsForm(forms.Form):
    """The words of a plan, one entry for each required section, and its approval."""

    approval_body = forms.CharField(label=_("批准单位"), max_length=80, required=False)
    approval_number = forms.CharField(label=_("批准文号"), max_length=60, required=False)
    approved_on = forms.DateField(label=_("批准日期"), widget=Day(), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        sections: list[dict[str, Any]],
        version: EmergencyPlanVersion | None = None,
        **kwargs: Any,
    ) -> None:
        names = ("approval_body", "approval_number", "approved_on")
        initial = {name: getattr(version, name) for name in names} if version else {}
        if version is not None:
            initial["seen"] = version.revision
        super().__init__(*args, auto_id="plan_%s", initial=initial, **kwargs)
        self.codes = [one["code"] for one in sections]
        for one in sections:
            self.fields[f"s_{one['code']}"] = Words(
                label=one["title"],
                most=LONGEST,
                rows=4,
                required=False,
                help_text=one["holds"],
                initial=version.sections.get(one["code"], "") if version else "",
            )

    @property
    def section_fields(self) -> list[Any]:
        return [self[f"s_{code}"] for code in self.codes]

    def answers(self) -> dict[str, Any]:
        """What the service asks for."""
        data = self.cleaned_data
        names = ("approval_body", "approval_number", "approved_on", "seen")
        sections = {code: data[f"s_{code}"] for code in self.codes}
        return {**{name: data[name] for name in names}, "sections": sections}


class FileForm(forms.Form):
    """One file more."""

    upload = forms.FileField(label=_("附件"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="file_%s", **kwargs)


class DrillForm(forms.Form):
    """A drill that was held."""

    held_on = forms.DateField(label=_("演练日期"), widget=Day())
    scenario = forms.CharField(label=_("演练情景"), max_length=200)
    participants = forms.IntegerField(label=_("参加人数"), min_value=1, max_value=100_000)
    findings = Words(label=_("发现的问题"), most=2000, rows=3, required=False)
    measures = Words(label=_("改进措施"), most=2000, rows=3, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="drill_%s", **kwargs)


class DecideForm(forms.Form):
    """Accept, or return with at least one section and its problem."""

    decision = forms.ChoiceField(
        label=_("决定"), choices=[(ACCEPT, _("予以备案")), (RETURN, _("退回补正"))]
    )
    comment = Words(label=_("审核意见"), most=2000, rows=3, required=False)

    def __init__(self, *args: Any, sections: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="decide_%s", **kwargs)
        self.sections = sections
        for one in sections:
            label = _("%(title)s：问题") % {"title": one["title"]}
            self.fields[f"p_{one['code']}"] = forms.CharField(
                label=label, max_length=500, required=False
            )

    @property
    def problem_fields(self) -> list[Any]:
        return [self[f"p_{one['code']}"] for one in self.sections]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == RETURN and not self.deficient():
            raise forms.ValidationError(_("退回须至少指明一处问题。"), code="deficient")
        return data

    def deficient(self) -> list[dict[str, str]]:
        """Sections with their problems."""
        return [
            {"section": one["code"], "title": one["title"], "problem": text}
            for one in self.sections
            if (text := (self.cleaned_data.get(f"p_{one['code']}") or "").strip())
        ]
