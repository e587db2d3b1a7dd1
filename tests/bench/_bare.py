"""The portal with two more doors, to measure against: a create as the framework brings it.

A ``ModelSerializer`` over all columns of a case and a ``CreateAPIView``, nothing added: the same
server, middleware and addresses as ours, the same row (same columns, same values, the same fields
encrypted), written in a transaction of its own. No clocks, events, audit, letters or ledger.
"""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import generics, permissions, serializers

from accounts.api import ClientAuthentication
from complaints.models import Case
from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from core import policy

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FIELDS = [f.name for f in Case._meta.concrete_fields if f.name not in ("id", "change_seq")]


class Row(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Case
        fields = FIELDS
        extra_kwargs = {name: {"required": False} for name in FIELDS}


class Bare(generics.CreateAPIView):  # type: ignore[type-arg]
    """Who asks is known by the token, as at our own doors."""

    policy: Any = policy.CLIENTS
    authentication_classes = (ClientAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)
    serializer_class = Row


class Open(Bare):
    """Anybody may ask."""

    policy: Any = policy.PUBLIC
    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)


urlpatterns = [
    *urlpatterns,
    path("api/v1/bare/", Bare.as_view()),
    path("api/v1/bare-open/", Open.as_view()),
]
