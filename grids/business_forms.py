"""Shape of what the pages of business passed on ask for. Rules live in the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.widgets import Day
from grids.business.moves import Move
from grids.models import BusinessRequest, BusinessType, GovernmentGrid
from grids.queries import business as queries
from grids.services.business import Asked

L = gettext_lazy
Texts = forms.Textarea(attrs={"rows": 2})


def sources_of(user: User) -> list[Organisation]:
    """Government grids for which a person passes on."""
    places = workplaces(user, Permission.BUSINESS_REQUEST)
    kind = Organisation.Kind.GOVERNMENT_DEPARTMENT
    return [one for one in places if one.kind == kind]


class RequestForm(forms.Form):
    """A customer's business as an officer types it in, by one hand on a phone."""

    customer_name = forms.CharField(label=L("客户名称"), max_length=60)
    customer_phone = forms.CharField(
        label=L("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    address = forms.CharField(label=L("用电地址"), max_length=200)
    account_no = forms.CharField(
        label=L("户号"),
        max_length=20,
        required=False,
        help_text=L("新装用电不填。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    capacity = forms.DecimalField(
        label=L("用电容量（千伏安）"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
    )
    materials = forms.MultipleChoiceField(
        label=L("已收材料"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=L("说明"),
        max_length=300,
        required=False,
        widget=Texts,
        help_text=L("不得填写客户姓名、电话、户号。"),
    )
    grid = forms.ModelChoiceField(
        GovernmentGrid.objects.none(), label=L("政府网格"), required=False, empty_label="—"
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=L("承办单位"),
        required=False,
        empty_label=L("按网格对接关系确定"),
    )
    signer = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("会签部门"), empty_label=None
    )

    def __init__(
        self, *args: Any, source: Organisation, kind: BusinessType, on: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        given: Any = self.fields
        shared = _("%(title)s（网格可共享）")
        given["materials"].choices = [
            (one.code, shared % {"title": one.title} if one.shared else one.title)
            for one in kind.definition.materials
        ]
        given["grid"].queryset = queries.grids_of(source, on=on)
        given["organisation"].queryset = queries.units_of(source)
        given["signer"].queryset = queries.signers_of(source)
        self.initial.setdefault("signer", source.pk)

    def asked(self) -> Asked:
        said = self.cleaned_data
        names = ("customer_name", "customer_phone", "address", "account_no", "capacity", "note")
        return Asked(
            type_code=self.kind.code,
            materials=tuple(said["materials"]),
            **{name: said[name] for name in names},
        )


class MoveForm(forms.Form):
    """What a move asks for; ``seen``: the step that the page showed."""

    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: BusinessRequest, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        self.request = request


class NoteForm(MoveForm):
    note = forms.CharField(label=L("办理意见"), max_length=300, required=False, widget=Texts)


class ReasonForm(MoveForm):
    reason = forms.CharField(label=L("原因"), max_length=300, widget=Texts)


class MaterialsForm(MoveForm):
    """Materials by name: those not handed in yet, or those that were asked for."""

    codes = forms.MultipleChoiceField(label=L("材料"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, request: BusinessRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        wanted = request.missing or [
            one.code
            for one in request.type.definition.materials
            if one.code not in request.materials
        ]
        given: Any = self.fields
        given["codes"].choices = [
            (one.code, one.title) for one in request.type.definition.materials if one.code in wanted
        ]


class HandOverForm(ReasonForm):
    to = forms.ModelChoiceField(Organisation.objects.none(), label=L("移交单位"))

    def __init__(self, *args: Any, request: BusinessRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        given: Any = self.fields
        others = queries.units_of(request.source).exclude(pk=request.organisation_id)
        given["to"].queryset = others


class FinishForm(MoveForm):
    result = forms.CharField(label=L("办理结果"), max_length=300, widget=Texts)
    fee = forms.DecimalField(
        label=L("应收费用（元）"), min_value=0, max_digits=12, decimal_places=2, initial=0
    )
    reduction = forms.DecimalField(
        label=L("减免费用（元）"), min_value=0, max_digits=12, decimal_places=2, initial=0
    )
    reduction_reason = forms.CharField(label=L("减免依据"), max_length=200, required=False)


class InformForm(MoveForm):
    satisfaction = forms.ChoiceField(
        label=L("客户评价"), choices=BusinessRequest.Satisfaction.choices
    )
    note = forms.CharField(label=L("说明"), max_length=300, required=False, widget=Texts)


class RevealForm(forms.Form):
    """What the customer's particulars are needed for."""

    purpose = forms.CharField(label=L("用途"), max_length=200)


FORMS: dict[Move, type[MoveForm]] = {
    Move.TAKE: NoteForm,
    Move.NOTIFY: MaterialsForm,
    Move.RECEIVE: MaterialsForm,
    Move.COMPLETE: NoteForm,
    Move.SIGN: NoteForm,
    Move.OBJECT: ReasonForm,
    Move.FINISH: FinishForm,
    Move.HAND_OVER: HandOverForm,
    Move.RETURN: ReasonForm,
    Move.INFORM: InformForm,
    Move.WITHDRAW: ReasonForm,
}


class TypeForm(forms.Form):
    """A further version of a kind of business: limits, fee, for whom, from when."""

    company = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=L("适用企业"),
        required=False,
        empty_label=L("全部供电企业"),
    )
    valid_from = forms.DateField(label=L("启用日期"), widget=Day())
    basis = forms.CharField(label=L("依据文件"), max_length=200)
    fee = forms.DecimalField(
        label=L("收费标准（元）"), min_value=0, max_digits=10, decimal_places=2
    )

    def __init__(self, *args: Any, base: BusinessType, **kwargs: Any) -> None:
        told = base.definition
        initial = {"company": base.company_id, "fee": told.fee.amount}
        super().__init__(*args, initial=initial, **kwargs)
        fields: Any = self.fields
        fields["company"].queryset = Organisation.objects.companies().in_force()
        self.steps = [one for one in told.steps if one.limit is not None]
        for one in self.steps:
            assert one.limit is not None
            fields[f"limit_{one.code}"] = forms.IntegerField(
                label=_("%(step)s（工作日）") % {"step": one.title},
                min_value=0,
                max_value=365,
                initial=one.limit.value,
            )

    @property
    def limits(self) -> dict[str, int]:
        return {one.code: self.cleaned_data[f"limit_{one.code}"] for one in self.steps}
