"""Shape of what the campaign pages send. Rules live in the services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import scheduling
from campaign.models import Campaign, CampaignTemplate, Duty, Group, GroupMember
from campaign.people import people_of
from campaign.scope import workplaces
from core import clock
from core.widgets import Day, Moment, SeveralFiles


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=Day(), **kwargs)


class BoundedForm(forms.Form):
    """A form whose days lie within what the calendars can reckon, each told at its field."""

    bounded: tuple[str, ...] = ()

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.bounded:
            when = data.get(name)
            day = when.date() if isinstance(when, datetime) else when
            if day and (why_not := scheduling.outside(day, on=self.on)):
                self.add_error(name, why_not)
        return data


class CreateForm(BoundedForm):
    """First page of the wizard."""

    bounded = ("issued_on",)

    source = forms.ModelChoiceField(
        CampaignTemplate.objects.none(), label=_("模板"), empty_label=None
    )
    issuing_organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("发文机关"), empty_label=None
    )
    name = forms.CharField(
        label=_("名称"), max_length=80, required=False, help_text=_("不填则用模板的名称。")
    )
    code = forms.SlugField(
        label=_("代码"), max_length=40, help_text=_("字母、数字和连字符，用于命令和文件名。")
    )
    parent = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=_("上级专项行动"),
        required=False,
        empty_label=_("无"),
    )
    document_number = forms.CharField(label=_("发文字号"), max_length=60, required=False)
    issued_on = day_field(_("印发日期"), required=False)
    full_text = forms.CharField(
        label=_("方案全文"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("不填则用模板的全文。以“## ”开头的行是标题。"),
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        on = clock.day_of(now)
        super().__init__(*args, on=on, **kwargs)
        offices = [o.pk for o in workplaces(user, Permission.CAMPAIGN_MANAGE)]
        fields: Any = self.fields
        fields["source"].queryset = CampaignTemplate.objects.visible_to(user).in_force(on=on)
        fields["issuing_organisation"].queryset = Organisation.objects.filter(pk__in=offices)
        fields["parent"].queryset = Campaign.objects.visible_to(user)


class OrganisationsForm(forms.Form):
    """Which companies carry a campaign out."""

    executors = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("实施单位"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一个实施单位。")},
    )

    def __init__(self, *args: Any, companies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["executors"]
        field.queryset = companies
        field.label_from_instance = lambda organisation: organisation.name


class DatesForm(forms.Form):
    """First and last day of every phase and every duty of a draft."""

    def __init__(self, *args: Any, campaign: Campaign, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign, self.on = campaign, on
        self.rows: list[tuple[str, Any, str, str, str]] = []
        for phase in campaign.phases.all():
            self._pair("phase", phase.number, phase, phase.starts_on, phase.ends_on)
        for definition in campaign.definitions.select_related("phase"):
            self._pair("duty", definition.code, definition, definition.opens_on, definition.due_on)

    def _pair(self, kind: str, key: Any, thing: Any, first: Any, last: Any) -> None:
        names = f"{kind}-{key}-first", f"{kind}-{key}-last"
        self.fields[names[0]] = day_field(_t("%(name)s：起始日期") % {"name": thing}, initial=first)
        self.fields[names[1]] = day_field(_t("%(name)s：截止日期") % {"name": thing}, initial=last)
        self.rows.append((kind, thing, str(key), *names))

    def clean(self) -> dict[str, Any]:
        """Every fault of the dates at its field."""
        data = super().clean() or {}
        if self.errors:
            return data
        found = scheduling.spans(
            self.campaign, phases=self.chosen("phase"), duties=self.chosen("duty")
        )
        for fault in scheduling.faults(found, scheduling.bounds(on=self.on)):
            self.add_error(f"{fault.kind}-{fault.key}-{fault.end}", fault.message)
        return data

    def lines(self, kind: str) -> list[tuple[Any, Any, Any]]:
        """(phase or definition, field of the first day, field of the last day)."""
        return [
            (thing, self[first], self[last])
            for one, thing, _key, first, last in self.rows
            if one == kind
        ]

    def phase_lines(self) -> list[tuple[Any, Any, Any]]:
        return self.lines("phase")

    def duty_lines(self) -> list[tuple[Any, Any, Any]]:
        return self.lines("duty")

    def chosen(self, kind: str) -> dict[Any, tuple[Any, Any]]:
        """What the service takes: key to (first, last)."""
        data = self.cleaned_data
        return {
            int(key) if kind == "phase" else key: (data[first], data[last])
            for one, _thing, key, first, last in self.rows
            if one == kind
        }


class AssignForm(forms.Form):
    """Responsible department and person of a duty."""

    department = forms.CharField(label=_("责任部门"), max_length=60, required=False)
    person = forms.ModelChoiceField(
        User.objects.none(), label=_("责任人"), required=False, empty_label=_("未指定")
    )

    def __init__(self, *args: Any, duty: Duty, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on = clock.day_of(now)
        people = people_of(duty.organisation, Permission.FILING_VIEW, on=on)
        field: Any = self.fields["person"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])


class ExtendForm(forms.Form):
    due_on = day_field(_("新的截止日期"))
    reason = forms.CharField(label=_("理由"), max_length=300)
    document_number = forms.CharField(label=_("批准文号"), max_length=60)


class CorrectExtensionForm(ExtendForm):
    """What the extension should have been."""

    due_on = day_field(_("更正后的截止日期"), help_text=_("填延期前的截止日期，即撤销这次延期。"))


class ExemptForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300)
    document_number = forms.CharField(label=_("批准文号"), max_length=60)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300)


class CheckForm(forms.Form):
    done = forms.BooleanField(required=False)
    note = forms.CharField(max_length=200, required=False)


class GroupForm(BoundedForm):
    """A group; its list is a small grid of rows beside this form."""

    bounded = ("set_up_on",)

    name = forms.CharField(label=_("名称"), max_length=100)
    duties = forms.CharField(label=_("主要职责"), widget=forms.Textarea(attrs={"rows": 3}))
    office_department = forms.CharField(label=_("办公室设在"), max_length=60, required=False)
    document_number = forms.CharField(label=_("成立文号"), max_length=60, required=False)
    set_up_on = day_field(_("成立日期"), required=False)


class SeatForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40)
    post = forms.CharField(label=_("职务"), max_length=60)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("单位"), empty_label=None
    )
    role = forms.ChoiceField(label=_("组内职务"), choices=GroupMember.Role.choices)
    person = forms.ModelChoiceField(
        User.objects.none(), label=_("平台账号"), required=False, empty_label="—"
    )

    def __init__(
        self, *args: Any, organisations: Any, own: Organisation, people: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        person: Any = self.fields["person"]
        person.queryset = people
        field.queryset = organisations
        # A row that is left blank still sends these two; it counts as blank with them.
        field.initial = own.pk
        self.fields["role"].initial = GroupMember.Role.MEMBER

    def ordered(self) -> list[forms.BoundField]:
        """The cells of a row in the order of the table's columns."""
        names = ("role", "name", "organisation", "post", "person", "DELETE")
        return [self[name] for name in names]


