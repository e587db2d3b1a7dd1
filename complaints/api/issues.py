"""The door by which a company reports hot and hard issues of a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from accounts.scopes import Scope
from complaints.api.exchange_serializers import IssuesIn, IssuesOut
from complaints.api.noting import Noted, sent
from complaints.models import Term
from complaints.services import issues as service
from complaints.services.records import UNSTORABLE, Faulty
from complaints.services.words import Words
from complaints.workflow import Source
from core import clock
from core.api.schema import IDEMPOTENCY_KEY, WRITE_PROBLEMS
from core.periods import Period

KNOWN = {"period", "received", "complaints", "summary", "correction", "issues"}
TEXTS = {"title": 80, "kind": 10, "category": 40, "region": 60, "description": 2000}
TEXTS |= {"measures": 2000}
REPORT = {"summary": 4000, "correction": 300}


class Issues(Noted):
    """A whole report of a period; the same again changes nothing."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.CASES_WRITE}
    message = "issues"

    @extend_schema(
        operation_id="issues_report",
        summary="报送焦点、难点问题",
        description="201 已报送；200 相同内容已报送过；409 本期已报送、内容不同而没有更正原因。",
        tags=["焦点难点"],
        parameters=[IDEMPOTENCY_KEY],
        request=IssuesIn,
        responses={
            201: IssuesOut,
            200: IssuesOut,
            **WRITE_PROBLEMS,
        },
    )
    def post(self, request: Request) -> Any:
        value = self.object_of(request)
        return self.once(request, lambda: self._reported(request.user, value))

    def _reported(self, client: ApiClient, value: dict[str, Any]) -> Response:
        report, new = service.report_issues(
            organisation=client.organisation, **read(value), client=client.name, now=clock.now()
        )
        answer = {
            "organisation": report.organisation.code,
            "period": {"from": report.first_day.isoformat(), "to": report.last_day.isoformat()},
            "version": report.version,
            "state": report.state,
            "submitted_at": clock.told(report.submitted_at),
        }
        return Response(answer, status=201 if new else 200)

    def number_of(self, request: Request) -> str:
        value = sent(request).get("period")
        days = [value.get(end) for end in ("from", "to")] if isinstance(value, dict) else []
        return "/".join(day for day in days if isinstance(day, str))[:40]


def read(value: dict[str, Any]) -> dict[str, Any]:
    """What a report says. Raises ``Faulty`` with every field that is wrong in its shape."""
    errors = {name[:60]: _("没有这个字段。") for name in value if name not in KNOWN}
    found: dict[str, Any] = {"period": _period(value.get("period"), errors)}
    for name in ("received", "complaints"):
        found[name] = _count(value.get(name), name, errors)
    for name, most in REPORT.items():
        found[name] = _text(value.get(name), name, most, errors)
    given = value.get("issues")
    rows = [] if given is None else given
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        errors["issues"] = _("须为对象的数组。")
        rows = []
    elif len(rows) > service.MOST_ISSUES:
        errors["issues"] = _("最多%(most)d条。") % {"most": service.MOST_ISSUES}
        rows = []
    words = Words()
    found["issues"] = [
        _issue(row, f"issues.{place}", words, found["period"], errors)
        for place, row in enumerate(rows)
    ]
    if errors:
        raise Faulty(errors)
    return found


def _issue(
    row: Mapping[str, Any],
    where: str,
    words: Words,
    period: Period | None,
    errors: dict[str, str],
) -> service.Issue | None:
    known = {*TEXTS, "count", "due_on", "solved"}
    for name in row:
        if name not in known:
            errors[f"{where}.{name}"[:60]] = _("没有这个字段。")
    found: dict[str, Any] = {
        name: _text(row.get(name), f"{where}.{name}", most, errors) for name, most in TEXTS.items()
    }
    found["kind"] = found["kind"] or "hot"
    if found["category"] and period is not None:
        kind = Term.Kind.CATEGORY
        code = words.code(kind, found["category"], source=Source.H95598, on=period.last)
        found["category"] = code or found["category"]
    found["count"] = _count(row.get("count"), f"{where}.count", errors) or 0
    due_on = row.get("due_on")
    found["due_on"] = _day(due_on) if due_on is not None else None
    if due_on is not None and found["due_on"] is None:
        errors[f"{where}.due_on"] = _("须为日期，例如 2026-03-02。")
    solved = row.get("solved")
    found["solved"] = bool(solved)
    if solved is not None and not isinstance(solved, bool):
        errors[f"{where}.solved"] = _("须为 true 或 false。")
    return service.Issue(**found)


def _period(value: Any, errors: dict[str, str]) -> Period | None:
    ends = [_day(value.get(end)) for end in ("from", "to")] if isinstance(value, Mapping) else []
    if not ends or None in ends:
        errors["period"] = _('须为 {"from": 日期, "to": 日期}。')
        return None
    try:
        return Period(*ends)  # type: ignore[arg-type]
    except ValueError:
        errors["period"] = _("起始日期不能晚于截止日期。")
        return None


def _day(value: Any) -> date | None:
    try:
        found = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and 1990 <= found.year < 2200 else None


def _count(value: Any, where: str, errors: dict[str, str]) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= service.MOST:
        errors[where] = _("须为件数。")
        return None
    return value


def _text(value: Any, where: str, most: int, errors: dict[str, str]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or UNSTORABLE.search(value):
        errors[where] = _("须为字符串。")
    elif len(value) > most:
        errors[where] = _("内容过长（最多%(limit)d个字）。") % {"limit": most}
    else:
        return value
    return ""
