"""Doors of business passed on: a platform of the government passes on, reads, tells on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient, Organisation
from accounts.scopes import Scope
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
from grids.api import serializers
from grids.business.moves import State
from grids.models import BusinessRequest, GovernmentGrid
from grids.queries import business as queries
from grids.services import business as services
from grids.services import business_steps as steps
from grids.services.business_acts import Faulty

TAG = ["涉电业务"]
RELATED = ("type", "source", "signer", "organisation")
EVENT_TEXTS = {"kind": 20, "step": 40, "satisfaction": 20, "text": 300}


def shown(request: BusinessRequest) -> dict[str, Any]:
    """A request as the API tells of it; nothing of the customer."""
    return {
        "number": request.external_number,
        "portal_number": request.number,
        "type": request.type.code,
        "version": request.type.version,
        "source": request.source.code,
        "organisation": request.organisation.code,
        "signer": request.signer.code,
        "state": request.state,
        "missing": request.missing,
        "due_at": clock.told(request.due_at),
        "steps": [
            {
                "code": one.code,
                "title": one.title,
                "actor": one.actor,
                "joint": one.joint,
                "started_at": clock.told(one.started_at),
                "due_at": clock.told(one.due_at),
                "done_at": clock.told(one.done_at),
            }
            for one in request.steps.all()
        ],
        "result": request.result,
        "days": request.days,
        "fee": None if request.fee is None else f"{request.fee:.2f}",
        "reduction": None if request.reduction is None else f"{request.reduction:.2f}",
        "updated_at": clock.told(request.updated_at),
    }


def seen(client: ApiClient) -> Any:
    rows = BusinessRequest.objects.visible_to(client)  # type: ignore[arg-type]
    return rows.select_related(*RELATED).prefetch_related("steps")


def found_request(client: ApiClient, number: str) -> BusinessRequest:
    """By the platform's number or the portal's. Raises ``Http404``."""
    own = {"source": client.organisation, "external_number": number}
    return by_number(seen(client), number, own, {"number": number})


class Requests(Door):
    """All requests in sight, and the door by which one comes in."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.BUSINESS_READ, "POST": Scope.BUSINESS_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("state", *cursors.PAGING)}

    @extend_schema(
        operation_id="business_list",
        summary="查询转办的涉电业务",
        description="按更新时间由早到晚返回可见的涉电业务。",
        tags=TAG,
        parameters=[
            STATE,
            CURSOR,
            LIMIT,
        ],
        responses={200: serializers.BusinessPage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        rows = in_state(seen(request.user), request.query_params, State.values)
        return self.listed(request, rows, shown)

    @extend_schema(
        operation_id="business_create",
        summary="转办一件涉电业务",
        description="201 新转办；200 相同编号、相同内容已转办；409 相同编号、内容不同。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.BusinessIn,
        responses={201: serializers.BusinessOut, 200: serializers.BusinessOut, **WRITE_PROBLEMS},
    )
    def post(self, request: Request) -> Any:
        value = self.object_of(request)
        return self.once(request, lambda: self._passed_on(request.user, value))

    def _passed_on(self, client: ApiClient, value: dict[str, Any]) -> Response:
        asked, named = records.read(value)
        source = client.organisation
        known = BusinessRequest.objects.filter(
            source=source, external_number=asked.external_number
        ).exists()
        made = services.pass_on(
            asked,
            source=source,
            organisation=_unit(source, named["organisation"]),
            grid=_grid(source, named["grid"]),
            signer=_signer(source, named["signer"]),
            by=client,
            now=clock.now(),
        )
        return Response(shown(found_request(client, made.number)), status=200 if known else 201)


def _unit(source: Organisation, code: str) -> Organisation | None:
    """The unit that was named. Raises ``Faulty``."""
    if not code:
        return None
    if (unit := queries.units_of(source).filter(code=code).first()) is None:
        raise Faulty({"organisation": _("该单位不在本网格所在的地区供电。")})
    return unit


def _grid(source: Organisation, code: str) -> GovernmentGrid | None:
    if not code:
        return None
    known = queries.grids_of(source, on=clock.today())
    if (found := known.filter(code=code).first()) is None:
        raise Faulty({"grid": _("不是您单位管理的网格。")})
    return found


def _signer(source: Organisation, code: str) -> Organisation | None:
    if not code:
        return None
    if (found := queries.signers_of(source).filter(code=code).first()) is None:
        raise Faulty({"signer": _("该部门不在本网格所在的地区。")})
    return found


class OneRequest(Door):
    """One request by its number."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.BUSINESS_READ}

    @extend_schema(
        operation_id="business_read",
        summary="查询一件涉电业务",
        description="按政府平台编号或者本平台编号；看不到的与不存在的答复相同（404）。",
        tags=TAG,
        responses={200: serializers.BusinessOut, **READ_PROBLEMS},
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(shown(found_request(request.user, number)))


class Events(Door):
    """What the government's side did."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.BUSINESS_WRITE}

    @extend_schema(
        operation_id="business_event",
        summary="报送政府一侧的办理进展",
        description="补交材料、会签同意或者不同意、已告知客户、撤回；状态不允许的答复 409。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.BusinessEventIn,
        responses={200: serializers.BusinessOut, **ACT_PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Any:
        value = self.object_of(request)
        found = found_request(request.user, number)

        def work() -> Response:
            _happened(request.user, found, value)
            return Response(shown(found_request(request.user, found.number)))

        return self.once(request, work)


def _happened(client: ApiClient, request: BusinessRequest, value: dict[str, Any]) -> None:
    """Let a message have its effect. Raises ``Faulty``, ``Refused``."""
    errors: dict[str, str] = {}
    records.strange(value, frozenset({*EVENT_TEXTS, "materials"}), errors)
    said = records.texts(value, EVENT_TEXTS, "", errors)
    codes = records.names(value.get("materials"), "materials", errors)
    act = KINDS.get(said.get("kind", ""))
    if act is None and "kind" not in errors:
        errors["kind"] = _("须为以下之一：%(options)s。") % {"options": "、".join(KINDS)}
    if errors or act is None:
        raise Faulty(errors)
    act(client, request, {"step": "", "satisfaction": "", "text": "", **said, "codes": codes})


def _materials(client: ApiClient, request: BusinessRequest, said: dict[str, Any]) -> None:
    services.receive_materials(request, codes=said["codes"], by=client, now=clock.now())


def _signed(client: ApiClient, request: BusinessRequest, said: dict[str, Any]) -> None:
    steps.sign(request, seen=said["step"], note=said["text"], by=client, now=clock.now())


def _objected(client: ApiClient, request: BusinessRequest, said: dict[str, Any]) -> None:
    steps.object_to(request, seen=said["step"], reason=said["text"], by=client, now=clock.now())


def _informed(client: ApiClient, request: BusinessRequest, said: dict[str, Any]) -> None:
    if said["satisfaction"] and said["satisfaction"] not in BusinessRequest.Satisfaction.values:
        raise Faulty({"satisfaction": _("客户评价不正确。")})
    services.inform(
        request,
        satisfaction=said["satisfaction"],
        note=said["text"],
        by=client,
        now=clock.now(),
    )


def _withdrawn(client: ApiClient, request: BusinessRequest, said: dict[str, Any]) -> None:
    if not said["text"]:
        raise Refused(_("请写明原因。"))
    services.withdraw(request, reason=said["text"], by=client, now=clock.now())


KINDS: dict[str, Callable[[ApiClient, BusinessRequest, dict[str, Any]], None]] = {
    "materials": _materials,
    "signed": _signed,
    "objected": _objected,
    "informed": _informed,
    "withdrawn": _withdrawn,
}
