"""Logs tell what happened without telling on anybody."""

import io
import json
import logging
import logging.config
from datetime import timedelta

import pytest
from django.test import RequestFactory

from accounts.services import links
from core import clock
from core.logs import RequestLog, configuration
from tests.factories.accounts import person


def shown(path):
    return RequestLog.format_request(RequestFactory().get(path))


def test_what_people_search_for_is_not_logged():
    assert shown("/search/?q=张三丰") == "GET /search/"


def test_tokens_of_links_and_feeds_are_not_logged():
    token = "k" * 43
    assert shown(f"/calendar/{token}.ics") == "GET /calendar/…"
    assert token not in shown(f"/accounts/link/{token}/")


def test_ordinary_paths_are_logged_as_they_are():
    assert shown("/campaigns/residential-2011/board/") == "GET /campaigns/residential-2011/board/"


@pytest.fixture
def written():
    """What Django's own loggers write, formatted as in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatter = configuration(None)["formatters"]["json"]
    build = logging.config.DictConfigurator({"version": 1}).configure_formatter
    handler.setFormatter(build(dict(formatter)))
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


@pytest.mark.django_db
def test_a_link_that_still_works_does_not_get_into_the_log_by_a_weak_password(client, written):
    now = clock.now()
    _link, token = links.make_link(user=person(), purpose="invitation", now=now)
    assert (
        client.post(f"/accounts/link/{token}/", {"password": "1", "again": "1"}).status_code == 422
    )
    assert links.find(token, now=now + timedelta(seconds=1)) is not None
    events = [line["event"] for line in written()]
    assert events == ["Unprocessable Entity: /accounts/link/…/"]


@pytest.mark.django_db
def test_an_unknown_feed_is_logged_without_its_token(client, written):
    assert client.get(f"/calendar/{'k' * 43}.ics").status_code == 404
    assert [line["event"] for line in written()] == ["Not Found: /calendar/…"]


@pytest.mark.django_db
def test_a_closed_door_is_logged_in_one_line_without_a_traceback(client, written):
    client.force_login(person())
    assert client.get("/cases/new/").status_code == 403
    (line,) = written()
    assert line["event"] == "Forbidden (Permission denied): /cases/new/"
    assert not {"exception", "exc_info"} & set(line)


@pytest.mark.django_db
def test_who_reports_a_leak_stands_in_no_line(client, catalogues):
    """Refused or not; any other page is logged with its person."""
    known, lines = person(), []
    client.force_login(known)
    keep = logging.Handler()
    keep.emit = lambda record: lines.append(record.msg)
    logger = logging.getLogger("django_structlog.middlewares.request")
    before = logger.level
    logger.addHandler(keep)
    logger.setLevel(logging.INFO)
    try:
        answers = [client.post("/leaks/new/", {"what": "x"}), client.get("/leaks/")]
        answers.append(client.get("/leaks/999/"))
        client.get("/")
    finally:
        logger.removeHandler(keep)
        logger.setLevel(before)
    assert [one.status_code for one in answers] == [422, 200, 404]
    told = [str(line) for line in lines]
    of_leaks = [line for line in told if "/leaks/" in line]
    assert len(of_leaks) == 6
    for name in ("user_id", "'ip'", "user_agent"):
        assert not [line for line in of_leaks if name in line], name
        assert [line for line in told if name in line], name
    assert [line for line in told if "GET /'" in line and f"'user_id': {known.pk}" in line]


def test_a_fault_keeps_its_traceback(written):
    try:
        raise ValueError("fault")
    except ValueError:
        extra = {"status_code": 500}
        logging.getLogger("django.request").error("Fault", exc_info=True, extra=extra)
    assert "ValueError: fault" in written()[0]["exception"]
