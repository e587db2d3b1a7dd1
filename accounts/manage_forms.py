"""Forms of organisations, people and delegations. Choices hold only what the person may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User
from accounts.permissions import ROLES, Permission
from core import asked, clock

# Companies are older than what the portal reckons with.
LONG_AGO = date(1880, 1, 1)


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day that somebody can mean: a slip of the year (0011, 9999) is told at its field."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    given: Any = {"required": required, "widget": widget, "help_text": help_text}
    bounds = [MinValueValidator(LONG_AGO), MaxValueValidator(asked.LAST)]
    return forms.DateField(label=label, validators=bounds, **given)


class OrganisationField(forms.ModelChoiceField):
    """A unit, shown indented as in the tree."""

    def label_from_instance(self, obj: Organisation) -> str:
        return "　" * (obj.depth - 1) + obj.name


def managed(user: User, permission: Permission) -> Any:
    """Organisations in force over which the person holds a permission, in tree order."""
    return Organisation.objects.visible_to(user, permission).in_force()


class FoundForm(forms.Form):
    """A new organisation below a parent."""

    parent = OrganisationField(label=_("上级单位"), queryset=Organisation.objects.none())
    kind = forms.ChoiceField(label=_("单位类型"), choices=Organisation.Kind)
    code = forms.SlugField(
        label=_("单位代码"), max_length=32, help_text=_("字母、数字和连字符，设立后不再更改。")
    )
    name = forms.CharField(label=_("单位名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=30)
    region = forms.ModelChoiceField(label=_("所在区划"), queryset=Region.objects.none())
    founded_on = day_field(_("设立日期"))
    licence_number = forms.CharField(label=_("供电业务许可证编号"), max_length=40, required=False)
    document_prefix = forms.CharField(label=_("机关代字"), max_length=20, required=False)
    email = forms.EmailField(label=_("收文邮箱"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = managed(user, Permission.ORGANISATION_MANAGE)
        self.fields["region"].queryset = Region.objects.all()


class RenameForm(forms.Form):
    name = forms.CharField(label=_("新名称"), max_length=80)
    short_name = forms.CharField(label=_("新简称"), max_length=30)
    valid_from = day_field(_("启用日期"), help_text=_("可以是以后的日期，到日自动启用。"))
    reason = forms.CharField(label=_("依据文件"), max_length=200)


class MergeForm(forms.Form):
    into = OrganisationField(label=_("并入单位"), queryset=Organisation.objects.none())
    on = day_field(_("合并日期"))
    reason = forms.CharField(label=_("依据文件"), max_length=200)

    def __init__(self, *args: Any, user: User, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = managed(user, Permission.ORGANISATION_MANAGE).exclude(pk=organisation.pk)
        self.fields["into"].queryset = others


class MoveForm(forms.Form):
    parent = OrganisationField(label=_("新的上级单位"), queryset=Organisation.objects.none())
    reason = forms.CharField(label=_("依据文件"), max_length=200)

    def __init__(self, *args: Any, user: User, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = managed(user, Permission.ORGANISATION_MANAGE).exclude(pk=organisation.pk)
        self.fields["parent"].queryset = others


class AppointForm(forms.Form):
    """A role in an organisation, from a day on."""

    organisation = OrganisationField(label=_("单位"), queryset=Organisation.objects.none())
    role = forms.ChoiceField(label=_("角色"), choices=[(c, r.name) for c, r in ROLES.items()])
    department = forms.CharField(label=_("部门"), max_length=60, required=False)
    starts_on = day_field(_("起始日期"))
    ends_on = day_field(_("终止日期"), required=False, help_text=_("长期任职不填。"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = managed(user, Permission.PEOPLE_MANAGE)


class InviteForm(forms.Form):
    """A new person with a first role; the link to set the password goes out by mail."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    username = forms.RegexField(
        label=_("登录名"),
        regex=r"^[\w.\-]{3,40}$",
        help_text=_("3 至 40 个字母、数字、点或连字符，不分大小写。"),
    )
    email = forms.EmailField(label=_("电子邮箱"))
    post = forms.CharField(label=_("职务"), max_length=60, required=False)
    organisation = OrganisationField(label=_("单位"), queryset=Organisation.objects.none())
    role = forms.ChoiceField(label=_("角色"), choices=[(c, r.name) for c, r in ROLES.items()])
    department = forms.CharField(label=_("部门"), max_length=60, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = managed(user, Permission.PEOPLE_MANAGE)


class DelegateForm(forms.Form):
    """Which of one's own roles a colleague takes over, from a day to a day."""

    stand = forms.ChoiceField(label=_("委托的角色"))
    deputy = forms.ModelChoiceField(label=_("代理人"), queryset=User.objects.none())
    starts_on = day_field(_("起始日期"))
    ends_on = day_field(_("终止日期"), help_text=_("含当日，到期自动失效。"))
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stands = {
            str(m.pk): (m.organisation, m.role)
            for m in user.current_memberships
            if m.role_definition.permissions
        }
        self.fields["stand"].choices = [
            (str(m.pk), f"{m.organisation} · {m.role_definition.name}")
            for m in user.current_memberships
            if m.role_definition.permissions
        ]
        self.fields["deputy"].queryset = colleagues(user)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        starts_on, ends_on = asked.get("starts_on"), asked.get("ends_on")
        if starts_on and ends_on and (ends_on < starts_on or ends_on < clock.today()):
            self.add_error("ends_on", _("终止日期不能早于起始日期，也不能早于今天。"))
        return asked

    @property
    def chosen(self) -> tuple[Organisation, str]:
        """Organisation and role that were chosen (after validation)."""
        return self.stands[self.cleaned_data["stand"]]


def colleagues(user: User) -> Any:
    """People who work in one's own organisations, without oneself and suspended ones."""
    mine = [m.organisation_id for m in user.current_memberships]
    found = User.objects.filter(memberships__organisation__in=mine, is_active=True)
    return found.exclude(pk=user.pk).distinct().order_by("name")