class MeetingForm(BoundedForm):
    bounded = ("starts_at", "ends_at")

    title = forms.CharField(label=_("会议名称"), max_length=100)
    group = forms.ModelChoiceField(
        Group.objects.none(), label=_("所属小组"), required=False, empty_label=_("不属于小组")
    )
    starts_at = forms.DateTimeField(label=_("开始时间"), widget=Moment())
    ends_at = forms.DateTimeField(label=_("结束时间"), widget=Moment())
    place = forms.CharField(label=_("地点"), max_length=100)
    agenda = forms.CharField(label=_("议程"), widget=forms.Textarea(attrs={"rows": 4}))
    invitees = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("参会单位"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择参会单位。")},
    )

    def __init__(self, *args: Any, organisations: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group: Any = self.fields["group"]
        group.queryset = groups
        field: Any = self.fields["invitees"]
        field.queryset = organisations
        field.label_from_instance = lambda organisation: organisation.name


class MinutesForm(forms.Form):
    minutes = forms.CharField(label=_("会议纪要"), widget=forms.Textarea(attrs={"rows": 6}))
    attended = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("到会单位"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(
        label=_("会议材料"), required=False, help_text=_("签到表、照片或印发的纪要。")
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["attended"]
        field.queryset = organisations
        field.label_from_instance = lambda organisation: organisation.name


class DocumentForm(forms.Form):
    title = forms.CharField(label=_("文件标题"), max_length=120)
    document_number = forms.CharField(label=_("发文字号"), max_length=60)
    body = forms.CharField(label=_("正文"), widget=forms.Textarea(attrs={"rows": 10}))
    attachments = SeveralFiles(
        label=_("附件"),
        required=False,
        allow_empty_file=True,
        help_text=_("可选多个文件；任何一个不合要求时整份文件不印发。"),
    )
    recipients = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("主送、抄送单位"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择主送、抄送单位。")},
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["recipients"]
        field.queryset = organisations
        field.label_from_instance = lambda organisation: organisation.name
