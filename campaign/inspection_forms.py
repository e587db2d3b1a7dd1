"""Forms of inspections: plan, draw, notice, entry, finding; and of the articles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from campaign.forms import day_field
from campaign.models import (
    Campaign,
    Checklist,
    ChecklistItem,
    Finding,
    Inspector,
    InspectorTie,
    LegalArticle,
    RecordEntry,
)
from core.offline import OnceForm
from core.widgets import SeveralFiles

KINDS = [
    (kind, Organisation.Kind(kind).label)
    for kind in Organisation.COMPANY_KINDS
    if kind != Organisation.Kind.GRID_GROUP
]


def words(label: Any, most: int, rows: int = 3, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, **kwargs)


class PlanForm(OnceForm):
    """A round: a concentrated one, or a special one of one company."""

    title = forms.CharField(label=_("名称"), max_length=100)
    lead = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("组织机构"), empty_label=None
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=_("专项行动"),
        required=False,
        empty_label=_("不属于专项行动"),
    )
    checklist = forms.ModelChoiceField(
        Checklist.objects.none(), label=_("检查表"), empty_label=None
    )
    first_day = day_field(_("开始日期"))
    last_day = day_field(_("结束日期"))
    reason = words(_("事由"), 2000)
    peak_season = forms.BooleanField(label=_("结合迎峰度夏"), required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("稽查对象"),
        required=False,
        empty_label=_("集中检查，由抽取产生"),
        help_text=_("专项稽查填被稽查单位；集中检查不填。"),
    )

    def __init__(
        self, *args: Any, offices: Any, campaigns: Any, companies: Any, on: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["lead"].queryset = offices
        fields["campaign"].queryset = campaigns
        fields["organisation"].queryset = companies
        fields["checklist"].queryset = Checklist.objects.in_force(on=on)


class DrawForm(OnceForm):
    """What goes into the drum, and how many come out."""

    kinds = forms.MultipleChoiceField(
        label=_("检查对象范围"), choices=KINDS, widget=forms.CheckboxSelectMultiple
    )
    unit_count = forms.IntegerField(label=_("抽取单位数"), min_value=1, max_value=500)
    team_size = forms.IntegerField(label=_("每组人数"), min_value=2, max_value=10, initial=3)
    cross_region = forms.BooleanField(label=_("每组至少一人来自其他机构"), required=False)
    inspectors = forms.ModelMultipleChoiceField(
        Inspector.objects.none(),
        label=_("参加抽取的检查人员"),
        widget=forms.CheckboxSelectMultiple,
    )
    excluded = words(
        _("不列入抽取的单位"),
        2000,
        required=False,
        help_text=_("每行一个：单位代码，空格，理由。"),
    )
    seed = forms.CharField(
        label=_("随机种子"),
        max_length=80,
        required=False,
        help_text=_("可由监督人员当场给出；不填的由系统随机产生。"),
    )
    reason = forms.CharField(
        label=_("再次抽取的理由"), max_length=200, required=False, help_text=_("首次抽取不填。")
    )

    def __init__(self, *args: Any, inspectors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["inspectors"]
        field.queryset = inspectors
        field.initial = [one.pk for one in inspectors]
        field.label_from_instance = lambda one: f"{one.person.name}（{one.office}）"

    def clean_excluded(self) -> dict[str, str]:
        """Code to reason."""
        found = {}
        for line in filter(None, map(str.strip, self.cleaned_data["excluded"].splitlines())):
            code, _blank, why = line.partition(" ")
            if not why.strip():
                raise forms.ValidationError(_t("“%(line)s”没有写明理由。") % {"line": line})
            found[code] = why.strip()[:200]
        return found


class TeamForm(forms.Form):
    members = forms.ModelMultipleChoiceField(
        Inspector.objects.none(), label=_("成员"), widget=forms.CheckboxSelectMultiple
    )
    leader = forms.ModelChoiceField(Inspector.objects.none(), label=_("组长"), empty_label=None)
    reason = forms.CharField(label=_("更换的理由"), max_length=200, required=False)

    def __init__(self, *args: Any, inspectors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in ("members", "leader"):
            fields[name].queryset = inspectors
            fields[name].label_from_instance = lambda one: f"{one.person.name}（{one.office}）"


class AnnounceForm(forms.Form):
    notice_number = forms.CharField(label=_("通知文号"), max_length=60)
    first_day = day_field(_("进场日期"))
    last_day = day_field(_("离场日期"))


class EnrolForm(forms.Form):
    """A person of one's office for the roster."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("姓名"), empty_label=None)
    certificate = forms.CharField(label=_("执法证号"), max_length=30)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = people


