"""Shape of what the pages of grids ask for. Rules live in the services."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.widgets import Day, Moment
from grids import access
from grids.models import (
    GovernmentGrid,
    GridChannel,
    PowerGrid,
    TransformerArea,
)

BETWEEN = re.compile(r"[、,，;；\s]+")
MOST = 10**8


def words_in(text: str) -> list[str]:
    """Several words of one field, each once."""
    return list(dict.fromkeys(one for one in BETWEEN.split(text) if one))


def units_of(user: User) -> Any:
    """Units whose grids a person keeps: their own and those below."""
    below = Q(pk__in=())
    for place in workplaces(user, Permission.GRID_MANAGE):
        if place.is_company:
            below |= Q(path__startswith=place.path)
    return Organisation.objects.companies().in_force().filter(below)


def regions_of(units: Any) -> Any:
    """Counties in which some units are, and prefectures of those that are of a whole one."""
    near = Q(pk__in=())
    for code in set(units.order_by().values_list("region", flat=True)):
        if code:
            near |= Q(code__startswith=access.stem(code))
    return Region.objects.filter(near).exclude(code__endswith="0000")


def day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=Day(), **more)


def moment(label: Any, **more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=Moment(), **more)


def lines(label: Any, help_text: Any = "", **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=4000, widget=widget, help_text=help_text, **more)


class GridForm(forms.Form):
    """A power grid as it is entered or changed."""

    enterprise = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("供电企业"), empty_label=None
    )
    code = forms.CharField(label=_("网格编号"), max_length=40, help_text=_("本企业内不重复。"))
    name = forms.CharField(label=_("网格名称"), max_length=60)
    station = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("供电所"), required=False, empty_label="—"
    )
    region = forms.ModelChoiceField(Region.objects.none(), label=_("所在区划"), empty_label=None)
    business_area = forms.CharField(label=_("营业区域"), max_length=200, required=False)
    places = lines(
        _("地名"),
        _("只写属于本网格的社区、村、道路、小区，用顿号分开；据此按地址查找网格。"),
        required=False,
    )
    households = forms.IntegerField(label=_("户数"), min_value=0, max_value=MOST, required=False)
    duty_phone = forms.CharField(
        label=_("服务电话"),
        max_length=30,
        required=False,
        help_text=_("对外公示的单位电话，不得填写个人电话。"),
    )
    note = forms.CharField(
        label=_("备注"),
        max_length=300,
        required=False,
        help_text=_("进入网格服务应注意的民俗、门禁等事项。"),
    )
    valid_from = day(_("启用日期"))

    def __init__(
        self, *args: Any, user: User, grid: PowerGrid | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        units = units_of(user)
        stations = units.filter(kind=Organisation.Kind.SUPPLY_STATION)
        if grid is None:
            fields["enterprise"].queryset = units.exclude(kind=Organisation.Kind.SUPPLY_STATION)
            fields["station"].queryset = stations
            fields["region"].queryset = regions_of(units)
        else:
            for name in ("enterprise", "code", "valid_from"):
                del fields[name]
            own = Organisation.objects.filter(pk=grid.enterprise_id)
            fields["station"].queryset = stations.filter(path__startswith=grid.enterprise.path)
            fields["region"].queryset = regions_of(own)

    @classmethod
    def standing(cls, grid: PowerGrid, **kwargs: Any) -> GridForm:
        """Filled in with what is said of a grid."""
        names = ("name", "station", "region", "business_area", "households", "duty_phone", "note")
        values = {name: getattr(grid, name) for name in names}
        return cls(initial=values | {"places": "、".join(grid.places)}, grid=grid, **kwargs)

    def said(self) -> dict[str, Any]:
        """As the services take it."""
        said = dict(self.cleaned_data)
        return said | {"places": words_in(said["places"]), "households": said["households"] or 0}


class ActForm(forms.Form):
    """A small form of the page of a grid; ``key`` names it there."""

    key = ""

    def __init__(self, *args: Any, grid: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{self.key}_%s", **kwargs)
        self.grid = grid
        self.offer(self.fields)

    def offer(self, fields: Any) -> None:
        """Say what can be chosen."""

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AreasForm(ActForm):
    """Transformer areas that lie in a grid from a day on."""

    key = "areas"
    codes = lines(_("台区编号"), _("一个或者多个，用顿号分开；原在其他网格的自前一日终止。"))
    valid_from = day(_("启用日期"))

    def clean_codes(self) -> list[TransformerArea]:
        wanted = words_in(self.cleaned_data["codes"])
        found = TransformerArea.objects.filter(enterprise=self.grid.enterprise, code__in=wanted)
        known = {one.code for one in found}
        if missing := [code for code in wanted if code not in known]:
            text = _("没有登记这些台区：%(codes)s")
            raise forms.ValidationError(text % {"codes": "、".join(missing[:20])})
        return list(found)

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"areas": said["codes"], "valid_from": said["valid_from"]}


class PairForm(ActForm):
    """A government grid that a power grid works with."""

    key = "pair"
    government_grid = forms.ModelChoiceField(
        GovernmentGrid.objects.none(), label=_("政府网格"), empty_label=None
    )
    share = forms.DecimalField(
        label=_("占比（%）"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=100,
        help_text=_("本网格户数中属于该政府网格的比例。"),
    )
    agreement = forms.CharField(label=_("共建协议"), max_length=120, required=False)
    government_contact = forms.CharField(label=_("政府方联系岗位"), max_length=80, required=False)
    power_contact = forms.CharField(label=_("企业方联系岗位"), max_length=80, required=False)
    valid_from = day(_("启用日期"))

    def offer(self, fields: Any) -> None:
        stem = access.stem(self.grid.region_id)
        near = GovernmentGrid.objects.filter(region__code__startswith=stem, valid_until=None)
        fields["government_grid"].queryset = near


class ChannelForm(ActForm):
    """A way in which people of the grid reach the enterprise."""

    key = "channel"
    kind = forms.ChoiceField(label=_("类别"), choices=GridChannel.Kind.choices)
    name = forms.CharField(label=_("名称"), max_length=80)
    place = forms.CharField(label=_("地址、号码"), max_length=120, required=False)
    hours = forms.CharField(label=_("服务时间"), max_length=60, required=False)
    owner = forms.CharField(label=_("责任部门"), max_length=60)
    opened_on = day(_("开通日期"))


class LastDayForm(forms.Form):
    """On which day something is for the last time."""

    last_day = day(_("最后一日"))


class CloseForm(ActForm):
    """The end of a grid."""

    key = "close"
    last_day = day(_("最后一日"))
    reason = forms.CharField(label=_("停用原因"), max_length=200)


class GovernmentForm(forms.Form):
    """A government grid."""

    keeper = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("登记企业"), empty_label=None
    )
    code = forms.CharField(label=_("网格编码"), max_length=30)
    name = forms.CharField(label=_("网格名称"), max_length=60)
    level = forms.ChoiceField(label=_("层级"), choices=GovernmentGrid.Level.choices)
    type = forms.ChoiceField(label=_("类型"), choices=GovernmentGrid.Type.choices)
    region = forms.ModelChoiceField(Region.objects.none(), label=_("所在区划"), empty_label=None)
    parent = forms.ModelChoiceField(
        GovernmentGrid.objects.none(), label=_("上级网格"), required=False, empty_label="—"
    )
    department = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("主管部门"), required=False, empty_label="—"
    )
    address = forms.CharField(label=_("范围"), max_length=200, required=False)
    households = forms.IntegerField(label=_("户数"), min_value=0, max_value=MOST, required=False)
    phone = forms.CharField(label=_("值班电话"), max_length=30, required=False)
    valid_from = day(_("启用日期"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        units = units_of(user)
        fields["keeper"].queryset = units.exclude(kind=Organisation.Kind.SUPPLY_STATION)
        fields["region"].queryset = regions = regions_of(units)
        fields["parent"].queryset = GovernmentGrid.objects.visible_to(user)
        fields["department"].queryset = Organisation.objects.in_force().filter(
            kind="government_department", region__in=regions.values("pk")
        )

    def said(self) -> dict[str, Any]:
        return {**self.cleaned_data, "households": self.cleaned_data["households"] or 0}


class UploadForm(forms.Form):
    """A file for a unit."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("供电企业"), empty_label=None
    )
    upload = forms.FileField(label=_("文件"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        units = units_of(user).exclude(kind=Organisation.Kind.SUPPLY_STATION)
        fields["organisation"].queryset = units


class LocateForm(forms.Form):
    """What is known of a place."""

    account = forms.CharField(label=_("用电户号"), max_length=40, required=False)
    transformer_area = forms.CharField(label=_("台区"), max_length=60, required=False)
    feeder = forms.CharField(label=_("线路"), max_length=60, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    region = forms.ModelChoiceField(
        Region.objects.exclude(code__endswith="0000"),
        label=_("所在区划"),
        required=False,
        empty_label="—",
    )


class FinderForm(forms.Form):
    """What somebody without an account knows: the number on the bill, or where they live."""

    account = forms.CharField(
        label=_("用电户号"),
        max_length=40,
        required=False,
        help_text=_("电费单上的数字。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    region = forms.ChoiceField(label=_("所在区县"), required=False)
    address = forms.CharField(
        label=_("地址"),
        max_length=120,
        required=False,
        help_text=_("社区、村、道路或者小区名称，不用写门牌号和姓名。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grids = PowerGrid.objects.order_by().values("region")
        regions = Region.objects.filter(pk__in=grids).order_by("code")
        fields: Any = self.fields
        fields["region"].choices = [("", "—"), *regions.values_list("code", "name")]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("account") and not said.get("address"):
            raise forms.ValidationError(_("请填写用电户号，或者选择区县并填写地址。"))
        return said


class TightenForm(forms.Form):
    """A tighter limit of a unit."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("适用单位"), empty_label=None
    )
    value = forms.IntegerField(label=_("限值"), min_value=1, max_value=MOST)
    basis = forms.CharField(label=_("依据文件"), max_length=300)
    valid_from = day(_("启用日期"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organisation"].queryset = units_of(user)
