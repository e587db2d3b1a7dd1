"""The record of a repair: arrival, photo, safety measures."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints import services
from complaints.models import Case
from core import clock
from core.errors import Refused
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received
from tests.workbooks.attachments import png

pytestmark = pytest.mark.django_db
MONDAY = at("2023-03-06 09:00")


@pytest.fixture
def on_site(people, client):
    """A fault whose team says on the page at 09:43 that it has arrived."""
    fields = {"source": "95598", "owner": "CSG-GD", "channel": "phone_95598", "nature": "fault"}
    case = received(received_at=MONDAY, category="", area_type="urban", **fields)
    case = played(
        case,
        ("dispatch", people.desk, {"organisation": organisation("CSG-GD-ZQ")}),
        ("take", people.handler, {}),
        start=MONDAY + timedelta(minutes=40),
    )
    client.force_login(people.handler)
    with clock.standing_at(MONDAY + timedelta(minutes=43)):
        assert act(client, case, "arrive").status_code == 302
    return Case.objects.get(pk=case.pk)


def act(client, case, what, **answers):
    return client.post(reverse("complaints:act", args=[case.pk, what]), answers)


@pytest.mark.clause("S2-6.3.2a")
@pytest.mark.clause("S2-6.3.2b")
def test_a_repair_is_recorded_with_arrival_photo_and_safety_measures(client, people, on_site):
    client.force_login(people.handler)
    with clock.standing_at(MONDAY + timedelta(minutes=75)):
        photo = {"files": SimpleUploadedFile("site.png", png()), "kind": "photo"}
        url = reverse("complaints:attach", args=[on_site.pk])
        assert client.post(url, {**photo, "audiences": ["company", "regulator"]}).status_code == 302
        some = ["identity", "protection", "dead_line", "barrier", "watched", "tidied"]
        refused = act(client, on_site, "restore", safety=some)
        assert (refused.status_code, "请在说明中写明原因" in refused.content.decode()) == (
            409,
            True,
        )
        text = "整村停电，送电前用户无法逐户通知"
        assert act(client, on_site, "restore", safety=some, text=text).status_code == 302
        shown = client.get(reverse("complaints:case", args=[on_site.pk])).content.decode()
    card = shown[shown.index("抢修记录") :].partition("</section>")[0]
    for words in ("09:43", "到场后32分钟", "穿戴安全帽", "1 份", text):
        assert words in card
    assert card.count("已落实") == 6
    assert card.partition("未落实")[2].partition("</li>")[0].endswith("送电前通知用户")


def test_a_machine_that_knows_no_checklist_restores_as_before(people, on_site):
    now = MONDAY + timedelta(minutes=75)
    case = services.act(on_site, "restore", by=people.handler, now=now)
    assert case.events.get(kind="restore").data == {}


def test_a_measure_that_no_list_knows_is_refused(people, on_site):
    now = MONDAY + timedelta(minutes=75)
    with pytest.raises(Refused, match="不在目录中"):
        services.act(on_site, "restore", by=people.handler, now=now, safety=["luck"])
