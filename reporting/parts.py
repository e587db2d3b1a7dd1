"""The required parts of a report as values: what each asks for, and what is wrong with an answer.

A part is rows (a ``core.sheets`` form), running text, attachments, or several of these. Its
definition is data (``reporting/catalogue/parts``) and is kept per version with a first day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.utils.translation import gettext as _

from core.sheets import Form, Problem, load_form, values
from core.sheets.definition import FIRST_DATA_ROW
from reporting.models.catalogue import PartDefinition

if TYPE_CHECKING:
    from reporting.models import FilingVersion

# Every row carries a key of its own, so that a photo stays with its window when rows move.
ROW_KEY = "_key"


@dataclass(frozen=True)
class TextRule:
    """Running text: how it is called and how long it has to be (characters)."""

    label: str
    required: bool = True
    min_length: int = 0
    max_length: int = 4000


@dataclass(frozen=True)
class AttachmentRule:
    """Files: which kinds, how many in all, and how many at least for each row."""

    label: str
    kinds: tuple[str, ...]
    min: int = 0
    max: int = 10
    per_row: int = 0


@dataclass(frozen=True)
class Part:
    """One required part of a report (S1-5.1.3c to g)."""

    code: str
    version: int
    title: str
    kind: str
    clauses: tuple[str, ...] = ()
    # The place in the campaign plan that asks for it, in words: the rule a review cites.
    basis: str = ""
    help: str = ""
    form: Form | None = None
    text: TextRule | None = None
    attachments: AttachmentRule | None = None

    def keep(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows as they are stored: canonical where a value fits, as typed where it does not yet.

        Rows in which nothing is filled in are left out.
        """
        assert self.form is not None
        return keep(self.form, rows)

    def carry_keys(
        self, rows: Iterable[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Give rows that came in a workbook the keys of the rows that they replace."""
        assert self.form is not None
        names = self.form.key
        known = {tuple(row.get(n) for n in names): row[ROW_KEY] for row in before} if names else {}
        carried = []
        for row in rows:
            key = known.pop(tuple(row.get(n) for n in names), None)
            carried.append({**row, ROW_KEY: key or uuid4().hex[:12]})
        return carried

    def problems(self, content: Mapping[str, Any], attached: Collection[str] = ()) -> list[Problem]:
        """Everything wrong with a part. ``attached``: the row key of each file ("" = the part)."""
        rows = content.get("rows") or []
        found = list(self.form.check(rows)) if self.form else []
        found += self._text_problems(str(content.get("text") or ""))
        found += self._attachment_problems(rows, list(attached))
        return [replace(problem, sheet=self.title) for problem in found]

    def is_empty(self, content: Mapping[str, Any], attached: Collection[str] = ()) -> bool:
        return not content.get("rows") and not content.get("text") and not attached

    def _text_problems(self, text: str) -> list[Problem]:
        rule = self.text
        if rule is None or (not text and not rule.required):
            return []
        length = len(text.strip())
        if not length:
            return [self._problem("required", _("没有填写。"), _("请填写。"), rule.label)]
        if length < rule.min_length:
            message = _("只有%(length)d字，少于%(limit)d字。")
            values_ = {"length": length, "limit": rule.min_length}
            return [self._problem("min_length", message % values_, _("请补充内容。"), rule.label)]
        if length > rule.max_length:
            message = _("共%(length)d字，超过%(limit)d字。")
            values_ = {"length": length, "limit": rule.max_length}
            return [self._problem("max_length", message % values_, _("请精简内容。"), rule.label)]
        return []

    def _attachment_problems(self, rows: Sequence[Any], attached: list[str]) -> list[Problem]:
        rule = self.attachments
        if rule is None:
            return []
        found = []
        if len(attached) < rule.min:
            message = _("已上传%(count)d个，至少要%(limit)d个。")
            counts = {"count": len(attached), "limit": rule.min}
            found.append(
                self._problem("attachments", message % counts, _("请上传附件。"), rule.label)
            )
        for index, row in enumerate(rows):
            if rule.per_row and attached.count(row.get(ROW_KEY, "")) < rule.per_row:
                message = _("第%(row)d行缺少%(label)s。") % {"row": index + 1, "label": rule.label}
                remedy = _("请在该行上传照片（JPG或PNG）。")
                problem = self._problem("row_attachment", message, remedy, rule.label)
                found.append(replace(problem, row=FIRST_DATA_ROW + index))
        return found

    def _problem(self, rule: str, message: str, remedy: str, label: str) -> Problem:
        return Problem(
            sheet=self.title,
            row=0,
            column=label,
            cell="",
            rule=rule,
            message=message,
            remedy=remedy,
        )


def keep(form: Form, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a form as they are stored, each with a key of its own (see ``Part.keep``)."""
    kept = []
    for row in rows:
        stored = {c.key: _kept(c, row.get(c.key)) for c in form.columns}
        if any(value is not None for value in stored.values()):
            kept.append({ROW_KEY: str(row.get(ROW_KEY) or uuid4().hex[:12]), **stored})
    return kept


def _kept(column: Any, raw: Any) -> Any:
    try:
        return values.take(column, raw).value
    except values.Unfit:
        return str(raw)


def warning_key(part: Part, content: Mapping[str, Any], problem: Problem) -> str:
    """Names a soft warning by what it is about, so that a confirmation holds until that changes."""
    rows = content.get("rows") or []
    index = problem.row - FIRST_DATA_ROW
    row = rows[index].get(ROW_KEY, "") if problem.row and 0 <= index < len(rows) else ""
    told = "|".join((part.code, row, problem.column, problem.rule, problem.message))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def build(definition: Mapping[str, Any]) -> Part:
    """A part from its definition. Raises ``core.sheets.DefinitionError``, KeyError or TypeError."""
    content = dict(definition)
    form, text = content.pop("form", None), content.pop("text", None)
    attachments = content.pop("attachments", None)
    content.pop("valid_from", None)
    return Part(
        **{**content, "clauses": tuple(content.get("clauses", ()))},
        form=load_form({"code": content["code"], "version": content["version"], **form})
        if form
        else None,
        text=TextRule(**text) if text else None,
        attachments=AttachmentRule(**{**attachments, "kinds": tuple(attachments["kinds"])})
        if attachments
        else None,
    )


@lru_cache(maxsize=256)
def _built(pk: int, _stamp: str) -> Part:
    return build(PartDefinition.objects.get(pk=pk).content)


def of_definition(row: PartDefinition) -> Part:
    """The part of one stored definition, built once."""
    stamp = hashlib.sha256(repr(row.content).encode()).hexdigest()
    return _built(row.pk, stamp)


def in_force(codes: Sequence[str], *, on: date) -> list[Part]:
    """The parts with these codes as they are defined on a day, in the order of the codes."""
    rows = {row.code: row for row in PartDefinition.objects.in_force(on=on).filter(code__in=codes)}
    return [of_definition(rows[code]) for code in codes if code in rows]


def of_version(version: FilingVersion) -> list[Part]:
    """The parts of a version by the definitions that were in force when it was begun."""
    wanted = version.part_versions
    rows = {
        row.code: row
        for row in PartDefinition.objects.filter(code__in=wanted)
        if row.version == wanted[row.code]
    }
    order = version.filing.duty.definition.parts
    codes = sorted(wanted, key=lambda code: order.index(code) if code in order else len(order))
    return [of_definition(rows[code]) for code in codes if code in rows]
