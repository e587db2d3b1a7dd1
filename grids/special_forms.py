"""Shape of what the pages of special groups ask for. Rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock, files
from core.widgets import Day
from grids import special_access as access
from grids import special_presenting as presenting
from grids import special_terms as terms
from grids.models import (
    GovernmentGrid,
    GridMember,
    GridPairing,
    HelpPair,
    HolidayVisit,
    PowerGrid,
    SpecialHousehold,
)
from grids.models.special import own_grids
from grids.services import special as services
from grids.services.special import Agreed, Particulars
from grids.special_workflow import Move

SHORT, PHONE, LONG = 60, 30, 200
PERSON = ("name", "phone", "address", "account_no", "guardian", "guardian_phone", "needs")
ANSWERS = (("", "—"), ("fit", L("合格")), ("bad", L("有问题")), ("none", L("没有该项")))


def grids_for(user: User) -> Any:
    """Power grids for which somebody enters households: those of the unit, the own ones, or those
    that pair with the own government grids."""
    day, seen = clock.today(), Q(pk__in=())
    power, _government = own_grids(user)
    for place, role in user.stands:
        if Permission.SPECIAL_KEEP not in role.permissions:
            continue
        if place.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT:
            mine = access.officer_of(user).order_by().values("pk")
            paired = GridPairing.objects.on(day).filter(government_grid__in=mine)
            seen |= Q(pk__in=paired.order_by().values("power_grid"))
        elif place.is_company and Permission.GRID_MANAGE in role.permissions:
            seen |= Q(enterprise__path__startswith=place.path)
            seen |= Q(station__path__startswith=place.path)
        elif place.is_company:
            seen |= Q(pk__in=power)
    return PowerGrid.objects.on(day).filter(seen).defer("boundary").order_by("code", "pk")


def is_company(user: User) -> bool:
    return any(place.is_company for place in workplaces(user, Permission.SPECIAL_KEEP))


def text(label: Any, length: int = SHORT, **more: Any) -> forms.CharField:
    widget = more.pop("widget", None) or forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=length, widget=widget, **more)


class TermField(forms.ChoiceField):
    """A choice out of the catalogue as it stands on the day of asking."""

    def __init__(self, group: str, **kwargs: Any) -> None:
        def asked() -> list[tuple[str, Any]]:
            return [("", "—"), *terms.choices(group, on=clock.today())]

        super().__init__(choices=asked, **kwargs)


class PersonForm(forms.Form):
    """Who lives there."""

    kind = TermField("kinds", label=L("类别"))
    name = text(L("姓名"))
    phone = text(L("联系电话"), PHONE, required=False)
    address = text(L("家庭住址"), LONG)
    account_no = text(L("户号"), PHONE, required=False)
    guardian = text(L("监护人"), required=False)
    guardian_phone = text(L("监护人电话"), PHONE, required=False)
    needs = text(
        L("照顾事项"),
        LONG,
        required=False,
        help_text=L("只写服务必需的，如医用设备、上门注意事项。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def person(self) -> Particulars:
        return Particulars(**{name: self.cleaned_data[name] for name in PERSON})

    def blame(self, faulty: services.Faulty) -> None:
        """Let every mistake stand at its entry."""
        for name, message in faulty.errors.items():
            self.add_error(name if name in self.fields else None, message)


class ConsentFields(forms.Form):
    """Who agreed, when and how; with the signed form."""

    given_by = TermField("givers", label=L("同意人"))
    given_on = forms.DateField(label=L("同意日期"), widget=Day())
    form = TermField("forms", label=L("同意方式"))
    scan = forms.FileField(
        label=L("同意书或者录音"),
        required=False,
        help_text=L("加密保存，说明用途后才能打开；撤回同意时一并删除。"),
    )

    def agreed(self, *, shared: bool) -> Agreed:
        said = self.cleaned_data
        scan = services.receive(said.get("scan"))
        return Agreed(said["given_by"], said["given_on"], said["form"], shared, scan)


class RegisterForm(PersonForm, ConsentFields):
    """A household as it is entered, with its consent."""

    grid = forms.ModelChoiceField(PowerGrid.objects.none(), label=L("电力网格"), empty_label="—")
    government_grid = forms.ModelChoiceField(
        GovernmentGrid.objects.none(),
        label=L("政府网格"),
        required=False,
        empty_label=L("按对接关系确定"),
    )
    shared = forms.BooleanField(label=L("同意向政府网格共享"), required=False)

    field_order = ("kind", "grid", "government_grid", *PERSON)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        grids = grids_for(user)
        fields["grid"].queryset = grids
        paired = GridPairing.objects.on(clock.today()).filter(power_grid__in=grids.order_by())
        found = GovernmentGrid.objects.filter(pk__in=paired.order_by().values("government_grid"))
        if not is_company(user):
            found = access.officer_of(user)
            self.initial.setdefault("shared", True)
        fields["government_grid"].queryset = found
        fields["scan"].widget.attrs["accept"] = files.accept(services.PURPOSE)


class ChangeForm(PersonForm):
    """Another entry for what is personal; what is left empty stays."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, household: SpecialHousehold, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"kind": household.kind, "seen": household.version}
        known = presenting.particulars(household)
        for name in PERSON:
            self.fields[name].required = False
            if known.get(name):
                told = _("现为%(value)s，不修改的留空。") % {"value": known[name]}
                self.fields[name].help_text = told


