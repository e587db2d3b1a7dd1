"""Shape of what the pages of claims ask for, by one hand on a phone. Rules live in the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models import Claim
from complaints.services import claim_acts as acts
from complaints.services.claims import Whistle
from complaints.workflow import Act
from core import clock, files
from core.widgets import Day, SeveralFiles
from grids.models import PowerGrid

if TYPE_CHECKING:
    from accounts.models import User

Texts = forms.Textarea(attrs={"rows": 3})
MOST_PHOTOS = 6
YES_NO = [("", "—"), ("1", _("已解决")), ("0", _("未解决"))]
SATISFACTION = [("", "—"), ("content", _("满意")), ("fairly", _("基本满意"))]
SATISFACTION += [("not_content", _("不满意"))]


def departments_of(user: User) -> list[Organisation]:
    """Government grids for which a person whistles."""
    places = workplaces(user, Permission.CLAIM_SEND)
    return [one for one in places if one.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT]


def houses_of(user: User) -> list[Organisation]:
    """Units of companies for which a person registers what 95598 passes on."""
    return [one for one in workplaces(user, Permission.CLAIM_HANDLE) if one.is_company]


class PlaceForm(forms.Form):
    """Photos, a voice note and the place, where a phone knows it."""

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


def photos_field() -> SeveralFiles:
    found = SeveralFiles(label=_("照片、录音"), required=False)
    found.widget.attrs["accept"] = files.accept(acts.FILE_PURPOSE)
    return found


class WhistleForm(PlaceForm):
    """What an officer whistles for, or 95598 passes on."""

    kind = forms.ChoiceField(label=_("诉求类型"), choices=Claim.Kind.choices)
    utility = forms.ChoiceField(
        label=_("涉及行业"),
        choices=[("", "—"), *Claim.Utility.choices],
        required=False,
        help_text=_("只有水气热诉求填写。"),
    )
    content = forms.CharField(label=_("诉求内容"), max_length=500, widget=Texts)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    transformer_area = forms.CharField(label=_("台区"), max_length=60, required=False)
    account_no = forms.CharField(
        label=_("户号"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("诉求人"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    photos = photos_field()

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        kind, utility = said.get("kind"), said.get("utility")
        if (kind == Claim.Kind.UTILITY) != bool(utility):
            text = _("水气热诉求须选择涉及行业。") if not utility else _("只有水气热诉求填写。")
            self.add_error("utility", text)
        if len(said.get("photos") or ()) > MOST_PHOTOS:
            self.add_error("photos", _("最多6个文件。"))
        return said

    def asked(self) -> Whistle:
        said = self.cleaned_data
        names = ("kind", "content", "utility", "name", "phone", "address", "account_no")
        return Whistle(
            **{name: said[name] for name in names},
            transformer_area=said["transformer_area"],
            point=self.point,
        )


class ClaimForm(PlaceForm):
    """What an act on a claim asks for."""

    def __init__(self, *args: Any, claim: Claim, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        self.claim = claim


class NoteForm(ClaimForm):
    text = forms.CharField(label=_("说明"), max_length=500, required=False, widget=Texts)


class TakeForm(NoteForm):
    """Reporting in is one tap."""


class SiteForm(NoteForm):
    photos = photos_field()


class TextForm(ClaimForm):
    text = forms.CharField(label=_("说明"), max_length=500, widget=Texts)
    photos = photos_field()


class ReplyForm(TextForm):
    """The answer; the claimant and the officer read it."""


class ReasonForm(ClaimForm):
    text = forms.CharField(label=_("原因"), max_length=500, widget=Texts)


class ReworkForm(ReasonForm):
    pass


class ReopenForm(ReasonForm):
    pass


class WithdrawForm(ReasonForm):
    pass


class UrgeForm(NoteForm):
    pass


class ConfirmForm(ClaimForm):
    visited = forms.BooleanField(label=_("已回访到诉求人"), required=False)
    solved = forms.ChoiceField(label=_("是否解决"), choices=YES_NO, required=False)
    satisfaction = forms.ChoiceField(label=_("满意度"), choices=SATISFACTION, required=False)
    fault = forms.ChoiceField(label=_("责任认定"), choices=[("", "—"), *Claim.Fault.choices])
    text = forms.CharField(label=_("说明"), max_length=500, required=False, widget=Texts)

    def clean_solved(self) -> bool | None:
        return {"1": True, "0": False}.get(self.cleaned_data["solved"])


class UtilityForm(ClaimForm):
    unit = forms.CharField(label=_("接收单位"), max_length=80)
    number = forms.CharField(label=_("对方受理编号"), max_length=40, required=False)
    text = forms.CharField(label=_("转交情况"), max_length=500, widget=Texts)


class LocateForm(ClaimForm):
    grid = forms.ModelChoiceField(PowerGrid.objects.none(), label=_("电力网格"))

    def __init__(self, *args: Any, claim: Claim, user: User, **kwargs: Any) -> None:
        super().__init__(*args, claim=claim, user=user, **kwargs)
        given: Any = self.fields
        seen = PowerGrid.objects.visible_to(user).on(clock.today())
        given["grid"].queryset = seen.filter(enterprise__path__startswith=claim.case.owner.path)


class OfferForm(ClaimForm):
    to = forms.ChoiceField(label=_("接手人"))
    reason = forms.CharField(label=_("移交原因"), max_length=200, widget=Texts)

    def __init__(self, *args: Any, claim: Claim, user: User, **kwargs: Any) -> None:
        super().__init__(*args, claim=claim, user=user, **kwargs)
        known = acts.successors(claim, on=clock.today())
        self.people = {str(one.pk): one for one, _unit in known}
        given: Any = self.fields
        given["to"].choices = [(str(one.pk), f"{unit} {one.name}") for one, unit in known]

    def clean_to(self) -> Any:
        return self.people[self.cleaned_data["to"]]


class TellOnceForm(ClaimForm):
    title = forms.CharField(label=_("事项"), max_length=80)
    materials = forms.CharField(
        label=_("全部材料"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("一行一项；告知后不能再要求补充其他材料。"),
    )
    text = forms.CharField(label=_("办理说明"), max_length=300, required=False, widget=Texts)

    def clean_materials(self) -> list[str]:
        return str(self.cleaned_data["materials"]).splitlines()


class JoinForm(ClaimForm):
    pass


class SignForm(ClaimForm):
    opinion = forms.CharField(label=_("协同意见"), max_length=300, widget=Texts)


class MediateForm(ClaimForm):
    mediators = forms.CharField(label=_("调解人员"), max_length=200)
    result = forms.ChoiceField(label=_("调解结果"), choices=Claim.Mediated.choices)
    on = forms.DateField(label=_("调解日期"), widget=Day())
    text = forms.CharField(label=_("调解情况"), max_length=500, required=False, widget=Texts)


class AgendaForm(ClaimForm):
    meeting = forms.CharField(label=_("会议名称"), max_length=80)
    held_on = forms.DateField(label=_("会议日期"), widget=Day())


class RevealForm(forms.Form):
    """What the claimant's particulars are needed for."""

    purpose = forms.CharField(label=_("用途"), max_length=200)


