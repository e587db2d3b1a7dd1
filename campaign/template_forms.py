"""Forms of the template editor: each row of a template's lists in the words of a plan.

A form is filled from a plain row and gives one back; what a form does not show stays in the row.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from campaign import template_shape as shape
from campaign.forms import BoundedForm, day_field
from campaign.models import DutyDefinition, LadderStep
from campaign.template_catalogue import Catalogue, Choice
from campaign.template_moving import wording
from campaign.template_words import ANCHORS, COPIES, PARTIES, RECIPIENTS

CODE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("代码只用字母、数字、点、下划线和连字符。")
)


def text_field(label: Any, key: tuple[type, str], **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=shape.LONGEST[key], **more)


def lines_field(label: Any, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(label=label, max_length=8000, widget=widget, required=False, **more)


def code_field(key: tuple[type, str]) -> forms.CharField:
    hint = _("字母、数字和连字符；不填则自动编号。")
    return text_field(_("代码"), key, required=False, validators=[CODE], help_text=hint)


def _several(label: Any, **more: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, required=False, widget=widget, **more)


def _offered(found: tuple[Choice, ...], chosen: list[str]) -> list[tuple[str, str]]:
    """What can be ticked: the catalogue, and what is chosen and not there any more."""
    known = [(one.code, one.name) for one in found]
    codes = {code for code, _name in known}
    lost = [(code, _t("%(code)s（目录中没有）") % {"code": code}) for code in chosen]
    return known + [pair for pair in lost if pair[0] not in codes]


class RowForm(BoundedForm):
    """One row of a template; ``row()`` gives it back with what was typed."""

    seen = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        row: dict[str, Any],
        content: dict[str, Any],
        catalogue: Catalogue,
        seen: int,
        on: date,
        **kwargs: Any,
    ) -> None:
        self.old, self.content, self.catalogue = row, content, catalogue
        super().__init__(*args, on=on, initial={"seen": seen, **self.shown(row)}, **kwargs)

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row as the fields show it."""
        return dict(row)

    def row(self) -> dict[str, Any]:
        raise NotImplementedError

    def _plain(self, *names: str) -> dict[str, Any]:
        """Fields as they are stored; an optional one left empty is left out."""
        return {name: value for name in names if (value := self.cleaned_data[name]) not in ("", [])}

    def _kept(self, *names: str) -> dict[str, Any]:
        return {key: value for key, value in self.old.items() if key not in names}

    def _own_code(self, prefix: str, taken: list[str]) -> str:
        """The code that was typed, or the first free number."""
        if code := self.cleaned_data["code"]:
            return str(code)
        if old := self.old.get("code"):
            return str(old)
        numbers = (f"{prefix}-{number}" for number in range(1, len(taken) + 2))
        return next(code for code in numbers if code not in taken)

    def _ask_free(self, taken: list[str]) -> None:
        code = self.cleaned_data.get("code")
        if code and code != self.old.get("code") and code in taken:
            self.add_error(
                "code", _t("代码“%(code)s”已用于另一项，请改用其他代码。") % {"code": code}
            )


class PhaseForm(RowForm):
    bounded = ("starts_on", "ends_on")

    name = text_field(_("名称"), (shape.PhasePlan, "name"))
    starts_on = day_field(_("开始日期"))
    ends_on = day_field(_("结束日期"))
    clause = text_field(_("条款"), (shape.CheckItem, "clause"), required=False)
    checks = lines_field(_("检查清单"), help_text=_("每行一项。"))

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "checks": "\n".join(check["text"] for check in row.get("checks", []))}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _t("结束日期早于开始日期。"))
        most = shape.LONGEST[shape.CheckItem, "text"]
        if any(len(line) > most for line in data.get("checks", "").splitlines()):
            self.add_error("checks", _t("每项最多%(most)d个字，请拆成几行。") % {"most": most})
        return data

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        known = {check["text"]: check for check in self.old.get("checks", [])}
        lines = filter(None, (line.strip() for line in data["checks"].splitlines()))
        return {
            **self._kept("clause"),
            **self._plain("name", "clause"),
            "starts_on": data["starts_on"].isoformat(),
            "ends_on": data["ends_on"].isoformat(),
            "checks": [known.get(line, {"text": line}) for line in lines],
        }


