"""Logs tell what happened without telling on anybody."""

from django.test import RequestFactory

from core.logs import RequestLog


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
