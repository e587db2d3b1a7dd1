"""The moment of filing: one receipt, one time, one digest, the copies and the letters."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from campaign.services import extend
from core import invariants
from core.clock import ZONE
from core.errors import Conflict, Refused
from core.models import AuditEvent, Letter
from reporting import digest
from reporting.models import Filing, FilingCopy, FilingVersion, Receipt, ReceiptCounter
from reporting.services import drafting, submission
from tests.factories import accounts, reporting
from tests.factories import campaign as campaigns

pytestmark = pytest.mark.django_db
DUE = datetime(2011, 11, 25, 23, 59, 59, tzinfo=ZONE)


def test_a_filing_gets_a_receipt_with_number_time_and_digest(duty, people):
    filing = reporting.filed(duty, state="certifying")
    receipt = reporting.certified(filing, by=people["lead"], now=reporting.NOW)
    version = Filing.objects.get().filed_version
    assert receipt.number == "南电监收〔2011〕1号"
    assert (receipt.year, receipt.serial) == (2011, 1)
    assert receipt.issued_at == version.submitted_at == reporting.NOW
    assert receipt.digest == version.digest == digest.of(version)
    assert version.certified_by == people["lead"]
    assert len(receipt.verify_code) == 20


def test_the_duty_is_submitted_with_the_same_instant(duty, people):
    filing = reporting.filed(duty, state="certifying")
    reporting.certified(filing, by=people["lead"], now=reporting.NOW)
    duty.refresh_from_db()
    assert duty.state == "submitted"
    assert duty.first_submitted_at == Receipt.objects.get().issued_at


def test_serials_follow_each_other_per_recipient(campaign):
    companies = ("CSG-GD", "CSG-YN", "CSG-GX", "CSG-HI")
    for company in companies:
        reporting.filed(campaigns.duty(campaign, organisation=company))
    numbers = list(Receipt.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [
        "南电监收〔2011〕1号",
        "滇电监收〔2011〕1号",
        "南电监收〔2011〕2号",
        "南电监收〔2011〕3号",
    ]


def test_a_new_year_begins_with_one(campaign):
    reporting.filed(campaigns.duty(campaign))
    january = datetime(2012, 1, 4, 9, 0, tzinfo=ZONE)
    reporting.filed(campaigns.duty(campaign, organisation="CSG-HI"), now=january)
    assert Receipt.objects.order_by("pk").last().number == "南电监收〔2012〕1号"


def test_a_submission_that_fails_gives_its_number_back(campaign, monkeypatch):
    first = reporting.filed(campaigns.duty(campaign), state="certifying")
    lead = reporting.certifier(first.organisation)
    monkeypatch.setattr(submission, "_copy", _broken)
    with pytest.raises(RuntimeError):
        reporting.certified(first, by=lead, now=reporting.NOW)
    assert not Receipt.objects.exists()
    assert not ReceiptCounter.objects.filter(last__gt=0).exists()
    monkeypatch.undo()
    reporting.certified(first, by=lead, now=reporting.NOW)
    assert Receipt.objects.get().serial == 1
    assert not any(invariants.check_all().values())


def _broken(*args, **kwargs):
    raise RuntimeError("the disk is full")


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (DUE - timedelta(seconds=1), False),
        (DUE, False),
        # Within the last second of the day: the receipt prints 23:59:59, which is in time.
        (DUE + timedelta(microseconds=999_999), False),
        (DUE + timedelta(seconds=1), True),
        (DUE + timedelta(days=1), True),
    ],
)
def test_late_begins_with_the_day_after_the_deadline(duty, people, moment, late):
    filing = reporting.filed(duty, state="certifying")
    receipt = reporting.certified(filing, by=people["lead"], now=moment)
    duty.refresh_from_db()
    assert receipt.version.is_late is late
    assert receipt.version.due_at_submission == DUE
    assert duty.is_late_at(moment) is late
    subject = Letter.objects.get(kind="filing.arrival", channel="mail")
    assert ("逾期报送" in subject.body) is late


def test_an_extension_given_in_time_decides_by_the_new_deadline(duty, people):
    head = accounts.member("SERC-NF", "regulator_lead")
    extend(
        duty=duty,
        due_on=date(2011, 11, 28),
        reason="台风影响",
        document_number="南电监函〔2011〕12号",
        by=head,
        now=reporting.NOW,
    )
    filing = reporting.filed(duty, state="certifying")
    receipt = reporting.certified(filing, by=people["lead"], now=DUE + timedelta(days=2))
    assert receipt.version.is_late is False


@pytest.mark.parametrize(
    ("company", "copied"),
    [
        ("CSG-GD", []),
        ("CSG-GX", []),
        ("CSG-HI", []),
        ("CSG-YN", ["SERC-NF"]),
        ("CSG-GZ", ["SERC-NF"]),
    ],
)
def test_only_yunnan_and_guizhou_send_a_copy_to_the_bureau(campaign, company, copied):
    reporting.filed(campaigns.duty(campaign, organisation=company))
    assert [copy.organisation.code for copy in FilingCopy.objects.all()] == copied
    letters = Letter.objects.filter(kind="filing.copy", channel="mail")
    assert [letter.organisation for letter in letters] == copied


def test_receipt_and_arrival_letters_go_to_both_sides(duty, people):
    reporting.filed(duty)
    receipt = Letter.objects.get(kind="filing.receipt", channel="mail")
    arrival = Letter.objects.get(kind="filing.arrival", channel="mail")
    assert receipt.to == [duty.organisation.email]
    assert arrival.to == [duty.recipient.email]
    assert "南电监收〔2011〕1号" in receipt.subject
    noticed = set(
        Letter.objects.filter(kind="filing.receipt", channel="notice").values_list(
            "recipient_id", flat=True
        )
    )
    assert noticed == {people["filer"].pk, people["lead"].pk}


def test_no_letter_names_a_member_of_the_leading_group(duty):
    reporting.filed(duty, state="accepted")
    for body in Letter.objects.values_list("body", flat=True):
        assert "林远山" not in body
        assert "85120001" not in body


def test_the_second_press_is_told_that_the_first_counted(duty, people):
    filing = reporting.filed(duty)
    with pytest.raises(Refused, match="回执编号南电监收〔2011〕1号"):
        reporting.certified(filing, by=people["lead"], now=reporting.NOW)
    assert Receipt.objects.count() == 1
    assert AuditEvent.objects.filter(kind="filing.submit").count() == 1


@pytest.mark.parametrize("seen", ["0" * 64, "", None])
def test_what_was_not_looked_at_as_it_stands_is_not_certified(duty, people, seen):
    filing = reporting.filed(duty, state="certifying")
    with pytest.raises(Conflict, match="重新核对"):
        submission.certify_and_submit(
            filing=filing, by=people["lead"], now=reporting.NOW, seen_digest=seen
        )
    assert not Receipt.objects.exists()


def test_the_database_itself_refuses_one_pair_of_eyes(duty, people):
    filing = reporting.filed(duty)
    versions = FilingVersion.objects.filter(pk=filing.filed_version_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        versions.update(certified_by=people["filer"])


@pytest.mark.parametrize(
    "change",
    [
        {"state": "draft"},
        {"digest": ""},
        {"submitted_at": None},
        {"certified_by": None},
        {"certified_at": None},
        {"number": 0},
    ],
)
def test_the_database_refuses_a_filed_version_without_its_facts(duty, change):
    filing = reporting.filed(duty)
    versions = FilingVersion.objects.filter(pk=filing.filed_version_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        versions.update(**change)


def test_an_exempted_duty_cannot_be_filed_any_more(duty, people):
    from campaign.services import exempt

    filing = reporting.filed(duty, state="certifying")
    head = accounts.member("SERC-NF", "regulator_lead")
    exempt(
        duty=duty,
        reason="已并入",
        document_number="南电监函〔2011〕3号",
        by=head,
        now=reporting.NOW,
    )
    with pytest.raises(Refused, match="已免报"):
        reporting.certified(filing, by=people["lead"], now=reporting.NOW)
    assert not Receipt.objects.exists()
    assert Filing.objects.get().state == "certifying"


def test_the_certifier_may_send_the_version_back_with_a_reason(duty, people):
    filing = reporting.filed(duty, state="certifying")
    with pytest.raises(Refused):
        submission.send_back(filing=filing, reason=" ", by=people["lead"], now=reporting.NOW)
    submission.send_back(filing=filing, reason="窗口名单不全", by=people["lead"], now=reporting.NOW)
    version = Filing.objects.get().current_version
    assert (version.state, version.sent_back_reason) == ("draft", "窗口名单不全")
    notice = Letter.objects.get(kind="filing.sent_back")
    assert notice.recipient_id == people["filer"].pk
    drafting.request_certification(filing=filing, by=people["filer"], now=reporting.NOW)
    assert Filing.objects.get().current_version.sent_back_reason == ""


def test_the_digest_covers_text_rows_and_files(duty, people):
    filing = reporting.filed(duty, state="draft")
    version = Filing.objects.get().current_version
    seen = {digest.of(version)}
    reporting.attach(
        filing, "service_commitments", reporting.png(9), "报样.png", by=people["filer"]
    )
    seen.add(digest.of(version))
    version.parts["implementation_plan"]["text"] += "。"
    seen.add(digest.of(version))
    version.parts["windows"]["rows"][0]["shows_12398"] = False
    seen.add(digest.of(version))
    assert len(seen) == 4
