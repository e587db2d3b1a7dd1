"""Doors: what a view declares is what people meet."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from core import policy

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
