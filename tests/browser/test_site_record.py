"""The record on a phone: without network nothing is lost, sent again nothing is doubled."""

import pytest
from playwright.sync_api import expect

from campaign.models import RecordEntry
from core import clock
from tests.factories import inspections as factory
from tests.factories import reporting

pytestmark = pytest.mark.browser
WORDS = [f"第{number}条记录" for number in range(1, 7)]


@pytest.fixture
def inspection(transactional_db, catalogues):
    with clock.standing_at(factory.NOW):
        yield factory.announced()


def written(page, words, photo):
    """One entry on an item, with a photo."""
    page.locator("select[name=item]").select_option(index=2)
    page.locator("select[name=result]").select_option("fail")
    page.locator("textarea[name=text]").fill(words)
    page.locator("input[name=uploads]").set_input_files(
        {"name": "现场.png", "mimeType": "image/png", "buffer": photo}
    )
    page.get_by_role("button", name="保存这条记录").click()


def test_entries_written_without_network_arrive_once_with_their_photos(visit, inspection):
    visitor = visit(inspection.team.get(leads=True).inspector.person, 390)
    page = visitor.page
    path = f"/inspections/{inspection.pk}/record/"
    assert visitor.open(path) == 200
    assert visitor.faults(path) == []
    waiting = page.locator("[data-offline-box]")
    visitor.context.set_offline(True)
    for number, words in enumerate(WORDS[:3], start=1):
        written(page, words, reporting.png(number))
        expect(waiting).to_have_attribute("data-waiting", str(number))
    assert not RecordEntry.objects.exists()
    # The network is back for the request but not for its answer: the phone sends again.
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/entries/", lose)
    visitor.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    for _turn in range(100):
        if lost:
            break
        page.wait_for_timeout(50)
    assert lost == [200]
    # The page is torn down in the midst and opened again: what waited goes out.
    assert visitor.open(path) == 200
    expect(waiting).to_have_attribute("data-waiting", "0")
    for words in WORDS[3:]:
        written(page, words, reporting.png(9))
        expect(page.locator("#recorded")).to_contain_text(words)
    entries = RecordEntry.objects.order_by("pk")
    assert [entry.text for entry in entries] == WORDS
    assert [entry.files.count() for entry in entries] == [1] * 6
    assert [entry.item.number for entry in entries] == ["1.2"] * 6
