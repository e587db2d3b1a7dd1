"""Sharing with government platforms: agreement, files in and out, matching, the API, the log."""

import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from core.models import AuditEvent, Letter
from core.sheets import writer
from grids.models import ArchiveRecord, Exchange, ExchangeJob, SharedRecord, SharingAgreement
from grids.services import forgetting
from tests.factories import sharing as make
from tests.factories.accounts import member, organisation
from tests.factories.business import at, filer, lead, officer
from tests.factories.clients import Caller, issued
from tests.factories.grids import DEPARTMENT, ENTERPRISE
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
COLUMNS = ["序号", "采集日期", "电表户号", "户主", "手机"]
API = "/api/v1/grids/archives/"


def ours():
    make.archive("N1", "100000000001", name="岑水清", phone="13800001234")
    make.archive("N2", "100000000002", name="覃永年", phone="13900005678")


def row(number, account="", name="", phone="", day="2011-11-20"):
    values = (number, day, account, name, phone)
    return dict(zip(COLUMNS, values, strict=True))


def theirs(second="13900009999"):
    """The first is as we have it, of the second the phone differs, of the third we know nothing."""
    return [
        row("G1", "1000 0000 0001", "岑水清", "138-0000-1234"),
        row("G2", "100000000002", "覃永年", second),
        row("G3", "100000000099", "何志远", "13700007777"),
    ]


def sent(client, job, rows, *, who=None, columns=COLUMNS):
    client.force_login(who or filer())
    content = writer.write([(name, name) for name in columns], rows, sheet="Sheet1")
    upload = SimpleUploadedFile("wangge.xlsx", content)
    answer = client.post(reverse("grids:exchange_run", args=[job.pk]), {"upload": upload})
    return answer, hashlib.sha256(content).hexdigest()


@pytest.mark.clause("S2-4.3.1b")
def test_an_agreement_is_approved_by_another_and_binds_every_exchange(client):
    lead()
    client.force_login(filer())
    said = {
        "company": organisation(ENTERPRISE).pk,
        "government": organisation(DEPARTMENT).pk,
        "direction": "in",
        "fields_": ["phone", "account_no"],
        "purpose": "核对网格服务对象电话，联系人13800001234",
        "starts_on": "2011-11-24",
        "ends_on": "2013-11-23",
    }
    url = reverse("grids:agreement_new")
    long = client.post(url, said)
    assert long.status_code == 409
    assert "含敏感字段（联系电话）的协议期限不得超过366天" in text_of(long)
    said["ends_on"] = "2012-11-23"
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 409
    made = SharingAgreement.objects.get()
    assert (made.fields, made.state) == (["account_no", "phone"], "asked")
    assert "138****1234" in made.purpose
    assert Letter.objects.filter(kind="sharing.propose", recipient_id=lead().pk).count() == 1
    page = reverse("grids:agreement", args=[made.pk])
    jobs = {"title": "电话", "direction": "in", "pairs": "序号=编号\n手机=联系电话"}
    early = client.post(f"{page}jobs/", jobs)
    assert early.status_code == 409
    assert "为“待批准”，不在有效期内" in text_of(early)
    assert client.post(f"{page}approve/").status_code == 403
    # A lead who drafts does not approve either; the database says so too.
    own = make.agreement(approved=False, drafter=lead_and_filer())
    client.force_login(lead_and_filer())
    refused = client.post(f"/sharing/{own.pk}/approve/", {"note": ""})
    assert refused.status_code == 409
    assert "起草人不能审批自己起草的协议" in text_of(refused)
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingAgreement.objects.filter(pk=own.pk).update(
            state="approved", decided_by=own.drafted_by
        )
    client.force_login(lead())
    assert client.post(f"{page}approve/", {"note": "同意"}).status_code == 302
    told = Letter.objects.filter(kind="sharing.decide", recipient_id=filer().pk)
    assert told.count() == 1
    client.force_login(filer())
    outside = client.post(f"{page}jobs/", {**jobs, "pairs": "序号=编号\n户主=户名"})
    assert outside.status_code == 409
    assert f"字段“户名”不在协议{made.number}的共享字段内" in text_of(outside)
    wrong_way = client.post(f"{page}jobs/", {**jobs, "direction": "out"})
    assert "只约定“政府提供给企业”" in text_of(wrong_way)
    assert client.post(f"{page}jobs/", jobs).status_code == 302
    job = ExchangeJob.objects.get()
    good = [{"序号": "1", "手机": "13800001234"}]
    for moment, word in (("2012-11-24", "今天不能交换数据"), ("2011-11-25", "")):
        with clock.standing_at(clock.at(type(made.ends_on).fromisoformat(moment), 9)):
            answer, _digest = sent(client, job, good, columns=["序号", "手机"])
            assert word in text_of(answer) if word else answer.status_code == 302, moment
    client.force_login(lead())
    assert client.post(f"{page}end/", {"note": ""}).status_code == 422
    assert client.post(f"{page}end/", {"note": "平台停用"}).status_code == 302
    over, _digest = sent(client, job, good, columns=["序号", "手机"])
    assert "为“已终止”，不在有效期内" in text_of(over)
    assert Exchange.objects.count() == 1


