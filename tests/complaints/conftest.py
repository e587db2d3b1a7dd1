"""The people of the cases in these tests."""

from types import SimpleNamespace

import pytest

from tests.factories import complaints as cases


@pytest.fixture
def people(catalogues):
    """An office, the company that handles, another company, and who leads in each."""
    return SimpleNamespace(
        officer=cases.regulator_officer(),
        lead=cases.regulator_lead(),
        desk=cases.handler("CSG-GD"),
        boss=cases.company_lead("CSG-GD"),
        handler=cases.handler("CSG-GD-ZQ"),
        chief=cases.company_lead("CSG-GD-ZQ"),
        stranger=cases.handler("CSG-GD-FS"),
    )
