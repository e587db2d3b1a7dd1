"""Doors of what regulators handed to a company: listed, received, answered, given back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient, Organisation
from accounts.scopes import Scope
from complaints.api import showing
from complaints.api.exchange_serializers import (
    TransferPage,
    TransferReceive,
    TransferReply,
    TransferReturn,
)
from complaints.api.noting import Noted
from complaints.api.serializers import EventOut
from complaints.api.views import message_of
from complaints.models import Case, Handover
from complaints.services import telling
from complaints.services.reconciling import content_digest
from complaints.services.records import UNSTORABLE, Faulty
from complaints.workflow import DONE
from core import clock
from core.api import cursors
from core.api.doors import Door
from core.api.problems import BadQuery
from core.api.schema import ACT_PROBLEMS, CURSOR, IDEMPOTENCY_KEY, LIMIT, LIST_PROBLEMS
from core.errors import Conflict

TAG = ["转办"]
STATES = ("open", "waiting", "all")
OWNER = OpenApiParameter("owner", str, description="首接单位代码；同一编号有多件时填写")
LONGEST_NUMBER = 40


def transfers(client: ApiClient) -> QuerySet[Case]:
    """Cases of regulators that the client's organisation or a unit below it has now."""
    since = Handover.objects.filter(case=OuterRef("pk")).order_by("-proposed_at", "-pk")
    return (
        showing.complete(Case.objects.visible_to(client))
        .filter(
            owner__kind__in=Organisation.REGULATOR_KINDS,
            holder__kind__in=Organisation.COMPANY_KINDS,
            holder__path__startswith=client.organisation.path,
        )
        .annotate(transferred_at=Subquery(since.values("proposed_at")[:1]))
    )


class Transfers(Door):
    """What was handed to the company, in the order of changes."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CASES_READ}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("state", *cursors.PAGING)}

    @extend_schema(
        operation_id="transfers_list",
        summary="查询转办",
        description="监管机构转给本单位及下属单位、现由其承办的诉求。digest 供每日对账原样返回。",
        tags=TAG,
        parameters=[
            OpenApiParameter(
                "state",
                {"type": "string", "enum": list(STATES), "default": "open"},
                description="open 未办结；waiting 待接收；all 全部",
            ),
            CURSOR,
            LIMIT,
        ],
        responses={200: TransferPage, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        client, params = request.user, request.query_params
        found = transfers(client)
        match params.get("state") or "open":
            case "open":
                found = found.exclude(state__in=DONE)
            case "waiting":
                found = found.filter(handovers__answered_at__isnull=True, handovers__isnull=False)
            case "all":
                pass
            case _:
                raise BadQuery(state=_("state 须为 open、waiting 或 all。"))
        rows, following = cursors.page(found, params)
        shown = showing.shown(rows, client, now=clock.now())
        items = [_item(case, item, client) for case, item in zip(rows, shown, strict=True)]
        return Response({"items": items, "next": following})


def _item(case: Case, shown: dict[str, Any], client: ApiClient) -> dict[str, Any]:
    at = getattr(case, "transferred_at", None)
    return {
        **shown,
        "owner": case.owner.code,
        "holder": case.holder.code,
        "transferred_at": clock.told(at),
        "digest": content_digest(case, client.organisation),
    }


def found_transfer(client: ApiClient, number: str, owner: str) -> Case:
    """The transfer with a number. Raises ``Http404``, ``Conflict`` where several houses use it."""
    if UNSTORABLE.search(number + owner) or len(number) > LONGEST_NUMBER:
        raise Http404
    found = transfers(client).filter(number=number)
    rows = list(found.filter(owner__code=owner) if owner else found)
    if len(rows) > 1:
        raise Conflict(_("编号对应多件诉求，请用 owner 参数指明首接单位。"))
    if not rows:
        raise Http404
    return rows[0]


class Answer(Noted):
    """An answer of the company to a transfer: an act of the procedure."""

    scopes: ClassVar[dict[str, str]] = {"POST": Scope.CASES_ACT}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"POST": ("owner",)}
    kind: ClassVar[str] = ""
    closes: ClassVar[bool] = False

    def answered(self, request: Request, number: str) -> Any:
        """The effect of the answer, once."""
        value, owner = self.object_of(request), request.query_params.get("owner", "")

        def work() -> Response:
            # Looked for in here: what was given back is out of sight, its answer is not.
            return self._told(request.user, found_transfer(request.user, number, owner), value)

        return self.once(request, work)

    @transaction.atomic
    def _told(self, client: ApiClient, case: Case, value: dict[str, Any]) -> Response:
        said = dict(value)
        closing = self._closing(said)
        now, machine = clock.now(), client.organisation
        message = message_of({**said, "kind": self.kind})
        told = telling.tell(case, **message, machine=machine, now=now)
        if closing and told.new:
            told = telling.tell(told.case, "closed", machine=machine, now=now, said={})
        return Response(
            {
                "number": told.case.number,
                "sequence": told.event.sequence,
                "kind": self.kind,
                "act": told.event.kind,
                "at": clock.told(told.event.at),
                "state": told.case.state,
            },
            status=201 if told.new else 200,
        )

    def _closing(self, value: dict[str, Any]) -> bool:
        if not self.closes:
            return False
        closing = value.pop("close", False)
        if not isinstance(closing, bool):
            raise Faulty({"close": _("须为 true 或 false。")})
        return closing


class Receive(Answer):
    """The company takes a transfer over and answers for it from now on."""

    kind, message = "accepted", "transfer.receive"

    @extend_schema(
        operation_id="transfer_receive",
        summary="接收转办",
        description="接收后由本单位负责办理。201 已记录；200 已记录过；"
        "409 当前状态不能接收，附原因。",
        tags=TAG,
        parameters=[OWNER, IDEMPOTENCY_KEY],
        request=TransferReceive,
        responses={
            201: EventOut,
            200: EventOut,
            **ACT_PROBLEMS,
        },
    )
    def post(self, request: Request, number: str) -> Any:
        return self.answered(request, number)


class Reply(Answer):
    """The company answers the matter; where the procedure lets it, it closes it as well."""

    kind, message = "replied", "transfer.reply"
    closes = True

    @extend_schema(
        operation_id="transfer_reply",
        summary="答复转办",
        description="企业办结的程序（2025年起的投诉）须同时报送核实结论 outcome；"
        "close 为 true 时一并办结。",
        tags=TAG,
        parameters=[OWNER, IDEMPOTENCY_KEY],
        request=TransferReply,
        responses={
            201: EventOut,
            200: EventOut,
            **ACT_PROBLEMS,
        },
    )
    def post(self, request: Request, number: str) -> Any:
        return self.answered(request, number)


class Return(Answer):
    """The company gives a transfer back: it is not its matter."""

    kind, message = "returned", "transfer.return"

    @extend_schema(
        operation_id="transfer_return",
        summary="退回转办",
        description="不属于本单位办理的，写明退单原因和说明后退回。409 当前状态不能退回，附原因。",
        tags=TAG,
        parameters=[OWNER, IDEMPOTENCY_KEY],
        request=TransferReturn,
        responses={
            201: EventOut,
            200: EventOut,
            **ACT_PROBLEMS,
        },
    )
    def post(self, request: Request, number: str) -> Any:
        return self.answered(request, number)
