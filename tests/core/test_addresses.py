"""Where a request comes from: only as many forwarded entries count as we have proxies."""

import pytest
from django.test import RequestFactory

from core.addresses import NOWHERE, client_address


def asked(forwarded=None, remote="10.0.0.9"):
    told = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **told)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        # Nothing before us: the header is only a claim.
        (0, "203.0.113.1", "10.0.0.9"),
        (1, "203.0.113.1", "203.0.113.1"),
        # What the client put in front of it is his own invention.
        (1, "198.51.100.7, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.7, 203.0.113.1, 10.0.0.5", "203.0.113.1"),
        # It came past our proxies, so nobody whom we trust wrote the header.
        (2, "203.0.113.1", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, None, "10.0.0.9"),
        # What is no address names nobody.
        (1, "203.0.113.1, <script>", "10.0.0.9"),
        (1, "2001:DB8::7", "2001:db8::7"),
    ],
)
def test_only_what_our_own_proxies_appended_counts(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(asked(forwarded)) == expected


def test_without_a_request_there_is_no_address():
    assert client_address(None) == NOWHERE


@pytest.mark.django_db
def test_the_trail_names_the_client_and_not_the_proxy(client, settings, monkeypatch):
    from core import audit, health

    settings.TRUSTED_PROXIES = 1
    places = []
    monkeypatch.setitem(health.CHECKS, "database", lambda: places.append(audit._place.get()) or "")
    client.get("/readyz", HTTP_X_FORWARDED_FOR="198.51.100.7, 203.0.113.1")
    assert places == ["203.0.113.1"]
