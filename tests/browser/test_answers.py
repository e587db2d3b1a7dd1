"""Answers to what people send: forms that come back (422) and refusals (409), at both widths.

The tour opens pages; nobody sees there what a wrong entry looks like. Here the main forms are sent
as a person would, past the browser's own checks; each answer is judged like any other page.
"""

import pytest

from core import clock
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns

pytestmark = pytest.mark.browser

# The browser would stop an empty field or an overlong text itself; the server must not rely on it.
UNGUARDED = """form => { form.noValidate = true;
  form.querySelectorAll('[maxlength]').forEach(field => field.removeAttribute('maxlength')); }"""


@pytest.fixture
def campaign(transactional_db, catalogues):
    with clock.standing_at(reporting.NOW):
        yield campaigns.launched_campaign()


def answer(visitor, path, action, button, fill=()):
    """Open a page, fill the form in and press a button of it: the answer's status."""
    visitor.open(path)
    form = visitor.page.locator(f"main form[action='{action}']" if action else "main form").last
    form.evaluate(UNGUARDED)
    for name, value in fill:
        field = form.locator(f"[name='{name}']")
        field.check() if value is True else field.fill(value)
    with visitor.page.expect_navigation() as sent:
        form.locator(button).click()
    return sent.value.status


def judge(visitor, label, status, expected):
    """Faults of the answer as it stands in the window."""
    faults = [] if status == expected else [f"{label}: answered {status}, not {expected}"]
    if expected == 422:
        focused = visitor.page.evaluate(
            "document.activeElement.matches('[aria-invalid=true], [data-focus]')"
        )
        faults += [] if focused else [f"{label}: the first error has not got the focus"]
    return faults + visitor.faults(label)


def judged(visit, user, *sendings):
    """Faults of the answers to some sendings of one person, at both widths."""
    faults, visitor = [], visit(user)
    for expected, path, action, button, *fill in sendings:
        status = answer(visitor, path, action, button, fill)
        faults += judge(visitor, action or path, status, expected)
    visitor.close()
    return faults


def test_wrong_entries_of_the_company_come_back_sound(visit, campaign):
    duty = campaigns.duty(campaign)
    filing = reporting.filed(duty, state="draft")
    base = f"/filings/{filing.pk}"
    windows = f"{base}/parts/windows/"
    faults = judged(
        visit,
        reporting.filer(duty.organisation),
        (422, windows, f"{windows}upload/", "button[type=submit]"),
        (422, windows, f"{windows}photos/", "button[type=submit]"),
    )
    reporting.played(filing, "certifying")
    certify = f"{base}/certify/"
    faults += judged(
        visit,
        reporting.certifier(duty.organisation),
        (422, certify, f"{base}/submit/", "button[type=submit]"),
        (422, certify, f"{base}/send-back/", "button[type=submit]", ("reason", "长" * 501)),
    )
    assert not faults, "\n".join(faults)


def test_wrong_entries_of_the_reviewer_come_back_sound_and_refusals_are_told(visit, campaign):
    duty = campaigns.duty(campaign)
    filing = reporting.filed(duty, state="received")
    page, decide = f"/filings/{filing.pk}/", f"/filings/{filing.pk}/decide/"
    back = "button[value=return]"
    marked = ("deficient-windows", True), ("problem-windows", "长" * 501), ("rule-windows", "")
    officer = reporting.reviewer(duty.recipient)
    faults = judged(
        visit,
        officer,
        (422, page, decide, back),
        (422, page, decide, back, *marked),
        (422, page, f"/filings/{filing.pk}/reveal/", "button[type=submit]"),
    )
    faults += refused(visit, officer, filing, page, decide)
    assert not faults, "\n".join(faults)


def refused(visit, officer, filing, page, decide):
    """A decision on a page that lies open while a colleague decides: 409, at both widths."""
    visitor = visit(officer)
    visitor.open(page)
    reporting.played(filing, "accepted")
    with visitor.page.expect_navigation() as sent:
        visitor.page.locator(f"form[action='{decide}'] button[value=accept]").click()
    return judge(visitor, f"{decide} too late", sent.value.status, 409)


def test_wrong_entries_of_other_forms_come_back_sound(visit, campaign):
    officer = accounts.member("SERC-NF", "regulator_officer")
    press = "button[type=submit]"
    faults = judged(
        visit,
        officer,
        (422, "/campaigns/new/", "", press),
        (422, "/reports/subscriptions/new/", "", press),
        (422, "/delegations/", "", press, ("ends_on", "2011-11-01"), ("reason", "")),
        (422, "/profile/password/", "", press, ("password", "1")),
    )
    filing = reporting.filed(campaigns.duty(campaign))
    code = filing.filed_version.receipt.verify_code
    faults += judged(visit, None, (422, f"/verify/{code}/", "", press))
    system = accounts.member("NEA-ROOT", "system_administrator")
    faults += judged(visit, system, (422, "/workdays/2012/new/", "", press, ("text", "明年再说")))
    assert not faults, "\n".join(faults)
