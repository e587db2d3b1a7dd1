"""What a reader would miss: who is silent, what is incomplete, said in so many words (S1-4.2j)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from accounts.models import Organisation
from campaign.models import Duty
from campaign.workflow import UNFINISHED
from core import clock
from core.officialdoc import written_date
from reporting.figures import contents
from reporting.figures.companies import is_missing
from reporting.figures.scope import Scope

Gap = dict[str, Any]


def gaps(scope: Scope, *, public: bool = False) -> list[Gap]:
    """Everything that is missing at the instant of the scope; nothing is left out silently.

    In a report for everybody the office's own list of work has no place.
    """
    found = [
        *_silent(scope),
        *_sent_back(scope),
        *_incomplete(scope),
        *_windows(scope),
        *(() if public else _own(scope)),
    ]
    return sorted(found, key=lambda gap: gap["organisation"])


def gap(organisation: Organisation, what: str, why: str, *, duty: int | None = None) -> Gap:
    """One thing that is missing, of an organisation."""
    return {
        "organisation": organisation.code,
        "name": str(organisation),
        "what": what,
        "why": why,
        "duty": duty,
    }


def _gap(duty: Duty, what: str, why: str) -> Gap:
    return gap(duty.organisation, what, why, duty=duty.pk)


def undelivered(
    scope: Scope, content: Mapping[str, Any], told: Mapping[str, Mapping[str, Any]]
) -> list[Gap]:
    """What the template says a report of its kind should hold, and nothing in the portal gives.

    ``absent`` names what the portal keeps no records of; ``expects`` figures that are nought only
    where nothing was sent.
    """
    office = scope.organisation
    found = [gap(office, one["what"], one["why"]) for one in content.get("absent", ())]
    for one in content.get("expects", ()):
        if not told[one["figure"]]["value"]:
            found.append(gap(office, told[one["figure"]]["label"], one["why"]))
    return found


def _silent(scope: Scope) -> Iterator[Gap]:
    """Companies that reported nothing yet."""
    for duty in scope.company_duties:
        if is_missing(duty):
            state = "已逾期" if duty.due_at < scope.now else "尚在期限内"
            why = f"应于{_day(duty.due_at)}前报告，{state}"
            yield _gap(duty, duty.definition.title, why)


# How the parts of a report are called in a list of gaps.
PARTS = {
    "leading_group": "领导小组名单",
    "demonstration_points": "示范点名单",
    "implementation_plan": "实施方案",
    "service_commitments": "公开服务承诺",
    "windows": "窗口公示情况",
}


def _sent_back(scope: Scope) -> Iterator[Gap]:
    """Parts that were reported and are with the company again."""
    for duty, version in scope.content:
        for part in scope.sent_back[version.pk]:
            why = f"已退回补正，补正期限{_day(duty.due_at)}，内容未计入"
            yield _gap(duty, PARTS.get(part, duty.definition.title), why)


def _incomplete(scope: Scope) -> Iterator[Gap]:
    """Reports that came without something that the plan asks for."""
    checks = (
        ("leading_group", contents.has_head, "报告中没有明确组长"),
        ("demonstration_points", contents.has_points, "报告中没有列出示范区县、示范点"),
        ("implementation_plan", contents.has_plan(scope), "没有上传实施方案正文"),
        ("service_commitments", contents.has_commitments, "没有列出承诺事项"),
        ("windows", lambda version: bool(version.rows("windows")), "没有列出服务窗口"),
    )
    for duty, version in scope.content:
        for part, has, why in checks:
            if part not in duty.definition.parts:
                continue
            if part not in scope.sent_back[version.pk] and not has(version):
                yield _gap(duty, PARTS[part], why)


def _windows(scope: Scope) -> Iterator[Gap]:
    """Windows that do not show both lines, or without a photo."""
    duties = {duty.pk: duty for duty in scope.company_duties}
    counts = Counter(row.duty for row in contents.incomplete_windows(scope))
    for pk, count in counts.items():
        yield _gap(duties[pk], "窗口公示情况", f"有{count}个窗口未公示齐全或者缺少照片")


def _own(scope: Scope) -> Iterator[Gap]:
    """Work of the office itself that is past its day."""
    for duty in scope.own_duties:
        if duty.state in UNFINISHED and duty.due_at < scope.now:
            why = f"应于{_day(duty.due_at)}前完成，尚未完成"
            yield _gap(duty, duty.definition.title, why)


def _day(at: datetime) -> str:
    return written_date(clock.day_of(at))
