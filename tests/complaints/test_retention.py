"""Personal data of cases goes when its time is over: by rule, by two people, for good."""

import json
import os
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from complaints import invariants, services
from complaints.models import Case, Disposal, RetentionHold, RetentionRule
from complaints.services import attaching, retention
from complaints.services.retention import years_before
from core import clock
from core.models import AuditEvent, StoredFile
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received
from tests.workbooks import attachments

pytestmark = pytest.mark.django_db
TODAY = at("2018-03-05 09:00")
THEN = at("2012-03-01 09:00")
SECRETS = ("赵某某", "13800001234", "0301234567890", "光明路8号", "冰箱跳闸", "机密附言")
DESK = reverse("complaints:retention")


@pytest.fixture(autouse=True)
def today(catalogues):
    with clock.standing_at(TODAY):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def over(people, *, received_at=THEN, **fields):
    """An enquiry of long ago that was answered the day after."""
    case = received(received_at=received_at, **{"nature": "enquiry", **fields})
    return played(case, ("close", people.officer, {}), start=received_at + timedelta(days=1))


def numbers(**where):
    """Numbers of what is due at the South office, by rule."""
    on = where.get("on", TODAY.date())
    due = retention.due(organisation("SERC-NF"), on=on)
    return {one.rule.code: sorted(one.cases.values_list("number", flat=True)) for one in due}


def proposed(client, people, **fields):
    rule = RetentionRule.objects.get(code="enquiry", valid_until__isnull=False)
    client.force_login(people.officer)
    return client.post(
        reverse("complaints:retention_propose"),
        {"rule": rule.pk, "organisation": organisation("SERC-NF").pk, **fields},
    )


def decide(client, person, found, **fields):
    client.force_login(person)
    return client.post(reverse("complaints:disposal_decide", args=[found.pk]), fields)


def test_what_is_due_follows_rule_closing_day_and_state(people):
    over(people, number="E-DUE")
    over(people, number="E-NOT", received_at=at("2013-03-04 09:00"))
    received(number="E-OPEN", received_at=THEN, nature="enquiry")
    # Closed on 2013-03-05: five full years are over with 2018-03-05 only.
    assert numbers() == {"report": [], "complaint": [], "enquiry": ["E-DUE"], "order": []}
    assert numbers(on=date(2018, 3, 6))["enquiry"] == ["E-DUE", "E-NOT"]
    # Since November 2021 three years are enough.
    over(people, number="E-NEW", received_at=at("2018-01-10 09:00"))
    assert "E-NEW" not in numbers(on=date(2021, 10, 31))["enquiry"]
    assert "E-NEW" in numbers(on=date(2021, 11, 1))["enquiry"]
    assert years_before(date(2024, 2, 29), 5) == date(2019, 2, 28)


def test_one_proposes_another_approves_and_nothing_of_the_person_is_left(
    client, people, django_capture_on_commit_callbacks
):
    case = over(people, number="E-1", content="家中冰箱跳闸")
    common = {"audiences": ["regulator"], "by": people.officer, "now": THEN + timedelta(days=2)}
    services.note(case, text="机密附言13800001234", **common)
    kept = attaching.check([SimpleUploadedFile("表计.png", attachments.png())])
    attaching.attach(case, kept, kind="photo", **common)
    stored = StoredFile.objects.get()
    os.utime(stored.path, (0, 0))
    before = bulletin()
    assert proposed(client, people).status_code == 302
    found = Disposal.objects.get()
    assert found.proposed_count == 1
    # Who does not lead approves nothing.
    assert decide(client, people.officer, found, decision="approve").status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert decide(client, people.lead, found, decision="approve").status_code == 302
    found.refresh_from_db()
    case.refresh_from_db()
    assert (found.state, found.decided_by, case.disposed_at) == ("done", people.lead, TODAY)
    assert found.gone["cases"] == 1
    assert found.gone["files"] == 1
    everything = dump()
    for secret in SECRETS:
        assert secret not in everything
    assert not StoredFile.objects.exists()
    assert not Path(stored.path).exists()
    # Figures stay, and nothing finds the person any more.
    assert bulletin() == before
    assert not Case.objects.search("冰箱").exists()
    client.force_login(people.officer)
    hints = client.post(reverse("complaints:hints"), {"complainant_phone": "13800001234"})
    assert "E-1" not in hints.content.decode()
    page = client.get(reverse("complaints:case", args=[case.pk])).content.decode()
    assert "保存期满" in page
    act = client.post(reverse("complaints:act", args=[case.pk, "archive"]), {})
    assert act.status_code == 409
    assert problems() == []


def dump():
    """All that the tables of cases, files, letters and the trail say, read with the keys."""
    return "\n".join(
        str(list(model._base_manager.values()))
        for app in ("complaints", "core")
        for model in apps.get_app_config(app).get_models()
        if model._meta.model_name not in ("term", "procedure", "calendarday")
    )


def bulletin():
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    target = folder / f"bulletin-{os.getpid()}.json"
    call_command(
        "build_bulletin",
        *("--organisation", "SERC-NF", "--from", "2012-03-01", "--to", "2012-03-31"),
        *("--style", "2012", "--json", str(target)),
        stdout=StringIO(),
    )
    try:
        return json.loads(target.read_text(encoding="utf-8"))
    finally:
        target.unlink()


def problems():
    """What ``verify`` finds in disposed cases."""
    return [*invariants.disposed_is_gone(), *invariants.held_is_kept()]


