"""Doors of claims: a platform of the government whistles, reads both clocks, confirms.

Source: the standard on grid integration, 4.1.2 (S2-4.1.2a).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient, Organisation
from accounts.scopes import Scope
from complaints.models import Claim
from complaints.procedures import definition_of
from complaints.services import claim_acts as acts
from complaints.services import claims as services
from complaints.workflow import Act, State
from core import clock
from core.api import cursors
from core.api.doors import Door
from core.api.finding import by_number, in_state
from core.api.schema import (
    ACT_PROBLEMS,
    CURSOR,
    IDEMPOTENCY_KEY,
    LIMIT,
    LIST_PROBLEMS,
    READ_PROBLEMS,
    STATE,
    WRITE_PROBLEMS,
)
from core.errors import Refused
from grids import business_records as records
from grids.models import GovernmentGrid
from grids.services.business_acts import Faulty

TAG = ["涉电诉求"]
RELATED = ("case__procedure", "case__holder", "case__owner", "department", "grid", "contact")
TEXTS = {"number": 40, "kind": 12, "content": 500, "utility": 8, "address": 200}
TEXTS |= {"transformer_area": 60, "account_no": 20, "grid": 30}
PERSON = {"name": 60, "phone": 20}
EVENT_TEXTS = {"kind": 20, "text": 500, "satisfaction": 20, "fault": 10}
KNOWN = frozenset({*TEXTS, "claimant", "longitude", "latitude"})
EVENTS = [("confirmed", "确认办结"), ("returned", "退回重办")]
EVENTS += [("urged", "催办"), ("withdrawn", "撤回")]


class ClaimantIn(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(max_length=60, required=False, help_text="诉求人")
    phone = serializers.CharField(max_length=20, required=False, help_text="联系电话")


class ClaimIn(serializers.Serializer):  # type: ignore[type-arg]
    """一次吹哨。"""

    number = serializers.CharField(max_length=40, help_text="政府平台编号，同一单位内不重复")
    kind = serializers.ChoiceField(Claim.Kind.choices, help_text="诉求类型")
    content = serializers.CharField(max_length=500, help_text="诉求内容")
    utility = serializers.ChoiceField(
        Claim.Utility.choices, required=False, help_text="水气热诉求的行业"
    )
    address = serializers.CharField(max_length=200, required=False, help_text="地址")
    transformer_area = serializers.CharField(max_length=60, required=False, help_text="台区")
    account_no = serializers.CharField(max_length=20, required=False, help_text="户号")
    grid = serializers.CharField(max_length=30, required=False, help_text="政府网格编码")
    longitude = serializers.FloatField(required=False, help_text="经度（WGS 84）")
    latitude = serializers.FloatField(required=False, help_text="纬度（WGS 84）")
    claimant = ClaimantIn(required=False, help_text="诉求人；加密保存，不在答复中返回")


class ClaimEventIn(serializers.Serializer):  # type: ignore[type-arg]
    """政府一侧的办理进展。"""

    kind = serializers.ChoiceField(EVENTS, help_text="事项")
    text = serializers.CharField(max_length=500, required=False, help_text="说明、原因")
    visited = serializers.BooleanField(required=False, help_text="是否回访到诉求人")
    solved = serializers.BooleanField(required=False, help_text="诉求人认为是否解决")
    satisfaction = serializers.CharField(max_length=20, required=False, help_text="满意度代码")
    fault = serializers.ChoiceField(Claim.Fault.choices, required=False, help_text="责任认定")


class ClaimClockOut(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField(help_text="时限代码")
    keeper = serializers.CharField(help_text="company 供电企业；government 政府网格")
    state = serializers.CharField(help_text="状态代码")
    started_at = serializers.DateTimeField(help_text="起算时间")
    due_at = serializers.DateTimeField(help_text="截止时间")
    stopped_at = serializers.DateTimeField(allow_null=True, help_text="停止时间")


class ClaimOut(serializers.Serializer):  # type: ignore[type-arg]
    number = serializers.CharField(allow_blank=True, help_text="政府平台编号")
    portal_number = serializers.CharField(help_text="本平台编号")
    kind = serializers.CharField(help_text="诉求类型代码")
    state = serializers.CharField(help_text="状态代码")
    organisation = serializers.CharField(help_text="承办单位代码")
    grid = serializers.CharField(allow_blank=True, help_text="电力网格编号；空为待定位")
    contact = serializers.CharField(allow_blank=True, help_text="对外联系人")
    phone = serializers.CharField(allow_blank=True, help_text="网格服务电话")
    passed_to = serializers.CharField(allow_blank=True, help_text="接收的水气热单位")
    clocks = ClaimClockOut(many=True, help_text="双方时限")
    updated_at = serializers.DateTimeField(help_text="更新时间")


class ClaimPage(serializers.Serializer):  # type: ignore[type-arg]
    items = ClaimOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="下一页游标")


def shown(claim: Claim) -> dict[str, Any]:
    """A claim as the API tells of it; nothing of the claimant."""
    case = claim.case
    rules = definition_of(case.procedure).clocks
    return {
        "number": claim.external_number,
        "portal_number": case.number,
        "kind": claim.kind,
        "state": case.state,
        "organisation": case.holder.code,
        "grid": claim.grid.code if claim.grid else "",
        "contact": claim.contact.name if claim.contact else "",
        "phone": claim.grid.duty_phone if claim.grid else "",
        "passed_to": claim.passed_to,
        "clocks": [
            {
                "code": one.code,
                "keeper": rules[one.code].keeper,
                "state": one.state,
                "started_at": clock.told(one.started_at),
                "due_at": clock.told(one.due_at),
                "stopped_at": clock.told(one.stopped_at),
            }
            for one in case.clocks.all()
        ],
        "updated_at": clock.told(case.updated_at),
    }


def seen(client: ApiClient) -> Any:
    rows = Claim.objects.visible_to(client)  # type: ignore[arg-type]
    return rows.select_related(*RELATED).prefetch_related("case__clocks")


def found_claim(client: ApiClient, number: str) -> Claim:
    """By the platform's number or the portal's. Raises ``Http404``."""
    own = {"department": client.organisation, "external_number": number}
    return by_number(seen(client), number, own, {"case__number": number})


class Claims(Door):
    """All claims in sight, and the door by which a whistle comes in."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CLAIMS_READ, "POST": Scope.CLAIMS_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("state", *cursors.PAGING)}

    @extend_schema(
        operation_id="claims_list",
        summary="查询涉电诉求",
        description="按更新时间由早到晚返回可见的涉电诉求和双方时限。",
        tags=TAG,
        parameters=[
            STATE,
            CURSOR,
            LIMIT,
        ],
        responses={200: ClaimPage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        params = request.query_params
        rows = in_state(seen(request.user), params, State.values, field="case__state")
        return self.listed(request, rows, shown, by="case__updated_at")

    @extend_schema(
        operation_id="claims_create",
        summary="吹哨",
        description="201 新吹哨；200 相同编号、相同内容已吹哨；409 相同编号、内容不同。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=ClaimIn,
        responses={201: ClaimOut, 200: ClaimOut, **WRITE_PROBLEMS},
    )
    def post(self, request: Request) -> Any:
        value = self.object_of(request)
        return self.once(request, lambda: _whistled(request.user, value))


def _whistled(client: ApiClient, value: dict[str, Any]) -> Response:
    asked, grid = read(value, client.organisation)
    made, new = services.whistle(
        asked,
        origin=Claim.Origin.PLATFORM,
        department=client.organisation,
        government_grid=grid,
        by=None,
        now=clock.now(),
    )
    return Response(shown(found_claim(client, made.external_number)), status=201 if new else 200)


def read(
    value: dict[str, Any], department: Organisation
) -> tuple[services.Whistle, GovernmentGrid | None]:
    """A whistle as a platform writes it. Raises ``Faulty`` with every field that is wrong."""
    errors: dict[str, str] = {}
    records.strange(value, KNOWN, errors)
    said = records.texts(value, TEXTS, "", errors)
    person = value.get("claimant") or {}
    if not isinstance(person, dict):
        errors["claimant"], person = _("须为对象。"), {}
    records.strange(person, frozenset(PERSON), errors)
    who = records.texts(person, PERSON, "claimant.", errors)
    for name in ("number", "kind", "content"):
        if not said.get(name) and name not in errors:
            errors[name] = _("必填。")
    kind, utility = said.get("kind", ""), said.get("utility", "")
    if kind and kind not in Claim.Kind.values:
        errors["kind"] = _("须为以下之一：%(options)s。") % {
            "options": "、".join(Claim.Kind.values)
        }
    if (kind == Claim.Kind.UTILITY) != (utility in Claim.Utility.values) or (
        utility and utility not in Claim.Utility.values
    ):
        errors["utility"] = _("水气热诉求须选择涉及行业。")
    point, grid = records.point(value, errors), _grid(said.get("grid", ""), department, errors)
    if errors:
        raise Faulty(errors)
    names = ("kind", "content", "utility", "address", "account_no", "transformer_area")
    asked = services.Whistle(
        **{name: said.get(name, "") for name in names},
        name=who.get("name", ""),
        phone=who.get("phone", ""),
        point=point,
        external_number=said["number"],
    )
    return asked, grid


def _grid(code: str, department: Organisation, errors: dict[str, str]) -> GovernmentGrid | None:
    if not code:
        return None
    known = GovernmentGrid.objects.on(clock.today()).filter(department=department, code=code)
    if (found := known.first()) is None:
        errors["grid"] = _("不是您单位管理的网格。")
    return found


class OneClaim(Door):
    """One claim by its number."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CLAIMS_READ}

    @extend_schema(
        operation_id="claims_read",
        summary="查询一件涉电诉求",
        description="按政府平台编号或者本平台编号；看不到的与不存在的答复相同（404）。",
        tags=TAG,
        responses={200: ClaimOut, **READ_PROBLEMS},
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(shown(found_claim(request.user, number)))


class ClaimEvents(Door):
    """What the government's side did."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.CLAIMS_WRITE}

    @extend_schema(
        operation_id="claims_event",
        summary="报送政府一侧的办理进展",
        description="确认办结、退回重办、催办、撤回；状态不允许的答复 409。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=ClaimEventIn,
        responses={200: ClaimOut, **ACT_PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Any:
        value = self.object_of(request)
        found = found_claim(request.user, number)

        def work() -> Response:
            _happened(request.user, found, value)
            return Response(shown(found_claim(request.user, found.case.number)))

        return self.once(request, work)


ACTS = {"returned": Act.REWORK, "urged": Act.URGE, "withdrawn": Act.WITHDRAW}
FLAGS = ("visited", "solved")


def _happened(client: ApiClient, claim: Claim, value: dict[str, Any]) -> None:
    """Let a message have its effect. Raises ``Faulty``, ``Refused``."""
    errors: dict[str, str] = {}
    records.strange(value, frozenset({*EVENT_TEXTS, *FLAGS}), errors)
    said = records.texts(value, EVENT_TEXTS, "", errors)
    for name in FLAGS:
        if value.get(name) is not None and not isinstance(value[name], bool):
            errors[name] = _("须为布尔值。")
    kind, options = said.get("kind", ""), ("confirmed", *ACTS)
    if kind not in options and "kind" not in errors:
        errors["kind"] = _("须为以下之一：%(options)s。") % {"options": "、".join(options)}
    if errors:
        raise Faulty(errors)
    if claim.department_id != client.organisation.pk:
        raise Refused(_("由吹哨的政府网格办理。"))
    if kind in ACTS:
        acts.do(claim, ACTS[kind], by=None, now=clock.now(), text=said.get("text", ""))
        return
    acts.confirm(
        claim,
        visited=bool(value.get("visited")),
        solved=value.get("solved"),
        satisfaction=said.get("satisfaction", ""),
        fault=said.get("fault", ""),
        text=said.get("text", ""),
        by=None,
        now=clock.now(),
    )
