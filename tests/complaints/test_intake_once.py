"""A form of the desk is taken once: pressed twice, sent again after going back, or at once."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Case
from complaints.services import intake
from core import clock
from tests.complaints.test_race import together
from tests.factories.accounts import organisation
from tests.factories.complaints import at, regulator_officer

NEW = reverse("complaints:new")
MONDAY = at("2018-03-05 09:00")


@pytest.fixture
def officer(catalogues):
    return regulator_officer()


@pytest.fixture(autouse=True)
def now():
    with clock.standing_at(MONDAY):
        yield


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def ticket_in(answer):
    return re.search(r'name="ticket" value="([^"]+)"', answer.content.decode())[1]


def form(ticket, **changed):
    return {
        "ticket": ticket,
        "owner": organisation("SERC-NF").pk,
        "source": "12398",
        "received_at": "2018-03-05T08:55",
        "channel": "phone",
        "nature": "complaint",
        "industry": "power",
        "organisation": "肇庆供电局",
        "complainant_name": "赵某某",
        "complainant_phone": "138-0000-1234",
        "content": "频繁停电",
        **changed,
    }


@pytest.mark.django_db
def test_the_same_form_sent_again_leads_to_the_case_it_made(officer):
    client = signed_in(officer)
    sent = form(ticket_in(client.get(NEW)))
    first, again = client.post(NEW, sent), client.post(NEW, sent, follow=True)
    case = Case.objects.get()
    assert first["Location"] == reverse("complaints:case", args=[case.pk])
    assert again.redirect_chain[-1][0] == first["Location"]
    assert f"此表已登记为诉求{case.number}，没有重复登记。" in again.content.decode()


@pytest.mark.django_db
def test_a_form_changed_after_going_back_is_asked_about_before_it_makes_another_case(officer):
    client = signed_in(officer)
    ticket = ticket_in(client.get(NEW))
    client.post(NEW, form(ticket))
    asked = client.post(NEW, form(ticket, content="电压偏低"))
    assert (asked.status_code, Case.objects.count()) == (409, 1)
    shown = asked.content.decode()
    assert "此前已登记诉求12398-20180305-0001" in shown
    assert "电压偏低" in shown
    fresh = ticket_in(asked)
    assert fresh != ticket
    assert client.post(NEW, form(fresh, content="电压偏低")).status_code == 302
    assert Case.objects.count() == 2


@pytest.mark.django_db
def test_the_same_words_under_a_new_form_are_asked_about_within_the_hour(officer):
    """A browser that goes back may load the form anew and put the old words into it."""
    client = signed_in(officer)
    client.post(NEW, form(ticket_in(client.get(NEW))))
    later = {"received_at": "2018-03-05T08:58"}
    asked = client.post(NEW, form(ticket_in(client.get(NEW)), **later))
    assert (asked.status_code, Case.objects.count()) == (409, 1)
    assert client.post(NEW, form(ticket_in(asked), **later)).status_code == 302
    assert Case.objects.count() == 2
    with clock.standing_at(at("2018-03-05 11:00")):
        assert client.post(NEW, form(ticket_in(client.get(NEW)))).status_code == 302
    assert Case.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_three_times_at_one_moment_makes_one_case(officer):
    clients = [signed_in(officer) for _place in range(3)]
    sent = form(ticket_in(clients[0].get(NEW)))

    def send(client):
        with clock.standing_at(MONDAY):
            return client.post(NEW, sent)

    found = together(*[lambda c=c: send(c) for c in clients])
    case = Case.objects.get()
    assert {getattr(one, "status_code", one) for one in found} == {302}
    assert {one["Location"] for one in found} == {reverse("complaints:case", args=[case.pk])}


@pytest.mark.django_db
def test_a_press_that_lands_while_the_other_looks_for_twins_is_not_asked_about(
    officer, monkeypatch
):
    """The narrow place of the race, walked on purpose: the other press lands between two looks."""
    client, other = signed_in(officer), signed_in(officer)
    sent = form(ticket_in(client.get(NEW)))
    looks, answers = intake._twin, []

    def overtaken(*given):
        if not answers:
            answers.append(None)  # the other press finds no twin itself
            answers.append(other.post(NEW, sent))
        return looks(*given)

    monkeypatch.setattr(intake, "_twin", overtaken)
    late = client.post(NEW, sent)
    case = Case.objects.get()
    assert late.status_code == answers[1].status_code == 302
    assert late["Location"] == answers[1]["Location"] == reverse("complaints:case", args=[case.pk])
