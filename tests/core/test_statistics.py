"""Once a week the embedded database is told how its rows are spread; others know it themselves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import outbox
from tests.factories.complaints import at

NOW = at("2012-03-01 09:00")


@pytest.mark.django_db
def test_once_a_week_it_looks_at_its_tables():
    with CaptureQueriesContext(connection) as asked:
        for days in (0, 1, 7):
            outbox.ticks()["core.statistics"](now=NOW + timedelta(days=days))
    looked = [one for one in asked if one["sql"] == "ANALYZE"]
    assert len(looked) == (2 if connection.vendor == "sqlite" else 0)