def lead_and_filer():
    from accounts.models import User

    found = User.objects.filter(username="sihui-second").first()
    return found or member(ENTERPRISE, "company_lead", username="sihui-second")


@pytest.mark.clause("S2-5.5.1a", "S2-4.3.1c")
def test_a_file_comes_in_by_its_mapping_and_is_matched(client):
    ours()
    made = make.agreement()
    job = make.job(made)
    bad = [row("", "1" * 21, "岑水清", "1"), row("G2", day="2011-13-01"), row("G2")]
    refused, _digest = sent(client, job, bad)
    text = text_of(refused)
    assert refused.status_code == 422
    for cell in ("A2", "C2", "B3", "A4"):
        assert cell in text, cell
    assert not SharedRecord.objects.exists()
    taken, digest = sent(client, job, theirs())
    assert taken.status_code == 302, text_of(taken)[:2000]
    states = dict(SharedRecord.objects.values_list("number", "state"))
    assert states == {"G1": "matched", "G2": "conflict", "G3": "unmatched"}
    log = Exchange.objects.get()
    assert (log.rows, log.created, log.way, log.by, log.digest) == (3, 3, "file", filer(), digest)
    assert log.fields == ["number", "as_of", "account_no", "name", "phone"]
    assert AuditEvent.objects.get(kind="sharing.receive").details["digest"] == digest
    assert "岑水清" not in str(AuditEvent.objects.values_list("details", flat=True))
    # The same again changes nothing; other content needs a later day.
    assert sent(client, job, theirs())[0].status_code == 302
    assert Exchange.objects.latest("pk").unchanged == 3
    other, _digest = sent(client, job, theirs(second="13900008888"))
    assert other.status_code == 422
    assert "须带更晚的数据日期" in text_of(other)
    # Every number opens its list.
    page = client.get(reverse("grids:agreement", args=[made.pk]))
    url = f"/sharing/records/?agreement={made.pk}&state=conflict"
    assert url in page.content.decode().replace("&amp;", "&")
    listed = text_of(client.get(url))
    assert "G2" in listed
    assert "G1" not in listed
    found = SharedRecord.objects.get(number="G2")
    one = reverse("grids:shared_record", args=[found.pk])
    both = text_of(client.get(one))
    assert "139****9999" in both
    assert "139****5678" in both
    assert "13900009999" not in both
    # The government's side sees what it sent, not what we hold.
    client.force_login(officer())
    half = text_of(client.get(one))
    assert "139****9999" in half
    assert "139****5678" not in half
    assert client.get(reverse("grids:archive", args=[found.archive_id])).status_code == 404
    client.force_login(filer())
    kept = client.post(f"{one}settle/", {"take_phone": "keep", "note": ""})
    assert kept.status_code == 409
    assert client.post(f"{one}settle/", {"take_phone": "take"}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.archive.phone) == ("matched", "13900009999")
    # An archive that is entered later finds its record.
    make.archive("N3", "100000000099", name="何志远", phone="13700007777")
    assert SharedRecord.objects.get(number="G3").state == "matched"
    assert "differences" not in text_of(client.get(reverse("grids:shared_records")))
    book = load_workbook(io.BytesIO(client.get("/sharing/records.xlsx").content))
    assert book.active.max_row == 4


