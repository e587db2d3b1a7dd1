"""Doors of hazards: systems of either side report them and follow them to the end.

Source: grid standard 4.2.2, 4.3.1 (S2-4.2.2a, S2-4.3.1a).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from accounts.scopes import Scope
from core import clock
from core.api import cursors
from core.api.doors import Door
from core.api.finding import by_number, in_state
from core.api.schema import (
    CURSOR,
    IDEMPOTENCY_KEY,
    LIMIT,
    LIST_PROBLEMS,
    READ_PROBLEMS,
    STATE,
    WRITE_PROBLEMS,
)
from grids import business_records as records
from grids.hazards.moves import State
from grids.models import Hazard
from grids.services import hazard_platforms as services
from grids.services.business_acts import Faulty
from grids.services.hazard_reports import Seen

TAG = ["隐患"]
RELATED = ("kind", "grade", "grid", "organisation", "department", "report")
TEXTS = {"number": 40, "kind": 30, "content": 300, "place": 200, "transformer_area": 60}
TEXTS |= {"grid": 40}
REQUIRED = ("number", "kind", "content")
KNOWN = frozenset({*TEXTS, "longitude", "latitude"})


class HazardIn(serializers.Serializer):  # type: ignore[type-arg]
    """一处隐患。地点、台区、坐标和网格至少填一项。"""

    number = serializers.CharField(max_length=40, help_text="平台编号，同一单位内不重复")
    kind = serializers.CharField(max_length=30, help_text="隐患类别代码，见隐患目录")
    content = serializers.CharField(
        max_length=300, help_text="隐患情况，不得填写居民姓名、电话、户号"
    )
    place = serializers.CharField(
        max_length=200, required=False, help_text="地点；加密保存，不在答复中返回"
    )
    transformer_area = serializers.CharField(max_length=60, required=False, help_text="台区")
    grid = serializers.CharField(
        max_length=40, required=False, help_text="政府网格编码（政府）或者电力网格编号（企业）"
    )
    longitude = serializers.FloatField(required=False, help_text="经度（WGS 84）")
    latitude = serializers.FloatField(required=False, help_text="纬度（WGS 84）")


class HazardOut(serializers.Serializer):  # type: ignore[type-arg]
    number = serializers.CharField(allow_blank=True, help_text="本单位的平台编号")
    portal_number = serializers.CharField(help_text="本平台编号")
    kind = serializers.CharField(help_text="隐患类别代码")
    grade = serializers.CharField(allow_blank=True, help_text="隐患等级代码；空为未定级")
    state = serializers.CharField(help_text="状态代码")
    side = serializers.CharField(help_text="上报方：company 供电企业；government 政府网格")
    joint = serializers.BooleanField(help_text="双方共同治理")
    organisation = serializers.CharField(help_text="供电单位代码")
    department = serializers.CharField(allow_blank=True, help_text="政府网格主管部门代码")
    grid = serializers.CharField(allow_blank=True, help_text="电力网格编号；空为待确定")
    reported_at = serializers.DateTimeField(help_text="上报时间")
    due_at = serializers.DateTimeField(allow_null=True, help_text="治理期限")
    rectified_at = serializers.DateTimeField(allow_null=True, help_text="治理完成时间")
    in_time = serializers.BooleanField(allow_null=True, help_text="按期治理")
    closed_at = serializers.DateTimeField(allow_null=True, help_text="销号时间")
    updated_at = serializers.DateTimeField(help_text="更新时间")


class HazardPage(serializers.Serializer):  # type: ignore[type-arg]
    items = HazardOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="下一页游标")


def shown(hazard: Hazard, client: ApiClient) -> dict[str, Any]:
    """A hazard as the API tells of it; nothing of the place, nor of persons."""
    report = getattr(hazard, "report", None)
    own = report is not None and report.organisation_id == client.organisation.pk
    return {
        "number": report.number if own else "",
        "portal_number": hazard.number,
        "kind": hazard.kind.code,
        "grade": hazard.grade.code if hazard.grade else "",
        "state": hazard.state,
        "side": hazard.side,
        "joint": hazard.joint,
        "organisation": hazard.organisation.code,
        "department": hazard.department.code if hazard.department else "",
        "grid": hazard.grid.code if hazard.grid else "",
        **{name: clock.told(getattr(hazard, name)) for name in MOMENTS},
        "in_time": hazard.in_time,
    }


MOMENTS = ("reported_at", "due_at", "rectified_at", "closed_at", "updated_at")


def seen(client: ApiClient) -> Any:
    rows = Hazard.objects.visible_to(client)  # type: ignore[arg-type]
    return rows.select_related(*RELATED)


def found_hazard(client: ApiClient, number: str) -> Hazard:
    """By the client's own number or the portal's. Raises ``Http404``."""
    own = {"report__organisation": client.organisation, "report__number": number}
    return by_number(seen(client), number, own, {"number": number})


class Hazards(Door):
    """All hazards in sight, and the door by which one is reported."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.HAZARDS_READ, "POST": Scope.HAZARDS_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("state", *cursors.PAGING)}

    @extend_schema(
        operation_id="hazards_list",
        summary="查询隐患",
        description="按更新时间由早到晚返回可见的隐患。",
        tags=TAG,
        parameters=[
            STATE,
            CURSOR,
            LIMIT,
        ],
        responses={200: HazardPage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        client = request.user
        rows = in_state(seen(client), request.query_params, State.values)
        return self.listed(request, rows, lambda one: shown(one, client))

    @extend_schema(
        operation_id="hazards_create",
        summary="上报隐患",
        description="201 新上报；200 相同编号、相同内容已上报；409 相同编号、内容不同。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=HazardIn,
        responses={201: HazardOut, 200: HazardOut, **WRITE_PROBLEMS},
    )
    def post(self, request: Request) -> Any:
        value = self.object_of(request)
        return self.once(request, lambda: _reported(request.user, value))


def _reported(client: ApiClient, value: dict[str, Any]) -> Response:
    found, number, grid = read(value)
    made, new = services.take(found, number=number, grid=grid, by=client, now=clock.now())
    return Response(shown(found_hazard(client, made.number), client), status=201 if new else 200)


def read(value: dict[str, Any]) -> tuple[Seen, str, str]:
    """What a platform saw, its number, and the grid that it names.

    Raises ``Faulty`` with every field that is wrong.
    """
    errors: dict[str, str] = {}
    records.strange(value, KNOWN, errors)
    said = records.texts(value, TEXTS, "", errors)
    for name in REQUIRED:
        if not said.get(name) and name not in errors:
            errors[name] = _("必填。")
    point = records.point(value, errors)
    clues = ("place", "transformer_area", "grid")
    if not errors and point is None and not any(said.get(name) for name in clues):
        errors["place"] = _("请填写地点、台区、网格或者坐标。")
    if errors:
        raise Faulty(errors)
    seen_there = Seen(
        kind=said["kind"],
        content=said["content"],
        place=said.get("place", ""),
        transformer_area=said.get("transformer_area", ""),
        point=point,
    )
    return seen_there, said["number"], said.get("grid", "")


class OneHazard(Door):
    """One hazard by its number."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.HAZARDS_READ}

    @extend_schema(
        operation_id="hazards_read",
        summary="查询一处隐患",
        description="按本单位平台编号或者本平台编号；看不到的与不存在的答复相同（404）。",
        tags=TAG,
        responses={200: HazardOut, **READ_PROBLEMS},
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(shown(found_hazard(request.user, number), request.user))
