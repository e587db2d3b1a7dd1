"""Shape of what the pages of the rectification ledger send. Rules live in the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from campaign.forms import day_field
from campaign.models import Campaign, RectificationItem
from campaign.rectification_workflow import ItemMove
from core.offline import OnceForm
from core.widgets import SeveralFiles

Words = forms.Textarea(attrs={"rows": 3})
LONGEST = 4000


def several_files(*, required: bool = False) -> SeveralFiles:
    return SeveralFiles(
        label=_("佐证材料"), required=required, help_text=_("照片、PDF 或 Office 文件，可多选。")
    )


class ActForm(forms.Form):
    """What an act asks for. Ids carry the name of the act: several stand on one page."""

    def __init__(self, *args: Any, item: RectificationItem, act: str, on: date, **kw: Any) -> None:
        kw.setdefault("auto_id", f"{act}_%s")
        super().__init__(*args, **kw)
        self.item, self.act, self.on = item, act, on


class PlanForm(ActForm):
    measure = forms.CharField(label=_("整改措施"), max_length=LONGEST, widget=Words)
    responsible = forms.ChoiceField(label=_("责任单位和责任人"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["responsible"]
        self.staff = staff_below(self.item.unit, on=self.on)
        field.choices = [("", "—"), *((key, label) for key, (label, _o, _u) in self.staff.items())]
        self.initial.setdefault("measure", self.item.measure)
        key = f"{self.item.responsible_unit_id}-{self.item.responsible_person_id}"
        self.initial.setdefault("responsible", key)

    def said(self) -> dict[str, Any]:
        _label, unit, person = self.staff[self.cleaned_data["responsible"]]
        return {
            "measure": self.cleaned_data["measure"],
            "responsible_unit": unit,
            "responsible_person": person,
        }


def staff_below(unit: Organisation, *, on: date) -> dict[str, tuple[str, Organisation, User]]:
    """Who can answer for an item: the people of the unit and of those below it, by key."""
    members = Membership.objects.in_force(on=on).filter(
        organisation__path__startswith=unit.path, user__is_active=True
    )
    rows = members.select_related("organisation", "user").order_by("organisation__path", "user__pk")
    found: dict[str, tuple[str, Organisation, User]] = {}
    for one in rows:
        label = _t("%(unit)s · %(name)s") % {"unit": one.organisation, "name": one.user.name}
        found[f"{one.organisation_id}-{one.user_id}"] = (label, one.organisation, one.user)
    return found


class TextForm(ActForm):
    """An opinion or a reason."""

    text = forms.CharField(label=_("内容"), max_length=LONGEST, widget=Words)
    needed = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = self.needed

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class OptionalTextForm(TextForm):
    needed = False


class ProgressForm(TextForm):
    percent = forms.IntegerField(label=_("完成进度（%）"), min_value=0, max_value=99)
    uploads = several_files()


class EvidenceForm(TextForm):
    uploads = several_files()


class ReturnForm(TextForm):
    due_on = day_field(_("新的整改期限（可不填）"), required=False)


class ReopenForm(ReturnForm):
    pass


class LookBackForm(TextForm):
    kept = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("1", _("整改成效保持")), ("0", _("问题反弹，重新整改"))],
        coerce=lambda value: value == "1",
    )
    due_on = day_field(_("重新整改期限（反弹时填写）"), required=False)
    uploads = several_files()


class ExtensionForm(ActForm):
    due_on = day_field(_("申请延至"))
    reason = forms.CharField(label=_("延期理由"), max_length=LONGEST, widget=Words)

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class DecisionForm(ActForm):
    # Which request was read: another one may have come since.
    asked = forms.IntegerField(widget=forms.HiddenInput)
    grant = forms.TypedChoiceField(
        label=_("意见"),
        choices=[("1", _("批准延期")), ("0", _("不予延期"))],
        coerce=lambda value: value == "1",
    )
    opinion = forms.CharField(label=_("审批意见"), max_length=300, required=False, widget=Words)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = self.item.extensions.filter(granted__isnull=True).first()
        self.initial.setdefault("asked", waiting.pk if waiting else None)

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


FORMS: dict[str, type[ActForm]] = {
    ItemMove.PLAN: PlanForm,
    ItemMove.PROGRESS: ProgressForm,
    ItemMove.REPORT: EvidenceForm,
    ItemMove.VERIFY: EvidenceForm,
    ItemMove.RETURN: ReturnForm,
    ItemMove.CLOSE: OptionalTextForm,
    ItemMove.LOOK_BACK: LookBackForm,
    ItemMove.REOPEN: ReopenForm,
    ItemMove.WITHDRAW: TextForm,
    ItemMove.ASK_EXTENSION: ExtensionForm,
    ItemMove.GRANT_EXTENSION: DecisionForm,
    ItemMove.COMMENT: TextForm,
    ItemMove.URGE: OptionalTextForm,
}


class EntryForm(forms.Form):
    """A problem as an office enters it: what it is, where, by when."""

    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("专项行动"), required=False, empty_label=_("日常监管")
    )
    problem = forms.CharField(label=_("存在问题"), max_length=LONGEST, widget=Words)
    requirement = forms.CharField(
        label=_("整改要求"), max_length=LONGEST, required=False, widget=Words
    )
    basis = forms.CharField(label=_("依据"), max_length=300, required=False)
    feeder = forms.CharField(label=_("线路"), max_length=60, required=False)
    transformer_area = forms.CharField(label=_("台区"), max_length=60, required=False)
    due_on = day_field(
        _("整改期限"), required=False, help_text=_("不填的，按本机关监管细则规定的期限。")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["campaign"].queryset = Campaign.objects.visible_to(user).running()


class NewItemForm(OnceForm, EntryForm):
    """The same by hand: for one unit or several, with its source."""

    units = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("整改单位"),
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("可多选：每个单位各列一项，如逐家下达同一整改要求。"),
    )
    source_kind = forms.ChoiceField(label=_("来源"), choices=RectificationItem.Source.choices)
    source_ref = forms.CharField(label=_("来源编号"), max_length=80, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["units"].queryset = units

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stated = data.get("source_kind") == RectificationItem.Source.REQUIREMENT
        for name in ("source_ref", "requirement"):
            if stated and not data.get(name):
                self.add_error(name, _t("下达整改要求的，须填写文号和要求。"))
        return data


class ImportForm(forms.Form):
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("专项行动"), required=False, empty_label=_("日常监管")
    )
    upload = forms.FileField(label=_("台账文件"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.visible_to(user).running()
