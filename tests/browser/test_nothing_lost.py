"""What somebody typed is not lost: not by a session that ended, nor by somebody who was faster."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from complaints.models import Case
from core import clock
from reporting.models import ReturnVersion
from reporting.services import return_filing
from tests.browser.world import EVE
from tests.factories import accounts as people
from tests.factories import returns
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


def test_a_return_keeps_what_was_typed_last_when_its_page_is_left_at_once(visit, officer):
    with clock.standing_at(EVE):
        day = clock.today()
        returns.collected("supply_daily", "SERC-NF", starts_on=day, now=EVE)
        entry = returns.owed("supply_daily", "CSG-GD", day)
        filer = people.member("CSG-GD", "company_filer")
        return_filing.begin(entry=entry, by=filer, now=EVE)
    visitor = visit(filer)
    page = visitor.page
    visitor.open(reverse("reporting:return_edit", args=[entry.pk]))
    page.locator("[name$=-calls]").fill("21000")
    page.get_by_text("已自动保存").wait_for()
    page.locator("[name$=-connected]").fill("20100")
    # Gone within a second of the last key.
    visitor.open(reverse("reporting:return_list"))
    # What the page sent while it went may arrive after the next page was asked for.
    for _ in range(100):
        if ReturnVersion.objects.get().sheet("day")[0].get("connected") == 20100:
            break
        page.wait_for_timeout(100)
    visitor.open(reverse("reporting:return_edit", args=[entry.pk]))
    expect(page.locator("[name$=-connected]")).to_have_value("20100")
    assert ReturnVersion.objects.get().sheet("day")[0]["calls"] == 21000
    # The session ended meanwhile: the page says so and keeps what is typed, and saves it later.
    Session.objects.all().delete()
    page.locator("[name$=-complaints]").fill("8")
    dialog = page.get_by_role("dialog", name="尚未提交，内容仍在本页")
    expect(dialog).to_be_visible()
    visitor.sign_in(filer)
    dialog.get_by_role("button", name="知道了").click()
    expect(page.locator("[name$=-complaints]")).to_have_value("8")
    page.locator("[name$=-repairs]").fill("950")
    page.get_by_text("已自动保存").wait_for()
    # Somebody else saved in between: nothing is overwritten, nothing typed is lost.
    version = ReturnVersion.objects.get()
    other = [{**version.sheet("day")[0], "reason": "另一人填写"}]
    return_filing.save_sheet(
        entry=entry, sheet="day", rows=other, seen=version.revision, by=filer, now=EVE
    )
    page.locator("[name$=-reason]").fill("本人填写")
    page.get_by_text("已由他人保存").wait_for()
    expect(page.locator("[name$=-reason]")).to_have_value("本人填写")
    saved = ReturnVersion.objects.get().sheet("day")[0]
    assert (saved["complaints"], saved["repairs"], saved["reason"]) == (8, 950, "另一人填写")
