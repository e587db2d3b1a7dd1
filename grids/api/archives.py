"""Doors of shared archives: a government platform sends records, reads ours, and what matched.

Source: grid standard 4.3.1 (S2-4.3.1a, S2-4.3.1c).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from accounts.scopes import Scope
from core import asked, clock
from core.api import cursors
from core.api.doors import Door
from core.api.finding import by_number, in_state
from core.api.problems import BadQuery
from core.api.schema import (
    ACT_PROBLEMS,
    CURSOR,
    IDEMPOTENCY_KEY,
    LIMIT,
    READ_PROBLEMS,
    parameter,
    problems,
)
from core.errors import Refused
from grids import business_records as records
from grids.models import ExchangeJob, SharedRecord, SharingAgreement
from grids.services import exchanging as services
from grids.services import providing
from grids.services.business_acts import Faulty
from grids.services.sharing import exchange_refusal
from grids.sharing import fields as catalogue
from grids.sharing.moves import Match

TAG = ["数据共享"]
TEXTS = {"agreement": 40, "number": 40, "as_of": 10}
STATUS = {"created": 201, "changed": 200, "unchanged": 200}
AGREEMENT = OpenApiParameter(
    "agreement", OpenApiTypes.STR, required=True, description="共享协议编号"
)


class ArchiveFields(serializers.Serializer):  # type: ignore[type-arg]
    """Every field of the catalogue; which of them may be sent, the agreement says."""

    def get_fields(self) -> dict[str, Any]:
        return {
            code: serializers.CharField(
                max_length=one.max_length, required=False, allow_blank=True, help_text=one.label
            )
            for code, one in catalogue.known().items()
        }


class SharedIn(serializers.Serializer):  # type: ignore[type-arg]
    """一条共享档案。"""

    agreement = serializers.CharField(max_length=40, help_text="共享协议编号")
    number = serializers.CharField(max_length=40, help_text="政府平台编号，同一协议内不重复")
    as_of = serializers.DateField(help_text="数据日期；内容有变化的须更晚")
    fields = ArchiveFields(help_text="协议约定的字段；加密保存，不在答复中返回")  # type: ignore[assignment]


class SharedOut(serializers.Serializer):  # type: ignore[type-arg]
    agreement = serializers.CharField(help_text="共享协议编号")
    number = serializers.CharField(help_text="政府平台编号")
    as_of = serializers.DateField(help_text="数据日期")
    state = serializers.ChoiceField(Match.choices, help_text="匹配结果")
    differences = serializers.ListField(child=serializers.CharField(), help_text="有差异的字段")
    updated_at = serializers.DateTimeField(help_text="更新时间")


class SharedPage(serializers.Serializer):  # type: ignore[type-arg]
    items = SharedOut(many=True)
    next = serializers.CharField(allow_blank=True, help_text="下一页；空为没有更多")


class ArchiveOut(serializers.Serializer):  # type: ignore[type-arg]
    number = serializers.CharField(help_text="档案编号")
    as_of = serializers.DateField(help_text="更新日期")
    fields = ArchiveFields(help_text="协议约定的字段")  # type: ignore[assignment]


class ArchivePage(serializers.Serializer):  # type: ignore[type-arg]
    items = ArchiveOut(many=True)
    next = serializers.CharField(allow_blank=True, help_text="下一页；空为没有更多")


def agreement_of(client: ApiClient, number: str) -> SharingAgreement:
    """The agreement with a number. Raises ``Http404``."""
    seen = SharingAgreement.objects.visible_to(client)  # type: ignore[arg-type]
    return by_number(seen.select_related("company", "government"), number, {"number": number})


def asked_agreement(request: Request) -> SharingAgreement:
    """The one that stands behind the question mark. Raises ``BadQuery``, ``Http404``."""
    if not (number := request.query_params.get("agreement", "")):
        raise BadQuery(agreement=_("必填。"))
    return agreement_of(request.user, number)


def shown(record: SharedRecord, agreement: SharingAgreement) -> dict[str, Any]:
    """What became of a record; nothing of the customer."""
    return {
        "agreement": agreement.number,
        "number": record.number,
        "as_of": str(record.as_of),
        "state": str(record.state),
        "differences": record.differences,
        "updated_at": clock.told(record.updated_at),
    }


class Archives(Door):
    """Records of the government come in; archives of ours are read, as an agreement says."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.ARCHIVES_READ, "POST": Scope.ARCHIVES_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("agreement", *cursors.PAGING)}

    @extend_schema(
        operation_id="archives_list",
        summary="按共享协议读取供电企业档案",
        description="只供协议的政府一方读取，只含协议约定的字段，按更新时间由早到晚；每次读取都有记录。",
        tags=TAG,
        parameters=[AGREEMENT, CURSOR, LIMIT],
        responses={200: ArchivePage, **problems(400, 401, 403, 404, 409, 429)},
    )
    def get(self, request: Request) -> Response:
        now, client, params = clock.now(), request.user, request.query_params
        agreement = asked_agreement(request)
        out, today = ExchangeJob.Direction.OUT, clock.day_of(now)
        if client.organisation_id != agreement.government_id:
            raise Refused(_("档案只供%(unit)s读取。") % {"unit": agreement.government})
        if why_not := exchange_refusal(agreement, out, agreement.fields, on=today):
            raise Refused(why_not)
        page, following = cursors.page(providing.archives_of(agreement), params)
        items = [
            {
                "number": one.number,
                "as_of": str(clock.day_of(one.updated_at)),
                "fields": {name: providing.value_of(one, name) for name in agreement.fields},
            }
            for one in page
        ]
        body = json.dumps(items, ensure_ascii=False, sort_keys=True).encode()
        providing.log_reading(
            agreement,
            body=body,
            rows=len(items),
            fields=agreement.fields,
            client=client,
            now=now,
        )
        return Response({"items": items, "next": following})

    @extend_schema(
        operation_id="archives_create",
        summary="按共享协议报送一条档案",
        description="201 新收；200 相同内容已收，或者更晚的数据日期更新；409 协议不在有效期、"
        "字段不在协议内，或者同一数据日期内容不同。",
        tags=TAG,
        parameters=[IDEMPOTENCY_KEY],
        request=SharedIn,
        responses={
            201: SharedOut,
            200: SharedOut,
            **ACT_PROBLEMS,
        },
    )
    def post(self, request: Request) -> Any:
        value = self.object_of(request)
        return self.once(request, lambda: _received(request.user, value))


