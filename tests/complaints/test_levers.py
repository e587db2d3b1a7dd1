"""Nobody can let a case lie: whoever watches can urge, order and let the time run to the end."""

from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.models import Case
from complaints.services import tracking
from core import clock
from tests.factories.accounts import organisation
from tests.factories.clients import Caller, issued
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2025-03-03 09:00")
SAID = {"text": "情况说明"}
FOUND = {"outcome": "unsubstantiated", "text": "不属实"}
UNIT = "CSG-GD-ZQ"


def transferred(people, *more):
    return played(
        received(number="A-1", received_at=MONDAY),
        ("transfer", people.officer, {"organisation": organisation(UNIT)}),
        ("take", people.handler, {}),
        *more,
        start=MONDAY,
    )


def does(client, person, case, what, when, **answers):
    client.force_login(person)
    with clock.standing_at(when):
        url = reverse("complaints:act", args=[case.pk, what])
        return client.post(url, answers).status_code


def test_what_the_company_has_told_but_not_closed_is_still_urged_ordered_and_timed(client, people):
    case = transferred(
        people,
        ("pause", people.lead, {"clock": "company", "reason": "material", "text": ""}),
        ("verify", people.handler, FOUND),
        ("inform", people.handler, SAID),
    )
    thursday = at("2025-03-06 10:00")
    assert does(client, people.lead, case, "resume", thursday, clock="company") == 302
    case.refresh_from_db()
    # Ten working days from 3 March, and the three that the time stood still.
    assert f"{case.due_at.astimezone(clock.ZONE):%Y-%m-%d}" == "2025-03-20"
    assert does(client, people.officer, case, "urge", thursday) == 302
    order = {"due_on": "2025-03-10", "text": "限期办结"}
    assert does(client, people.lead, case, "supervise", thursday, **order) == 302


@pytest.mark.parametrize("last", ["restore", "reply"])
def test_a_repair_that_is_not_reported_back_or_closed_is_ordered(client, people, last):
    fault = received(
        source="95598",
        owner=UNIT,
        received_at=MONDAY,
        nature="fault",
        category="",
        channel="phone_95598",
    )
    case = played(
        fault,
        ("dispatch", people.handler, {"organisation": organisation(UNIT)}),
        ("take", people.handler, {}),
        ("arrive", people.handler, {}),
        (last, people.handler, SAID),
        start=MONDAY,
    )
    order = {"due_on": "2025-03-10", "text": "限期办结"}
    hour = MONDAY + timedelta(hours=1)
    assert does(client, people.lead, case, "supervise", hour, **order) == 302


def test_what_happened_before_a_pause_may_be_told_after_it(people):
    noon = at("2025-03-03 12:00")
    case = transferred(people, ("verify", people.handler, FOUND))
    pause = {"clock": "company", "reason": "material", "text": ""}
    played(case, ("pause", people.lead, pause), start=noon)
    with clock.standing_at(noon + timedelta(minutes=5)):
        system = Caller(issued(UNIT))
        for minutes, said in ((40, {"kind": "replied", **SAID}), (30, {"kind": "closed"})):
            at_that_time = (noon - timedelta(minutes=minutes)).isoformat()
            url = f"/api/v1/hotline/cases/{case.number}/events/"
            told = system.post(url, {**said, "at": at_that_time})
            assert told.status_code == 201, told.content
    (stopped,) = Case.objects.get(pk=case.pk).clocks.all()
    pause = stopped.pauses.get()
    assert (stopped.state, pause.start, pause.end) == ("met", noon, noon)


def test_what_is_handled_anew_after_an_appeal_can_be_appealed_against_anew(client, people):
    close = (("verify", people.handler, FOUND), ("inform", people.handler, SAID))
    case = transferred(people, *close, ("close", people.handler, {}))
    day = at("2025-03-10 09:00")
    appeal = {"text": "对结果不服"}
    assert does(client, people.officer, case, "appeal", day, **appeal) == 302
    assert does(client, people.officer, case, "appeal", day, **appeal) == 409
    first = case.appeals.get()
    played(
        first,
        ("accept", people.officer, {}),
        ("verify", people.officer, {"outcome": "substantiated", "text": "属实"}),
        ("inform", people.officer, SAID),
        ("close", people.officer, {}),
        start=day,
    )
    # The first appeal was against what was done before.
    again = played(
        case, ("reopen", people.officer, {"text": "重新办理"}), start=at("2025-03-11 09:00")
    )
    again = played(again, *close, ("close", people.handler, {}), start=at("2025-03-12 09:00"))
    second = tracking.appeal(again, text="仍不服", now=at("2025-03-13 09:00"))
    assert (second.number, second.appeal_of_id) == (f"{case.number}-S2", case.pk)


def test_a_case_that_was_archived_is_appealed_against_within_the_days_of_the_rule(client, people):
    close = (("verify", people.handler, FOUND), ("inform", people.handler, SAID))
    case = transferred(people, *close, ("close", people.handler, {}))
    case = played(case, ("archive", people.officer, {}), start=at("2025-03-31 17:00"))
    appeal = {"text": "对结果不服"}
    # Sixty days after March 31st end on May 30th.
    late = at("2025-05-31 00:30")
    assert "申诉期限至2025-05-30" in tracking.appeal_refusal(case, now=late)
    assert does(client, people.officer, case, "appeal", late, **appeal) == 409
    last = at("2025-05-30 23:00")
    assert does(client, people.officer, case, "appeal", last, **appeal) == 302
    made = case.appeals.get()
    case.refresh_from_db()
    assert (case.state, made.state, made.linked_number) == ("archived", "registered", case.number)
    assert does(client, people.officer, case, "appeal", last, **appeal) == 409
