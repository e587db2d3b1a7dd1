"""Shape of what the pages of sharing and of archives ask for. Rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock
from core.offline import OnceForm
from core.widgets import Day
from grids.models import ArchiveRecord, ExchangeJob, SampleItem, SharedRecord, SharingAgreement
from grids.queries import sharing as queries
from grids.services import archives
from grids.services.providing import value_of
from grids.services.sharing import AS_OF, NUMBER, Terms
from grids.sharing import fields as catalogue
from grids.sharing.moves import AgreementMove

L = gettext_lazy
Texts = forms.Textarea(attrs={"rows": 2})
LONGEST_PAIRS = 40
# The columns of every file, by their names on the page.
OF_FILES = {NUMBER: L("编号"), AS_OF: L("数据日期")}


def units_for(user: User, permission: Permission) -> Any:
    """Units of companies in which a person may act, and those below them."""
    mine = Q(pk__in=())
    for place in workplaces(user, permission):
        if place.is_company:
            mine |= Q(path__startswith=place.path)
    kinds = (
        Organisation.Kind.PREFECTURE_ENTERPRISE,
        Organisation.Kind.COUNTY_ENTERPRISE,
        Organisation.Kind.SUPPLY_STATION,
    )
    return Organisation.objects.in_force().filter(mine, kind__in=kinds).order_by("path")


class AgreementForm(forms.Form):
    """What two parties agree."""

    company = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("供电企业"), empty_label=None
    )
    government = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("政府部门"), empty_label=None
    )
    direction = forms.ChoiceField(label=L("方向"), choices=SharingAgreement.Direction.choices)
    document = forms.CharField(label=L("协议文号"), max_length=80, required=False)
    starts_on = forms.DateField(label=L("生效日期"), widget=Day())
    ends_on = forms.DateField(label=L("到期日期"), widget=Day())
    fields_ = forms.MultipleChoiceField(
        label=L("共享字段"),
        widget=forms.CheckboxSelectMultiple,
        help_text=L("敏感字段为个人信息，只在确有必要时选择，协议期限随之缩短。"),
    )
    purpose = forms.CharField(label=L("用途"), max_length=300, widget=Texts)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: Any = self.fields
        units = units_for(user, Permission.SHARING_MANAGE)
        given["company"].queryset = units.exclude(kind=Organisation.Kind.SUPPLY_STATION)
        given["government"].queryset = queries.governments_near(user)
        given["fields_"].choices = [
            (code, f"{one.label}（{one.word}）")
            for code, one in catalogue.catalogue(on=clock.today()).items()
        ]

    def terms(self) -> Terms:
        said = dict(self.cleaned_data)
        return Terms(fields=said.pop("fields_"), **said)


class DecisionForm(forms.Form):
    """What a move of an agreement asks for."""

    note = forms.CharField(label=L("意见"), max_length=300, required=False, widget=Texts)

    def __init__(self, *args: Any, move: AgreementMove, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{move.value}_%s")
        super().__init__(*args, **kwargs)
        self.move = move
        if move is not AgreementMove.APPROVE:
            self.fields["note"].required = True
            self.fields["note"].label = _("原因")


class JobForm(forms.Form):
    """A job: their columns, our fields, one pair in a line."""

    title = forms.CharField(label=L("作业名称"), max_length=60)
    direction = forms.ChoiceField(label=L("方向"), choices=ExchangeJob.Direction.choices)
    cycle_days = forms.IntegerField(
        label=L("周期（天）"), required=False, min_value=1, max_value=366
    )
    pairs = forms.CharField(
        label=L("字段对应"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=L("每行一个：对方列名=我方字段，如“户主姓名=户名”；须有一列对应“编号”。"),
    )

    def clean_pairs(self) -> list[tuple[str, str]]:
        names = {str(label): code for code, label in OF_FILES.items()}
        names |= {one.label: code for code, one in catalogue.known().items()}
        known = {**names, **{code: code for code in names.values()}}
        found = []
        lines = [one for one in self.cleaned_data["pairs"].splitlines() if one.strip()]
        for line in lines[:LONGEST_PAIRS]:
            theirs, _equals, ours = line.replace("＝", "=").partition("=")
            if ours.strip() not in known or len(theirs.strip()) > LONGEST_PAIRS:
                options = "、".join(names)
                text = _("“%(line)s”不正确：等号后须为以下之一：%(options)s。")
                raise forms.ValidationError(text % {"line": line[:40], "options": options})
            found.append((theirs.strip(), known[ours.strip()]))
        return found


class UploadForm(forms.Form):
    upload = forms.FileField(label=L("选择文件"))


class SettleForm(forms.Form):
    """Of each difference: who is right."""

    note = forms.CharField(label=L("核实情况"), max_length=300, required=False, widget=Texts)

    def __init__(self, *args: Any, record: SharedRecord, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        names = catalogue.known()
        for code in record.differences:
            self.fields[f"take_{code}"] = forms.ChoiceField(
                label=names[code].label if code in names else code,
                choices=[("keep", _("保留本企业数据")), ("take", _("采用政府数据"))],
            )
        self.order_fields([*(f"take_{code}" for code in record.differences), "note"])

    def taken(self) -> list[str]:
        said = self.cleaned_data
        return [code for code in self.record.differences if said[f"take_{code}"] == "take"]


class ArchiveForm(forms.Form):
    """An archive as somebody corrects it after asking."""

    def __init__(self, *args: Any, record: ArchiveRecord, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = catalogue.known()
        for code in (*archives.TEXTS, *archives.PLACES):
            personal = bool(names[code].personal)
            self.fields[code] = forms.CharField(
                label=names[code].label,
                max_length=names[code].max_length,
                required=False,
                help_text=_("不改的留空。") if personal else "",
                initial="" if personal else value_of(record, code),
            )

    def values(self) -> dict[str, str]:
        """What was written; personal fields that were left empty stay as they are."""
        names = catalogue.known()
        said = self.cleaned_data
        return {name: said[name] for name in said if said[name] or not names[name].personal}


class RevealForm(forms.Form):
    purpose = forms.CharField(label=L("查看用途"), max_length=200)


class ImportForm(forms.Form):
    """A file of archives of an enterprise."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("供电企业"), empty_label=None
    )
    upload = forms.FileField(label=L("选择文件"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: Any = self.fields
        units = units_for(user, Permission.ARCHIVE_FIX)
        given["organisation"].queryset = units.exclude(kind=Organisation.Kind.SUPPLY_STATION)


class SampleForm(OnceForm):
    """How many archives of which unit are drawn, and which fields are looked at."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("抽查单位"), empty_label=None
    )
    size = forms.IntegerField(label=L("样本数"), min_value=1, max_value=500, initial=20)
    seed = forms.CharField(
        label=L("随机种子"), max_length=40, required=False, help_text=L("不填由系统生成。")
    )
    fields_ = forms.MultipleChoiceField(label=L("核实字段"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: Any = self.fields
        given["organisation"].queryset = units_for(user, Permission.SHARING_MANAGE)
        given["fields_"].choices = [(code, one.label) for code, one in catalogue.known().items()]
        given["fields_"].initial = list(archives.PERSONAL)


class JudgeForm(forms.Form):
    """Of each field of a drawn archive: right or wrong."""

    def __init__(self, *args: Any, item: SampleItem, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"judge_{item.pk}_%s")
        super().__init__(*args, **kwargs)
        names = catalogue.known()
        for code in item.sample.fields:
            self.fields[code] = forms.ChoiceField(
                label=names[code].label if code in names else code,
                choices=[("right", _("对")), ("wrong", _("错"))],
                widget=forms.RadioSelect,
            )

    def answers(self) -> dict[str, bool]:
        return {code: said == "right" for code, said in self.cleaned_data.items()}
