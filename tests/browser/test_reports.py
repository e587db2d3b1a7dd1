"""The report workshop as its people use it: from a figure to its list, on a desk and a phone."""

import pytest

from core import clock
from reporting.services import reports
from tests.factories import reports as factory

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("catalogues")]


@pytest.mark.django_db(transaction=True)
def test_a_reader_goes_from_figures_and_marks_of_the_chart_to_their_lists(visit):
    """An officer opens an issued report, follows a figure, then edits a draft; no page is wider
    than its window and axe finds nothing to object to."""
    with clock.standing_at(factory.REPORT_DAY):
        made = factory.played_campaign()
        by = factory.editor()
        issued = factory.at("issued", made, by=by)
        draft = factory.drafted(made, by=by)
        words = [dict(chapter) for chapter in draft.current_version.chapters]
        words[0]["text"] += "\n补充一段。"
        reports.edit_version(report=draft, seen=1, words=words, by=by, now=factory.REPORT_DAY)
        visitor = visit(by)
        for address in (
            f"/reports/{issued.pk}/",
            f"/reports/{issued.pk}/figures/",
            f"/reports/{issued.pk}/figures/windows.total/?province=440000",
            f"/reports/{draft.pk}/",
            f"/reports/{draft.pk}/edit/",
            f"/reports/{draft.pk}/versions/",
        ):
            assert visitor.open(address) == 200
            assert visitor.faults(address) == []
        # And on by keyboard, on a telephone.
        visitor.resize(390)
        page = visitor.page
        visitor.open(f"/reports/{issued.pk}/")
        page.get_by_role("link", name="广西免报1家").press("Enter")
        page.wait_for_url("**/figures/company.exempted/?province=450000")
        assert page.locator("tr[data-row]").count() == 1
        assert page.get_by_text("广西水利电业集团").count()
