"""What is wrong with a version as a whole: hard problems, and warnings to be answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.sheets import Problem
from reporting import parts

if TYPE_CHECKING:
    from reporting.models import FilingVersion


@dataclass(frozen=True)
class Warning:  # noqa: A001 (that is what it is called)
    """A soft problem, its key, and the reason that the filer gave for it ("" when none yet)."""

    key: str
    problem: Problem
    reason: str


@dataclass(frozen=True)
class PartResult:
    """One part of a version with what was found in it."""

    part: parts.Part
    content: Mapping[str, Any]
    attachments: list[Any]
    hard: list[Problem]
    warnings: list[Warning]
    deficient: list[dict[str, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """empty, wrong, warned or done."""
        attached = [a.row_key for a in self.attachments]
        if self.part.is_empty(self.content, attached):
            return "empty"
        if self.hard:
            return "wrong"
        return "warned" if any(not w.reason for w in self.warnings) else "done"

    @property
    def row_count(self) -> int:
        return len(self.content.get("rows") or [])


@dataclass(frozen=True)
class Result:
    """All parts of a version."""

    parts: list[PartResult]

    @property
    def hard(self) -> list[Problem]:
        return [problem for part in self.parts for problem in part.hard]

    @property
    def warnings(self) -> list[Warning]:
        return [warning for part in self.parts for warning in part.warnings]

    @property
    def done(self) -> int:
        return sum(part.state == "done" for part in self.parts)

    def refusal(self) -> str:
        """Why the version may not go to certification; empty when it may."""
        if self.hard:
            titles = dict.fromkeys(p.part.title for p in self.parts if p.hard)
            return _("还有%(count)d处必须改正：%(parts)s。") % {
                "count": len(self.hard),
                "parts": "、".join(titles),
            }
        if unanswered := [w for w in self.warnings if not w.reason]:
            return _("还有%(count)d处提示没有说明理由。") % {"count": len(unanswered)}
        return ""


def version(subject: FilingVersion) -> Result:
    """Check every part of a version by the definitions that it was begun with."""
    attached: dict[str, list[Any]] = defaultdict(list)
    for attachment in subject.attachments.select_related("file"):
        attached[attachment.part].append(attachment)
    before = _before(subject)
    return Result(
        [_part(subject, part, attached[part.code], before) for part in parts.of_version(subject)]
    )


def _part(
    subject: FilingVersion, part: parts.Part, attachments: list[Any], before: FilingVersion | None
) -> PartResult:
    content = subject.parts.get(part.code) or {}
    found = part.problems(content, [a.row_key for a in attachments])
    deficient = [item for item in subject.deficient if item["part"] == part.code]
    if deficient and before is not None and _unchanged(subject, before, part.code, attachments):
        found.append(_not_mended(part))
    soft = [p for p in found if p.severity == "soft"]
    keys = [parts.warning_key(part, content, p) for p in soft]
    return PartResult(
        part=part,
        content=content,
        attachments=attachments,
        hard=[p for p in found if p.severity == "hard"],
        warnings=[
            Warning(key, problem, subject.confirmed_warnings.get(key, ""))
            for key, problem in zip(keys, soft, strict=True)
        ],
        deficient=deficient,
    )


def _before(subject: FilingVersion) -> FilingVersion | None:
    if not subject.deficient:
        return None
    return subject.filing.versions.filter(number=subject.number - 1).first()


def _unchanged(
    subject: FilingVersion, before: FilingVersion, code: str, attachments: Iterable[Any]
) -> bool:
    now = {(a.row_key, a.file.sha256) for a in attachments}
    then = set(before.attachments.filter(part=code).values_list("row_key", "file__sha256"))
    return subject.parts.get(code) == before.parts.get(code) and now == then


def _not_mended(part: parts.Part) -> Problem:
    return Problem(
        sheet=part.title,
        row=0,
        column="",
        cell="",
        rule="not_mended",
        message=_("这份材料被退回，但内容还没有修改。"),
        remedy=_("请按退回意见补正；确认无需修改的请说明理由。"),
        severity="soft",
    )
