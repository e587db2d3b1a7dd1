"""Forms of what a template says: objectives, groups, principles, goals, the plan's text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from campaign import template_shape as shape
from campaign.models import Group, Objective
from campaign.template_forms import (
    CODE,
    DutyForm,
    PhaseForm,
    RowForm,
    StepForm,
    code_field,
    lines_field,
    text_field,
)


class ObjectiveForm(RowForm):
    kind = forms.ChoiceField(
        label=_("类别"), choices=Objective.Kind.choices, initial=Objective.Kind.MEASURE
    )
    name = text_field(_("内容"), (shape.ObjectiveNode, "name"))
    clause = text_field(_("条款"), (shape.ObjectiveNode, "clause"))
    children = lines_field(_("措施"), help_text=_("每行一项：代码，空格，内容。"))
    code = code_field((shape.ObjectiveNode, "code"))

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        lines = [f"{node['code']} {node['name']}" for node in row.get("children", [])]
        return {**row, "children": "\n".join(lines)}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._ask_free(self._taken())
        for line in data.get("children", "").splitlines():
            code, _blank, name = line.strip().partition(" ")
            if line.strip() and not (CODE.regex.match(code) and 0 < len(name.strip()) <= 200):
                told = _t("“%(line)s”应为“代码 内容”，如“R1 压减重复停电”。") % {"line": line[:40]}
                self.add_error("children", told)
        return data

    def _taken(self) -> list[str]:
        return [row["code"] for row in self.content.get("objectives", [])]

    def row(self) -> dict[str, Any]:
        known = {node["code"]: node for node in self.old.get("children", [])}
        children = []
        for line in filter(
            None, (one.strip() for one in self.cleaned_data["children"].splitlines())
        ):
            code, _blank, name = line.partition(" ")
            own = {"kind": "measure", "clause": self.cleaned_data["clause"], **known.get(code, {})}
            children.append({**own, "code": code, "name": name.strip()})
        code = self._own_code("objective", self._taken())
        return {
            **self._kept(),
            **self._plain("kind", "name", "clause"),
            "code": code,
            "children": children,
        }


class GroupForm(RowForm):
    kind = forms.ChoiceField(label=_("类型"), choices=Group.Kind.choices)
    name = text_field(_("名称"), (shape.GroupPlan, "name"))
    duties = text_field(
        _("主要职责"), (shape.GroupPlan, "duties"), widget=forms.Textarea(attrs={"rows": 3})
    )
    office_department = text_field(
        _("办公室设在"), (shape.GroupPlan, "office_department"), required=False
    )
    office_duties = text_field(
        _("办公室职责"),
        (shape.GroupPlan, "office_duties"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def row(self) -> dict[str, Any]:
        optional = ("office_department", "office_duties")
        return {**self._kept(*optional), **self._plain("kind", "name", "duties", *optional)}


class StatementForm(RowForm):
    """A principle or a goal."""

    name = text_field(_("名称"), (shape.Statement, "name"))
    text = text_field(
        _("内容"), (shape.Statement, "text"), widget=forms.Textarea(attrs={"rows": 3})
    )
    clause = text_field(_("条款"), (shape.Statement, "clause"))
    code = code_field((shape.Statement, "code"))
    section = ""

    def _taken(self) -> list[str]:
        return [row["code"] for row in self.content.get(self.section, [])]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._ask_free(self._taken())
        return data

    def row(self) -> dict[str, Any]:
        code = self._own_code(self.section, self._taken())
        return {**self._kept(), **self._plain("name", "text", "clause"), "code": code}


class PrincipleForm(StatementForm):
    section = "principles"


class GoalForm(StatementForm):
    section = "goals"


class ChapterForm(RowForm):
    heading = text_field(_("标题"), (shape.Section, "heading"))
    clause = text_field(_("条款"), (shape.Section, "clause"), required=False)
    paragraphs = forms.CharField(
        label=_("段落"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("每行一段。"),
    )

    def shown(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "paragraphs": "\n".join(row.get("paragraphs", []))}

    def row(self) -> dict[str, Any]:
        lines = (line.strip() for line in self.cleaned_data["paragraphs"].splitlines())
        told = {**self._kept("clause"), **self._plain("heading", "clause")}
        return {**told, "paragraphs": [line for line in lines if line]}


FORMS: dict[str, type[RowForm]] = {
    "phases": PhaseForm,
    "duties": DutyForm,
    "steps": StepForm,
    "objectives": ObjectiveForm,
    "groups": GroupForm,
    "principles": PrincipleForm,
    "goals": GoalForm,
    "text": ChapterForm,
}
