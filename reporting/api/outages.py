"""Doors of outage notices: file one, change, complete or cancel it, read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient, Organisation
from accounts.scopes import Scope
from complaints.services.records import Faulty
from core import clock
from core.api import cursors
from core.api.doors import Door
from core.api.problems import BadQuery
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
from reporting import outage_records as records
from reporting.api import serializers
from reporting.models import OutageNotice
from reporting.outage_records import Record
from reporting.queries.outages import Filters, below, day_of
from reporting.services import outages as services

TAG = ["停限电"]
LONGEST = 40
FILTERS = ("kind", "flag", "since", "until")


UNIT = parameter("organisation", "供电单位代码；同一编号有多件时填写")


def shown(notice: OutageNotice) -> dict[str, Any]:
    """A notice as the API tells of it: what was said, and what the rules found."""
    return {
        "organisation": notice.organisation.code,
        **Record.standing(notice).content(),
        "state": notice.state,
        "change_reason": notice.change_reason,
        "version": notice.version,
        "lead_hours": None if notice.lead_seconds is None else round(notice.lead_seconds / 3600, 2),
        "lead_ok": notice.lead_ok,
        "flags": sorted(flag.code for flag in notice.flags.all()),
        "updated_at": clock.told(notice.updated_at),
    }


def unit_of(client: ApiClient, value: dict[str, Any]) -> Organisation:
    """For whom a notice is filed: the client's own unit, or one below it by code."""
    code = value.pop("organisation", None)
    if code is None:
        return client.organisation
    if not isinstance(code, str) or len(code) > LONGEST or "\0" in code:
        raise Faulty({"organisation": _("须为字符串。")})
    path = client.organisation.path
    found = Organisation.objects.companies().in_force().filter(code=code, path__startswith=path)
    if (unit := found.first()) is None:
        raise Faulty({"organisation": _("没有这个单位，或者不由您的单位填报。")})
    return unit


def found_notice(client: ApiClient, number: str, unit: str = "") -> OutageNotice:
    """The notice with a number in sight; of several the client's own.

    Raises ``Http404`` for what is missing and for what is out of sight alike, ``Conflict`` where
    several units use the number.
    """
    if "\0" in number or "\0" in unit or len(number) > LONGEST or len(unit) > LONGEST:
        raise Http404
    seen = OutageNotice.objects.visible_to(client).select_related("organisation")  # type: ignore[arg-type]
    rows = seen.prefetch_related("flags").filter(number=number)
    found = list(rows.filter(organisation__code=unit) if unit else rows)
    own = [one for one in found if one.organisation_id == client.organisation.pk]
    if len(own or found) > 1:
        raise Conflict(_("编号对应多件停限电信息，请用 organisation 参数指明供电单位。"))
    if not found:
        raise Http404
    return (own or found)[0]


class Notices(Door):
    """All notices in sight, and the door by which one comes in."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.OUTAGES_READ, "POST": Scope.OUTAGES_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {
        "GET": (*FILTERS, "organisation", *cursors.PAGING)
    }

    @extend_schema(
        operation_id="outages_list",
        summary="查询停限电信息",
        description="按更新时间由早到晚返回可见的停限电信息。",
        tags=TAG,
        parameters=[
            parameter("kind", "类型（代码）"),
            parameter("flag", "存在的问题（代码）；any 为有问题的"),
            parameter("organisation", "供电单位代码，含下属单位"),
            parameter("since", "计划停电日期不早于", OpenApiTypes.DATE),
            parameter("until", "计划停电日期不晚于", OpenApiTypes.DATE),
            CURSOR,
            LIMIT,
        ],
        responses={200: serializers.OutagePage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        client, params = request.user, request.query_params
        wrong = {
            name: _("须为日期，例如 2011-11-24。")
            for name in ("since", "until")
            if params.get(name) and day_of(params[name]) is None
        }
        if wrong:
            raise BadQuery(**wrong)
        asked = Filters.of({name: params.get(name, "").replace("\0", "") for name in FILTERS})
        rows = asked.narrow(OutageNotice.objects.visible_to(client))
        if unit := params.get("organisation", "").replace("\0", ""):
            rows = rows.filter(below(unit))
        rows = rows.select_related("organisation").prefetch_related("flags")
        return self.listed(request, rows, shown)

    @extend_schema(
        operation_id="outages_create",
        summary="报送一件停限电信息",
        description="201 新登记；200 相同编号、相同内容已登记；409 相同编号、内容不同。"
        "organisation 不填为客户端所属单位。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.OutageIn,
        responses={201: serializers.OutageOut, 200: serializers.OutageOut, **WRITE_PROBLEMS},
    )
    def post(self, request: Request) -> Any:
        value = dict(self.object_of(request))
        return self.once(request, lambda: self._filed(request.user, value))

    def _filed(self, client: ApiClient, value: dict[str, Any]) -> Response:
        unit = unit_of(client, value)
        record = records.read(value)
        filed = services.file(record, organisation=unit, by=client, now=clock.now())
        notice = found_notice(client, filed.notice.number, unit.code)
        return Response(shown(notice), status=201 if filed.new else 200)


class OneNotice(Door):
    """One notice by its number."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.OUTAGES_READ}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("organisation",)}

    @extend_schema(
        operation_id="outage_read",
        summary="查询一件停限电信息",
        description="看不到的与不存在的答复相同（404）。",
        tags=TAG,
        parameters=[UNIT],
        responses={200: serializers.OutageOut, **problems(400, 401, 403, 404, 409, 429)},
    )
    def get(self, request: Request, number: str) -> Response:
        unit = request.query_params.get("organisation", "")
        return Response(shown(found_notice(request.user, number, unit)))


