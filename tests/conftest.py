"""What every test stands on: no network, a clock that stands still where asked, honest clauses."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.core.management import BaseCommand
from django.core.signals import request_started

from core import clock


@pytest.fixture
def kickoff_eve():
    """Hold the clock at the morning of 2011-11-24, one day before the reports are due."""
    instant = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
    with clock.standing_at(instant):
        yield instant


@pytest.fixture(autouse=True)
def own_anchor(settings):
    """Each test's audit trail begins anew, so its anchor outside the database must as well."""
    settings.AUDIT_ANCHOR = settings.PORTAL_DATA / f"anchor-{uuid4().hex}.log"


@pytest.fixture(autouse=True)
def clause_is_exercised(request, monkeypatch):
    """A test that claims a clause must have gone through a page, the API or a command."""
    if not request.node.get_closest_marker("clause"):
        yield
        return
    touched = []

    def on_request(**_kwargs):
        touched.append("request")

    real = BaseCommand.execute

    def execute(self, *args, **options):
        touched.append("command")
        return real(self, *args, **options)

    monkeypatch.setattr(BaseCommand, "execute", execute)
    request_started.connect(on_request)
    yield
    request_started.disconnect(on_request)
    assert touched, "marked with a clause, but no page, API or command was used"
