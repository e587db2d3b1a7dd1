"""A unit fits a workflow to its own work within the standard; a second person lets it (7.2)."""

from datetime import date

import pytest
from django.urls import reverse

from grids.models import BusinessType, GridRule, TypeProposal
from grids.queries import business as queries
from grids.services import ruling
from tests.factories.accounts import member, organisation
from tests.factories.business import NOW, at, filer, lead, passed
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
# Of the Southern Grid's promise: take 1, scheme 2, connect 2; five days together.
STEPS = {
    "title_take": "受理",
    "limit_take": "1",
    "title_scheme": "答复供电方案",
    "limit_scheme": "2",
}
STEPS |= {"title_connect": "装表接电", "limit_connect": "2"}


def proposed(client, by=None, **said):
    client.force_login(by or filer())
    kind = BusinessType.objects.get(code="resident_new", version=1)
    asked = {"company": organisation("CSG-GD-ZQ-SH").pk, "valid_from": "2011-12-01"}
    asked |= {"basis": "四供电〔2011〕8号", **STEPS}
    return client.post(reverse("grids:business_type_adapt", args=[kind.pk]), asked | said)


def decided(client, proposal, by, **said):
    client.force_login(by)
    url = reverse("grids:business_proposal_decide", args=[proposal.pk])
    return client.post(url, {"grant": "1", "opinion": "", **said})


@pytest.mark.clause("S2-7.2b")
def test_what_goes_beyond_the_standard_is_refused_with_the_step_the_rule_and_the_remedy(client):
    looser = text_of(proposed(client, limit_scheme="3", limit_take="0"))
    assert (
        "环节“答复供电方案”时限3个工作日，长于上级规定的2个工作日（南方电网公司供电服务承诺"
        in looser
    )
    assert "请改为不超过2个工作日" in looser
    extra = {"new_title_1": "现场勘查", "new_after_1": "take", "new_limit_1": "1"}
    longer = text_of(proposed(client, **extra))
    assert "本企业各环节时限合计6个工作日，长于上级规定的5个工作日" in longer
    assert "须相应压缩其他环节" in longer
    assert "没有变化，不必另立版本" in text_of(proposed(client))
    assert "启用日期须晚于今天" in text_of(
        proposed(client, limit_scheme="1", valid_from="2011-11-24")
    )
    assert proposed(client, new_title_1="现场勘查").status_code == 422, "where, and how long?"
    assert proposed(client, title_scheme="答" * 31).status_code == 409
    stranger = member("CSG-GD-FS", "company_filer")
    assert proposed(client, stranger, limit_scheme="1").status_code == 422, "another's unit"
    assert not TypeProposal.objects.exists()


@pytest.mark.clause("S2-7.2b")
def test_a_second_person_lets_it_and_new_requests_go_by_it_from_its_day(client):
    extra = {"new_title_1": "现场勘查", "new_after_1": "take", "new_limit_1": "1"}
    changed = {"title_connect": "装表并当面送电", "limit_connect": "1", **extra}
    assert proposed(client, **changed).status_code == 302
    assert proposed(client, **changed).status_code == 409, "one at a time"
    proposal = TypeProposal.objects.get()
    assert decided(client, proposal, filer()).status_code == 403
    own = lead()
    TypeProposal.objects.filter(pk=proposal.pk).update(proposed_by=own)
    refused = decided(client, proposal, own)
    assert "提出人不得审批自己提出的调整" in text_of(refused)
    TypeProposal.objects.filter(pk=proposal.pk).update(proposed_by=filer())
    assert decided(client, proposal, own, grant="0").status_code == 409, "no without a reason"
    client.force_login(own)
    assert "审批流程调整：居民新装用电" in text_of(client.get("/"))
    page = text_of(client.get(reverse("grids:business_proposal", args=[proposal.pk])))
    for words in ("装表接电，2个工作日", "装表并当面送电，1个工作日", "现场勘查，1个工作日"):
        assert words in page
    assert decided(client, proposal, own).status_code == 302
    assert decided(client, proposal, own).status_code == 409
    unit, other = organisation("CSG-GD-ZQ-SH"), organisation("CSG-GD-ZQ")
    known = {
        (place.code, day): queries.type_for("resident_new", place, on=date(2011, *day)).version
        for place in (unit, other)
        for day in ((11, 30), (12, 1))
    }
    assert [known[unit.code, day] for day in ((11, 30), (12, 1))] == [2, 4]
    assert [known[other.code, day] for day in ((11, 30), (12, 1))] == [2, 2]
    before, after = passed(now=NOW), passed(now=at("12-01 09:00"))
    assert [one.code for one in before.steps.order_by("position")] == ["take", "scheme", "connect"]
    steps = [(one.code, one.title) for one in after.steps.order_by("position")]
    assert steps == [
        ("take", "受理"),
        ("own1", "现场勘查"),
        ("scheme", "答复供电方案"),
        ("connect", "装表并当面送电"),
    ]


@pytest.mark.clause("S2-1d")
def test_what_a_unit_asks_of_itself_is_shown_apart_and_never_to_the_public(client):
    unit = organisation("CSG-GD")
    base = GridRule.objects.get(code="claim_report_in", organisation=None)
    given = {"organisation": unit, "value": 17, "basis": "内部细则第7317号", "by": None, "now": NOW}
    ruling.tighten(base, valid_from=date(2011, 11, 24), **given)
    client.force_login(member("CSG-GD", "company_lead"))
    page = client.get("/commitments/CSG-GD/")
    (row,) = [one for one in page.context["internal"] if one["shown"].code == "claim_report_in"]
    assert (row["base"].value, row["own"].value) == (30, 17)
    shown = text_of(page)
    assert shown.index("内部要求（不对外公布）") < shown.index("内部细则第7317号")
    assert shown.index("内部细则第7317号") < shown.index("对外服务承诺（已公布）")
    promised = [one.promise.text for one in page.context["promises"]]
    assert promised
    client.logout()
    public = text_of(client.get("/public/promises/CSG-GD/"))
    assert promised[0] in public
    for address in ("/public/promises/CSG-GD/", "/public/", "/public/data/"):
        assert "7317" not in text_of(client.get(address)), address
    assert client.get("/commitments/CSG-GD/").status_code == 302
    client.force_login(member("CSG-YN", "company_lead"))
    assert client.get("/commitments/CSG-GD/").status_code == 404