def test_what_is_left_or_was_never_approved_is_found_by_verify(client, people):
    case = over(people, number="E-2")
    proposed(client, people)
    decide(client, people.lead, Disposal.objects.get(), decision="approve")
    assert problems() == []
    case.events.filter(sequence=1).update(text="机密附言")
    assert problems() == ["诉求 E-2 的个人信息已经处置，诉求记录中仍有内容。"]
    case.events.update(text="")
    Case.objects.filter(pk=case.pk).update(address="光明路8号")
    assert problems() == ["诉求 E-2 的个人信息已经处置，诉求中仍有内容。"]
    Case.objects.filter(pk=case.pk).update(address="")
    other = over(people, number="E-3")
    Case.objects.filter(pk=other.pk).update(disposed_at=TODAY)
    assert any("E-3" in sentence and "没有经审批的记录" in sentence for sentence in problems())


def test_what_is_held_or_in_dispute_is_not_disposed_of(as_, people, client):
    kept = over(people, number="H-1")
    over(people, number="H-2")
    officer = as_(people.officer)
    url = reverse("complaints:retention_hold")
    assert officer.post(url, {"number": "H-9", "reason": "诉讼"}).status_code == 422
    assert officer.post(url, {"number": "H-1", "reason": "行政诉讼期间"}).status_code == 302
    assert officer.post(url, {"number": "H-1", "reason": "再次"}).status_code == 409
    assert numbers()["enquiry"] == ["H-2"]
    assert "行政诉讼期间" in officer.get(DESK).content.decode()
    # Held between proposal and approval: it stays, and the record says so.
    proposed(client, people)
    found = Disposal.objects.get()
    late = Case.objects.get(number="H-2")
    retention.hold(late, reason="复议", by=people.officer, now=TODAY)
    decide(client, people.lead, found, decision="approve")
    found.refresh_from_db()
    late.refresh_from_db()
    assert (found.gone, late.disposed_at) == ({"held": 1}, None)
    standing = RetentionHold.objects.get(case=kept)
    as_(people.officer).post(reverse("complaints:retention_release", args=[standing.pk]))
    assert numbers()["enquiry"] == ["H-1"]


def test_an_appeal_that_is_younger_keeps_the_complaint(people):
    case = over(people, number="C-1", received_at=at("2007-03-01 09:00"))
    Case.objects.filter(pk=case.pk).update(nature="complaint")
    assert numbers()["complaint"] == ["C-1"]
    appeal = over(people, number="C-1-S1")
    Case.objects.filter(pk=appeal.pk).update(nature="appeal", appeal_of=case)
    assert numbers()["complaint"] == []
    Case.objects.filter(pk=appeal.pk).update(state="registered", closed_at=None)
    assert numbers()["complaint"] == []


def test_a_proposal_is_rejected_with_a_reason_and_can_be_made_again(client, people):
    over(people, number="E-4")
    proposed(client, people)
    found = Disposal.objects.get()
    assert proposed(client, people).status_code == 409
    missing = decide(client, people.lead, found, decision="reject")
    assert (missing.status_code, "请填写不同意的理由" in missing.content.decode()) == (422, True)
    assert (
        decide(client, people.lead, found, decision="reject", reason="仍在审计").status_code == 302
    )
    assert decide(client, people.lead, found, decision="approve").status_code == 409
    # Nobody approves what they proposed, leader or not.
    again = retention.propose(
        rule=found.rule, organisation=found.organisation, by=people.lead, now=TODAY
    )
    assert decide(client, people.lead, again, decision="approve").status_code == 409
    assert Case.objects.get(number="E-4").complainant_name == "赵某某"


def test_the_record_names_rule_people_and_counts_and_no_complainant(client, people):
    from docx import Document

    over(people, number="E-5")
    proposed(client, people)
    found = Disposal.objects.get()
    record = reverse("complaints:disposal_record", args=[found.pk, "docx"])
    client.force_login(people.lead)
    assert client.get(record).status_code == 404
    decide(client, people.lead, found, decision="approve")
    made = Document(BytesIO(client.get(record).content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    for words in (
        "咨询、建议和其他",
        "办结后5年",
        "本机关档案保管期限表（待核对）",
        "早于2013-03-05",
    ):
        assert words in cells
    assert f"{people.officer.name} 2018-03-05 09:00" in cells
    assert not any(secret in " ".join(cells) for secret in SECRETS)
    pdf = client.get(reverse("complaints:disposal_record", args=[found.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")
    assert AuditEvent.objects.filter(kind="disposal.approve").count() == 1
    assert found.pk == Disposal.objects.visible_to(people.officer).get().pk


def test_the_desk_is_for_those_who_decide_in_their_own_house(as_, people):
    over(people, number="E-6")
    shown = as_(people.officer).get(DESK).content.decode()
    assert "提出处置" in shown
    handler = as_(people.handler).get(DESK).content.decode()
    assert "提出处置" not in handler
    elsewhere = as_(people.stranger)
    rule = RetentionRule.objects.filter(code="enquiry").first()
    url = reverse("complaints:retention_propose")
    body = {"rule": rule.pk, "organisation": organisation("SERC-NF").pk}
    assert elsewhere.post(url, body).status_code == 404
    assert elsewhere.post(url, {"rule": "x"}).status_code == 404


def test_the_desk_asks_no_more_for_more_cases(as_, people, django_assert_max_num_queries):
    for number in range(6):
        over(people, number=f"Q-{number}")
    officer = as_(people.officer)
    with django_assert_max_num_queries(30):
        officer.get(DESK)
