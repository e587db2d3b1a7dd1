"""A few requests sent again and again to a server that is killed: one case each."""

import os

import pytest
from django.conf import settings
from django.db import connection

from complaints.models import Case
from tests.bench import _kills
from tests.factories.clients import issued
from tests.servers import free_port

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
REQUESTS = 40


@pytest.fixture
def environment(tmp_path):
    """What a server needs to work on this test's own database."""
    folder = settings.DATABASE_URL.rpartition("/")[0]
    return {
        **os.environ,
        "DATABASE_URL": f"{folder}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PORTAL_DATA": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"),
    }


def test_however_often_a_request_is_sent_there_is_one_case(catalogues, environment):
    token = issued("CSG-GD", per_minute=60000).token
    figures = _kills.play(free_port(), token, requests=REQUESTS, kills=2, environment=environment)
    assert figures["unanswered"] == 0
    assert set(figures["statuses"]) <= {0, 200, 201, 409}
    numbers = list(Case.objects.values_list("number", flat=True))
    assert (len(numbers), len(set(numbers))) == (REQUESTS, REQUESTS)
