"""Doors whose messages stand in the ledger: what came, how often, and how it was answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.services import ledger
from complaints.services.ledger import Arrived
from core import clock
from core.api import idempotency, ndjson
from core.api.doors import Door

# Who asks without right, or too often, or while the same is being worked on, has sent no message.
NO_MESSAGE = (401, 403, 405, 429)
_NOTED = "_message_noted"


class Noted(Door):
    """A door for messages. A message is noted in the transaction of its effect; a refusal after."""

    # What the ledger calls its messages.
    message: ClassVar[str] = ""

    def once(
        self, request: Request, work: Callable[[], HttpResponseBase], *, whole: bool = True
    ) -> HttpResponseBase:
        def noted() -> HttpResponseBase:
            with transaction.atomic():
                response = work()
                self.note(request, response)
            setattr(request, _NOTED, True)
            return response

        return super().once(request, noted if whole else work, whole=whole)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if self._is_message(request, final):
            self.note(request, final)
        return final

    def _is_message(self, request: Request, response: Any) -> bool:
        if request.method != "POST" or getattr(request, _NOTED, False):
            return False
        # 409 with Retry-After: the same request is in somebody's hands.
        busy = response.status_code == 409 and response.has_header("Retry-After")
        return (
            getattr(request.user, "is_client", False)
            and response.status_code not in NO_MESSAGE
            and response.status_code < 500
            and not busy
        )

    def note(self, request: Request, response: Any) -> None:
        """Write the message into the ledger."""
        arrived = Arrived(
            self.kind_of(request),
            self.number_of(request),
            response.status_code,
            self.id_of(request),
            tuple(wrong_fields(response)),
        )
        ledger.take_in(request.user.organisation, arrived, now=clock.now())

    def kind_of(self, request: Request) -> str:
        """What the ledger calls this message."""
        return self.message

    def number_of(self, request: Request) -> str:
        """The number of the case that the message is about."""
        return str(self.kwargs.get("number") or said(request, "number"))

    def id_of(self, request: Request) -> str:
        """How the sender knows the message."""
        return said(request, "id") or request.headers.get(idempotency.HEADER, "").strip('" ')


class NotedBatch(Noted):
    """A door for many messages at once: the answer has a line for each."""

    def note(self, request: Request, response: Any) -> None:
        if response.status_code != 200:
            # Not one line was looked at.
            super().note(request, response)
            return
        arrived = [
            Arrived(
                "case",
                line["number"],
                line["status"],
                fields=tuple(one["field"] for one in line["errors"]),
            )
            for line in map(json.loads, response.content.splitlines())
        ]
        ledger.take_in_batch(
            request.user.organisation, arrived, external_id=self.id_of(request), now=clock.now()
        )

    def number_of(self, request: Request) -> str:
        return ""

    def id_of(self, request: Request) -> str:
        return request.headers.get(idempotency.HEADER, "").strip('" ')


def said(request: Request, name: str) -> str:
    """A text of the object that was sent; empty where there is none."""
    value = sent(request).get(name)
    return value if isinstance(value, str) else ""


def sent(request: Request) -> dict[str, Any]:
    """The object that was sent; empty where it was none."""
    if (request.content_type or "").startswith(ndjson.CONTENT_TYPE):
        return {}
    try:
        return request.data if isinstance(request.data, dict) else {}
    except Exception:
        # What cannot be read, or is no JSON at all, was refused before.
        return {}


def wrong_fields(response: Any) -> list[str]:
    """Names of the fields that a problem names."""
    data = getattr(response, "data", None) if isinstance(response, Response) else None
    if response.status_code < 400 or not isinstance(data, dict):
        return []
    return [str(one.get("field", "")) for one in data.get("errors", []) if one.get("field")]
