"""What somebody typed is not lost: not by a session that ended, nor by somebody who was faster."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from complaints.models import Case
from tests.browser.world import EVE
from tests.factories import accounts as people
from tests.factories.complaints import played, received

pytestmark = pytest.mark.browser
WORDS = "经核实，该台区变压器过载，已安排更换，停电情况属实。"


@pytest.fixture
def officer(transactional_db, catalogues, kickoff_eve):
    return people.member("SERC-NF", "regulator_officer", name="监管专员")


@pytest.fixture
def case(officer):
    return received(received_at=EVE, by=officer)


def noted(case):
    return [event.text for event in case.events.filter(kind="note")]


def test_a_form_whose_session_has_ended_waits_until_one_has_signed_in_again(visit, officer, case):
    visitor = visit(officer)
    page = visitor.page
    page.clock.install()
    visitor.open(reverse("complaints:case", args=[case.pk]))
    field = page.locator("#note_text")
    page.locator("summary", has=page.locator("xpath=..", has=field)).all()
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    field.fill(WORDS)
    page.clock.fast_forward("31:00")
    Session.objects.all().delete()
    send = page.locator("form", has=field).locator("button[type=submit]")
    send.click()
    dialog = page.get_by_role("dialog", name="尚未提交，内容仍在本页")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("link", name="在新窗口登录")).to_have_attribute("target", "_blank")
    assert (noted(case), field.input_value()) == ([], WORDS)
    # Somebody else signs in here: nothing goes out in their name.
    visitor.sign_in(people.member("SERC-NF", "regulator_officer", name="另一专员"))
    dialog.get_by_role("button", name="知道了").click()
    send.click()
    expect(dialog).to_be_visible()
    assert noted(case) == []
    visitor.sign_in(officer)
    dialog.get_by_role("button", name="知道了").click()
    send.click()
    page.wait_for_url("**" + reverse("complaints:case", args=[case.pk]))
    expect(page.locator("main")).to_contain_text(WORDS)
    assert noted(case) == [WORDS]
    assert not visitor.wrong


def test_who_was_second_gets_the_words_back(visit, officer, case):
    visitor = visit(officer)
    visitor.open(reverse("complaints:case", args=[case.pk]))
    page = visitor.page
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    form = page.locator("form[action$='/do/accept/']")
    form.locator("textarea").fill(WORDS)
    played(case, ("accept", officer, {}), start=EVE)
    form.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("现在不能办理")
    expect(page.get_by_role("textbox", name=re.compile("您填写的内容"))).to_have_value(WORDS)
    assert Case.objects.get(pk=case.pk).state == "accepted"