@pytest.mark.clause("S2-4.3.1a")
def test_platforms_exchange_by_file_and_api_and_everything_is_logged(client):
    ours()
    made = make.agreement()
    pairs = [("编号", "number"), ("姓名", "name"), ("=电话", "phone")]
    job = make.job(made, direction="out", pairs=pairs, title="提供")
    client.force_login(filer())
    answer = client.post(reverse("grids:exchange_give", args=[job.pk]))
    content = b"".join(answer.streaming_content)
    assert "岑水清" in content.decode("utf-8-sig")
    assert "100000000001" not in content.decode("utf-8-sig")
    log = Exchange.objects.get()
    assert (log.direction, log.rows, log.digest) == ("out", 2, hashlib.sha256(content).hexdigest())
    key = issued(DEPARTMENT, scopes=["archives.read", "archives.write"])
    platform = Caller(key)
    said = {
        "agreement": made.number,
        "number": "P/1",
        "as_of": "2011-11-20",
        "fields": {"account_no": "100000000002", "name": "覃永年", "phone": "13900005678"},
    }
    new = platform.post(API, said)
    assert (new.status_code, new.json()["state"]) == (201, "matched"), new.content
    assert "覃永年" not in new.content.decode()
    assert platform.post(API, said).status_code == 200
    changed = {**said, "fields": {**said["fields"], "phone": "13900000001"}}
    assert platform.post(API, changed).status_code == 409
    later = platform.post(API, {**changed, "as_of": "2011-11-24"})
    assert (later.status_code, later.json()["differences"]) == (200, ["phone"])
    outside = platform.post(API, {**said, "number": "P/2", "fields": {"address": "光明路"}})
    assert outside.status_code == 409
    assert "字段“用电地址”不在协议" in outside.content.decode()
    wrong = platform.post(API, {"number": 1, "as_of": "2011-2-1", "fields": {"nam": "x"}, "x": 1})
    fields = {one["field"] for one in wrong.json()["errors"]}
    assert fields == {"number", "as_of", "fields.nam", "x", "agreement"}
    read = platform.get(API, {"agreement": made.number}).json()
    assert [one["number"] for one in read["items"]] == ["N1", "N2"]
    assert set(read["items"][0]["fields"]) == {"account_no", "name", "phone"}
    told = platform.get(f"{API}received/", {"agreement": made.number, "state": "conflict"}).json()
    assert [(one["number"], one["differences"]) for one in told["items"]] == [("P/1", ["phone"])]
    api = Exchange.objects.filter(way="api").order_by("pk")
    assert [(one.direction, one.rows) for one in api] == [("in", 1)] * 3 + [("out", 2)]
    assert {one.client for one in api} == {key.client.key_id}
    # Not a party: nothing is there; the company itself reads no archives here.
    stranger = Caller(issued("CSG-YN", scopes=["archives.read"]))
    assert stranger.get(API, {"agreement": made.number}).status_code == 404
    own = Caller(issued(ENTERPRISE, scopes=["archives.read"]))
    assert own.get(API, {"agreement": made.number}).status_code == 409
    assert platform.get(API).status_code == 400
    assert Caller(issued(DEPARTMENT, scopes=["claims.read"])).post(API, said).status_code == 403
    with clock.standing_at(at("11-24 09:30").replace(year=2012)):
        later = Caller(issued(DEPARTMENT, scopes=["archives.read"]))
        late = later.get(API, {"agreement": made.number})
    assert late.status_code == 409
    assert "有效期为2011-11-01至2012-10-31" in late.content.decode()
    page = text_of(client.get(reverse("grids:exchanges")))
    assert key.client.key_id in page
    assert Exchange.objects.count() == 5
    assert ArchiveRecord.objects.get(number="N2").phone == "13900005678"


