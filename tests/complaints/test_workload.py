"""The board of workload, overdue and escalation; and a desk that hides nothing."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from complaints import services, work
from core import clock
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
LATER = MONDAY + timedelta(days=50)


def text(answer):
    return answer.content.decode()


def handed(people, number, unit, *more):
    return played(
        received(number=number, received_at=MONDAY),
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation(unit)}),
        *more,
        start=MONDAY,
    )


@pytest.fixture
def month(people):
    """Two cases in Zhaoqing, one of them watched and urged; one in Foshan; one done; one fresh."""
    order = {"due_on": date(2018, 5, 4), "text": "限期答复"}
    handed(
        people,
        "A-1",
        "CSG-GD-ZQ",
        ("take", people.handler, {}),
        ("urge", people.officer, {}),
        ("supervise", people.lead, order),
    )
    handed(people, "A-2", "CSG-GD-ZQ")
    handed(people, "A-3", "CSG-GD-FS")
    done = handed(people, "A-4", "CSG-GD-ZQ", ("take", people.handler, {}))
    played(done, ("withdraw", people.officer, {"text": "x"}), start=LATER - timedelta(days=3))
    received(number="A-5", received_at=LATER - timedelta(days=1))
    # The ladder of reminders up to now: the deadline of fifty days ago has passed everybody.
    services.tick(now=LATER)


def table(client, query=""):
    page = text(client.get(reverse("complaints:workload") + query))
    rows = page[page.index("<tbody>") :].split("<tr")[1:]
    found = {}
    for row in rows:
        name = re.search(r'<th scope="row">(.*?)</th>', row)[1]
        cells = re.findall(r'<td class="num">(?:<a href="([^"]+)"[^>]*>|<span[^>]*>)(\d+)<', row)
        found[name] = [(int(count), url.replace("&amp;", "&")) for url, count in cells]
    return found


def numbers(cells):
    return [count for count, _url in cells]


@pytest.mark.clause("S1-3.3.5(2)a")
def test_workload_overdue_and_escalation_by_unit_and_every_number_opens_its_list(
    client, people, month
):
    client.force_login(people.officer)
    with clock.standing_at(LATER):
        rows = table(client)
        office, company = people.officer.home.name, "肇庆供电局"
        # Open, today, late, leaders told, watched, urged, returned, again, came, closed.
        assert numbers(rows[company])[:2] == [2, 0]
        assert numbers(rows[company])[4:] == [1, 1, 0, 0, 0, 1]
        assert numbers(rows[office]) == [1, 0, 0, 0, 0, 0, 0, 0, 1, 0]
        assert numbers(rows["合计"])[0] == 4
        # Three were not answered in time; A-4 is done, A-5 came yesterday.
        assert numbers(rows["合计"])[2] == 3
        assert sorted(behind(client, rows["合计"][2])) == ["A-1", "A-2", "A-3"]
        for cells in rows.values():
            for count, url in cells:
                assert not url or len(behind(client, (count, url))) == count
    client.force_login(people.handler)
    with clock.standing_at(LATER):
        assert set(table(client)) == {"合计", company}


def behind(client, cell):
    count, url = cell
    if not count:
        return []
    page = text(client.get(reverse("complaints:workload") + url))
    return re.findall(r'href="/cases/\d+/">([^<]+)</a><small>', page)


def test_late_cases_whose_leaders_were_told_are_named(client, people, month):
    client.force_login(people.officer)
    with clock.standing_at(at("2018-05-10 09:00")):
        services.tick(now=clock.now())
        rows = table(client)
    # The procedure of 2017 closes in sixty days: 2018-05-04.
    assert numbers(rows["肇庆供电局"])[2:4] == [2, 2]


def test_workload_by_person(client, people, month):
    client.force_login(people.chief)
    with clock.standing_at(LATER):
        rows = table(client, "?by=person")
        assert set(rows) == {"合计", people.handler.name}
        assert numbers(rows[people.handler.name])[0] == 1
        assert behind(client, rows[people.handler.name][0]) == ["A-1"]
        nobody = reverse("complaints:workload") + "?by=person&what=open&key=999999"
        assert client.get(nobody).status_code == 200


def test_the_desk_says_how_many_it_does_not_name(client, people, monkeypatch):
    monkeypatch.setattr(work, "MOST", 2)
    cases = [received(number=f"A-{n}", received_at=MONDAY + timedelta(hours=n)) for n in range(3)]
    # Nothing runs on a case that is paused; it comes after those that have a deadline.
    assert all(case.due_at for case in cases)
    client.force_login(people.officer)
    with clock.standing_at(MONDAY + timedelta(hours=4)):
        shown = text(client.get(reverse("desk")))
        assert "另有 1 件诉求待本单位办理" in shown
        url = re.search(r'href="([^"]*view=mine[^"]*)"', shown)[1]
        everything = text(client.get(url.replace("&amp;", "&")))
    assert [f">{case.number}<" in everything for case in cases] == [True] * 3
