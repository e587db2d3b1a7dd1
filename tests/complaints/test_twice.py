"""The same form sent twice is one act: going back and pressing the button again adds nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
LATER = MONDAY + timedelta(hours=1)
EXTEND = {
    "clock": "close",
    "value": "5",
    "ground": "evidence",
    "document_number": "1号",
    "text": "",
}


@pytest.fixture
def case(people):
    return played(received(received_at=MONDAY), ("accept", people.officer, {}), start=MONDAY)


def shown(client, case):
    """The page of the case, and the last line of the timeline that it knew."""
    return (
        client.get(reverse("complaints:case", args=[case.pk]))
        .context["note_form"]
        .initial["seen_event"]
    )


def test_time_is_not_given_twice_by_one_form(client, people, case):
    client.force_login(people.lead)
    url = reverse("complaints:act", args=[case.pk, "extend"])
    with clock.standing_at(LATER):
        form = {**EXTEND, "seen_event": shown(client, case)}
        assert client.post(url, form).status_code == 302
        again = client.post(url, form)
        assert (again.status_code, "没有重复登记" in again.content.decode()) == (409, True)
        given = case.clocks.get(code="close").extensions
        assert [one.value for one in given.all()] == [5]
        # Who means it looks at the page as it stands now.
        form = {**EXTEND, "value": "6", "seen_event": shown(client, case)}
        assert client.post(url, form).status_code == 302
    assert [one.value for one in given.all()] == [5, 6]


def test_a_note_is_not_written_twice_by_one_form_nor_by_somebody_elses_line(client, people, case):
    url = reverse("complaints:note", args=[case.pk])
    client.force_login(people.officer)
    with clock.standing_at(LATER):
        form = {"text": "已电话联系", "audiences": ["regulator"], "seen_event": shown(client, case)}
        assert [client.post(url, form).status_code for _time in range(2)] == [302, 409]
        client.force_login(people.lead)
        assert client.post(url, form).status_code == 302
        # Without the mark, as other systems write, nothing is guessed.
        del form["seen_event"]
        assert client.post(url, form).status_code == 302
    assert case.events.filter(kind="note").count() == 3