@pytest.mark.clause("S2-4.3.1b")
def test_a_department_of_a_part_gets_the_customers_of_that_part(client):
    """The prefecture's company agrees with the grid office of one of its counties."""
    above = {"drafter": member("CSG-GD-ZQ", "company_filer")}
    above["approver"] = member("CSG-GD-ZQ", "company_lead")
    company = organisation("CSG-GD-ZQ")
    made = make.agreement(company=company, purpose="核对，联系人13800001234", **above)
    ours()
    make.archive("G1", "100000000009", enterprise="CSG-GD-ZQ-GY", name="外县人")
    key = issued(DEPARTMENT, scopes=["archives.read", "archives.write"])
    read = Caller(key).get(API, {"agreement": made.number}).json()
    assert [one["number"] for one in read["items"]] == ["N1", "N2"]
    pairs = (("编号", "number"), ("户名", "name"))
    job = make.job(made, direction="out", by=above["drafter"], pairs=pairs)
    client.force_login(above["drafter"])
    answer = client.post(reverse("grids:exchange_give", args=[job.pk]))
    assert "外县人" not in b"".join(answer.streaming_content).decode("utf-8-sig")
    # Whoever takes customers in full stands in the log of the unit's head: how many, what for.
    client.force_login(above["approver"])
    page = text_of(client.get(reverse("access_log")))
    for words in ("提供共享数据", "户名", "核对，联系人138****1234"):
        assert words in page, words


def test_the_same_content_told_later_or_by_another_way_is_no_contradiction(client):
    ours()
    made = make.agreement()
    job = make.job(made)
    assert sent(client, job, [row("G1", "100000000001", "岑水清")])[0].status_code == 302
    platform = Caller(issued(DEPARTMENT, scopes=["archives.write"]))
    said = {"account_no": "100000000001", "name": "岑水清"}
    told = {"agreement": made.number, "number": "G1", "as_of": "2011-11-23", "fields": said}
    again = platform.post(API, told)
    assert again.status_code == 200, again.content
    # It still held on the 23rd: what is of the 22nd is out of date.
    older = {**told, "as_of": "2011-11-22", "fields": {**said, "name": "岑水青"}}
    assert platform.post(API, older).status_code == 409
    assert SharedRecord.objects.get().values["name"] == "岑水清"


@pytest.mark.clause("S2-4.3.1b")
def test_what_came_in_goes_after_the_agreement_and_is_not_used_meanwhile(client):
    ours()
    made = make.agreement()
    assert sent(client, make.job(made), theirs())[0].status_code == 302
    page = reverse("grids:agreement", args=[made.pk])
    # Thirty days after 2012-10-31.
    assert "2012-11-30" in text_of(client.get(page))
    client.force_login(lead())
    with clock.standing_at(at("11-25 09:00")):
        assert client.post(f"{page}end/", {"note": "平台停用"}).status_code == 302
    client.force_login(filer())
    one = reverse("grids:shared_record", args=[SharedRecord.objects.get(number="G2").pk])
    with clock.standing_at(at("11-28 09:00")):
        late = client.post(f"{one}settle/", {"take_phone": "take"})
        assert (late.status_code, "此后不得再使用对方数据" in text_of(late)) == (409, True)
        assert "2011-12-25" in text_of(client.get(one))
    assert ArchiveRecord.objects.get(number="N2").phone == "13900005678"
    moments = ("12-25 23:00", "12-26 00:30", "12-26 00:31")
    assert [forgetting.forget(now=at(moment)) for moment in moments] == [0, 3, 0]
    assert not SharedRecord.objects.exists()
    assert AuditEvent.objects.get(kind="sharing.forget").details["count"] == 3
    with clock.standing_at(at("12-26 09:00")):
        assert "已按规则删除" in text_of(client.get(page))