class TieForm(forms.Form):
    """Which company an inspector stays away from."""

    inspector = forms.ModelChoiceField(
        Inspector.objects.none(), label=_("检查人员"), empty_label=None
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("回避单位"), empty_label=None
    )
    kind = forms.ChoiceField(label=_("原因"), choices=InspectorTie.Kind.choices)
    until = day_field(_("回避至"), required=False, help_text=_("不填的一直回避。"))

    def __init__(self, *args: Any, inspectors: Any, companies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["inspector"].queryset = inspectors
        fields["organisation"].queryset = companies


class EntryForm(forms.Form):
    """One entry of the on-site record, as the phone sends it."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("类型"), choices=RecordEntry.Kind.choices)
    item = forms.ModelChoiceField(
        ChecklistItem.objects.none(), label=_("检查项目"), required=False, empty_label="—"
    )
    result = forms.ChoiceField(
        label=_("结果"), choices=[("", "—"), *RecordEntry.Result.choices], required=False
    )
    sample = forms.CharField(label=_("样本编号"), max_length=40, required=False)
    post = forms.CharField(
        label=_("被询问人职务"), max_length=40, required=False, help_text=_("不填姓名。")
    )
    text = words(_("检查情况"), 4000, 4, required=False)
    uploads = SeveralFiles(label=_("照片、附件"), required=False)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.queryset = items


class FindingForm(forms.Form):
    """A problem with its basis and evidence."""

    problem = forms.CharField(label=_("问题"), max_length=200)
    item = forms.ModelChoiceField(
        ChecklistItem.objects.none(), label=_("检查项目"), required=False, empty_label="—"
    )
    facts = words(_("事实"), 4000, 5)
    happened_on = day_field(_("事实发生日期"))
    severity = forms.ChoiceField(label=_("严重程度"), choices=Finding.Severity.choices)
    articles = forms.ModelMultipleChoiceField(
        LegalArticle.objects.none(),
        label=_("法律依据"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只能引用事实发生当日有效的条款。"),
    )
    evidence = forms.ModelMultipleChoiceField(
        RecordEntry.objects.none(), label=_("证据"), widget=forms.CheckboxSelectMultiple
    )
    requirement = words(_("整改要求"), 300, 2)
    rectify_on = day_field(_("整改期限"))

    def __init__(self, *args: Any, items: Any, articles: Any, entries: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["item"].queryset = items
        fields["articles"].queryset = articles
        fields["articles"].label_from_instance = lambda one: f"{one} {one.subject}"
        fields["evidence"].queryset = entries
        fields["evidence"].label_from_instance = entry_label


def entry_label(entry: RecordEntry) -> str:
    """An entry in one line."""
    about = str(entry.item) if entry.item else entry.get_kind_display()
    parts = [about, entry.sample, entry.get_result_display(), entry.text[:40]]
    return " · ".join(part for part in parts if part)


class AnswerForm(forms.Form):
    answer = words(_("意见"), 2000, 4, required=False, help_text=_("有异议的，写明理由和依据。"))


class ArticleForm(forms.Form):
    """An article, or a new version of one with the same code."""

    code = forms.SlugField(
        label=_("代码"), max_length=40, help_text=_("同一条款的新版本用同一代码。")
    )
    law = forms.CharField(label=_("法律法规名称"), max_length=80)
    document_number = forms.CharField(label=_("文号"), max_length=80, required=False)
    article = forms.CharField(label=_("条款"), max_length=40)
    kind = forms.ChoiceField(label=_("性质"), choices=LegalArticle.Kind.choices)
    subject = forms.CharField(label=_("主题"), max_length=60)
    text = words(_("内容"), 4000, 4)
    obligation = forms.CharField(label=_("要求"), max_length=300, required=False)
    valid_from = day_field(_("施行日期"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
