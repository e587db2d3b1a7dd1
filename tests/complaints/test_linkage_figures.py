"""The linkage against a generated town whose truth is known: a small one; the bench has more."""

import pytest

from tests.bench import linkage

pytestmark = pytest.mark.django_db


def test_proposals_of_a_generated_town_reach_the_bars(catalogues):
    """Seed and size are fixed, so the figures are, too; ``make bench`` has several seeds."""
    figures = linkage.measured(4711, streets=6)
    assert figures["pairs that belong together"] > 30
    assert figures["precision of certain"] >= linkage.CERTAIN
    assert figures["recall overall"] >= linkage.OVERALL
