"""Machine clients for tests, made by the real services, and how they speak."""

import itertools
import json
import time
from datetime import UTC, datetime, timedelta

from django.test import Client

from accounts import services
from core import clock
from core.webhooks import headers as signed_headers
from tests.factories.accounts import organisation

ALL = ["cases.read", "cases.write", "cases.act"]
_names = itertools.count(1)
# Of all callers: a number that came before is taken for a replay.
_messages = itertools.count(1)


def issued(where="CSG-GD", *, scopes=ALL, now=None, expires_on=None, **settings):
    """A client with its token, as it is told once."""
    now = now or clock.now()
    where = organisation(where) if isinstance(where, str) else where
    if "cases.personal" in scopes:
        settings.setdefault("purpose", "与95598工单系统核对")
    return services.create_client(
        organisation=where,
        name=f"系统{next(_names)}",
        scopes=list(scopes),
        expires_on=expires_on or (now + timedelta(days=365)).date(),
        by=None,
        now=now,
        **settings,
    )


def signed(secret, name, instant, body=b""):
    """The three headers of a message signed at some second."""
    at = datetime.fromtimestamp(int(instant), UTC)
    return signed_headers([secret], message_id=name, at=at, body=body)


class Caller:
    """A system that calls the API: with its token, and signed where it has a secret."""

    def __init__(self, issued=None, *, token="", secret="", raising=True):
        self.token = token or (issued.token if issued else "")
        self.secret = secret or (issued.secret if issued else "")
        self.client = Client(raise_request_exception=raising)

    def headers(self, body=b"", **more):
        found = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if self.secret:
            name = f"msg_{next(_messages)}"
            found |= signed(self.secret, name, time.time(), body)
        return {**found, **more}

    def get(self, path, params=None, *, headers=None, **more):
        given = self.headers() if headers is None else headers
        return self.client.get(path, params or {}, headers=given, **more)

    def post(self, path, data=None, *, kind="application/json", headers=None, key="", **more):
        body = data if isinstance(data, bytes) else json.dumps(data or {}).encode()
        given = self.headers(body) if headers is None else headers
        if key:
            given = {**given, "idempotency-key": key}
        return self.client.post(path, body, content_type=kind, headers=given, **more)
