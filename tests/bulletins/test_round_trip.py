"""Published bulletins as files: imported by the command, built again, compared figure by figure.

The big ones run in ``tests.bench.round_trip``.
"""

import json

import pytest
from django.core.management import call_command

from tests.bulletins import as_files, published
from tests.bulletins.compare import differences
from tests.bulletins.test_published import LEADING, PLACES, SLIPS, WRONG
from tests.complaints import files

pytestmark = pytest.mark.django_db
SMALL = [
    "huazhong-2023-08",
    "hunan-2019-07",
    "hunan-2025-q2",
    "neb-2017-08",
    "zhejiang-2018-10",
]


def played(name, folder):
    """Published figures → rows → import → bulletin; what differs."""
    bulletin = published.load(name)
    made = published.records_of(bulletin)
    published.settle(made.records, {**PLACES, **LEADING}.get(name, {}))
    first, last = published.span(bulletin)
    office = published.OFFICES[bulletin["issuer"]]
    source, target = folder / f"{name}.csv", folder / f"{name}.json"
    rows = list(as_files.rows(made.records, period=(first, last)))
    source.write_bytes(files.text(rows, columns=list(rows[0])).getvalue())
    call_command("import_cases", str(source), "--source=12398", f"--organisation={office}")
    call_command(
        "build_bulletin",
        f"--organisation={office}",
        f"--from={first}",
        f"--to={last}",
        f"--style={published.style_of(bulletin)}",
        f"--balance={published.balance_of(bulletin)}",
        f"--json={target}",
    )
    mine = json.loads(target.read_text(encoding="utf-8"))
    return bulletin, mine


@pytest.mark.parametrize("name", SMALL)
def test_a_published_bulletin_imported_and_built_again_equals_it(catalogues, name, tmp_path):
    bulletin, mine = played(name, tmp_path)
    _compared, found = differences(bulletin, mine)
    assert found == WRONG.get(name, {})
    wrong = bulletin["published_inconsistencies"]
    slips = SLIPS.get(name, {})
    shares = [one for one in wrong if one["kind"] == "share" and one["path"] not in slips]
    named = {
        (one["path"], one["published"], one["recomputed"])
        for one in mine["conflicts"]
        if one["kind"] == "share"
    }
    assert named == {(one["path"], one["published"], one["recomputed"]) for one in shares}
