"""One URL for page and fragment; refusals and form errors keep their meaning."""

import json

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from core import pages
from core.errors import Conflict, Refused
from core.middleware import ReadOnlyGetMiddleware, RefusedMiddleware, TextGZipMiddleware, WriteOnGet
from tests.factories.complaints import regulator_officer as officer


class Ask(forms.Form):
    name = forms.CharField()


@pytest.fixture
def ask():
    def make(path="/somewhere/", *, method="get", **headers):
        request = getattr(RequestFactory(), method)(path, headers=headers)
        request.user = AnonymousUser()
        request.htmx = HtmxDetails(request)
        request.resolver_match = None
        return request

    return make


def test_a_browser_gets_the_page_and_htmx_the_fragment(ask):
    page, fragment = "404.html", "components/foot.html"
    assert b"<html" in pages.render(ask(), page, fragment).content
    assert b"<html" not in pages.render(ask(hx_request="true"), page, fragment).content


@pytest.mark.parametrize(
    "headers",
    [
        {"hx_request": "true", "hx_boosted": "true"},
        {"hx_request": "true", "hx_history_restore_request": "true"},
    ],
)
def test_boosted_links_and_history_get_the_whole_page(ask, headers):
    assert b"<html" in pages.render(ask(**headers), "404.html", "components/foot.html").content


def test_caches_are_told_that_the_answer_depends_on_htmx(ask):
    assert "HX-Request" in pages.render(ask(), "404.html")["Vary"]


def test_a_form_with_errors_is_422(ask):
    assert pages.render(ask(), "404.html", context={"form": Ask({})}).status_code == 422
    assert pages.render(ask(), "404.html", context={"form": Ask()}).status_code == 200


def test_after_a_write_htmx_is_sent_on_by_a_header(ask):
    assert pages.go(ask(), "/there/").status_code == 302
    answer = pages.go(ask(hx_request="true"), "/there/")
    assert answer["HX-Redirect"] == "/there/"


def test_a_refused_move_is_409_with_its_reason(ask):
    answer = pages.refused(ask(), Refused("企业尚未答复，不能办结。"))
    assert answer.status_code == 409
    assert "企业尚未答复，不能办结。" in answer.content.decode()
    assert "现在不能办理" in answer.content.decode()


def test_htmx_shows_the_refusal_above_the_page(ask):
    answer = pages.refused(ask(hx_request="true"), Refused("期限已过"))
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#announcements"
    assert b"<html" not in answer.content


def test_the_api_gets_the_refusal_as_a_problem(ask):
    answer = pages.refused(ask("/api/v1/duties/"), Refused("期限已过"))
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["detail"] == "期限已过"


def test_a_refusal_that_no_view_caught_becomes_409_and_other_errors_stay(ask):
    middleware = RefusedMiddleware(lambda request: None)
    assert middleware.process_exception(ask(), Conflict("已被他人改动")).status_code == 409
    assert middleware.process_exception(ask(), ValueError("x")) is None


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_get_that_writes_fails_in_tests(ask, method):
    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET name = 'x'")

    with pytest.raises(WriteOnGet, match="accounts_user"):
        ReadOnlyGetMiddleware(view)(ask(method=method))


@pytest.mark.django_db
def test_a_post_may_write_and_a_get_may_read(ask):
    def write(request):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET name = 'x'")
        return "written"

    def read(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "read"

    assert ReadOnlyGetMiddleware(write)(ask(method="post")) == "written"
    assert ReadOnlyGetMiddleware(read)(ask()) == "read"


@pytest.mark.parametrize(
    ("kind", "packed"),
    [("text/html; charset=utf-8", True), ("application/pdf", False), ("text/css", True)],
)
def test_only_texts_are_compressed(ask, kind, packed):
    from django.http import HttpResponse

    request = ask(accept_encoding="gzip")
    middleware = TextGZipMiddleware(lambda request: None)
    answer = middleware.process_response(request, HttpResponse("字" * 4000, content_type=kind))
    assert (answer.get("Content-Encoding") == "gzip") is packed


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/cases/hints/", "/cases/1/do/accept/"])
def test_an_address_that_only_takes_forms_says_so_when_it_is_opened(catalogues, client, path):
    client.force_login(officer())
    answer = client.get(path)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    shown = answer.content.decode()
    assert "这个地址不能直接打开" in shown
    assert '<a class="btn btn-primary" href="/">回到工作台</a>' in shown
