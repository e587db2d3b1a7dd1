"""The pages of a filing in Chromium: autosave, conflicts, both widths, nothing inaccessible."""

import pytest

from core import clock
from reporting.models import Filing
from tests.factories import campaign as campaigns
from tests.factories import reporting

pytestmark = pytest.mark.browser


@pytest.fixture
def campaign(transactional_db, catalogues):
    with clock.standing_at(reporting.NOW):
        yield campaigns.launched_campaign()


def look(visit, user, paths):
    """Open pages and look at them at both widths; whatever is wrong with any of them."""
    faults, visitor = [], visit(user)
    for path in paths:
        status = visitor.open(path)
        faults += [] if status == 200 else [f"{path}: answered {status}"]
        faults += visitor.faults(path)
    visitor.close()
    return faults


def test_the_companys_pages_are_sound_at_both_widths(visit, campaign):
    duty = campaigns.duty(campaign)
    filing = reporting.filed(duty, state="draft")
    base = f"/filings/{filing.pk}"
    parts = [f"{base}/parts/{code}/" for code in ("windows", "implementation_plan")]
    filer = reporting.filer(duty.organisation)
    assert look(visit, filer, [f"{base}/edit/", f"{base}/check/", *parts]) == []
    reporting.played(filing, "certifying")
    assert look(visit, reporting.certifier(duty.organisation), [f"{base}/certify/"]) == []


def test_the_reviewers_pages_are_sound_at_both_widths(visit, campaign):
    duty = campaigns.duty(campaign)
    reporting.filed(duty, state="returned")
    filing = reporting.started(duty)
    version = Filing.objects.get().current_version
    row = version.rows("windows")[0]["_key"]
    filer = reporting.filer(duty.organisation)
    reporting.fill(filing, only={"leading_group"})
    reporting.attach(filing, "windows", reporting.png(7), "补.png", by=filer, row_key=row)
    filing = reporting.played(filing, "received")
    pages = [
        "/filings/review/?view=all&scope=territory",
        f"/filings/{filing.pk}/",
        f"/receipts/{filing.filed_version_id}/",
    ]
    assert look(visit, reporting.reviewer(duty.recipient), pages) == []
    code = filing.filed_version.receipt.verify_code
    assert look(visit, None, ["/verify/", f"/verify/{code}/"]) == []


def test_what_is_typed_is_saved_without_pressing_anything(visit, campaign):
    duty = campaigns.duty(campaign)
    filing = reporting.started(duty)
    visitor = visit(reporting.filer(duty.organisation))
    visitor.open(f"/filings/{filing.pk}/parts/leading_group/")
    visitor.page.locator("tbody input[type=text]").first.fill("林远山")
    visitor.page.get_by_text("已自动保存").wait_for()
    names = [row["name"] for row in Filing.objects.get().current_version.rows("leading_group")]
    assert names == ["林远山"]
    # The next saving builds on the one before: no conflict with oneself.
    visitor.page.locator("tbody input[type=text]").nth(1).fill("总经理")
    visitor.page.locator("#seen[value='2']").wait_for(state="attached")
    rows = Filing.objects.get().current_version.rows("leading_group")
    assert [(row["name"], row["post"]) for row in rows] == [("林远山", "总经理")]
    assert visitor.wrong == []


def test_a_conflict_is_announced_and_overwrites_nothing(visit, campaign):
    duty = campaigns.duty(campaign)
    filing = reporting.started(duty)
    first, second = (visit(reporting.filer(duty.organisation)) for _each in range(2))
    for visitor in (first, second):
        visitor.open(f"/filings/{filing.pk}/parts/leading_group/")
    first.page.locator("tbody input[type=text]").first.fill("林远山")
    first.page.get_by_text("已自动保存").wait_for()
    second.page.locator("tbody input[type=text]").first.fill("周晓岚")
    second.page.get_by_text("刚被他人保存过").wait_for()
    names = [row["name"] for row in Filing.objects.get().current_version.rows("leading_group")]
    assert names == ["林远山"]
