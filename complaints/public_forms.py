"""Shape of what people without an account send. Rules live in the services."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from complaints.forms import pairs
from complaints.models import Term
from complaints.services import public, tracking
from complaints.services.records import FIRST_YEAR
from complaints.workflow import Source
from core import clock, files
from core.offline import OnceForm
from core.widgets import Day

LONGEST = 4000
PHONE = re.compile(r"[+\d][\d\- ]{5,18}\d")
TRAP = "homepage"


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; none is fine."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        single = super().clean
        given = data if isinstance(data, list | tuple) else [data]
        return [single(one, initial) for one in given if one]


def files_field(label: Any) -> FilesField:
    limits = public.settings()
    kinds = "、".join(kind.label for kind in files.kinds_of(public.FILE_PURPOSE))
    return FilesField(
        label=label,
        required=False,
        help_text=_t("%(kinds)s，最多%(most)d个，合计不超过%(size)d MB。")
        % {
            "kinds": kinds,
            "most": limits["most_files"],
            "size": files.catalogue()["public"]["max_mb"],
        },
    )


class WithTicket(forms.Form):
    """The mark of the form and the field that no person sees (whoever fills it in is a machine)."""

    stale = False
    ticket = forms.CharField(max_length=120, widget=forms.HiddenInput())
    homepage = forms.CharField(
        label=_("请勿填写此栏"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_homepage(self) -> str:
        if self.cleaned_data[TRAP]:
            raise ValidationError(_t("标有“请勿填写此栏”的一栏请保持空白，再提交。"))
        return ""

    def clean_ticket(self) -> str:
        ticket: str = self.cleaned_data["ticket"]
        if not public.is_valid(ticket):
            # Of the whole form: no person sees the field that it stands in.
            self.add_error(None, _t("页面停留时间过长，内容已保留，请再次提交。"))
            self.stale = True
        return ticket

    def renewed(self) -> None:
        """Give the form a new mark where its own is not valid any more; what was typed stays."""
        if self.stale or "ticket" in self.errors:
            self.data = self.data.copy()
            self.data["ticket"] = public.new_ticket()


class ComplaintForm(WithTicket):
    """Who, what, where and when, in the words of somebody who knows no procedure."""

    nature = forms.ChoiceField(label=_("您要"), widget=forms.RadioSelect)
    content = forms.CharField(
        label=_("反映的事项"),
        max_length=LONGEST,
        help_text=_("请写明时间、地点、经过和您的要求。请不要写身份证号、银行账号。"),
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    respondent = forms.CharField(
        label=_("反映的单位"), max_length=80, required=False, help_text=_("如某某供电局、供电所。")
    )
    category = forms.ChoiceField(
        label=_("事项类别"), required=False, help_text=_("不清楚可以不选。")
    )
    happened_on = forms.DateField(label=_("发生日期"), required=False, widget=Day())
    region = forms.ChoiceField(label=_("事发地区"), help_text=_("据此确定由哪个监管机构受理。"))
    address = forms.CharField(label=_("详细地址"), max_length=120, required=False)
    account_no = forms.CharField(
        label=_("用电户号"),
        max_length=30,
        required=False,
        help_text=_("电费单上的数字，有助于尽快核实。"),
    )
    anonymous = forms.BooleanField(
        label=_("匿名提交：不留姓名和电话，只能凭查询码了解办理情况"), required=False
    )
    confidential = forms.BooleanField(
        label=_("请为我保密：不让被反映的单位知道我是谁"), required=False
    )
    name = forms.CharField(
        label=_("您的姓名"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    consent = forms.BooleanField(
        label=_("我已阅读并同意上述个人信息处理说明，所反映的情况属实"),
        error_messages={"required": _("请阅读个人信息处理说明并勾选同意。")},
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        on = clock.day_of(now)
        fields: Any = self.fields
        wanted = public.settings()["natures"]
        labels = Term.objects.labels(Term.Kind.NATURE, on=on)
        fields["nature"].choices = [(code, labels[code]) for code in wanted if code in labels]
        terms = Term.objects.of(Term.Kind.CATEGORY).on(on).for_source(Source.WEB)
        fields["category"].choices = pairs([t for t in terms if not t.natures], empty=True)
        fields["region"].choices = [("", _t("请选择")), *public.provinces()]
        fields["files"] = files_field(_("照片、截图或文件"))
        fields["happened_on"].widget.attrs["max"] = on.isoformat()

    def clean_happened_on(self) -> Any:
        day = self.cleaned_data["happened_on"]
        if day is not None and day > clock.day_of(self.now):
            raise ValidationError(_t("发生日期不能晚于今天。"))
        if day is not None and day.year < FIRST_YEAR:
            raise ValidationError(_t("发生日期不能早于%(year)d年。") % {"year": FIRST_YEAR})
        return day

    def clean_name(self) -> str:
        """Without signs that nobody sees; a name has at least one letter."""
        name = "".join(sign for sign in self.cleaned_data["name"] if category(sign) != "Cf")
        return name.strip() if any(sign.isalnum() for sign in name) else ""

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not self._is_anonymous() and not PHONE.fullmatch(phone):
            raise ValidationError(_t("请填写手机号，或者带区号的固定电话。"))
        return phone

    def _is_anonymous(self) -> bool:
        return bool(self.cleaned_data.get("anonymous"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self._is_anonymous():
            for name, label in (("name", _t("姓名")), ("phone", _t("联系电话"))):
                if not found.get(name) and name not in self.errors:
                    text = _t("请填写%(label)s；不便留下的，请勾选“匿名提交”。")
                    self.add_error(name, text % {"label": label})
        return found

    def said(self) -> public.Said:
        """What was written, as the service takes it."""
        names = public.Said.__annotations__
        return public.Said(**{key: self.cleaned_data[key] for key in names})

    def show(self, errors: dict[str, str]) -> None:
        """Put what the service found wrong beside its field."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


class TrackForm(forms.Form):
    """Number and code of a case."""

    number = forms.CharField(
        label=_("诉求编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("查询码"),
        max_length=30,
        help_text=_("提交时显示的12位字母和数字，不分大小写。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SupplementForm(OnceForm):
    """More of the matter."""

    text = forms.CharField(
        label=_("补充说明"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = files_field(_("补充材料"))


class WithdrawForm(forms.Form):
    text = forms.CharField(
        label=_("撤回原因"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("申诉理由和要求"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )


class RateForm(forms.Form):
    satisfaction = forms.ChoiceField(label=_("您对办理是否满意"), widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("意见（可不填）"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["satisfaction"].choices = pairs(tracking.grades(now=now), empty=False)
