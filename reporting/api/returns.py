"""Doors of periodic returns: what is owed, its form, a draft, and handing it to whoever certifies.

A system fills in; a person of the unit certifies on the pages of the portal (S1-2.2.1d).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from accounts.permissions import Permission
from accounts.reach import works_for
from accounts.scopes import Scope
from complaints.services.records import Faulty
from core import asked, clock
from core.api import cursors
from core.api.doors import Door
from core.api.problems import BadQuery
from core.api.schema import (
    ACT_PROBLEMS,
    CURSOR,
    IDEMPOTENCY_KEY,
    LIMIT,
    LIST_PROBLEMS,
    READ_PROBLEMS,
    parameter,
)
from core.errors import Conflict
from core.sheets import Problem
from core.sheets.booklet import Booklet
from reporting.api import return_shapes as shapes
from reporting.models import Return, ReturnReview, ReturnVersion
from reporting.parts import ROW_KEY
from reporting.queries import return_content
from reporting.queries.outages import below, day_of
from reporting.returns import definition
from reporting.returns.examining import Examination
from reporting.services import return_filing
from reporting.views.presenting import shown
from reporting.workflow.returns import State

TAG = ["定期报表"]
FILTERS = ("code", "state", "organisation", "since", "until")
RELATED = ("form", "organisation", "recipient", "current_version", "filed_version")
# Any text leads to the door, so that whoever has no token is asked for it first.
KEY = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH)


def found_return(client: ApiClient, pk: str) -> Return:
    """The return in sight. Raises ``Http404`` for what is missing and what is out of sight."""
    seen = Return.objects.visible_to(client)  # type: ignore[arg-type]
    if (found := seen.select_related(*RELATED).filter(pk=asked.number(pk)).first()) is None:
        raise Http404
    return found


def version_seen(client: ApiClient, entry: Return) -> ReturnVersion | None:
    """The newest version that the client may see: for its own units also a draft."""
    seen = ReturnVersion.objects.visible_to(client)  # type: ignore[arg-type]
    if (version := seen.filter(entry=entry).order_by("number").last()) is not None:
        version.entry = entry
    return version


def listed(entry: Return) -> dict[str, Any]:
    """A return as lists tell of it."""
    filed = entry.filed_version
    return {
        "id": entry.pk,
        "code": entry.code,
        "title": entry.form.title,
        "form_version": entry.form.version,
        "organisation": entry.organisation.code,
        "recipient": entry.recipient.code,
        "period": {"from": entry.period_start, "to": entry.period_end},
        "due_at": clock.told(entry.due_at),
        "state": entry.state,
        "receipt_number": filed.receipt_number if filed else "",
        "submitted_at": clock.told(filed.submitted_at) if filed else None,
        "is_late": bool(filed and filed.is_late),
        "recheck": entry.recheck_at is not None,
    }


def shown_whole(client: ApiClient, entry: Return) -> dict[str, Any]:
    """A return with the rows of its newest version, what is wrong with them and its reviews."""
    version = version_seen(client, entry)
    told = {**listed(entry), "version": None, "revision": 0, "rows": {}, "problems": []}
    told |= {"digest": "", "rechecks": [], "deficient": []}
    if version is None:
        return told
    full = works_for(client, Permission.FILING_DRAFT, entry.organisation)  # type: ignore[arg-type]
    review = version.reviews.filter(decision=ReturnReview.Decision.RETURNED).last()
    return {
        **told,
        "version": version.number,
        "revision": version.revision,
        "digest": version.digest,
        "rows": rows_of(version, full=full),
        "problems": problems_of(return_content.examine(version)) if full else [],
        "rechecks": entry.recheck if full else [],
        "deficient": review.deficient if review else [],
    }


def rows_of(version: ReturnVersion, *, full: bool) -> dict[str, list[dict[str, Any]]]:
    """The rows by sheet; names and accounts masked unless the client fills them in."""
    found = {}
    for sheet in definition.of(version.entry.form).booklet.sheets:
        hidden = [] if full else [c for c in sheet.form.columns if c.personal]
        found[sheet.name] = [
            {
                **{key: value for key, value in row.items() if key != ROW_KEY},
                **{c.key: shown(c, row.get(c.key), full=False) for c in hidden},
            }
            for row in version.sheet(sheet.name)
        ]
    return found


def problems_of(examined: Examination) -> list[dict[str, Any]]:
    """Everything wrong; a warning has the key under which a reason is given for it."""
    hard = [{**_problem(problem), "key": "", "reason": ""} for problem in examined.hard]
    soft = [
        {**_problem(one.problem), "key": one.key, "reason": one.reason} for one in examined.warnings
    ]
    return hard + soft


def _problem(problem: Problem) -> dict[str, Any]:
    names = ("sheet", "cell", "column", "rule", "message", "remedy", "severity")
    return {name: getattr(problem, name) for name in names}


class Returns(Door):
    """What the client's units owe and have filed."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.RETURNS_READ}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": (*FILTERS, *cursors.PAGING)}

    @extend_schema(
        operation_id="returns_list",
        summary="查询应报和已报的定期报表",
        description="按截止时间由早到晚返回本单位及下属单位的报表。",
        tags=TAG,
        parameters=[
            parameter("code", "报表代码"),
            parameter("state", "状态（代码）"),
            parameter("organisation", "单位代码，含下属单位"),
            parameter("since", "报告期开始日期不早于", OpenApiTypes.DATE),
            parameter("until", "报告期开始日期不晚于", OpenApiTypes.DATE),
            CURSOR,
            LIMIT,
        ],
        responses={200: shapes.ReturnPage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        params = {name: request.query_params.get(name, "").replace("\0", "") for name in FILTERS}
        wrong = {
            name: _("须为日期，例如 2011-11-24。")
            for name in ("since", "until")
            if params[name] and day_of(params[name]) is None
        }
        if params["state"] and params["state"] not in State.values:
            wrong["state"] = _("没有这个状态，可用：%(names)s。") % {
                "names": " ".join(State.values)
            }
        if wrong:
            raise BadQuery(**wrong)
        rows = Return.objects.visible_to(request.user).select_related(*RELATED)
        days: dict[str, date | None] = {name: day_of(params[name]) for name in ("since", "until")}
        conditions = {
            "code": params["code"],
            "state": params["state"],
            "period_start__gte": days["since"],
            "period_start__lte": days["until"],
        }
        rows = rows.filter(**{name: value for name, value in conditions.items() if value})
        if params["organisation"]:
            rows = rows.filter(below(params["organisation"]))
        return self.listed(request, rows, listed, by="due_at")


class OneReturn(Door):
    """One return: where it stands, its rows, what is wrong with them."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.RETURNS_READ}

    @extend_schema(
        operation_id="return_read",
        summary="查询一张定期报表",
        description="含最新版本的内容、检查结果、退回问题和回执。看不到的与不存在的答复相同（404）。",
        tags=TAG,
        parameters=[KEY],
        responses={200: shapes.ReturnOut, **READ_PROBLEMS},
    )
    def get(self, request: Request, pk: str) -> Response:
        return Response(shown_whole(request.user, found_return(request.user, pk)))


class Form(Door):
    """The definition that a return was opened with."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.RETURNS_READ}

    @extend_schema(
        operation_id="return_definition",
        summary="查询报表定义",
        description="这张报表所用版本的工作表、列、类型、单位、选项和校验规则。",
        tags=TAG,
        parameters=[KEY],
        responses={200: shapes.DefinitionOut, **READ_PROBLEMS},
    )
    def get(self, request: Request, pk: str) -> Response:
        form = found_return(request.user, pk).form
        told = {"code": form.code, "version": form.version, "title": form.title}
        return Response({**told, "content": form.content})


class Draft(Door):
    """The draft of a return, sheet by sheet."""

    scopes: ClassVar[dict[str, str]] = {"PUT": Scope.RETURNS_WRITE}

    @extend_schema(
        operation_id="return_draft",
        summary="填报草稿",
        description="所给工作表整表替换，未给的不变；内容相同的重发不产生改动。"
        "`revision` 为所依据的版次，被他人保存过的答复409。"
        "已退回的开始补正，已通过的须填 `reason` 开始更正。"
        "答复含全部检查结果，不合要求的值照样保存。",
        tags=TAG,
        parameters=[KEY, IDEMPOTENCY_KEY],
        request=shapes.DraftIn,
        responses={200: shapes.ReturnOut, **ACT_PROBLEMS},
    )
    def put(self, request: Request, pk: str) -> Any:
        value = self.object_of(request)
        entry = found_return(request.user, pk)

        def work() -> Response:
            given = _draft(value, definition.of(entry.form).booklet)
            return_filing.replace(entry=entry, by=request.user, now=clock.now(), **given)
            return Response(shown_whole(request.user, found_return(request.user, pk)))

        return self.once(request, work)


class Submit(Door):
    """Hand the draft to whoever certifies."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.RETURNS_WRITE}

    @extend_schema(
        operation_id="return_submit",
        summary="提交复核",
        description="草稿检查无误后交本单位人员在平台复核认证并报送，报送后给出回执编号。"
        "还有错误或者提示未说明的答复422，逐格列出；已经提交的再次提交答复200。",
        tags=TAG,
        parameters=[KEY, IDEMPOTENCY_KEY],
        request=shapes.SubmitIn,
        responses={200: shapes.ReturnOut, **ACT_PROBLEMS},
    )
    def post(self, request: Request, pk: str) -> Any:
        value = self.object_of(request)
        entry = found_return(request.user, pk)

        def work() -> Response:
            self._hand_over(request.user, entry, value)
            return Response(shown_whole(request.user, found_return(request.user, pk)))

        return self.once(request, work)

    def _hand_over(self, client: ApiClient, entry: Return, value: dict[str, Any]) -> None:
        seen = _revision(value)
        _unknown(value, {"revision"})
        version = entry.current_version
        if version is not None and version.revision != seen:
            raise Conflict(_("这张报表已由他人保存，请重新读取后再提交。"))
        if entry.state == State.CERTIFYING:
            return
        if version is not None and entry.state == State.DRAFT:
            version.entry = entry
            examined = return_content.examine(version)
            wrong = [*examined.hard, *(one.problem for one in examined.unconfirmed)]
            if wrong:
                raise Faulty({_place(one): f"{one.message}。{one.remedy}" for one in wrong})
        return_filing.request_certification(entry=entry, by=client, now=clock.now())


def _place(problem: Problem) -> str:
    """Where a problem is, as the field of an error: sheet and cell, else the rule."""
    return f"{problem.sheet}.{problem.cell or problem.rule}.{problem.rule}"


def _draft(value: Mapping[str, Any], booklet: Booklet) -> dict[str, Any]:
    """What was sent, for the service. Raises ``Faulty`` naming everything that cannot be read."""
    _unknown(value, {"revision", "rows", "reasons", "reason"})
    errors: dict[str, str] = {}
    rows = value.get("rows")
    if not isinstance(rows, Mapping):
        errors["rows"] = _("须为对象：工作表名为键，行的列表为值。")
    else:
        for name, listed_rows in rows.items():
            errors |= _wrong_rows(str(name), listed_rows, booklet)
    reasons, reason = value.get("reasons", {}), value.get("reason", "")
    if not isinstance(reasons, Mapping) or not all(isinstance(t, str) for t in reasons.values()):
        errors["reasons"] = _("须为对象：提示的 key 为键，理由为值。")
    if not isinstance(reason, str):
        errors["reason"] = _("须为字符串。")
    if errors:
        raise Faulty(errors)
    return {"rows": rows, "reasons": reasons, "reason": reason, "seen": _revision(value)}


def _revision(value: Mapping[str, Any]) -> int:
    revision = value.get("revision")
    if type(revision) is not int or revision < 0:
        raise Faulty({"revision": _("须为不小于0的整数；还没有草稿的填0。")})
    return revision


def _unknown(value: Mapping[str, Any], known: set[str]) -> None:
    wrong = {str(name)[:60]: _nearest(str(name), known) for name in value if name not in known}
    if wrong:
        raise Faulty(wrong)


def _nearest(name: str, known: Any) -> str:
    near = get_close_matches(name[:60], sorted(known), 1)
    if near:
        return _("没有这个字段，是否为“%(near)s”？") % {"near": near[0]}
    return _("没有这个字段。")


def _wrong_rows(name: str, rows: Any, booklet: Booklet) -> dict[str, str]:
    if name not in booklet.by_name:
        return {f"rows.{name[:60]}": _nearest(name, booklet.by_name)}
    form = booklet.form(name)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return {f"rows.{name}": _("须为行的列表，每行为一个对象。")}
    if len(rows) > form.max_rows:
        facts = {"count": len(rows), "limit": form.max_rows}
        return {f"rows.{name}": _("共 %(count)d 行，超过上限 %(limit)d 行") % facts}
    errors: dict[str, str] = {}
    for number, row in enumerate(rows):
        for key, cell in row.items():
            place = f"rows.{name}.{number}.{str(key)[:60]}"
            if key not in form.by_key:
                errors[place] = _nearest(str(key), form.by_key)
            elif isinstance(cell, (list, dict)):
                errors[place] = _("须为文本、数字、true、false 或 null。")
    return errors