class PurposeForm(forms.Form):
    """What for: of the catalogue, and in words."""

    purpose = TermField("purposes", label=L("用途"))
    words = text(L("具体事由"), LONG, help_text=L("至少4个字，不写姓名、电话。"))


# --- Moves of one household -----------------------------------------------------------------------


class MoveForm(forms.Form):
    """What one move asks for; ``household``: of which."""

    def __init__(self, *args: Any, household: SpecialHousehold, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.household = household
        self.prepare()

    def prepare(self) -> None:
        """What depends on the household."""

    blame = PersonForm.blame

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=Day(), initial=clock.today, **more)


def members_of(household: SpecialHousehold) -> Any:
    within = GridMember.objects.active().filter(
        organisation__path__startswith=household.grid.enterprise.path
    )
    return within.select_related("user", "organisation").order_by("organisation", "pk")


class ReviewForm(MoveForm):
    text = text(L("复核情况"), LONG, required=False)


class ShareForm(ConsentFields, MoveForm):
    shared = True

    def said(self) -> dict[str, Any]:
        return {"agreed": self.agreed(shared=self.shared)}


class UnshareForm(ShareForm):
    shared = False


class HelpForm(MoveForm):
    helper = forms.ModelChoiceField(GridMember.objects.none(), label=L("帮扶人"), empty_label="—")
    role = forms.ChoiceField(label=L("帮扶角色"), choices=HelpPair.Role.choices)
    valid_from = day(L("开始日期"))
    task = text(L("帮扶内容"), LONG, required=False)

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["helper"].queryset = members_of(self.household)


def pairs_of(household: SpecialHousehold, *, main: bool = False) -> Any:
    open_pairs = household.pairs.filter(valid_until__isnull=True).select_related("helper__user")
    return open_pairs.filter(role=HelpPair.Role.MAIN) if main else open_pairs


class PairField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_role_display()} {obj.helper}"


class HandOverForm(MoveForm):
    pair = PairField(HelpPair.objects.none(), label=L("移交人"), empty_label=None)
    to = forms.ModelChoiceField(GridMember.objects.none(), label=L("接收人"), empty_label="—")
    valid_from = day(L("移交日期"))
    reason = text(L("移交原因"), LONG)

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["pair"].queryset = pairs_of(self.household, main=True)
        fields["to"].queryset = members_of(self.household)


class EndHelpForm(MoveForm):
    pair = PairField(HelpPair.objects.none(), label=L("帮扶人"), empty_label=None)
    last_day = day(L("结束日期"))
    reason = text(L("结束原因"), LONG)

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["pair"].queryset = pairs_of(self.household)


class PlanCheckForm(MoveForm):
    due_on = day(L("检查期限"))


class CheckForm(MoveForm):
    """Item by item, as the catalogue has them on the day."""

    done_on = day(L("检查日期"))
    absent = forms.BooleanField(label=L("未能入户"), required=False)
    finding = text(L("问题和处理"), 300, required=False)
    hazard_number = text(
        L("隐患编号"), 40, required=False, help_text=L("已开立隐患的，填写隐患编号。")
    )

    def prepare(self) -> None:
        self.items = terms.terms("items", on=clock.today())
        for one in self.items:
            self.fields[f"item_{one.code}"] = forms.ChoiceField(
                label=one.title, choices=ANSWERS, required=False
            )
        self.order_fields(["done_on", "absent", *(f"item_{one.code}" for one in self.items)])

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        results = {one.code: said[f"item_{one.code}"] for one in self.items}
        return {
            "done_on": said["done_on"],
            "results": None if said["absent"] else results,
            "finding": said["finding"],
            "hazard_number": said["hazard_number"],
        }


class VisitField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.year} {obj.holiday}"


class VisitForm(MoveForm):
    planned = VisitField(HolidayVisit.objects.none(), label=L("节日"), empty_label=None)
    visited_on = day(L("慰问日期"))
    outcome = TermField("outcomes", label=L("慰问结果"))
    goods = text(L("慰问品"), 100, required=False)
    text = text(L("慰问情况"), LONG, required=False)

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["planned"].queryset = self.household.visits.filter(state="planned")


class EndForm(MoveForm):
    reason = TermField("ends", label=L("退出原因"))
    ended_on = day(L("退出日期"))


class WithdrawForm(MoveForm):
    withdrawn_by = TermField("givers", label=L("撤回人"))
    withdrawn_on = day(L("撤回日期"))


FORMS: dict[Move, type[MoveForm]] = {
    Move.HELP: HelpForm,
    Move.HAND_OVER: HandOverForm,
    Move.END_HELP: EndHelpForm,
    Move.CHECK: CheckForm,
    Move.PLAN_CHECK: PlanCheckForm,
    Move.VISIT: VisitForm,
    Move.REVIEW: ReviewForm,
    Move.SHARE: ShareForm,
    Move.UNSHARE: UnshareForm,
    Move.END: EndForm,
    Move.WITHDRAW: WithdrawForm,
}
