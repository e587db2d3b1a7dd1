"""Links that must tell nothing: who asked for secrecy, other companies' cases; and undoing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints import services
from complaints.models import Case, CaseLink
from complaints.services import proposing
from core import clock
from core.errors import Conflict
from core.models import AuditEvent, Letter
from tests.complaints.test_linkage import order
from tests.factories.accounts import member, organisation
from tests.factories.complaints import at, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
NOW = MONDAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def a_month_later():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def read(client):
    """What a person reads on a page."""

    def page(person, address):
        client.force_login(person)
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return page


def names(page, number):
    """Whether a number stands in a page as a word, not by chance in a token of a form."""
    return re.search(rf"\b{number}\b", page) is not None


def page_of(case):
    return reverse("complaints:case", args=[case.pk])


def called(number, days, *, house="12398", **fields):
    """The same person with the same outage, so many days after the first time."""
    moment = MONDAY + timedelta(days=days)
    if house == "12398":
        return received(number=number, received_at=moment, category="outage_repair", **fields)
    return order(number, received_at=moment, owner=house, **fields)


def compared():
    proposing.propose(Case.objects.values_list("pk", flat=True), now=NOW)


def told():
    """Who was told of a repeat, and of how many times."""
    letters = Letter.objects.filter(kind="case.repeat", channel="notice").order_by("pk")
    return {one.recipient_id: one.subject for one in letters}


def trail(code):
    return set(AuditEvent.objects.filter(organisation=code).values_list("kind", flat=True))


def test_a_company_is_told_of_a_third_time_when_it_knows_of_all_three(people, read):
    for n in range(3):
        last = called(f"D{n}", 5 * n, house="CSG-GD")
    compared()
    assert told() == {pk: "重复诉求：D2（第3次）" for pk in (people.boss.pk, people.lead.pk)}
    assert "第3次反映" in read(people.desk, page_of(last))
    assert "case.repeat" in trail("CSG-GD")


@pytest.mark.parametrize("secret", ["confidential", "anonymous"])
def test_a_count_tells_no_company_of_who_asked_for_secrecy(people, read, secret):
    called("N1", 0, **{secret: True})
    called("D1", 5, house="CSG-GD")
    last = called("D2", 10, house="CSG-GD")
    compared()
    # The regulator's lead is told of three times; the company knows its own two.
    assert told() == {people.lead.pk: "重复诉求：D2（第3次）"}
    assert "第3次反映" in read(people.officer, page_of(last))
    assert "第3次反映" not in read(people.desk, page_of(last))
    assert "case.repeat" not in trail("CSG-GD")
    assert "case.repeat" in trail("SERC-NF")


def test_a_count_tells_no_company_what_a_person_has_with_another(people, read):
    called("D1", 0, house="CSG-GD")
    called("Y1", 5, house="CSG-YN", organisation="CSG-YN")
    last = called("D2", 10, house="CSG-GD")
    compared()
    assert told() == {people.lead.pk: "重复诉求：D2（第3次）"}
    shown = read(people.boss, page_of(last))
    assert ("第3次反映" in shown, names(shown, "Y1")) == (False, False)
    assert not CaseLink.objects.visible_to(people.boss).filter(b__number="Y1").exists()
    assert not names(read(people.boss, reverse("complaints:linkage") + "?view=confirmed"), "Y1")


def test_who_was_repeated_is_no_way_round_secrecy(people, read):
    """Two complaints of one person at 12398, one of them confidential, linked by the rule."""
    called("N1", 0, confidential=True)
    called("N2", 10)
    compared()
    assert CaseLink.objects.get().kind == "repeat"
    address = reverse("complaints:list") + "?view=all&repeated=1"
    shown = {person: read(person, address) for person in (people.officer, people.desk)}
    assert [names(shown[people.officer], n) for n in ("N1", "N2")] == [True, True]
    assert [names(shown[people.desk], n) for n in ("N1", "N2")] == [False, False]
    everything = read(people.desk, address.removesuffix("&repeated=1"))
    assert [names(everything, n) for n in ("N1", "N2")] == [True, True]


def test_a_link_across_companies_is_told_to_neither(people, read):
    ours = called("D1", 0, house="CSG-GD", account_no="")
    theirs = called("Y1", 1, house="CSG-YN", organisation="CSG-YN", account_no="")
    officer = member("NEA-ROOT", "regulator_officer")
    neighbour = member("CSG-YN", "company_lead")
    made = services.link(ours, theirs, kind="joint", by=officer, now=NOW)
    services.undo(made, by=officer, now=NOW)
    assert not names(read(people.boss, page_of(ours)), "Y1")
    assert not names(read(neighbour, page_of(theirs)), "D1")
    assert names(read(officer, page_of(ours)), "Y1")
    for code in ("CSG-GD", "CSG-YN", "CSG-GD-ZQ"):
        assert not {"case.link", "case.unlink"} & trail(code), code


def test_confirming_and_putting_back_tells_a_company_nothing(people, read):
    ours = called("D1", 0, house="CSG-GD")
    theirs = called("N1", 1, confidential=True)
    compared()
    link = CaseLink.objects.get()
    services.answer(link, right=True, by=people.officer, now=NOW)
    services.take_back(link, by=people.officer, now=NOW)
    for case, other in ((ours, "N1"), (theirs, "D1")):
        assert not names(read(people.boss, page_of(case)), other)
        assert names(read(people.officer, page_of(case)), other)
    for code in ("CSG-GD", "CSG-GD-ZQ"):
        assert not {"case.link", "case.link.answer", "case.link.back"} & trail(code), code


def test_a_merge_and_its_undoing_give_nobody_away(people, read):
    kept = called("N1", 0)
    hidden = called("N2", 1, confidential=True)
    made = services.merge(hidden, into=kept, by=people.officer, now=NOW)
    services.undo(made, by=people.officer, now=NOW)
    with pytest.raises(Conflict):
        services.undo(made, by=people.officer, now=NOW)
    assert not names(read(people.desk, page_of(kept)), "N2")
    assert names(read(people.officer, page_of(kept)), "N2")


def test_what_is_merged_counts_once_and_again_after_the_undoing(people):
    first, second = called("N1", 0), called("N2", 5)
    made = services.merge(second, into=first, by=people.officer, now=NOW)
    called("N3", 10)
    compared()
    assert told() == {}
    services.undo(made, by=people.officer, now=NOW)
    compared()
    compared()
    assert told() == {people.lead.pk: "重复诉求：N3（第3次）"}


def test_many_calls_at_once_climb_once_to_the_highest_step(people):
    for n in range(6):
        called(f"N{n}", n)
    compared()
    compared()
    assert told() == {people.lead.pk: "重复诉求：N5（第6次）"}
    owner = organisation("SERC-NF")
    assert Letter.objects.filter(kind="case.repeat", channel="notice").count() == 1
    assert Case.objects.filter(owner=owner, events__kind="repeat").count() == 1
