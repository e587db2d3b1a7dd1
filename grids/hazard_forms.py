"""Shape of what the pages of hazards ask for, by one hand on a phone; rules live in services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock, files
from core.offline import OnceForm
from core.widgets import SeveralFiles
from grids.hazards.moves import Move
from grids.models import Hazard, HazardTerm
from grids.queries import hazards as queries
from grids.queries import standing
from grids.services import hazard_acts as acts
from grids.services import hazard_clocks as clocks
from grids.services.hazard_reports import Seen

if TYPE_CHECKING:
    from accounts.models import User

Texts = forms.Textarea(attrs={"rows": 3})
NOT_PERSONAL = _("不得填写姓名、电话、户号。")


def places_of(user: User) -> list[Organisation]:
    """For which units or departments a person reports, those of the government first."""
    places = workplaces(user, Permission.HAZARD_HANDLE)
    kind = Organisation.Kind.GOVERNMENT_DEPARTMENT
    mine = [one for one in places if one.kind == kind or one.is_company]
    return sorted(mine, key=lambda one: one.kind != kind)


def photos_field(label: Any, *, required: bool = False) -> SeveralFiles:
    found = SeveralFiles(label=label, required=required)
    found.widget.attrs["accept"] = files.accept(acts.PURPOSE)
    return found


class PlaceForm(forms.Form):
    """Where a phone is, where it knows it."""

    longitude = forms.FloatField(
        required=False, min_value=-180, max_value=180, widget=forms.HiddenInput
    )
    latitude = forms.FloatField(
        required=False, min_value=-90, max_value=90, widget=forms.HiddenInput
    )

    @property
    def point(self) -> tuple[float, float] | None:
        said = self.cleaned_data
        if said.get("longitude") is None or said.get("latitude") is None:
            return None
        return said["longitude"], said["latitude"]


class ReportForm(OnceForm, PlaceForm):
    """What somebody saw on site."""

    kind = forms.ChoiceField(label=_("隐患类别"))
    content = forms.CharField(
        label=_("隐患情况"), max_length=300, widget=Texts, help_text=NOT_PERSONAL
    )
    photos = photos_field(_("现场照片"), required=True)
    place = forms.CharField(label=_("地点"), max_length=200, required=False)
    transformer_area = forms.CharField(label=_("台区"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: Any = self.fields
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in HazardTerm.objects.kinds(on=clock.today()):
            groups.setdefault(one.get_group_display(), []).append((one.code, one.title))
        given["kind"].choices = list(groups.items())

    def seen(self) -> Seen:
        said = self.cleaned_data
        names = ("kind", "content", "place", "transformer_area")
        return Seen(**{name: said[name] for name in names}, point=self.point)


# --- Moves ----------------------------------------------------------------------------------------


class MoveForm(PlaceForm):
    """What a move asks for."""

    def __init__(self, *args: Any, hazard: Hazard, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        self.hazard = hazard


class NoteForm(MoveForm):
    text = forms.CharField(label=_("说明"), max_length=300, required=False, widget=Texts)


class AcceptForm(NoteForm):
    pass


class VerifyForm(NoteForm):
    pass


class CloseForm(NoteForm):
    pass


class ReasonForm(MoveForm):
    text = forms.CharField(label=_("原因"), max_length=300, widget=Texts)


class DeclineForm(ReasonForm):
    pass


class ReturnForm(ReasonForm):
    pass


class DismissForm(ReasonForm):
    pass


class RectifyForm(MoveForm):
    text = forms.CharField(label=_("治理情况"), max_length=300, widget=Texts)
    photos = photos_field(_("治理后的照片"), required=True)


class LocateForm(MoveForm):
    grid = forms.ModelChoiceField(queryset=None, label=_("电力网格"))

    def __init__(self, *args: Any, hazard: Hazard, user: User, **kwargs: Any) -> None:
        super().__init__(*args, hazard=hazard, user=user, **kwargs)
        given: Any = self.fields
        given["grid"].queryset = queries.grids_of(hazard.organisation, on=clock.today())


class OwnersForm(MoveForm):
    """Who puts it right: of the company, of the government, or both together."""

    company_owner = forms.ChoiceField(label=_("企业责任人"), required=False)
    government_owner = forms.ChoiceField(label=_("政府责任人"), required=False)

    def __init__(self, *args: Any, hazard: Hazard, user: User, **kwargs: Any) -> None:
        super().__init__(*args, hazard=hazard, user=user, **kwargs)
        on, given = clock.today(), self.fields
        company = acts.company_owners(hazard.grid, hazard.organisation, on=on)
        government = acts.government_owners(hazard.department, on=on)
        self.people = {str(one.pk): one for one, _unit in company}
        self.people |= {str(one.pk): one for one in government}
        rows: Any = given["company_owner"]
        named = [(str(one.pk), f"{one.name}（{unit}）") for one, unit in company]
        rows.choices = [("", "—"), *named]
        rows = given["government_owner"]
        rows.choices = [("", "—"), *((str(one.pk), one.name) for one in government)]
        if not government:
            del given["government_owner"]
        manager = standing.manager_of(hazard.grid, at=clock.now()) if hazard.grid else None
        known = hazard.company_owner_id or (manager.member.user_id if manager else None)
        self.initial.setdefault("company_owner", str(known or ""))
        officer = hazard.government_owner_id
        if officer is None and hazard.kind.joint:
            own = hazard.reporter_id if hazard.side == "government" else None
            officer = own or (government[0].pk if len(government) == 1 else None)
        self.initial.setdefault("government_owner", str(officer or ""))

    def clean_company_owner(self) -> Any:
        return self.people.get(self.cleaned_data["company_owner"])

    def clean_government_owner(self) -> Any:
        return self.people.get(self.cleaned_data["government_owner"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        said.setdefault("government_owner", None)
        return said


class GradeForm(OwnersForm):
    grade = forms.ModelChoiceField(queryset=None, label=_("隐患等级"), empty_label=None)
    text = forms.CharField(label=_("治理要求"), max_length=300, required=False, widget=Texts)
    field_order = ("grade", "company_owner", "government_owner", "text")

    def __init__(self, *args: Any, hazard: Hazard, user: User, **kwargs: Any) -> None:
        super().__init__(*args, hazard=hazard, user=user, **kwargs)
        given: Any = self.fields
        grades = HazardTerm.objects.grades(on=clock.today())
        given["grade"].queryset = grades
        given["grade"].initial = grades.last()


class ReassignForm(OwnersForm):
    text = forms.CharField(label=_("原因"), max_length=300, widget=Texts)


class ExtendForm(MoveForm):
    value = forms.IntegerField(label=_("延长"), min_value=1, max_value=3650)
    text = forms.CharField(label=_("原因和批准文件"), max_length=300, widget=Texts)

    def __init__(self, *args: Any, hazard: Hazard, user: User, **kwargs: Any) -> None:
        super().__init__(*args, hazard=hazard, user=user, **kwargs)
        left, unit = clocks.room(hazard, at=clock.now())
        given: Any = self.fields["value"]
        words = {"unit": unit, "left": max(left, 0)}
        given.help_text = _("单位：%(unit)s；还可以延期%(left)d%(unit)s。") % words


class RevealForm(forms.Form):
    """What the place is needed for."""

    purpose = forms.CharField(label=_("用途"), max_length=200)


# The way of a hazard, in its order; those that send it back come last.
FORMS: dict[Move, type[MoveForm]] = {
    Move.LOCATE: LocateForm,
    Move.GRADE: GradeForm,
    Move.ACCEPT: AcceptForm,
    Move.RECTIFY: RectifyForm,
    Move.VERIFY: VerifyForm,
    Move.CLOSE: CloseForm,
    Move.EXTEND: ExtendForm,
    Move.REASSIGN: ReassignForm,
    Move.DECLINE: DeclineForm,
    Move.RETURN: ReturnForm,
    Move.DISMISS: DismissForm,
}
