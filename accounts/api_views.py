"""The API's own door: who am I, as the portal sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.doors import Door
from core.api.schema import LIST_PROBLEMS


class ClientSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The client to which the token belongs."""

    organisation = serializers.CharField(help_text="所属单位代码")
    organisation_name = serializers.CharField(help_text="所属单位名称")
    name = serializers.CharField(help_text="客户端名称")
    scopes = serializers.ListField(child=serializers.CharField(), help_text="接口权限")
    signed = serializers.BooleanField(help_text="请求是否须签名")
    expires_on = serializers.DateField(help_text="有效期至（含当日）")
    now = serializers.DateTimeField(help_text="平台当前时间")


class ClientDoor(Door):
    """Connection test: proves that token, address and signature are right."""

    scopes: ClassVar[dict[str, str]] = {}

    @extend_schema(
        operation_id="client",
        summary="连接测试：令牌对应的客户端",
        description="令牌、来源地址和签名都正确时返回客户端的资料。",
        tags=["通用"],
        responses={200: ClientSerializer, **LIST_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        client: Any = request.user
        answer = {
            "organisation": client.organisation.code,
            "organisation_name": client.organisation.name,
            "name": client.name,
            "scopes": client.scopes,
            "signed": client.signed,
            "expires_on": client.expires_on,
            "now": clock.now(),
        }
        return Response(ClientSerializer(answer).data)
