"""Shape of what the pages ask for about people in grids. Rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from grids import access
from grids.forms import ActForm, day, moment, units_of
from grids.models import Assignment, GovernmentGrid, GridMember, PowerGrid


class MemberChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.name}（{obj.organisation.short_name}）"


def member(label: Any) -> MemberChoice:
    return MemberChoice(GridMember.objects.none(), label=label, empty_label=None)


def members_of(grid: PowerGrid | GovernmentGrid) -> Any:
    """Who may be given a post at a grid."""
    active = GridMember.objects.active().select_related("user", "organisation")
    if isinstance(grid, PowerGrid):
        return active.filter(organisation__path__startswith=grid.enterprise.path)
    kind = Organisation.Kind.GOVERNMENT_DEPARTMENT
    return active.filter(organisation=grid.department_id, organisation__kind=kind)


class AppointForm(ActForm):
    """A person in a post."""

    key = "appoint"
    member = member(_("人员"))
    post = forms.ChoiceField(label=_("岗位"))
    starts_at = moment(_("开始时间"))
    ends_at = moment(_("结束时间"), required=False, help_text=_("没有期限的不填。"))

    def offer(self, fields: Any) -> None:
        fields["member"].queryset = members_of(self.grid)
        of_power = isinstance(self.grid, PowerGrid)
        posts = Assignment.POWER if of_power else Assignment.GOVERNMENT
        fields["post"].choices = [(post.value, post.label) for post in posts]


class CoverForm(ActForm):
    """Somebody who covers for a manager on leave."""

    key = "cover"
    member = member(_("代班人员"))
    starts_at = moment(_("开始时间"))
    ends_at = moment(_("结束时间"))
    reason = forms.CharField(label=_("原因"), max_length=200)

    def offer(self, fields: Any) -> None:
        fields["member"].queryset = members_of(self.grid)


class HandOverForm(ActForm):
    """Somebody who is asked to take over a grid."""

    key = "hand"
    successor = member(_("接收人"))
    effective_at = moment(_("交接时间"))
    reason = forms.CharField(label=_("交接原因"), max_length=200)

    def offer(self, fields: Any) -> None:
        fields["successor"].queryset = members_of(self.grid)


class RelieveForm(forms.Form):
    at = moment(_("免职时间"))
    reason = forms.CharField(label=_("免职原因"), max_length=200)


class MemberForm(forms.Form):
    """A person of a unit who works in grids."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("所在单位"), empty_label=None
    )
    username = forms.CharField(
        label=_("登录名"), max_length=150, help_text=_("先由安全管理员建立账号并任职。")
    )
    staff_number = forms.CharField(label=_("工号"), max_length=30, required=False)
    work_phone = forms.CharField(
        label=_("工作电话"), max_length=30, required=False, help_text=_("不得填写个人电话。")
    )
    named = forms.BooleanField(label=_("本人同意对外公示姓名"), required=False)
    joined_on = day(_("到岗日期"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        units = units_of(user)
        near = Q(pk__in=units.order_by().values("pk"))
        for code in set(units.order_by().values_list("region", flat=True)):
            if code:
                near |= Q(kind="government_department", region__code__startswith=access.stem(code))
        fields["organisation"].queryset = Organisation.objects.in_force().filter(near)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "username" in said and "organisation" in said:
            # Only people of that unit: a name tried here tells nothing of others.
            found = User.objects.filter(
                username=said.pop("username"), memberships__organisation=said["organisation"]
            )
            if (person := found.distinct().first()) is None:
                self.add_error("username", _("该单位没有这个登录名。"))
            said["user"] = person
        return said
