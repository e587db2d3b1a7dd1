"""Asking the API what its own description allows and forbids, as four identities.

What must hold of every answer: no server error; status, content type and content as described;
without a token that counts nothing but 401; and no secret of another house. Requests come from the
description (schemathesis) and, where chance would hardly meet them, from cases that exist.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
NDJSON = "application/x-ndjson"
PAGING = {"cursor", "limit"}
GOOD = {
    "received_at": "2018-03-05T09:00:00+08:00",
    "channel": "phone",
    "nature": "complaint",
    "organisation": "CSG-GD-ZQ",
    "content": "频繁停电",
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
EVENTS = ("dispatched", "accepted", "arrived", "restored", "replied", "returned", "visited")
EVENTS += ("closed", "urged")


@schemathesis.serializer(NDJSON)
def lines(_context: Any, value: Any) -> bytes:
    """A body of lines as it goes over the wire."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Identity:
    """One visitor: the token that is shown, whether it counts, and which secrets it may read."""

    name: str
    token: str
    counts: bool
    may_read: frozenset[str] = frozenset()


@dataclass
class Outcome:
    """What was asked and what was wrong with the answers."""

    requests: int = 0
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def run(
    identities: list[Identity], secrets: set[str], numbers: list[str], *, each: int, start: int = 1
) -> Outcome:
    """``each`` requests for every operation and mode, shared by the identities."""
    outcome = Outcome()
    with connection_kept():
        schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in GenerationMode:
                try:
                    strategy = operation.as_strategy(generation_mode=mode)
                except schemathesis.errors.SchemathesisError:
                    continue
                _ask(operation, mode, strategy, identities, secrets, numbers, outcome, each, start)
    return outcome


@contextmanager
def connection_kept() -> Iterator[None]:
    """The test's own transaction must outlive each request, as with Django's test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _ask(
    operation: Any,
    mode: GenerationMode,
    strategy: Any,
    identities: list[Identity],
    secrets: set[str],
    numbers: list[str],
    outcome: Outcome,
    each: int,
    start: int,
) -> None:
    @seed(start)
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, data=st.data())
    def ask(case: Any, data: Any) -> None:
        who = identities[outcome.requests % len(identities)]
        bent = _with_what_exists(case, data, numbers)
        answer, shown = _called(case, who)
        outcome.requests += 1
        outcome.statuses[(who.name, answer.status_code)] += 1
        wrong = list(_judged(case, answer, who, secrets))
        if shown != who.token:
            wrong.append("went with another token than its own")
        if mode is GenerationMode.NEGATIVE and not bent and who.counts:
            # The token is ours, whatever was made up in its place.
            refused = _failures(case, answer, [negative_data_rejection])
            wrong += [one for one in refused if not _made_up(one, answer)]
        label = f"{who.name} {operation.label}"
        outcome.faults += [f"{label}: {one}\n{case.as_curl_command()}" for one in wrong]

    ask()


def _called(case: Any, who: Identity) -> tuple[Any, str]:
    """The answer to a request of somebody, and the token that really reached the portal.

    The token stands in the WSGI environment: a header is left out again by schemathesis where it
    has bent the request by removing that very header.
    """
    case.headers = {k: v for k, v in (case.headers or {}).items() if k.lower() != "authorization"}
    arrived = []

    def portal(environ: dict[str, Any], start_response: Any) -> Any:
        arrived.append(environ.get("HTTP_AUTHORIZATION", ""))
        return application(environ, start_response)

    own = {"HTTP_AUTHORIZATION": f"Bearer {who.token}"} if who.token else {}
    answer = case.call(headers={"Accept-Encoding": "identity"}, app=portal, environ_overrides=own)
    (shown,) = arrived
    return answer, shown.removeprefix("Bearer ")


def _with_what_exists(case: Any, data: Any, numbers: list[str]) -> bool:
    """Half of the time put something of the real world in; whether that was done."""
    bent = False
    if "number" in (case.path_parameters or {}) and data.draw(st.booleans()):
        case.path_parameters["number"] = data.draw(st.sampled_from(numbers))
        bent = True
    if case.path.endswith("/batch/"):
        row = _body(numbers).map(json.dumps) | st.text(max_size=30)
        rows = data.draw(st.lists(row, max_size=6))
        case.body, bent = "\n".join(rows).encode("utf-8", "surrogatepass"), True
    elif case.method.upper() == "POST" and data.draw(st.booleans()):
        events = case.path.endswith("/events/")
        case.body, bent = data.draw(_event() if events else _body(numbers)), True
    return bent


def _body(numbers: list[str]) -> Any:
    """A case that would be taken in, with some fields bent."""
    number = st.sampled_from(numbers) | st.text(min_size=1, max_size=12)
    good = number.map(lambda n: {**GOOD, "number": n})
    names = st.sampled_from([*GOOD, "complainant", "linked", "x"])
    bends = st.dictionaries(names, JSON, max_size=2)
    return st.builds(lambda a, b: {**a, **b}, good, st.just({}) | bends)


def _event() -> Any:
    said = {
        "text": st.just("已处理") | JSON,
        "organisation": st.sampled_from(["CSG-GD-ZQ", "CSG-YN", "NOWHERE"]),
        "at": st.sampled_from(["2018-03-05T10:00:00+08:00", "2018-03-05T09:30:00Z", "soon"]),
        "reached": st.booleans(),
        "satisfaction": st.sampled_from(["满意", "x"]),
        "outcome": st.sampled_from(["属实", "x"]),
        "id": st.text(max_size=5),
        "by": st.text(max_size=50),
    }
    return st.fixed_dictionaries({"kind": st.sampled_from(EVENTS)}, optional=said)


def _judged(case: Any, answer: Any, who: Identity, secrets: set[str]) -> list[str]:
    wrong = _failures(case, answer, CHECKS)
    # What is no request at all (a NUL in the address) is refused before any door, and a number
    # with a line break is no address of any.
    nowhere = answer.status_code == 404 and "%0A" in answer.request.url
    if not who.counts and answer.status_code not in (400, 401) and not nowhere:
        wrong.append(f"{answer.status_code} without a token that counts")
    if who.counts and answer.status_code == 401:
        wrong.append("401 with a token that counts")
    wrong += [f"leaks {one}" for one in secrets - who.may_read if one in answer.text]
    if case.path.endswith("/batch/") and answer.status_code == 200:
        for row in answer.text.splitlines():
            one = json.loads(row)
            if set(one) != {"line", "number", "status", "errors"}:
                wrong.append(f"a line of another shape: {row[:80]}")
            if one["status"] not in (200, 201, 409, 422):
                wrong.append(f"a line of another status: {row[:80]}")
    return wrong


def _made_up(fault: str, answer: Any) -> bool:
    """Whether a violation was none on the wire: the token is ours, and an empty list in the
    address is not written at all."""
    if "`Authorization`" in fault:
        return True
    asked = {name for name, _value in parse_qsl(urlsplit(answer.request.url).query, True)}
    strange = "query" in fault and "`additionalProperties`" in fault and "body" not in fault
    return strange and asked <= PAGING


def _failures(case: Any, answer: Any, checks: list[Any]) -> list[str]:
    try:
        case.validate_response(answer, checks=checks)
    except (schemathesis.errors.SchemathesisError, BaseExceptionGroup, AssertionError) as fault:
        inner = getattr(fault, "exceptions", [fault])
        return [f"{type(one).__name__}: {str(one)[:400]}" for one in inner]
    return []
