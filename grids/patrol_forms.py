"""Shape of what the pages of checks and patrols ask for. Rules live in the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock
from core.offline import OnceForm
from grids.hazard_forms import NOT_PERSONAL, PlaceForm, Texts, photos_field
from grids.hazards.occasions import Every, span
from grids.models import GovernmentGrid, GridPairing, Patrol, PatrolKind, PatrolList
from grids.queries import business
from grids.queries import hazards as queries
from grids.services.hazard_acts import receive
from grids.services.patrol_plans import Asked
from grids.services.patrols import FOUND, NONE, OK, Finding, Walked

if TYPE_CHECKING:
    from accounts.models import User

RESULTS = [(OK, _("正常")), (FOUND, _("有隐患")), (NONE, _("不涉及"))]
QUARTERS = [
    ("", _("全年")),
    ("1", _("第一季度")),
    ("2", _("第二季度")),
    ("3", _("第三季度")),
    ("4", _("第四季度")),
]
GOVERNMENT = Organisation.Kind.GOVERNMENT_DEPARTMENT


def planners_of(user: User) -> dict[str, Organisation]:
    """Kind of plan → for which unit or department a person draws one up."""
    units = [one for one in workplaces(user, Permission.HAZARD_MANAGE) if one.is_company]
    places = workplaces(user, Permission.HAZARD_HANDLE)
    departments = [one for one in places if one.kind == GOVERNMENT]
    found: dict[str, Organisation] = {}
    if units:
        found = {PatrolKind.JOINT: units[0], PatrolKind.ACTIVE: units[0]}
    if departments:
        found |= {PatrolKind.JOINT: departments[0], PatrolKind.DAILY: departments[0]}
    return found


class PlanForm(OnceForm):
    """A plan of one kind, by whoever draws it up; the other side of a joint one is chosen."""

    title = forms.CharField(label=_("计划名称"), max_length=80)
    year = forms.IntegerField(label=_("年度"), min_value=2010, max_value=2099)
    quarter = forms.ChoiceField(label=_("季度"), choices=QUARTERS, required=False)
    every = forms.ChoiceField(label=_("频次"), choices=Every.choices)
    checklist = forms.ModelChoiceField(
        PatrolList.objects.none(), label=_("项目表"), empty_label=None
    )
    other = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("对方单位"), empty_label=None
    )
    power_grids = forms.ModelMultipleChoiceField(
        queryset=None, label=_("电力网格"), widget=forms.CheckboxSelectMultiple
    )
    government_grids = forms.ModelMultipleChoiceField(
        GovernmentGrid.objects.none(), label=_("政府网格"), widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("工作要求"), max_length=300, required=False, widget=Texts)

    def __init__(self, *args: Any, kind: str, place: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.place = kind, place
        on, given = clock.today(), self.fields
        rows: Any = given
        rows["checklist"].queryset = PatrolList.objects.on(on).filter(kind=kind)
        self.initial.setdefault("year", on.year)
        self.initial.setdefault("quarter", str((on.month + 2) // 3))
        self.initial.setdefault("every", EVERY[kind])
        if kind == PatrolKind.DAILY:
            rows["government_grids"].queryset = business.grids_of(place, on=on)
            del given["power_grids"], given["other"]
            return
        del given["government_grids"]
        rows["power_grids"].queryset = self._power_grids(on)
        if kind == PatrolKind.ACTIVE:
            del given["other"]
        else:
            rows["other"].queryset = self._others(on)

    def _power_grids(self, on: Any) -> Any:
        if self.place.kind != GOVERNMENT:
            return queries.grids_of(self.place, on=on)
        unit = business.unit_for(self.place)
        paired = GridPairing.objects.on(on).filter(government_grid__department=self.place)
        grids = queries.grids_of(unit, on=on) if unit else queries.grids_of(self.place, on=on)
        return grids.filter(pk__in=paired.order_by().values("power_grid"))

    def _others(self, on: Any) -> Any:
        """The departments of the grids that pair with the unit's, or the unit that serves the
        department's place."""
        if self.place.kind == GOVERNMENT:
            unit = business.unit_for(self.place)
            return Organisation.objects.filter(pk=unit.pk if unit else 0)
        grids = queries.grids_of(self.place, on=on).order_by().values("pk")
        paired = GridPairing.objects.on(on).filter(power_grid__in=grids)
        known = paired.order_by().values("government_grid__department")
        return Organisation.objects.filter(pk__in=known).order_by("code")

    def asked(self) -> Asked:
        said = self.cleaned_data
        quarter = int(said["quarter"]) if said["quarter"] else None
        return Asked(
            kind=self.kind,
            title=said["title"],
            checklist=said["checklist"],
            every=said["every"],
            period=span(said["year"], quarter),
            power_grids=list(said.get("power_grids", ())),
            government_grids=list(said.get("government_grids", ())),
            note=said["note"],
        )

    def sides(self) -> dict[str, Organisation | None]:
        """The company's unit and the department of the plan."""
        other = self.cleaned_data.get("other")
        if self.kind == PatrolKind.DAILY:
            return {"organisation": business.unit_for(self.place), "department": self.place}
        if self.place.kind == GOVERNMENT:
            return {"organisation": other, "department": self.place}
        return {"organisation": self.place, "department": other}


# How often a kind is usually done; offered first.
EVERY = {
    PatrolKind.JOINT: Every.QUARTER,
    PatrolKind.DAILY: Every.WEEK,
    PatrolKind.ACTIVE: Every.MONTH,
}


class DecisionForm(forms.Form):
    remark = forms.CharField(label=_("意见"), max_length=300, required=False, widget=Texts)


class PatrolForm(PlaceForm):
    """The items of a patrol, each with one tap; words and photos where something was found."""

    place = forms.CharField(label=_("隐患地点"), max_length=200, required=False)
    note = forms.CharField(
        label=_("说明"), max_length=300, required=False, widget=Texts, help_text=NOT_PERSONAL
    )

    def __init__(self, *args: Any, patrol: Patrol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(patrol.plan.checklist.items)
        for one in self.items:
            code = one["code"]
            self.fields[f"result_{code}"] = forms.ChoiceField(
                label=one["title"], choices=RESULTS, widget=forms.RadioSelect
            )
            self.fields[f"content_{code}"] = forms.CharField(
                label=_("隐患情况"),
                max_length=300,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"photos_{code}"] = photos_field(_("现场照片"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each item with its fields."""
        return [
            {
                "item": one,
                **{name: self[f"{name}_{one['code']}"] for name in ("result", "content", "photos")},
            }
            for one in self.items
        ]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        for one in self.items:
            code = one["code"]
            if said.get(f"result_{code}") != FOUND:
                continue
            if not said.get(f"content_{code}"):
                self.add_error(f"content_{code}", _("请写明隐患情况。"))
            if not said.get(f"photos_{code}"):
                self.add_error(f"photos_{code}", _("请拍摄现场照片。"))
        return said

    def walked(self) -> Walked:
        """What was looked at; photos are checked and laid in their place here."""
        said = self.cleaned_data
        results = {one["code"]: said[f"result_{one['code']}"] for one in self.items}
        findings = {
            code: Finding(
                content=said[f"content_{code}"],
                photos=[receive(one) for one in said[f"photos_{code}"]],
                place=said["place"],
            )
            for code, result in results.items()
            if result == FOUND
        }
        return Walked(results, findings, said["note"], self.point)