def _received(client: ApiClient, value: dict[str, Any]) -> Response:
    number, item = read(value)
    agreement = agreement_of(client, number)
    record, result = services.receive(agreement, item, client=client, now=clock.now())
    return Response(shown(record, agreement), status=STATUS[result])


def read(value: Mapping[str, Any]) -> tuple[str, services.Item]:
    """A record as a platform writes it. Raises ``Faulty`` with every field that is wrong."""
    errors: dict[str, str] = {}
    records.strange(value, frozenset({*TEXTS, "fields"}), errors)
    said = records.texts(value, TEXTS, "", errors)
    given = value.get("fields")
    if not isinstance(given, Mapping):
        errors["fields"], given = _("须为对象。"), {}
    known = {code: one.max_length for code, one in catalogue.known().items()}
    inner: dict[str, str] = {}
    records.strange(given, frozenset(known), inner)
    found = records.texts(given, known, "", inner)
    errors |= {f"fields.{name}"[:60]: text for name, text in inner.items()}
    if not found and not errors:
        errors["fields"] = _("必填。")
    for name in TEXTS:
        if not said.get(name) and name not in errors:
            errors[name] = _("必填。")
    day = _day(said.get("as_of", ""))
    if said.get("as_of") and day is None:
        errors["as_of"] = _("须为日期，如2011-11-24。")
    if errors or day is None:
        raise Faulty(errors)
    values = {name: text for name, text in found.items() if text}
    return said["agreement"], services.Item(said["number"], day, values)


def _day(text: str) -> date | None:
    found = asked.day(text)
    return found if found is not None and str(found) == text else None


class Received(Door):
    """What became of the records that came in, for both parties."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.ARCHIVES_READ}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("agreement", "state", *cursors.PAGING)}

    @extend_schema(
        operation_id="archives_received",
        summary="查询报送档案的匹配结果",
        description="一致、有差异（列出字段）或者未匹配；不含客户信息，按更新时间由早到晚。",
        tags=TAG,
        parameters=[
            AGREEMENT,
            parameter("state", "匹配结果（代码）"),
            CURSOR,
            LIMIT,
        ],
        responses={200: SharedPage, **READ_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        agreement = asked_agreement(request)
        rows = in_state(agreement.records.all(), request.query_params, Match.values)
        return self.listed(request, rows, lambda one: shown(one, agreement))
