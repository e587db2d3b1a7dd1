"""Claims out of a file of the government's platform: once, by the cell, whole or not at all."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import Claim
from core.models import AuditEvent, Letter
from tests.complaints import files
from tests.factories import claims, grids
from tests.factories.accounts import member, organisation
from tests.factories.clients import Caller, issued
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
COLUMNS = ["编号", "诉求类型", "涉及行业", "诉求内容", "吹哨时间", "政府网格编码", "地址"]
COLUMNS += ["诉求人", "联系电话"]
URL = "/claims/import/"


def row(number, **said):
    usual = {
        "编号": number,
        "诉求类型": "意见",
        "诉求内容": "路灯配电箱门损坏",
        "吹哨时间": "2011-11-24 08:30",
        "地址": "四会市东城社区光明路18号",
        "诉求人": "岑水清",
        "联系电话": "13800001234",
    }
    return {**usual, **said}


def send(client, made, who=None):
    if who is not None:
        client.force_login(who)
    upload = SimpleUploadedFile(made.name, made.getvalue())
    return client.post(URL, {"department": organisation(grids.DEPARTMENT).pk, "upload": upload})


@pytest.mark.clause("S2-4.1.2a")
def test_a_file_of_claims_comes_in_once_or_not_at_all(client):
    world = claims.ground()
    wrong = [
        row("SH/1"),
        row("SH/2", 诉求类型="月亮", 联系电话="138"),
        row("SH/3", 诉求类型="水气热诉求"),
        row("SH/4", 吹哨时间="2011-11-25 09:00"),
        row("SH/5", 政府网格编码="441284009999"),
        row("SH/1", 诉求内容="别的"),
    ]
    refused = send(client, files.xlsx(wrong, COLUMNS), world.officer)
    text = text_of(refused)
    assert refused.status_code == 422
    for cell in ("B3", "I3", "C4", "E5", "F6", "A7"):
        assert cell in text, cell
    assert "岑水清" not in text
    assert not Claim.objects.exists()
    assert not Letter.objects.filter(kind__startswith="claim").exists()
    # The platform sent the first one through the API before: it is the same claim.
    platform = Caller(issued(grids.DEPARTMENT, scopes=["claims.read", "claims.write"]))
    sent = {
        "number": "SH/1",
        "kind": "opinion",
        "content": "路灯配电箱门损坏",
        "address": "四会市东城社区光明路18号",
        "claimant": {"name": "岑水清", "phone": "13800001234"},
    }
    assert platform.post("/api/v1/grids/claims/", sent).status_code == 201
    good = [row("SH/1"), row("SH/2", 诉求类型="水气热诉求", 涉及行业="供水")]
    taken = send(client, files.lines(good))
    assert taken.status_code == 302, text_of(taken)[:3000]
    first, second = Claim.objects.order_by("external_number").select_related("case", "grid")
    assert (second.kind, second.utility, second.origin) == ("utility", "water", "platform")
    assert (second.grid, second.case.responsible) == (world.grid, world.manager)
    assert f"{second.case.received_at:%H:%M}" in ("08:30", "00:30")
    # A person of the company brings the same file in as CSV: nothing is registered twice.
    again = send(client, files.text(good, COLUMNS), world.filer)
    assert again.status_code == 302
    assert Claim.objects.count() == 2
    assert first.case.number in text_of(client.get("/claims/?view="))
    told = AuditEvent.objects.filter(kind="claim.import").order_by("pk")
    assert [one.details["created"] for one in told] == [1, 0]
    changed = send(client, files.text([row("SH/1", 诉求内容="变了")], COLUMNS))
    assert changed.status_code == 422
    assert "内容不同" in text_of(changed)


def test_nobody_brings_in_files_of_others(client):
    claims.ground()
    stranger = member("CSG-YN-KM", "company_filer")
    assert send(client, files.lines([row("1")]), stranger).status_code in (403, 422)
    viewer = member("CSG-GD", "company_viewer")
    assert send(client, files.lines([row("1")]), viewer).status_code == 403
    assert not Claim.objects.exists()