class _Acting(Door):
    """A door by which something happens to a notice."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.OUTAGES_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"POST": ("organisation",)}

    def acted(self, request: Request, number: str) -> Any:
        value = dict(self.object_of(request))
        unit = request.query_params.get("organisation", "")
        notice = found_notice(request.user, number, unit)

        def work() -> Response:
            self.act(request.user, notice, value)
            return Response(shown(found_notice(request.user, number, notice.organisation.code)))

        return self.once(request, work)

    def act(self, client: ApiClient, notice: OutageNotice, value: dict[str, Any]) -> None:
        raise NotImplementedError


def reason_in(value: dict[str, Any], name: str = "reason_of_change") -> str:
    """The reason of an act. Raises ``Faulty``."""
    reason = value.pop(name, "")
    if not isinstance(reason, str) or records.UNSTORABLE.search(reason):
        raise Faulty({name: _("须为字符串。")})
    return reason


@contextmanager
def named_reason() -> Iterator[None]:
    """A reason that is missing is a mistake of its field."""
    try:
        yield
    except services.Unreasoned as refused:
        raise Faulty({"reason_of_change": str(refused)}) from None


class Changes(_Acting):
    """A notice says something else from now on."""

    @extend_schema(
        operation_id="outage_change",
        summary="变更停限电信息",
        description="请求内容为变更后的全部内容；内容没有变化的不产生新版本。",
        tags=TAG,
        parameters=[UNIT, IDEMPOTENCY_KEY],
        request=serializers.OutageChangeIn,
        responses={200: serializers.OutageOut, **ACT_PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Any:
        return self.acted(request, number)

    def act(self, client: ApiClient, notice: OutageNotice, value: dict[str, Any]) -> None:
        reason = reason_in(value)
        # Whose notice it is, the address says.
        value.pop("organisation", None)
        record = records.read({**value, "number": notice.number})
        services.change(
            notice, record, reason=reason, seen=notice.version, by=client, now=clock.now()
        )


class Actual(_Acting):
    """Power was off, somebody was on site, power is back."""

    @extend_schema(
        operation_id="outage_actual",
        summary="报送实际停复电情况",
        description="只改动所报送的各项时间；null 清除误报的时间。"
        "更改、清除已报的须填 reason_of_change。",
        tags=TAG,
        parameters=[UNIT, IDEMPOTENCY_KEY],
        request=serializers.OutageReportIn,
        responses={200: serializers.OutageOut, **ACT_PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Any:
        return self.acted(request, number)

    def act(self, client: ApiClient, notice: OutageNotice, value: dict[str, Any]) -> None:
        reason = reason_in(value)
        errors = {name: _("没有这个字段。") for name in value if name not in records.ACTUAL}
        told: dict[str, datetime | None] = dict.fromkeys(value)
        told |= records.moments(value, records.ACTUAL, errors)
        if errors:
            raise Faulty(errors)
        with named_reason():
            services.report(notice, told, reason=reason, by=client, now=clock.now())


class Cancel(_Acting):
    """An outage does not take place."""

    @extend_schema(
        operation_id="outage_cancel",
        summary="取消停电",
        description="已经停电的不能取消；已过计划停电时间的须填 proof，已有的问题保留。",
        tags=TAG,
        parameters=[UNIT, IDEMPOTENCY_KEY],
        request=serializers.OutageCancelIn,
        responses={200: serializers.OutageOut, **ACT_PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Any:
        return self.acted(request, number)

    def act(self, client: ApiClient, notice: OutageNotice, value: dict[str, Any]) -> None:
        if notice.state == OutageNotice.State.CANCELLED:
            return
        proof = reason_in(value, "proof")
        with named_reason():
            services.cancel(
                notice, reason=reason_in(value), proof=proof, by=client, now=clock.now()
            )
