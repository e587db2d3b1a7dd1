"""What each form is there for, through its pages: filed, caught with a mistake, counted.

Each form is collected by the South bureau; a county bureau files it. A workbook with a planted
mistake is uploaded first: the page names cell and remedy. The good one is then filed and accepted,
and the roll-up page shows its figures.
"""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from core.sheets import reader
from reporting.models import Return
from reporting.returns import definition
from reporting.services import return_filing, return_opening, return_review
from tests.factories import accounts, returns
from tests.factories.complaints import at
from tests.reporting.test_return_forms import bare, in_process, spoilt, told

pytestmark = pytest.mark.django_db
OFFICE, COMPANY = "SERC-NF", "CSG-GD-ZQ-SH"
NOW = at("2012-01-05 09:00")
# Form → the check that is planted, and what the roll-up says of the good workbook.
FORMS = {
    "connections": ("requests/within/scheme_on", ("本期接电（件） 居民", "2")),
    "temporary_supply": ("temporary/within/converted_on", ("转正式后居民（户）", "60")),
    "housing_projects": ("projects/is/safety", ("已送电套数（套） 公共租赁住房", "600")),
    "housing_fees": ("fees/bounds_by/rate", ("减免金额（元） 临时接电费", "12000.00")),
    "bills": ("bills/product/amount", ("差错金额合计（元）", "6.10")),
    "arrears": ("cases/within/cut_at", ("欠费停电（户）", "1")),
    "one_meter": ("programme/linear/remaining", ("本年累计完成（户）", "4500")),
    "common_fees": ("sharing/product/amount", ("分摊金额（元） 按户", "610.00")),
    "works": ("projects/refers/plan", ("累计完成投资（万元） 低电压治理", "80.00")),
    "capacity": ("areas/bounds_by/load", ("重过载台区（个） 城市", "1")),
    "supply_monthly": ("events/required_if/measure", ("安全事件（起）", "1")),
    "prices": ("fees/required_beyond/document", None),
    "meters": ("tests/bounds_by/error", ("超期未检未换（只） 居民", "1")),
    "contracts": ("samples/required_if/text", ("问题数（处） 居民", "0")),
}


@pytest.fixture
def people(catalogues, monkeypatch):
    # Our own workbooks may be read in this process; one test of pages has the child read.
    monkeypatch.setattr(reader, "run", in_process)
    with clock.standing_at(NOW):
        yield {
            "officer": accounts.member(OFFICE, "regulator_officer"),
            "lead": accounts.member(COMPANY, "company_lead"),
            "filer": accounts.member(COMPANY, "company_filer"),
        }


def collected(code, people):
    """The return of the period in which the workbooks' days lie: November, or what holds it."""
    returns.collected(code, OFFICE, starts_on=date(2011, 10, 1), now=NOW, by=people["officer"])
    owed = Return.objects.filter(code=code, organisation__code=COMPANY, period_end__lt=NOW.date())
    begun = owed.filter(period_start__lte=date(2011, 11, 1))
    return begun.select_related("form", "organisation", "recipient").latest("period_start")


def uploaded(client, entry, rows):
    booklet = definition.of(entry.form).booklet
    book = SimpleUploadedFile("t.xlsx", bare(booklet, rows).read())
    answer = client.post(reverse("reporting:return_upload", args=[entry.pk]), {"workbook": book})
    return answer, answer.content.decode()


@pytest.mark.clause("S1-2.1.2a")
@pytest.mark.clause("S1-2.1.2b")
@pytest.mark.clause("S1-2.1.3a")
@pytest.mark.clause("S1-2.1.3b")
@pytest.mark.clause("S1-2.1.3c")
@pytest.mark.clause("S1-2.1.3d")
@pytest.mark.clause("S1-2.1.4a")
@pytest.mark.clause("S1-2.1.4b")
@pytest.mark.clause("S1-3.1.1a")
@pytest.mark.clause("S1-3.1.1b")
@pytest.mark.clause("S1-3.1.1c")
@pytest.mark.clause("S1-3.1.2a")
@pytest.mark.clause("S1-3.1.4a")
@pytest.mark.clause("S1-3.1.4b")
@pytest.mark.clause("S1-3.3.2(1)a")
@pytest.mark.clause("S1-3.3.2(1)b")
@pytest.mark.clause("S1-3.3.2(2)a")
@pytest.mark.clause("S1-3.3.2(2)b")
@pytest.mark.clause("S1-3.3.2(3)a")
@pytest.mark.clause("S1-3.3.2(3)b")
@pytest.mark.clause("S1-3.3.3(1)")
@pytest.mark.clause("S1-3.3.3(2)a")
@pytest.mark.clause("S1-3.3.3(2)b")
@pytest.mark.clause("S1-3.3.3(3)")
@pytest.mark.clause("S1-3.3.3(4)")
@pytest.mark.clause("S2-5.3.1d")
@pytest.mark.clause("S2-5.3.2a")
def test_every_form_catches_its_mistake_and_counts_what_is_accepted(people, client):
    for code, (planted, figure) in FORMS.items():
        entry, data = collected(code, people), told(code)
        bad = next(bad for bad in data["bad"] if bad["check"] == planted)
        wrong, _past = spoilt(data, {k: v for k, v in bad["change"].items() if "last" not in k})
        client.force_login(people["filer"])
        client.post(reverse("reporting:return_begin", args=[entry.pk]))
        answer, text = uploaded(client, entry, wrong)
        assert answer.status_code == 422, code
        assert f"<b>{bad['cell']}</b>" in text, code
        assert bad["remedy"] in text, code
        answer, text = uploaded(client, entry, data["good"])
        assert answer.status_code == 302, (code, text)
        version = return_filing.request_certification(entry=entry, by=people["filer"], now=NOW)
        seen = return_filing.digest_of(version)
        return_filing.submit(entry=entry, by=people["lead"], now=NOW, seen_digest=seen)
        return_review.accept(entry=entry, by=people["officer"], now=NOW)
        if figure is not None:
            client.force_login(people["officer"])
            query = {"code": code, "period": entry.period_start.isoformat()}
            text = client.get(reverse("reporting:return_rollup"), query).content.decode()
            heads = [h.split("<")[0] for h in text.split('<th scope="col" class="num">')[1:]]
            assert figure[0] in heads, (code, heads)
            book = client.get(reverse("reporting:return_rollup_workbook"), query)
            assert figure_in(book.content, figure[0]) == float(figure[1]), code


def figure_in(content, heading):
    """The county's figure below a heading of the exported roll-up, in figures."""
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if heading in [str(c) for c in row])
    name = str(accounts.organisation(COMPANY))
    line = next(row for row in rows if name in str(row[0]))
    return line[[str(c) for c in head].index(heading)]


def test_the_hours_after_which_a_round_opens_what_is_owed(people):
    """A tick that was missed does no harm: the next one opens every period in between."""
    returns.collected("hotline", OFFICE, starts_on=date(2011, 10, 1), now=NOW)
    assert return_opening.open_due(now=NOW) == 0
    owed = Return.objects.filter(code="hotline", organisation__code=COMPANY)
    months = sorted(owed.values_list("period_start", flat=True))
    assert months == [date(2011, 10, 1), date(2011, 11, 1), date(2011, 12, 1), date(2012, 1, 1)]