class DecisionForm(forms.Form):
    decision = forms.CharField(label=_("议定意见"), max_length=300, widget=Texts)


# The way of a claim, in its order, and what is done beside it.
STEPS: tuple[str, ...] = (
    *(Act.TAKE, Act.ARRIVE, Act.REPLY, Act.CONTACT, Act.PASS_ON),
    *(Act.CLOSE, Act.REWORK, Act.REOPEN, Act.URGE, Act.WITHDRAW),
)
ASIDE: dict[str, Any] = {
    "locate": _("确定网格"),
    "mediate": _("登记调解"),
    "sign": _("协同签署"),
    "tell_once": _("一次性告知"),
    "offer": _("移交同事"),
    "join": _("转为协同办理"),
    "agenda": _("提交联席会议"),
}
FORMS: dict[str, type[ClaimForm]] = {
    Act.TAKE: TakeForm,
    Act.ARRIVE: SiteForm,
    Act.CONTACT: TextForm,
    Act.REPLY: ReplyForm,
    Act.PASS_ON: UtilityForm,
    Act.CLOSE: ConfirmForm,
    Act.REWORK: ReworkForm,
    Act.REOPEN: ReopenForm,
    Act.URGE: UrgeForm,
    Act.WITHDRAW: WithdrawForm,
    "locate": LocateForm,
    "offer": OfferForm,
    "tell_once": TellOnceForm,
    "join": JoinForm,
    "sign": SignForm,
    "mediate": MediateForm,
    "agenda": AgendaForm,
}
