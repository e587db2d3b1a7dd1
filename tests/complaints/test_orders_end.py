"""An order of the regulator never waits longer than its case is open."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from complaints.models import Supervision
from complaints.services import linking, retention
from core import clock
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def returned(people):
    """A supervised case that the company gave back."""
    return played(
        received(number="A-1", received_at=MONDAY),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        ("take", people.handler, {}),
        ("supervise", people.lead, {"due_on": date(2018, 3, 8), "text": "限期答复"}),
        ("return_slip", people.handler, {"reason": "not_ours", "text": "不属于本单位"}),
        start=MONDAY,
    )


def does(client, person, case, what, **answers):
    client.force_login(person)
    with clock.standing_at(LATER):
        return client.post(reverse("complaints:act", args=[case.pk, what]), answers)


def listed(client, person, query=""):
    client.force_login(person)
    with clock.standing_at(at("2018-03-12 10:00")):
        return client.get(reverse("complaints:supervision") + query).content.decode()


def test_a_case_is_not_passed_on_while_an_order_waits(client, people, returned):
    refused = does(client, people.officer, returned, "pass_on", text="移送价格主管部门")
    assert refused.status_code == 409
    assert "督办尚未反馈，不能移送。" in refused.content.decode()
    answered = does(client, people.officer, returned, "answer_supervision", text="不属于本机关")
    assert answered.status_code == 302
    assert does(client, people.officer, returned, "pass_on", text="移送").status_code == 302


def test_a_case_of_2025_is_not_refused_while_an_order_waits(client, people):
    monday = MONDAY.replace(year=2025)
    case = played(
        received(number="A-1", received_at=monday),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD-ZQ")}),
        ("supervise", people.lead, {"due_on": date(2025, 3, 8), "text": "限期答复"}),
        ("return_slip", people.handler, {"reason": "not_ours", "text": "不属于本单位"}),
        start=monday,
    )
    client.force_login(people.officer)
    with clock.standing_at(monday + timedelta(hours=1)):
        act = reverse("complaints:act", args=[case.pk, "refuse"])
        refused = client.post(act, {"ground": "court", "text": "已经起诉"})
    assert (refused.status_code, "不能不予受理" in refused.content.decode()) == (409, True)


def test_an_order_ends_with_a_case_that_is_withdrawn(client, people, returned):
    assert does(client, people.officer, returned, "withdraw", text="不再投诉").status_code == 302
    for query in ("", "?view=waiting", "?view=late"):
        assert "A-1" not in listed(client, people.lead, query)
    page = listed(client, people.lead, "?view=all")
    assert ("A-1" in page, "诉求已终结" in page, "逾期未反馈</" in page) == (True, True, False)
    client.force_login(people.officer)
    with clock.standing_at(LATER):
        assert "督办：" not in client.get("/").content.decode()
    # Nor does it keep the personal data for ever.
    due = retention.due(organisation("SERC-NF"), on=date(2030, 1, 1))
    assert [case.number for one in due for case in one.cases] == ["A-1"]


def test_an_order_rests_while_its_case_is_merged_and_wakes_with_it(client, people, returned):
    other = received(number="A-2", received_at=MONDAY)
    made = linking.merge(returned, into=other, by=people.officer, now=LATER)
    assert "A-1" not in listed(client, people.lead, "?view=late")
    assert not Supervision.objects.waiting().exists()
    linking.undo(made, by=people.officer, now=LATER)
    assert "A-1" in listed(client, people.lead, "?view=late")