class DutyForm(RowForm):
    bounded = ("opens_on", "due_on")

    title = text_field(_("任务"), (shape.DutyPlan, "title"))
    short_title = text_field(_("简称"), (shape.DutyPlan, "short_title"))
    phase = forms.TypedChoiceField(label=_("阶段"), coerce=int)
    kind = forms.ChoiceField(label=_("类型"), choices=DutyDefinition.Kind.choices)
    party = forms.ChoiceField(label=_("承办单位"), choices=PARTIES)
    recipient = forms.ChoiceField(label=_("主送"), choices=RECIPIENTS)
    copy = forms.ChoiceField(label=_("抄送"), choices=COPIES)
    opens_on = day_field(_("起始日期"))
    anchor = forms.ChoiceField(label=_("期限规则"), choices=ANCHORS)
    due_on = day_field(
        _("截止日期"), required=False, help_text=_("固定日期的必填；当日24时前均为按期。")
    )
    workdays = forms.IntegerField(
        label=_("工作日数"),
        min_value=0,
        max_value=shape.BETWEEN[shape.DueRule, "workdays"][1],
        required=False,
        help_text=_("按阶段推算的必填，截止日期由系统算出。"),
    )
    wording = text_field(
        _("期限表述"), (shape.DueRule, "wording"), required=False, help_text=_("不填则自动生成。")
    )
    source = text_field(
        _("期限依据"), (shape.DueRule, "source"), help_text=_("方案中的条目，如“四（一）”。")
    )
    parts = _several(_("报送表单"))
    certified_by = text_field(_("认证要求"), (shape.DutyPlan, "certified_by"), required=False)
    objectives = _several(_("目标任务"))
    livelihood = forms.BooleanField(label=_("民生"), required=False)
    code = code_field((shape.DutyPlan, "code"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["phase"].choices = [
            (row["number"], f"{row['number']}. {row['name']}") for row in self.content["phases"]
        ]
        fields["parts"].choices = _offered(self.catalogue.parts, self.old.get("parts", []))
        nodes: list[tuple[str, str]] = []
        for root in self.content.get("objectives", []):
            for node in (root, *root.get("children", [])):
                nodes.append((node["code"], f"{node['code']} {node['name']}"))
        fields["objectives"].choices = nodes
        self.taken = [row["code"] for row in self.content["duties"]]

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        due = row.get("due", {})
        found = {key: due.get(key) for key in ("wording", "source", "workdays")}
        return {**row, **found, "due_on": due.get("date"), "anchor": due.get("anchor", "none")}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._ask_free(self.taken)
        if data.get("anchor") == "none":
            first, last = data.get("opens_on"), data.get("due_on")
            if last is None and "due_on" not in self.errors:
                self.add_error("due_on", _t("固定日期的任务须填截止日期。"))
            if first and last and last < first:
                self.add_error("due_on", _t("截止日期早于起始日期。"))
        elif data.get("workdays") is None and "workdays" not in self.errors:
            self.add_error("workdays", _t("请填写相隔的工作日数。"))
        return data

    def row(self) -> dict[str, Any]:
        names = ("title", "short_title", "phase", "kind", "party", "recipient", "copy")
        row = {
            **self._kept("certified_by", "livelihood", "due"),
            **self._plain(*names, "certified_by"),
            "code": self._own_code("duty", self.taken),
            "opens_on": self.cleaned_data["opens_on"].isoformat(),
            "parts": self.cleaned_data["parts"],
            "objectives": self.cleaned_data["objectives"],
            "livelihood": self.cleaned_data["livelihood"],
        }
        row.setdefault("clauses", [])
        return {**row, "due": self._due(row)}

    def _due(self, row: dict[str, Any]) -> dict[str, Any]:
        data, old = self.cleaned_data, self.old.get("due", {})
        if data["anchor"] != "none":
            # The date and the wording follow from the phase when the version is saved.
            day = row["opens_on"]
            return {
                "date": old.get("date", day),
                "wording": old.get("wording", day),
                "source": data["source"],
                "anchor": data["anchor"],
                "workdays": data["workdays"],
            }
        due = {"date": data["due_on"].isoformat(), "source": data["source"]}
        typed, moved = data["wording"], due["date"] != old.get("date")
        if not typed or (moved and typed == old.get("wording")):
            due["wording"] = wording({**row, "due": {**due, "wording": old.get("wording", "")}})
        else:
            due["wording"] = typed
        return due


class StepForm(RowForm):
    offset = forms.IntegerField(
        label=_("距截止日（工作日）"),
        min_value=shape.BETWEEN[shape.StepPlan, "offset"][0],
        max_value=shape.BETWEEN[shape.StepPlan, "offset"][1],
        help_text=_("截止日前填负数，如 -5；截止当日填 0；逾期后填正数。"),
    )
    hour = forms.TimeField(
        label=_("发送时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    audience = forms.ChoiceField(label=_("对象"), choices=LadderStep.Audience.choices)
    text = text_field(_("措辞"), (shape.StepPlan, "text"))
    code = code_field((shape.StepPlan, "code"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._ask_free(self._taken())
        return data

    def _taken(self) -> list[str]:
        return [row["code"] for row in self.content["ladder"].get("steps", [])]

    def row(self) -> dict[str, Any]:
        return {
            **self._kept(),
            **self._plain("offset", "audience", "text"),
            "code": self._own_code("step", self._taken()),
            "hour": f"{self.cleaned_data['hour']:%H:%M}",
        }


class BasicsForm(RowForm):
    """What stands once in a template: name, letters, reports, checklists."""

    name = text_field(_("名称"), (shape.Content, "name"))
    digest = forms.BooleanField(label=_("同一人一天内的多项催报合并为一封"), required=False)
    letters_per_day = forms.IntegerField(
        label=_("每人每日催报封数上限"),
        min_value=shape.BETWEEN[shape.Ladder, "letters_per_day"][0],
        max_value=shape.BETWEEN[shape.Ladder, "letters_per_day"][1],
    )
    reports = _several(_("报告"), help_text=_("本次专项行动要编制的报告，按阶段列出。"))
    checklists = _several(_("检查表"), help_text=_("不选的，检查时可用任何一张现行检查表。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, found in (
            ("reports", self.catalogue.reports),
            ("checklists", self.catalogue.checklists),
        ):
            fields[name].choices = _offered(found, self.old.get(name, []))

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        ladder = row.get("ladder", {})
        letters = ladder.get("letters_per_day", 1)
        return {**row, "digest": ladder.get("digest", True), "letters_per_day": letters}

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        told = {name: data[name] for name in ("digest", "letters_per_day")}
        return {
            **self.old,
            "name": data["name"],
            "ladder": {**self.old["ladder"], **told},
            "reports": data["reports"],
            "checklists": data["checklists"],
        }
