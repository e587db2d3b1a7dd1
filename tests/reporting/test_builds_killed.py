"""A few reports, each asked for five times at once, while whoever builds them is killed."""

import pytest

from tests.bench.builds import AT_ONCE, LIMIT_MB, Storm
from tests.factories import reports as factory

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
REPORTS, KILLS = 6, 3


def test_a_report_is_built_once_and_whole_however_often_its_builder_dies(catalogues):
    made = factory.played_campaign()
    told = Storm(factory.phase(made).pk, factory.editor().pk).played(REPORTS, KILLS)
    # Every one of the five who asked was led to the same report.
    assert told["answers"] == {302: REPORTS * AT_ONCE}
    assert (told["reports"], told["built"], told["builders killed"]) == (REPORTS, REPORTS, KILLS)
    assert told["files read while it stormed"] == 3 * REPORTS
    beyond = ("snapshots beyond one each", "versions beyond one each", "files beyond three each")
    nothing = (*beyond, "half files", "differ when printed again")
    nothing += ("of these after the sweep of the next hour",)
    assert {name: told[name] for name in nothing} == dict.fromkeys(nothing, 0)
    assert told[f"most memory of a builder, MB (limit {LIMIT_MB})"] <= LIMIT_MB
