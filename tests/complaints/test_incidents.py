"""One outage, many cases: joined into one event with a leading unit, and taken apart again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.models import Case, Incident
from complaints.services import incidents, proposing
from core import clock
from core.errors import Conflict, Refused
from core.models import AuditEvent
from tests.complaints.test_linkage import carried, order
from tests.complaints.test_race import together
from tests.factories.accounts import organisation
from tests.factories.complaints import at, received, regulator_lead, regulator_officer
from tests.factories.memory import remembered
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NIGHT = at("2018-03-05 21:00")
LATER = NIGHT + timedelta(hours=3)
AREA = "光明路2号公变"
PEOPLE = ["13900000001", "13900000002", "13900000003"]


@remembered
def dark_street():
    """Two orders of 95598 and a complaint at 12398 under one transformer in one evening."""
    for n, phone in enumerate(PEOPLE[:2]):
        order(f"D{n}", received_at=NIGHT, **caller(phone, n))
    complaint("N1", PEOPLE[2])


def caller(phone, n=9, area=AREA):
    return {
        "complainant_phone": phone,
        "account_no": f"7700{n}",
        "complainant_name": "",
        "address": "",
        "organisation": "CSG-GD-ZQ",
        "transformer_area": area,
    }


def complaint(number, phone, *, received_at=NIGHT + timedelta(hours=1), **fields):
    values = {**caller(phone), "category": "outage_repair", **fields}
    return received(number=number, received_at=received_at, **values)


@remembered
def joined():
    dark_street()
    return incidents.open_incident(
        list(Case.objects.order_by("pk")),
        title="光明路停电",
        matter="outage",
        leading=organisation("CSG-GD-ZQ"),
        by=regulator_officer(),
        now=LATER,
    )


@pytest.fixture(autouse=True)
def later():
    with clock.standing_at(LATER):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def url(name, *args):
    return reverse(f"complaints:{name}", args=args)


def numbers(incident, state="confirmed"):
    rows = incident.members.filter(state=state).order_by("case__number")
    return list(rows.values_list("case__number", flat=True))


def test_a_suggested_name_bears_the_day_of_the_place(people, as_):
    dark_street()
    Case.objects.update(received_at=at("2018-03-06 00:30") - timedelta(minutes=45))
    assert f'value="{AREA}停电（2018-03-05）"' in text_of(as_(people.officer).get(url("incidents")))
    Case.objects.update(received_at=at("2018-03-05 00:30"))
    assert f'value="{AREA}停电（2018-03-05）"' in text_of(as_(people.officer).get(url("incidents")))


def test_a_cluster_becomes_an_event_with_all_cases_clocks_and_a_leading_unit(people, as_):
    dark_street()
    client = as_(people.officer)
    listed = text_of(client.get(url("incidents")))
    for words in (AREA, "3 件", "95598热线 2，12398热线 1", 'value="肇庆供电局"'):
        assert words in listed, words
    answer = client.post(
        url("open_incident"),
        {
            "cluster": f"outage:transformer_area:{AREA}",
            "title": "光明路停电",
            "leading": "肇庆供电局",
        },
    )
    made = Incident.objects.get()
    assert answer["Location"] == url("incident", made.pk)
    assert (made.number, made.leading.code) == ("SJ-20180306-0001", "CSG-GD-ZQ")
    assert (made.started_at, made.last_at) == (NIGHT, NIGHT + timedelta(hours=1))
    shown = text_of(client.get(url("incident", made.pk)))
    for words in ("D0", "D1", "N1", "受理决定", "牵头单位", "南方电监局"):
        assert words in shown, words
    # One number leads to all: on the page of a case, and of the event.
    case = Case.objects.get(number="D0")
    assert "光明路停电" in text_of(client.get(url("case", case.pk)))
    assert case.events.last().text == made.number
    # What is joined is suggested no more.
    assert "可能的事件" not in text_of(client.get(url("incidents")))
    assert AuditEvent.objects.filter(kind="incident.open").count() == 1


def test_two_cases_or_old_ones_are_no_cluster(people, as_):
    dark_street()
    Case.objects.filter(number="D1").update(transformer_area="")
    client = as_(people.officer)
    assert "没有处理中的事件" in text_of(client.get(url("incidents")))
    Case.objects.filter(number="D1").update(
        transformer_area=AREA, received_at=LATER - timedelta(hours=73)
    )
    assert "没有处理中的事件" in text_of(client.get(url("incidents")))


def test_a_new_case_under_the_same_transformer_is_proposed_for_the_event(people, as_):
    made = joined()
    complaint("N2", "13911112222", received_at=LATER)
    complaint("N3", "13911113333", received_at=LATER, transformer_area="新围村1号公变")
    complaint("N4", "13911114444", received_at=LATER, category="billing", content="电费多收")
    complaint("N5", "13911115555", received_at=LATER, nature="report", category="")
    carried(LATER)
    assert numbers(made, "proposed") == ["N2"]
    client = as_(people.officer)
    assert "待确认是否属于本事件" in text_of(client.get(url("incident", made.pk)))
    case = Case.objects.get(number="N2")
    client.post(url("incident_case", made.pk, case.pk), {"in": "yes"})
    assert numbers(made) == ["D0", "D1", "N1", "N2"]
    made.refresh_from_db()
    assert made.last_at == LATER
    # Taken out by a person, it is not proposed again.
    client.post(url("incident_case", made.pk, case.pk), {"in": "no"})
    proposing.propose([case.pk], now=LATER)
    assert (numbers(made), numbers(made, "proposed")) == (["D0", "D1", "N1"], [])
    assert [e.kind for e in case.events.all()] == ["received", "incident", "incident_out"]
    again = client.post(url("incident_case", made.pk, case.pk), {"in": "no"})
    assert (again.status_code, "该诉求不在事件中" in text_of(again)) == (409, True)


def test_a_case_long_after_the_event_is_not_proposed(people):
    made = joined()
    complaint("N2", "13911112222", received_at=made.last_at + timedelta(hours=13))
    carried(made.last_at + timedelta(hours=13))
    assert numbers(made, "proposed") == []


def test_a_case_is_put_in_by_its_number_and_stands_in_one_event_only(people, as_):
    made = joined()
    complaint("N2", "13911112222", transformer_area="")
    client = as_(people.officer)
    client.post(url("incident_add", made.pk), {"number": "N2"})
    assert numbers(made) == ["D0", "D1", "N1", "N2"]
    missing = client.post(url("incident_add", made.pk), {"number": "N9"})
    assert (missing.status_code, "没有编号为“N9”的诉求" in text_of(missing)) == (409, True)
    cases = list(Case.objects.filter(number__in=("D0", "D1")))
    with pytest.raises(Conflict, match="已在事件SJ-20180306-0001中"):
        incidents.open_incident(
            cases,
            title="又一次",
            matter="outage",
            leading=made.leading,
            by=people.officer,
            now=LATER,
        )
    assert Incident.objects.count() == 1


def test_what_makes_no_event(people):
    dark_street()
    cases = list(Case.objects.all())
    report = complaint("R1", "13911112222", nature="report", category="")
    zhaoqing, foshan = organisation("CSG-GD-ZQ"), organisation("CSG-GD-FS")

    def opened(some, *, title="停电", leading=zhaoqing, by=people.officer):
        incidents.open_incident(
            some, title=title, matter="outage", leading=leading, by=by, now=LATER
        )

    for arguments, words in (
        ({"some": cases[:1]}, "至少包括两件"),
        ({"some": [*cases, report]}, "举报不并入事件"),
        ({"some": cases, "title": " "}, "请填写事件名称"),
        ({"some": cases, "title": "长" * 121}, "请填写事件名称"),
        ({"some": cases, "leading": foshan, "by": people.handler}, "职责范围内"),
    ):
        with pytest.raises(Refused, match=words):
            opened(**arguments)
    assert not Incident.objects.exists()


def test_the_leading_unit_handles_and_closes_others_only_read(people, as_):
    made = joined()
    client = as_(people.handler)
    assert client.post(url("incident_close", made.pk), {}).status_code == 409
    done = {"conclusion": "更换熔断器，当晚恢复供电。"}
    assert client.post(url("incident_close", made.pk), done).status_code == 302
    made.refresh_from_db()
    assert (made.is_open, made.closed_by) == (False, people.handler)
    # The cases go on by their own procedures.
    assert set(Case.objects.values_list("state", flat=True)) == {"registered"}
    late = client.post(url("incident_add", made.pk), {"number": "D0"})
    assert (late.status_code, "事件已经结束" in text_of(late)) == (409, True)
    shown = text_of(client.get(url("incidents") + "?view=closed"))
    assert "光明路停电" in shown
    client.post(url("incident_close", made.pk), {"reopen": "1"})
    made.refresh_from_db()
    assert made.is_open
    assert client.post(url("incident_close", made.pk), {"reopen": "1"}).status_code == 409


def test_another_unit_leads_and_who_has_no_right_reads_the_reason(people, as_):
    made = joined()
    client = as_(people.officer)
    client.post(url("incident_lead", made.pk), {"leading": "CSG-GD"})
    made.refresh_from_db()
    assert made.leading.code == "CSG-GD"
    unknown = client.post(url("incident_lead", made.pk), {"leading": "某某局"})
    assert (unknown.status_code, "找不到牵头单位" in text_of(unknown)) == (409, True)
    client = as_(people.handler)
    assert "事件由建立单位、牵头单位或监管机构办理。" in text_of(
        client.get(url("incident", made.pk))
    )
    assert client.post(url("incident_add", made.pk), {"number": "D0"}).status_code == 409


def test_an_event_without_cases_is_still_there_for_those_who_handle_it(people, as_):
    made = joined()
    client = as_(people.officer)
    for member in made.members.all():
        out = client.post(url("incident_case", made.pk, member.case_id), {"in": "no"})
        assert out.status_code == 302
    assert made.title in client.get(url("incident", made.pk)).content.decode()
    # The leading unit too; nobody else knows of it.
    assert as_(people.chief).get(url("incident", made.pk)).status_code == 200
    assert as_(people.stranger).get(url("incident", made.pk)).status_code == 404
    client = as_(people.officer)
    assert client.post(url("incident_add", made.pk), {"number": "N1"}).status_code == 302
    assert client.post(url("incident_close", made.pk), {"conclusion": "已复电"}).status_code == 302


def test_everybody_sees_the_event_by_the_cases_in_sight(people, as_):
    made = joined()
    Case.objects.filter(number="D1").update(organisation=organisation("CSG-GD-FS"))
    assert list(Incident.objects.visible_to(people.stranger)) == [made]
    shown = text_of(as_(people.stranger).get(url("incident", made.pk)))
    assert ("D1" in shown, "D0" in shown, "N1" in shown) == (True, False, False)
    Case.objects.filter(number="D1").update(organisation=organisation("CSG-GD-ZQ"))
    client = as_(people.stranger)
    assert client.get(url("incident", made.pk)).status_code == 404
    assert client.post(url("incident_close", made.pk), {"conclusion": "x"}).status_code == 404
    assert "光明路停电" not in text_of(client.get(url("incidents")))


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_same_event_at_once_make_one(catalogues):
    dark_street()
    one, other, place = regulator_officer(), regulator_lead(), organisation("CSG-GD-ZQ")
    cases = list(Case.objects.order_by("pk"))

    def opened(by):
        return incidents.open_incident(
            cases, title="停电", matter="outage", leading=place, by=by, now=LATER
        )

    done = together(lambda: opened(one), lambda: opened(other))
    assert sum(isinstance(answer, Conflict) for answer in done) == 1
    assert Incident.objects.count() == 1
    assert numbers(Incident.objects.get()) == ["D0", "D1", "N1"]
