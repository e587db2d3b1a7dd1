"""Receive, return, accept; what the reviewer sees; the desk and its numbers."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from core import clock, invariants
from core.errors import Refused
from core.models import AuditEvent, Letter
from reporting import parts
from reporting.models import Filing, FilingVersion, Receipt, Review
from reporting.queries import filings as queries
from reporting.services import drafting, review
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns

pytestmark = pytest.mark.django_db
NOW = reporting.NOW


def returned(filing, people, *, part="windows", problem="照片看不清公示牌", now=NOW):
    review.receive(filing=filing, by=people["officer"], now=now)
    return review.return_for_correction(
        filing=filing,
        deficient=[reporting.lack(filing, part, problem)],
        by=people["officer"],
        now=now,
    )


def mended(filing, people, *, now, shade):
    """Take the next version up, change a photo, hand it over, certify it."""
    drafting.start(duty=filing.duty, by=people["filer"], now=now)
    row = Filing.objects.get(pk=filing.pk).current_version.rows("windows")[0]
    reporting.attach(
        filing,
        "windows",
        reporting.png(shade),
        "补拍.png",
        by=people["filer"],
        row_key=row["_key"],
        now=now,
    )
    drafting.request_certification(filing=filing, by=people["filer"], now=now)
    return reporting.certified(filing, by=people["lead"], now=now)


# --- Returning ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "due_on"),
    [
        # Three working days after the day of the return, to the end of the day.
        (clock.at(date(2011, 11, 28), 10), date(2011, 12, 1)),
        (clock.at(date(2011, 12, 1), 23), date(2011, 12, 6)),
        # 2011-12-31 is a make-up working day; the New Year holiday is 1 to 3 January.
        (clock.at(date(2011, 12, 30), 9), date(2012, 1, 5)),
    ],
)
def test_the_new_deadline_is_three_working_days_by_the_rule(duty, people, moment, due_on):
    filing = reporting.filed(duty)
    given = returned(filing, people, now=moment)
    duty.refresh_from_db()
    assert given.new_due_at == duty.due_at == clock.at(due_on, 23, 59, 59)
    assert any("3个工作日内补正重报" in line["source"] for line in given.new_due_explanation)


def test_a_return_never_shortens_the_time_there_was(duty, people):
    filing = reporting.filed(duty, now=clock.at(date(2011, 11, 14), 9))
    given = returned(filing, people, now=clock.at(date(2011, 11, 15), 9))
    assert given.new_due_at == clock.at(date(2011, 11, 25), 23, 59, 59)
    assert "原截止时间更晚" in given.new_due_explanation[-1]["text"]


def test_the_deficiency_letter_says_what_why_and_until_when(duty, people):
    filing = reporting.filed(duty)
    returned(filing, people, now=clock.at(date(2011, 11, 28), 10))
    letter = Letter.objects.get(kind="filing.returned", channel="mail")
    assert letter.to == [duty.organisation.email]
    for words in (
        "对外服务窗口公示12398和95598热线情况：照片看不清公示牌",
        "依据：监管专项行动工作方案五（一）3",
        "2011年12月1日 23时59分前补正重报",
        "3个工作日内补正重报",
    ):
        assert words in letter.body


@pytest.mark.parametrize(
    "deficient",
    [
        [],
        [{"part": "windows", "problem": "", "rule": "五（一）3"}],
        [{"part": "windows", "problem": "看不清", "rule": " "}],
        [{"part": "no_such_part", "problem": "看不清", "rule": "五（一）3"}],
    ],
)
def test_a_return_names_parts_problems_and_rules(duty, people, deficient):
    filing = reporting.filed(duty, state="received")
    with pytest.raises(Refused):
        review.return_for_correction(
            filing=filing, deficient=deficient, by=people["officer"], now=NOW
        )
    assert not Review.objects.filter(decision="returned").exists()
    assert Filing.objects.get().state == "received"


def test_the_next_version_starts_from_the_last_with_the_parts_marked(duty, people):
    filing = reporting.filed(duty)
    returned(filing, people)
    drafting.start(duty=duty, by=people["filer"], now=NOW)
    first, second = FilingVersion.objects.order_by("number")
    assert second.parts == first.parts
    assert second.deficient_parts == {"windows"}
    assert [a.file.sha256 for a in second.attachments.all()] == [
        a.file.sha256 for a in first.attachments.all()
    ]
    assert first.state == "returned"


def test_a_part_sent_back_and_not_touched_wants_a_reason(duty, people):
    filing = reporting.filed(duty)
    returned(filing, people)
    drafting.start(duty=duty, by=people["filer"], now=NOW)
    with pytest.raises(Refused, match="没有说明理由"):
        drafting.request_certification(filing=filing, by=people["filer"], now=NOW)


@pytest.mark.clause("S1-2.2.1a")
def test_a_filing_returned_twice_has_three_receipts_and_is_accepted(client, duty, people):
    filing = reporting.filed(duty)
    for number, shade in enumerate((10, 20), start=1):
        moment = NOW + timedelta(hours=number)
        returned(filing, people, now=moment, problem=f"第{number}次退回")
        mended(filing, people, now=moment + timedelta(minutes=30), shade=shade)
    client.force_login(people["officer"])
    with clock.standing_at(NOW + timedelta(hours=3)):
        assert client.post(f"/filings/{filing.pk}/receive/").status_code == 302
        answer = client.post(f"/filings/{filing.pk}/decide/", {"decision": "accept"})
        assert answer.status_code == 302
        page = client.get(f"/filings/{filing.pk}/").content.decode()
    for words in ("第1次退回", "第2次退回", "第3版审核通过", "第 3 版 已通过"):
        assert words in page
    duty.refresh_from_db()
    assert (duty.state, duty.return_count) == ("accepted", 2)
    assert list(FilingVersion.objects.order_by("number").values_list("number", "state")) == [
        (1, "returned"),
        (2, "returned"),
        (3, "accepted"),
    ]
    assert list(Receipt.objects.order_by("serial").values_list("serial", flat=True)) == [1, 2, 3]
    assert not any(invariants.check_all().values())


def test_the_acceptance_letter_goes_to_the_company(duty, people):
    reporting.filed(duty, state="accepted")
    letter = Letter.objects.get(kind="filing.accepted", channel="mail")
    assert letter.to == [duty.organisation.email]
    assert "审核通过" in letter.subject


def test_a_decision_is_made_once(duty, people):
    filing = reporting.filed(duty, state="accepted")
    with pytest.raises(Refused):
        review.accept(filing=filing, by=people["officer"], now=NOW)
    with pytest.raises(Refused):
        returned(filing, people)
    version = Filing.objects.get().filed_version
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(version=version, decision="accepted", by=people["officer"], at=NOW)


def test_the_office_that_got_a_copy_looks_and_does_not_decide(client, campaign):
    duty = campaigns.duty(campaign, organisation="CSG-YN")
    filing = reporting.filed(duty)
    bureau = accounts.member("SERC-NF", "regulator_officer")
    client.force_login(bureau)
    assert client.get(f"/filings/{filing.pk}/").status_code == 200
    assert client.post(f"/filings/{filing.pk}/receive/").status_code == 409
    assert client.post(f"/filings/{filing.pk}/decide/", {"decision": "accept"}).status_code == 409
    assert Filing.objects.get().state == "submitted"


def test_the_time_to_decide_begins_with_the_receipt(duty, people):
    filing = reporting.filed(duty)
    review.receive(filing=filing, by=people["officer"], now=NOW)
    version = Filing.objects.get().filed_version
    # Five working days after 2011-11-22.
    assert version.review_due_at == clock.at(date(2011, 11, 29), 23, 59, 59)
    assert any("5个工作日" in line["source"] for line in version.review_due_explanation)


# --- Names and telephones -------------------------------------------------------------------------

NAMES = ("林远山", "周晓岚", "何建波", "85120001", "13800001234")


def test_a_reviewer_sees_names_masked_until_a_purpose_is_on_record(client, duty, people):
    filing = reporting.filed(duty)
    client.force_login(people["officer"])
    page = client.get(f"/filings/{filing.pk}/").content.decode()
    assert not [name for name in NAMES if name in page]
    assert "林**" in page
    answer = client.post(f"/filings/{filing.pk}/reveal/", {"version": "1", "purpose": " "})
    assert answer.status_code == 422
    answer = client.post(f"/filings/{filing.pk}/reveal/", {"version": "1", "purpose": "核对名单"})
    assert all(name in answer.content.decode() for name in NAMES)
    assert "no-store" in answer["Cache-Control"]
    event = AuditEvent.objects.get(kind="filing.reveal")
    assert (event.reason, event.actor_id) == ("核对名单", people["officer"].pk)


@pytest.mark.parametrize(
    ("where", "role", "status"),
    [
        ("SERC-NF", "regulator_viewer", 403),
        ("SERC-NF", "regulator_lead", 403),
        ("NEA-ROOT", "regulator_officer", 409),
        ("SERC-YN", "regulator_officer", 404),
        ("CSG-GD", "company_viewer", 403),
    ],
)
def test_nobody_without_need_reveals(client, duty, where, role, status):
    filing = reporting.filed(duty)
    client.force_login(accounts.member(where, role))
    answer = client.post(f"/filings/{filing.pk}/reveal/", {"version": "1", "purpose": "看看"})
    assert answer.status_code == status
    assert not AuditEvent.objects.filter(kind="filing.reveal").exists()


def test_readers_of_both_sides_see_masked_names_only(client, duty):
    filing = reporting.filed(duty)
    for where, role in (("CSG-GD", "company_viewer"), ("SERC-NF", "regulator_viewer")):
        client.force_login(accounts.member(where, role))
        page = client.get(f"/filings/{filing.pk}/").content.decode()
        assert not [name for name in NAMES if name in page], role


def test_changes_between_versions_are_masked_as_well(client, duty, people):
    filing = reporting.filed(duty)
    returned(filing, people, part="leading_group")
    drafting.start(duty=duty, by=people["filer"], now=NOW)
    rows = Filing.objects.get().current_version.rows("leading_group")
    rows[2]["name"] = "吴静怡"
    drafting.save_part(
        filing=filing, part="leading_group", rows=rows, seen=0, by=people["filer"], now=NOW
    )
    reporting.played(filing, "submitted", now=NOW + timedelta(hours=1))
    client.force_login(people["officer"])
    page = client.get(f"/filings/{filing.pk}/").content.decode()
    assert "第 2 版与第 1 版对照" in page
    assert "何**" in page
    assert "吴**" in page
    assert not [name for name in (*NAMES, "吴静怡") if name in page]


# --- The desk -------------------------------------------------------------------------------------


@pytest.fixture
def busy(campaign):
    """Five companies in five states, on the day after the deadline."""
    states = {"CSG-GD": "submitted", "CSG-HI": "received", "CSG-GX": "returned"}
    for code, state in states.items():
        reporting.filed(campaigns.duty(campaign, organisation=code), state=state)
    reporting.filed(campaigns.duty(campaign, organisation="CSG-YN"), state="accepted")
    with clock.standing_at(clock.at(date(2011, 11, 26), 9)):
        yield campaign


def export(client, query):
    answer = client.get(f"/filings/review/export.xlsx{query}")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [row for row in book.active.iter_rows(min_row=2, values_only=True) if any(row)]


@pytest.mark.parametrize("scope", ["mine", "copies", "territory"])
def test_every_count_opens_its_list_and_exports_exactly_it(client, busy, scope):
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    for view in queries.DESK_VIEWS:
        answer = client.get(f"/filings/review/?view={view.key}&scope={scope}")
        tab = next(tab for tab in answer.context["tabs"] if tab.current)
        assert tab.count == answer.context["total"] == len(answer.context["rows"])
        assert len(export(client, f"?view={view.key}&scope={scope}")) == tab.count


def test_the_desk_sorts_filings_by_what_is_to_be_done(client, busy):
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))

    def companies(view):
        rows = client.get(f"/filings/review/?view={view}").context["rows"]
        reports = [row for row in rows if row.duty.definition.code == "kickoff-report"]
        return {row.duty.organisation.code for row in reports}

    assert companies("received") == {"CSG-GD"}
    assert companies("review") == {"CSG-HI"}
    assert companies("returned") == {"CSG-GX"}
    assert companies("accepted") == set()
    # The one sent back has until 11-25 too and is late now, as is the one that never filed.
    silent = busy.participants.filter(part="executor").exclude(
        organisation__code__startswith="CSG-"
    )
    assert companies("overdue") == {"CSG-GX", silent.get().organisation.code}


def test_filters_narrow_list_counts_and_export_alike(client, busy):
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    query = "?view=all&scope=territory&organisation=海南"
    answer = client.get(f"/filings/review/{query}")
    assert {row.duty.organisation.code for row in answer.context["rows"]} == {"CSG-HI"}
    assert len(export(client, query)) == answer.context["total"]


def test_each_office_sees_its_own_desk(client, busy):
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    answer = client.get("/filings/review/?view=all")
    reports = [r for r in answer.context["rows"] if r.duty.definition.code == "kickoff-report"]
    assert [row.duty.organisation.code for row in reports] == ["CSG-YN"]


def test_the_desk_asks_the_database_as_often_for_many_rows_as_for_few(
    client, busy, django_assert_max_num_queries
):
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    client.get("/filings/review/")
    with django_assert_max_num_queries(60) as few:
        client.get("/filings/review/?view=accepted")
    with django_assert_max_num_queries(60) as many:
        client.get("/filings/review/?view=all&scope=territory")
    assert len(many) <= len(few) + 1


def test_parts_of_old_versions_keep_their_definition(duty, people):
    """A later definition of a part does not change what was filed under the earlier one."""
    from reporting.models import PartDefinition

    filing = reporting.filed(duty)
    old = PartDefinition.objects.get(code="windows")
    content = {**old.content, "version": 2, "title": "窗口公示情况（新）"}
    PartDefinition.objects.create(
        code="windows", version=2, title=content["title"], valid_from="2011-11-01", content=content
    )
    version = Filing.objects.get(pk=filing.pk).filed_version
    titles = [part.title for part in parts.of_version(version)]
    assert "对外服务窗口公示12398和95598热线情况" in titles
    assert [p.title for p in parts.in_force(["windows"], on=NOW.date())] == ["窗口公示情况（新）"]
