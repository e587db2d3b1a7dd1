"""Doors of cases: one, many, read, what happened to them, what changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from accounts.scopes import Scope
from complaints import feed, services
from complaints.api import noting, serializers, shape, showing
from complaints.api.noting import Noted, NotedBatch
from complaints.models import Case
from complaints.services.records import MOMENT, UNSTORABLE, Desk, Faulty, moment_of
from complaints.services.telling import KINDS, LONGEST_ID, LONGEST_NAME, Told, tell
from complaints.workflow import Source
from core import clock
from core.api import cursors, ndjson
from core.api.doors import Door, Ndjson
from core.api.problems import BadQuery, listed
from core.api.schema import (
    ACT_PROBLEMS,
    CURSOR,
    IDEMPOTENCY_KEY,
    LIMIT,
    LIST_PROBLEMS,
    WRITE_PROBLEMS,
    parameter,
    problems,
)
from core.errors import Conflict

TAG = ["诉求"]
EXACT = ("source", "nature", "state", "category")
BOUNDS = {
    "received_from": "received_at__gte",
    "received_to": "received_at__lt",
    "updated_after": "updated_at__gt",
}
LONGEST_FILTER = 60


class Cases(Noted):
    """All cases in sight, and the door by which one comes in."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {
        "GET": (*EXACT, "organisation", *BOUNDS, *cursors.PAGING)
    }
    message = "case"

    @extend_schema(
        operation_id="cases_list",
        summary="查询诉求",
        description="按更新时间由早到晚返回可见的诉求。",
        tags=TAG,
        parameters=[
            parameter("source", "来源"),
            parameter("nature", "诉求性质（代码）"),
            parameter("state", "状态"),
            parameter("category", "业务类别（代码）"),
            parameter("organisation", "被反映单位代码"),
            parameter("received_from", "受理时间不早于", OpenApiTypes.DATETIME),
            parameter("received_to", "受理时间早于", OpenApiTypes.DATETIME),
            parameter("updated_after", "更新时间晚于", OpenApiTypes.DATETIME),
            CURSOR,
            LIMIT,
        ],
        responses={200: serializers.CasePage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        client, params = request.user, request.query_params
        found = filtered(Case.objects.visible_to(client), params)
        rows, following = cursors.page(showing.complete(found), params)
        return Response({"items": showing.shown(rows, client, now=clock.now()), "next": following})

    @extend_schema(
        operation_id="cases_create",
        summary="报送一件诉求",
        description="201 新登记；200 相同编号、相同内容已登记；409 相同编号、内容不同。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.CaseIn,
        responses={
            201: serializers.CaseOut,
            200: serializers.CaseOut,
            **WRITE_PROBLEMS,
        },
    )
    def post(self, request: Request) -> Any:
        value = self.object_of(request)
        return self.once(request, lambda: self._received(request.user, value))

    def _received(self, client: ApiClient, value: dict[str, Any]) -> Response:
        now, owner, desk = clock.now(), client.organisation, Desk.shared()
        source, record = shape.read(value, owner=owner, desk=desk)
        entered = services.enter(record, source=source, owner=owner, by=None, now=now, desk=desk)
        shown = showing.shown_entered(entered, client, now=now)
        return Response(shown, status=201 if entered.new else 200)


class Batch(NotedBatch):
    """Many cases in one request, each judged by itself."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.CASES_WRITE, "GET": Scope.CASES_READ}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("owner",)}
    message = "batch"
    parser_classes = (Ndjson,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """A number may be any text: the case whose number is this word."""
        return _read(request, "batch")

    @extend_schema(
        operation_id="cases_batch",
        summary="批量报送诉求",
        description="每行一个 JSON 对象，最多5,000行或8 MB；逐行答复"
        '{"line","number","status":201|200|409|422,"errors":[…]}，一行有误不影响其他行。',
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request={ndjson.CONTENT_TYPE: OpenApiTypes.STR},
        responses={
            (200, ndjson.CONTENT_TYPE): OpenApiTypes.STR,
            **WRITE_PROBLEMS,
        },
    )
    def post(self, request: Request) -> Any:
        lines = ndjson.lines(request.body)
        # Piece by piece: each number knows by itself whether it was received before.
        return self.once(request, lambda: self._answered(request.user, lines), whole=False)

    def _answered(self, client: ApiClient, lines: list[ndjson.Line]) -> HttpResponse:
        found = {line.number: answer for line, answer in received(client, lines)}
        content = ndjson.written(found[line.number] for line in lines)
        return HttpResponse(content, content_type=ndjson.CONTENT_TYPE)


def received(
    client: ApiClient, lines: list[ndjson.Line]
) -> Iterator[tuple[ndjson.Line, dict[str, Any]]]:
    """Each line with its answer, in no particular order."""
    owner, desk, now = client.organisation, Desk(), clock.now()
    by_source: dict[str, list[tuple[ndjson.Line, Any]]] = {}
    for line in lines:
        if line.error:
            yield line, answer(line, "", 422, {"": line.error})
            continue
        try:
            source, record = shape.read(line.value, owner=owner, desk=desk)
        except Faulty as faulty:
            number = line.value.get("number")
            yield line, answer(line, number if isinstance(number, str) else "", 422, faulty.errors)
        else:
            by_source.setdefault(source, []).append((line, record))
    for source, pairs in by_source.items():
        results = services.receive_each(
            (record for _line, record in pairs),
            source=source,
            owner=owner,
            client=client,
            now=now,
            desk=desk,
        )
        for (line, _record), result in zip(pairs, results, strict=True):
            yield line, answer(line, result.number, result.status, result.errors)


def answer(line: ndjson.Line, number: str, status: int, errors: dict[str, str]) -> dict[str, Any]:
    return {
        "line": line.number,
        "number": number[:40],
        "status": status,
        "errors": list(listed(errors)),
    }


class OneCase(Door):
    """One case by its number."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CASES_READ}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("owner",)}

    @extend_schema(
        operation_id="case_read",
        summary="查询一件诉求",
        description="看不到的与不存在的答复相同（404）。",
        tags=TAG,
        parameters=[parameter("owner", "首接单位代码；同一编号有多件时填写")],
        responses={200: serializers.CaseOut, **problems(400, 401, 403, 404, 409, 429)},
    )
    def get(self, request: Request, number: str) -> Response:
        return _read(request, number)


def _read(request: Request, number: str) -> Response:
    client = request.user
    case = found_case(client, number, request.query_params.get("owner", ""))
    return Response(showing.shown([case], client, now=clock.now())[0])


class Events(Noted):
    """What happened to a case in the other house."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.CASES_ACT}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"POST": ("owner",)}

    @extend_schema(
        operation_id="case_event",
        summary="报送办理进展",
        description="201 已记录；200 相同消息编号已记录过；409 当前状态不能办理，附原因。",
        tags=TAG,
        parameters=[parameter("owner", "首接单位代码；同一编号有多件时填写"), IDEMPOTENCY_KEY],
        request=serializers.EventIn,
        responses={
            201: serializers.EventOut,
            200: serializers.EventOut,
            **ACT_PROBLEMS,
        },
    )
    def post(self, request: Request, number: str) -> Any:
        value = self.object_of(request)
        owner = request.query_params.get("owner", "")

        def work() -> Response:
            # Looked for in here: what the message moved out of sight is answered as before.
            return self._told(request.user, found_case(request.user, number, owner), value)

        return self.once(request, work)

    def kind_of(self, request: Request) -> str:
        kind = noting.said(request, "kind")
        return f"event.{kind if kind in KINDS else 'unknown'}"

    def _told(self, client: ApiClient, case: Case, value: dict[str, Any]) -> Response:
        message = message_of(value)
        told: Told = tell(case, **message, machine=client.organisation, now=clock.now())
        event = {
            "number": told.case.number,
            "sequence": told.event.sequence,
            "kind": value["kind"],
            "act": told.event.kind,
            "at": clock.told(told.event.at),
            "state": told.case.state,
        }
        return Response(event, status=201 if told.new else 200)


def message_of(value: dict[str, Any]) -> dict[str, Any]:
    """What a message says, its envelope checked. Raises ``Faulty``."""
    errors: dict[str, str] = {}
    said = dict(value)
    kind, at = said.pop("kind", None), said.pop("at", None)
    if kind not in list(KINDS):
        errors["kind"] = _("须为以下之一：%(kinds)s。") % {"kinds": "、".join(KINDS)}
    moment = moment_of(at)
    if at is not None and moment is None:
        errors["at"] = str(MOMENT)
    envelope = {"external_id": ("id", LONGEST_ID), "author": ("by", LONGEST_NAME)}
    found: dict[str, Any] = {}
    for field, (name, most) in envelope.items():
        given = said.pop(name, None)
        given = "" if given is None else given
        if not isinstance(given, str) or UNSTORABLE.search(given):
            errors[name] = _("须为字符串。")
        elif len(given) > most:
            errors[name] = _("内容过长（最多%(limit)d个字）。") % {"limit": most}
        else:
            found[field] = given.strip()
    if errors:
        raise Faulty(errors)
    return {"kind": kind, "at": moment, "said": said, **found}


class Changes(Door):
    """Everything that changed, in order; nothing is passed over and nothing is out of sight."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CASES_READ}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": cursors.PAGING}

    @extend_schema(
        operation_id="changes",
        summary="变更流",
        description="按变更顺序返回可见的诉求，每件以最近一次变更的内容出现。"
        "保存 next，下次从这里继续，不会漏过任何变更。",
        tags=["通用"],
        parameters=[CURSOR, LIMIT],
        responses={200: serializers.ChangePage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        client, params = request.user, request.query_params
        found = showing.complete(feed.settled(Case.objects.visible_to(client)))
        rows, following = cursors.page(found, params, by="change_seq", kind=int)
        shown = showing.shown(rows, client, now=clock.now())
        items = [
            {"kind": "case", "number": c["number"], "updated_at": c["updated_at"], "case": c}
            for c in shown
        ]
        last = params.get("cursor", "")
        if rows:
            last = cursors.encode(rows[-1].change_seq, rows[-1].pk)
        return Response({"items": items, "next": last, "more": bool(following)})


# --- Finding --------------------------------------------------------------------------------------


def found_case(client: ApiClient, number: str, owner: str = "") -> Case:
    """The case with a number in sight; of several the one that the client's own house received.

    Raises ``Http404`` for what is missing and for what is out of sight alike, ``Conflict`` where
    several houses use the number.
    """
    if "\0" in number or "\0" in owner or len(number) > 40:
        raise Http404
    cases = showing.complete(Case.objects.visible_to(client)).filter(number=number)
    found = list(cases.filter(owner__code=owner) if owner else cases)
    own = [case for case in found if case.owner_id == client.organisation.pk]
    if len(own or found) > 1:
        raise Conflict(_("编号对应多件诉求，请用 owner 参数指明首接单位。"))
    if not found:
        raise Http404
    return (own or found)[0]


def filtered(cases: QuerySet[Case], params: Any) -> QuerySet[Case]:
    """Cases that fit what was asked. Raises ``BadQuery`` with every parameter that is wrong."""
    errors: dict[str, str] = {}
    for name in (*EXACT, "organisation"):
        if value := params.get(name, ""):
            if len(value) > LONGEST_FILTER:
                errors[name] = _("内容过长（最多%(limit)d个字）。") % {"limit": LONGEST_FILTER}
            field = "organisation__code" if name == "organisation" else name
            cases = cases.filter(**{field: value})
    if params.get("source") and params["source"] not in Source.values:
        errors["source"] = _("来源不正确。")
    for name, lookup in BOUNDS.items():
        if value := params.get(name, ""):
            # An unescaped plus sign of the offset arrives as a blank.
            moment = moment_of(value.replace(" ", "+"))
            if moment is None:
                errors[name] = str(MOMENT)
            else:
                cases = cases.filter(**{lookup: moment})
    if errors:
        raise BadQuery(**errors)
    return cases
