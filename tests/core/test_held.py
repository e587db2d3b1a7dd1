"""A page asks who is signed in before it sends words; no part of one becomes a sign-in page."""

import pytest
from django.urls import reverse

from tests.factories.accounts import member

pytestmark = pytest.mark.django_db


def test_a_page_learns_who_is_signed_in_and_gets_a_token_that_works(catalogues, client):
    asked = reverse("core:session")
    assert client.get(asked).status_code == 302
    person = member("SERC-NF", "regulator_officer")
    client.force_login(person)
    answer = client.get(asked)
    assert answer.json()["person"] == person.pk
    assert answer["Cache-Control"] == "no-store"
    client.handler.enforce_csrf_checks = True
    sent = {"csrfmiddlewaretoken": answer.json()["token"]}
    assert client.post(reverse("core:read_notices"), sent).status_code == 302
    assert client.post(asked, sent).status_code == 405


def test_a_part_of_a_page_is_refused_without_the_sign_in_page(catalogues, client):
    url = reverse("complaints:hints")
    assert client.post(url).status_code == 302
    answer = client.post(url, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
