"""Doors: what a view declares is what people meet."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.urls import reverse

from core import policy
from core.components import Tab

NOBODY = AnonymousUser()


def person(*permissions):
    return SimpleNamespace(is_authenticated=True, can=lambda wanted: wanted in permissions)


def knock(view, user, name="somewhere"):
    request = RequestFactory().get("/somewhere/?q=1")
    request.user = user
    request.resolver_match = SimpleNamespace(view_name=name)
    door = policy.PolicyMiddleware(lambda _request: HttpResponse("in"))
    return door.process_view(request, view, (), {})


def page(request):
    return HttpResponse("in")


def fresh():
    return lambda request: HttpResponse("in")


def test_a_public_door_is_open_to_everybody():
    view = policy.public(fresh())
    assert knock(view, NOBODY) is None
    assert knock(view, person()) is None
    assert view.login_required is False


def test_a_door_for_people_signed_in_leads_strangers_to_the_sign_in_page():
    view = policy.signed_in(fresh())
    answer = knock(view, NOBODY)
    assert answer.status_code == 302
    assert answer.url.endswith("?next=/somewhere/%3Fq%3D1")
    assert knock(view, person()) is None


def test_a_door_that_needs_a_permission_is_403_to_other_roles():
    view = policy.needs("filing.review", "filing.certify")(fresh())
    assert knock(view, person("filing.certify")) is None
    with pytest.raises(PermissionDenied):
        knock(view, person("filing.draft"))


def test_a_view_that_declares_nothing_is_closed_to_everybody():
    for user in (NOBODY, person("filing.review")):
        with pytest.raises(PermissionDenied):
            knock(page, user)


def test_a_library_view_is_declared_by_its_url_name():
    policy.declare("library_door", policy.SIGNED_IN)
    assert knock(page, person(), name="library_door") is None


def test_needs_without_a_permission_is_a_programming_error():
    with pytest.raises(ValueError, match="without a permission"):
        policy.needs()


def test_no_page_leads_to_a_door_that_is_closed_to_its_reader(rf):
    """Sections of a page and the way back: what a role may not open is no link."""
    request = rf.get("/")
    sections = [Tab("日志", reverse("audit")), Tab("帮助", reverse("core:help"))]
    page = Template(
        '{% load ui %}{% tabs sections "" %}{% breadcrumb "审计" audit "帮助" help "这里" "" %}'
    )
    values = {"sections": sections, "audit": sections[0].url, "help": sections[1].url + "?a=1#b"}
    shown = {}
    for name, user in (
        ("closed", person()),
        ("open", person(*policy._at(reverse("audit")).permissions)),
    ):
        request.user = user
        shown[name] = page.render(RequestContext(request, values))
    assert shown["open"].count(reverse("audit")) == 2
    assert reverse("audit") not in shown["closed"]
    assert shown["closed"].count(reverse("core:help")) == 2
    assert "审计" in shown["closed"]
