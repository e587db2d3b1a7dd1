"""Business passed on by government grids, at its pages: clocks, materials, signatures, fees."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock
from core.models import AuditEvent, Letter
from grids.models import BusinessRequest, BusinessStep
from tests.factories.accounts import member, organisation
from tests.factories.business import GRID, NOW, at, filer, lead, officer, passed
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")


def move(client, who, request, name, moment, **said):
    """One move at its page; the answer."""
    client.force_login(who)
    url = reverse(f"grids:business_{name}", args=[request.pk])
    with clock.standing_at(at(moment)):
        return client.post(url, said)


def done(client, who, request, name, moment, **said):
    answer = move(client, who, request, name, moment, **said)
    assert answer.status_code == 302, text_of(answer)[:3000]
    request.refresh_from_db()
    return request


def page(client, who, request):
    client.force_login(who)
    answer = client.get(reverse("grids:business", args=[request.pk]))
    assert answer.status_code == 200
    return text_of(answer)


@pytest.mark.clause("S2-5.3.1a", "S2-5.3.2a", "S2-5.3.1b")
def test_a_request_goes_from_the_officer_to_the_company_and_back(client):
    """Passed on Thursday the 24th; the promise of the Southern Grid: scheme 2, connect 2."""
    client.force_login(officer())
    said = {
        "type": "resident_new",
        "customer_name": "岑水清",
        "customer_phone": "13800001234",
        "address": "广东省四会市东城街道光明路18号",
        "materials": ["form", "identity"],
        "note": "家中有老人，联系人13800005678",
        "organisation": "",
        "signer": organisation(GRID).pk,
    }
    wrong = client.post(reverse("grids:business_new"), {**said, "customer_phone": ""})
    assert wrong.status_code == 422
    assert client.post(reverse("grids:business_new"), said).status_code == 302
    request = BusinessRequest.objects.get()
    # Nothing is paired: the enterprise of the county.
    assert request.organisation == organisation("CSG-GD-ZQ-SH")
    assert request.number == "YD441284201111240001"
    assert request.note == "家中有老人，联系人138****5678"
    assert (request.type.version, request.type.company.code) == (2, "CSG")
    assert request.due_at == at("11-25 23:59").replace(second=59)
    assert move(client, officer(), request, "take", "11-24 10:00").status_code == 409
    done(client, lead(), request, "take", "11-24 10:00")
    assert (request.state, request.handler) == ("in_progress", lead())
    assert f"{request.due_at.astimezone(clock.ZONE):%m-%d}" == "11-28"
    # The officer sees where it stands, by which rule and until when; the customer is masked.
    text = page(client, officer(), request)
    for words in ("办理中", "答复供电方案", "南方电网公司供电服务承诺", "2011-11-28 23:59"):
        assert words in text, words
    assert "岑**" in text
    assert "岑水清" not in text
    assert "13800001234" not in text
    # Told once of everything that is missing: two working days stand still.
    done(client, lead(), request, "notify", "11-25 09:00", codes=["property"])
    assert (request.state, request.due_at) == ("materials", None)
    assert "房屋产权或者使用权证明" in page(client, officer(), request)
    told = Letter.objects.get(kind="business.notify", recipient_id=officer().pk)
    assert "房屋产权或者使用权证明" in told.body
    assert "岑水清" not in told.body
    done(client, officer(), request, "receive", "11-29 09:00", codes=["property"])
    assert f"{request.due_at.astimezone(clock.ZONE):%m-%d}" == "11-30"
    again = move(client, lead(), request, "notify", "11-29 10:00", codes=["property"])
    assert again.status_code in (409, 422)
    done(client, lead(), request, "complete", "11-30 16:00", seen="scheme", note="已答复")
    stale = move(client, lead(), request, "complete", "11-30 16:01", seen="scheme")
    assert stale.status_code == 409
    early = move(client, officer(), request, "inform", "12-01 09:00", satisfaction="good")
    assert early.status_code == 409
    over = {"result": "已装表通电", "fee": "50", "reduction": "0"}
    refused = move(client, lead(), request, "finish", "12-05 09:00", **over)
    assert refused.status_code == 409
    assert "应收费用不得超过0.00元" in text_of(refused)
    done(client, lead(), request, "finish", "12-05 09:00", **{**over, "fee": "0"})
    # 25, 28, 29, 30, 1, 2, 5: seven days; of the company two (25, 30) and three (1, 2, 5).
    assert (request.days, request.company_days, request.in_time) == (7, 5, False)
    back = Letter.objects.get(kind="business.finish", recipient_id=officer().pk)
    assert "全程7个工作日" in back.body
    done(client, officer(), request, "inform", "12-05 11:00", satisfaction="good")
    assert (request.state, request.satisfaction) == ("informed", "good")
    kinds = [one.kind for one in request.events.order_by("sequence")]
    expected = "pass_on take notify receive complete finish inform"
    assert kinds == expected.split()
    assert AuditEvent.objects.filter(kind="business.finish").count() == 1
    explained = client.get(reverse("grids:business_explained", args=[request.pk]))
    text = text_of(explained)
    assert "一次性告知应补材料" in text
    assert "顺延工作日" in text


@pytest.mark.clause("S2-5.3.1c")
def test_both_sides_sign_and_the_second_signature_ends_the_step(client):
    request = passed("temporary", materials=("form", "identity", "permit"), capacity=10)
    done(client, lead(), request, "take", "11-24 10:00")
    done(client, lead(), request, "complete", "11-25 10:00", seen="scheme")
    step = request.steps.get(code="joint")
    assert "临时占道会签" in text_of(client.get("/"))
    # The company's filer handles requests and signs none; nobody ends the step alone.
    assert move(client, filer(), request, "sign", "11-28 09:00", seen="joint").status_code == 409
    alone = move(client, lead(), request, "complete", "11-28 09:00", seen="joint")
    assert "须双方会签" in text_of(alone)
    done(client, lead(), request, "sign", "11-28 09:00", seen="joint")
    assert move(client, lead(), request, "sign", "11-28 09:05", seen="joint").status_code == 409
    step.refresh_from_db()
    assert (step.done_at, step.company_signed_by) == (None, lead())
    with pytest.raises(IntegrityError), transaction.atomic():
        BusinessStep.objects.filter(pk=step.pk).update(done_at=at("11-28 09:00"))
    # The department disagrees: the company's signature falls with it.
    bare = move(client, officer(), request, "object", "11-28 14:00", seen="joint")
    assert bare.status_code == 422
    done(client, officer(), request, "object", "11-28 14:00", seen="joint", reason="占道时段须调整")
    step.refresh_from_db()
    assert step.company_signed_at is None
    assert "占道时段须调整" in Letter.objects.filter(kind="business.object").first().body
    done(client, officer(), request, "sign", "11-29 09:00", seen="joint")
    done(client, lead(), request, "sign", "11-29 15:00", seen="joint")
    step.refresh_from_db()
    assert step.done_at == at("11-29 15:00")
    assert request.steps.get(code="connect").started_at == step.done_at
    # 210 yuan each of 10 kVA at most; less only with its reason.
    fee = {"result": "已接电", "fee": "2100", "reduction": "100"}
    assert move(client, lead(), request, "finish", "11-30 09:00", **fee).status_code == 409
    fee["reduction_reason"] = "市政工程减半收取"
    done(client, lead(), request, "finish", "11-30 09:00", **fee)
    assert (request.government_in_time, request.in_time) == (True, True)
    assert "2000.00" in page(client, officer(), request)


def test_handed_over_returned_and_withdrawn_with_the_number_kept(client):
    request = passed()
    number, due = request.number, request.due_at
    station = organisation("CSG-GD-ZQ-SH-01")
    bad = {"to": organisation("CSG-GD-GZ").pk, "reason": "属地"}
    assert move(client, lead(), request, "hand_over", "11-24 10:00", **bad).status_code == 422
    # The form with the company's stations is for the company alone.
    barred = move(client, officer(), request, "hand_over", "11-24 10:00", **bad)
    assert barred.status_code == 409
    assert station.name not in text_of(barred)
    assert "由供电企业办理" in text_of(barred)
    good = {"to": station.pk, "reason": "属地供电所办理"}
    done(client, lead(), request, "hand_over", "11-24 10:00", **good)
    assert (request.organisation, request.handovers) == (station, 1)
    assert (request.number, request.due_at) == (number, due)
    done(client, lead(), request, "return", "11-24 11:00", reason="客户地址不在供电区域")
    assert (request.state, request.due_at) == ("returned", None)
    assert "客户地址不在供电区域" in page(client, officer(), request)
    assert move(client, lead(), request, "take", "11-24 11:30").status_code == 409
    other = passed(address="四会市东城街道光明路20号")
    assert move(client, lead(), other, "withdraw", "11-24 12:00", reason="x").status_code == 409
    done(client, officer(), other, "withdraw", "11-24 12:00", reason="客户不再需要")
    assert other.state == "withdrawn"


def test_the_customer_is_shown_to_whoever_handles_it_for_a_purpose_on_record(client):
    request = passed()
    url = reverse("grids:business_reveal", args=[request.pk])
    regulator = member("SERC-NF", "regulator_officer")
    client.force_login(regulator)
    assert client.post(url, {"purpose": "核对客户信息"}).status_code == 409
    client.force_login(lead())
    assert client.post(url, {"purpose": ""}).status_code == 422
    assert client.post(url, {"purpose": "看"}).status_code == 409
    shown = client.post(url, {"purpose": "联系客户勘查现场"})
    assert "岑水清" in text_of(shown)
    assert shown["Cache-Control"] == "private, no-store"
    rows = AuditEvent.objects.filter(kind="personal.reveal")
    assert {one.reason for one in rows} == {"联系客户勘查现场"}
    for who in (member("CSG-YN", "company_lead"), member("SERC-YN", "regulator_lead")):
        client.force_login(who)
        assert client.get(reverse("grids:business", args=[request.pk])).status_code == 404
    assert request.passed_at == NOW
