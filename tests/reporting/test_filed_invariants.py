"""What ``manage.py verify`` proves of plans, outages and returns; each breach is named once."""

import io
import re
import zipfile
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, invariants
from reporting.models import (
    EmergencyPlanVersion,
    OrderedUsePlan,
    OutageNotice,
    PlanGrade,
    PlanReceipt,
    PlanRow,
    Return,
    ReturnVersion,
)
from reporting.services import emergency, plans
from tests.factories.accounts import member
from tests.factories.outages import at
from tests.factories.outages import filed as announced
from tests.factories.plans import begun, filed
from tests.factories.returns import DAILY, accepted, collected, owed
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
# A Wednesday.
NOW = clock.at(date(2011, 5, 11), 10)
OURS = "reporting.filed_invariants"


def breached():
    """Checks of plans, outages and returns, by what ``manage.py verify`` runs, that found one."""
    ours = {name: check for name, check in invariants._checks.items() if check.__module__ == OURS}
    assert len(ours) == 11
    return {name for name, check in ours.items() if check()}


def test_breaches_of_plans_and_outages_are_named():
    with clock.standing_at(NOW):
        plan = filed(now=NOW)
        plans.receive(plan=plan, by=member("CSG-GD", "company_lead"), now=NOW)
        plans.revise(plan=plan, by=plan.drafted_by, now=NOW)
        assert breached() == set()
    with clock.standing_at(at("2011-11-23 20:00")):
        notice = announced("A-1")
        assert breached() == set()
        grade = PlanGrade.objects.filter(plan=plan).first()
        PlanGrade.objects.filter(pk=grade.pk).update(reducible_kw=1)
        assert breached() == {"reporting.plans-add-up"}
        PlanGrade.objects.filter(pk=grade.pk).update(reducible_kw=grade.reducible_kw)
        PlanRow.objects.filter(plan=plan, line=1).update(measure="拉闸")
        assert breached() == {"reporting.plans-as-certified"}
        PlanRow.objects.filter(plan=plan, line=1).update(measure="错峰")
        OrderedUsePlan.objects.filter(pk=plan.pk).update(state="accepted")
        assert breached() == {"reporting.plans-went-their-way"}
        OrderedUsePlan.objects.filter(pk=plan.pk).update(state="received")
        OrderedUsePlan.objects.filter(number=2).update(number=3)
        assert breached() == {"reporting.plans-numbered-and-replaced-in-order"}
        OrderedUsePlan.objects.filter(number=3).update(number=2)
        PlanReceipt.objects.update(digest="0" * 64)
        assert breached() == {"reporting.filed-plans-have-one-receipt"}
        PlanReceipt.objects.update(digest=plan.digest)
        OutageNotice.objects.filter(pk=notice.pk).update(lead_ok=False)
        assert breached() == {"reporting.outages-as-judged"}
        OutageNotice.objects.filter(pk=notice.pk).update(lead_ok=True, area="别处")
        assert breached() == {"reporting.outages-as-their-last-version"}


def receipt_of(unit, door, pk, kind="docx", role="company_filer"):
    client = Client()
    client.force_login(member(unit, role))
    return client.get(reverse(f"reporting:{door}_{kind}", args=[pk]))


def said_in(answer):
    """The words of a Word document."""
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())


def test_breaches_of_returns_are_named():
    day = date(2011, 11, 21)
    with clock.standing_at(at("2011-11-22 09:00")):
        now = clock.now()
        collected("supply_daily", "SERC-NF", starts_on=day, now=now)
        people = {"filer": "company_filer", "lead": "company_lead"}
        people = {key: member("CSG-GD", role) for key, role in people.items()}
        officer = member("SERC-NF", "regulator_officer")
        rows = {"day": [DAILY]}
        version = accepted(
            owed("supply_daily", "CSG-GD", day), rows, officer=officer, now=now, **people
        )
        assert breached() == set()
        said = said_in(receipt_of("CSG-GD", "periodic_receipt", version.entry_id))
        for word in (version.receipt_number, version.digest, version.verify_code, "按期报送"):
            assert word in said
        assert receipt_of("CSG-YN", "periodic_receipt", version.entry_id).status_code == 404
        ReturnVersion.objects.filter(pk=version.pk).update(confirmed={"x": "y"})
        assert breached() == {"reporting.returns-as-filed"}
        ReturnVersion.objects.filter(pk=version.pk).update(confirmed=version.confirmed)
        Return.objects.filter(pk=version.entry_id).update(state="submitted")
        assert breached() == {"reporting.returns-in-order"}


def test_receipts_of_plans_and_emergency_plans_can_be_verified_by_anybody():
    with clock.standing_at(NOW):
        plan = filed(now=NOW)
        filer = member("CSG-GD-ZQ", "company_filer")
        lead = member("CSG-GD-ZQ", "company_lead")
        title = "大面积停电应急预案"
        started = emergency.begin(plan.organisation, title=title, by=filer, now=NOW)
        version = EmergencyPlanVersion.objects.get(plan=started)
        from reporting import shortage

        sections = shortage.sections(on=NOW.date())
        texts = {one["code"]: "按国家和公司有关规定执行。" for one in sections}
        version = emergency.save(
            started,
            sections=texts,
            approval_body="肇庆供电局",
            approval_number="肇供〔2011〕8号",
            approved_on=NOW.date(),
            seen=version.revision,
            by=filer,
            now=NOW,
        )
        version = emergency.file(started, seen=version.revision, by=lead, now=NOW)
        anybody = Client()
        for code, number, matter, digest in (
            (
                plan.receipt.verify_code,
                plan.receipt.number,
                "肇庆市2011年有序用电方案",
                plan.digest,
            ),
            (version.verify_code, version.receipt_number, title, version.digest),
        ):
            found = anybody.get(reverse("reporting:verify_search"), {"code": code.lower()})
            assert found.url == reverse("reporting:verify", args=[code])
            text = text_of(anybody.get(found.url))
            assert "回执真实有效" in text
            assert (number in text, matter in text) == (True, True)
            same = anybody.post(found.url, {"sha256": digest})
            assert "完全一致" in text_of(same)
            other = anybody.post(found.url, {"sha256": "0" * 64})
            assert other.status_code == 422
        # For the files of both sides, and nobody else's.
        for door, one, told in (
            ("plan_receipt", plan, (plan.receipt.number, "肇庆市2011年有序用电方案", plan.digest)),
            ("emergency_receipt", started, (version.receipt_number, title, version.digest)),
        ):
            said = said_in(receipt_of("CSG-GD-ZQ", door, one.pk))
            for word in (*told, "肇庆供电局", "2011年5月11日"):
                assert word in said, word
            assert receipt_of("CSG-YN", door, one.pk).status_code == 404
        assert receipt_of("CSG-GD-ZQ", "plan_receipt", plan.pk, "pdf").content[:5] == b"%PDF-"
        drawn = begun("CSG-GD", now=NOW)
        assert receipt_of("CSG-GD", "plan_receipt", drawn.pk).status_code == 404
        signed = Client()
        signed.force_login(lead)
        page = text_of(signed.get(reverse("reporting:emergency_plan", args=[started.pk])))
        assert reverse("reporting:verify", args=[version.verify_code]) in page
        # The migration gives receipts of before the same codes.
        import importlib

        module = importlib.import_module("reporting.migrations.0016_receipts_of_plans_verified")
        assert module.code_of(plan.receipt.number, plan.digest) == plan.receipt.verify_code
        assert breached() == set()
        EmergencyPlanVersion.objects.filter(pk=version.pk).update(sections={"x": "y"})
        assert breached() == {"reporting.emergency-plans-as-filed"}
