"""The example client plays the 95598 side against a portal that runs, over real connections."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as portal
from django.db import connections

from complaints import services
from complaints.models import Case, HotlineMessage, Reconciliation
from core import clock, outbox
from core.models import AuditEvent
from tests.browser.server import serving
from tests.factories import hotline
from tests.factories.accounts import organisation
from tests.factories.clients import issued
from tests.factories.complaints import record, regulator_officer
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)
CLIENT = portal.BASE_DIR / "examples" / "hotline_client.py"


@pytest.fixture
def handed_over(catalogues):
    """A 12398 complaint of today that the office hands to Zhaoqing."""
    officer, now = regulator_officer(), clock.now()
    received_at = now - timedelta(minutes=10)
    told = record("12398-E-1", received_at=received_at)
    case, _new = services.receive(
        told, source="12398", owner=organisation("SERC-NF"), by=officer, now=now
    )

    def hand():
        place = organisation("CSG-GD-ZQ")
        services.act(case, "transfer", by=officer, now=clock.now(), organisation=place)

    return hand


def test_the_example_client_plays_a_day_and_both_sides_agree(handed_over, settings, tmp_path):
    settings.WEBHOOKS = {**settings.WEBHOOKS, "https_only": False, "networks": ["127.0.0.0/8"]}
    token, port = issued("CSG-GD", signed=True), free_port()
    endpoint = hotline.endpoint(client=token.client, url=f"http://127.0.0.1:{port}/hook")
    handed_over()
    with serving() as address:
        command = [sys.executable, str(CLIENT), "play", "--portal", address, "--token", token.token]
        command += ["--signing-secret", token.secret, "--secret", endpoint.secret]
        command += ["--listen", str(port), "--data", str(tmp_path / "hotline.sqlite3")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            while client.poll() is None:
                outbox.run_due(now=clock.now() + timedelta(seconds=60))
                try:
                    client.wait(0.2)
                except subprocess.TimeoutExpired:
                    continue
            played = json.loads(client.stdout.read())
    assert client.returncode == 0, played
    assert played["sent"] == [201, 200, 201, 422, 201]
    assert played["events"] == [
        [201, 200, "dispatched"],
        [201, 200, "handling"],
        [201, 200, "replied"],
        [201, 200, "closed"],
    ]
    assert played["transfers"] == [["12398-E-1", "closed"]]
    assert ["case.transferred", "12398-E-1"] in played["calls"]
    assert (played["forged"], played["lost"], played["differences"]) == (0, [], [])
    assert Case.objects.get(number="12398-E-1").state == "closed"
    assert Case.objects.filter(source="95598").count() == 3
    assert Reconciliation.objects.latest().get().here == 4
    assert not HotlineMessage.objects.standing().filter(state="dead").exists()
    assert AuditEvent.objects.filter(kind="case.close").count() == 2
    connections.close_all()
