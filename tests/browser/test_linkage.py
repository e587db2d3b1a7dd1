"""The linkage desk by key: confirm, undo, reject, without a mouse."""

import pytest

from complaints.models import CaseLink
from core import clock
from tests.complaints.test_linkage import TUESDAY, pair
from tests.factories.complaints import regulator_officer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def state():
    return CaseLink.objects.get().state


def test_a_proposal_is_confirmed_undone_and_rejected_by_key(catalogues, visit):
    with clock.standing_at(TUESDAY):
        link = pair()
        visitor = visit(regulator_officer())
        page = visitor.page
        for key, expected in (("y", "confirmed"), ("u", "proposed"), ("n", "rejected")):
            visitor.open(f"/cases/linkage/{link.pk}/")
            with page.expect_navigation():
                page.keyboard.press(key)
            assert state() == expected
        # What is typed into a field is no act.
        visitor.open("/cases/linkage/?view=rejected")
        page.fill("input[name=number]", "yun")
        assert state() == "rejected"
