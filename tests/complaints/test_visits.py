"""Return visits: whom to call, what came of it, rates by unit, and samples."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from complaints import visiting
from complaints.models import Case, ReturnVisit
from complaints.services.visit_shares import set_share
from core import clock
from core.errors import Refused
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY + timedelta(hours=2)):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def informed(people, number, **fields):
    """A case whose complainant was told the result."""
    return played(
        received(number=number, received_at=MONDAY, **fields),
        ("accept", people.officer, {}),
        ("verify", people.officer, {"outcome": "partly", "text": "x"}),
        ("inform", people.officer, {"text": "x"}),
        start=MONDAY,
    )


def text(answer):
    return answer.content.decode()


def listed(client, query="?view=call"):
    page = text(client.get(reverse("complaints:visits") + query))
    return set(re.findall(r'href="/cases/\d+/">([A-Z]-\d)</a>', page))


def call(client, case, *, number=1, **answers):
    return client.post(reverse("complaints:visit", args=[case.pk]), {"number": number, **answers})


@pytest.mark.clause("S1-3.3.5(3)c")
def test_complainants_are_called_and_the_result_is_kept(as_, people):
    one, two = informed(people, "A-1"), informed(people, "A-2")
    informed(people, "A-3", complainant_phone="")
    received(number="A-4", received_at=MONDAY)
    client = as_(people.officer)
    assert listed(client) == {"A-1", "A-2"}
    assert listed(client, "?view=no_phone") == {"A-3"}
    wrong = call(client, one, reached="on")
    assert (wrong.status_code, "请填写满意度" in text(wrong)) == (409, True)
    answer = {"reached": "on", "satisfaction": "content", "text": "用户表示满意"}
    assert call(client, one, **answer).status_code == 302
    again = call(client, one, **answer)
    assert (again.status_code, "已经登记" in text(again)) == (409, True)
    assert call(client, two).status_code == 302
    # Not reached: the person is called again, three times at most.
    assert listed(client) == {"A-2"}
    assert call(client, two, number=2).status_code == 302
    assert call(client, two, number=3).status_code == 302
    assert listed(client) == set()
    assert ReturnVisit.objects.count() == 4
    visit = ReturnVisit.objects.get(case=one)
    assert (visit.by, visit.reached, visit.satisfaction) == (people.officer, True, "content")
    page = text(client.get(reverse("complaints:visits") + "?view=made"))
    assert "用户表示满意" in page
    assert people.officer.name in page


def test_whoever_handles_a_case_does_not_call_about_it(as_, people):
    case = informed(people, "A-1")
    client = as_(people.handler)
    assert listed(client, "") == set()
    assert call(client, case).status_code == 409
    assert call(as_(people.stranger), case).status_code == 404


def test_every_rate_opens_the_visits_that_it_counts(as_, people):
    results = ["content", "content", "fairly", "not_content", ""]
    for number, satisfaction in enumerate(results):
        case = informed(people, f"A-{number}")
        unit = "CSG-GD-ZQ" if number < 3 else "CSG-GD-FS"
        Case.objects.filter(pk=case.pk).update(holder=organisation(unit))
        played(case, ("visit", people.officer, visit_of("")), start=MONDAY + timedelta(hours=1))
        if satisfaction:
            played(
                case,
                ("visit", people.officer, visit_of(satisfaction)),
                start=MONDAY + timedelta(minutes=90),
            )
    client = as_(people.officer)
    page = text(client.get(reverse("complaints:visits") + "?view=rates"))
    rows = [
        re.findall(r'<td class="num">(?:<a href="([^"]+)">)?([^<]+)<', row)
        for row in page[page.index("<tbody>") :].split("<tr data-row>")[1:]
    ]
    # Called, reached, not reached, share reached, content, fairly, not content, satisfied.
    assert [[value for _url, value in row] for row in rows] == [
        ["5", "4", "1", "80.0%", "2", "1", "1", "75.0%"],
        ["2", "1", "1", "50.0%", "0", "0", "1", "0.0%"],
        ["3", "3", "0", "100.0%", "2", "1", "0", "100.0%"],
    ]
    for row in rows:
        for url, value in row:
            if url and value.isdecimal():
                found = listed(client, url.replace("&amp;", "&"))
                assert len(found) == int(value)


def visit_of(satisfaction):
    return {"reached": bool(satisfaction), "satisfaction": satisfaction}


def test_a_sample_is_drawn_from_a_day_on_and_nobody_chooses_it(people):
    office = organisation("SERC-NF")
    for number in range(8):
        informed(people, f"A-{number}")
    with pytest.raises(Refused, match="负责人"):
        set_share(office, share=50, valid_from=date(2018, 3, 6), by=people.officer, now=MONDAY)
    with pytest.raises(Refused, match="不能早于今天"):
        set_share(office, share=50, valid_from=date(2018, 3, 4), by=people.lead, now=MONDAY)
    set_share(office, share=50, valid_from=date(2018, 3, 6), by=people.lead, now=MONDAY)
    # What came in before is called back as it was laid down then.
    assert visiting.to_call(people.officer, now=MONDAY).count() == 8
    set_share(office, share=50, valid_from=date(2018, 3, 5), by=people.lead, now=MONDAY)
    digests = list(Case.objects.values_list("digest", flat=True))
    chosen = sum(digest < "8" for digest in digests)
    assert visiting.to_call(people.officer, now=MONDAY).count() == chosen


def test_orders_whose_procedure_demands_a_call_are_always_listed(as_, people):
    desk, unit = people.desk, organisation("CSG-GD-ZQ")
    set_share(
        organisation("CSG-GD"), share=1, valid_from=date(2018, 3, 5), by=people.boss, now=MONDAY
    )
    fields = {"source": "95598", "owner": "CSG-GD", "channel": "phone_95598", "nature": "fault"}
    case = played(
        received(number="Q-1", received_at=MONDAY, category="", area_type="urban", **fields),
        ("dispatch", desk, {"organisation": unit}),
        ("take", people.handler, {}),
        ("arrive", people.handler, {}),
        ("restore", people.handler, {}),
        ("reply", people.handler, {"text": "已复电"}),
        start=MONDAY,
    )
    assert case.clocks.filter(code="visit").exists()
    assert listed(as_(desk)) == {"Q-1"}


def test_the_share_is_set_on_the_page_by_those_who_lead(as_, people):
    url = reverse("complaints:visit_share")
    sent = {"organisation": organisation("SERC-NF").pk, "share": 30, "valid_from": "2018-03-06"}
    assert as_(people.officer).post(url, sent).status_code == 403
    late = as_(people.lead).post(url, {**sent, "valid_from": "2018-03-01"})
    assert (late.status_code, "不能早于今天" in text(late)) == (409, True)
    assert as_(people.lead).post(url, sent).status_code == 302
    with clock.standing_at(MONDAY + timedelta(days=1)):
        assert "抽样 30%" in text(as_(people.officer).get(reverse("complaints:visits")))
