"""Hazards at their pages: reported by either side, graded, owned, put right, verified, closed."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from core.models import AuditEvent, Letter
from grids import hazard_invariants
from grids.models import GridMember, Hazard, HazardPhoto
from grids.services import hazard_reminding, moving
from tests.factories import grids as make
from tests.factories.hazards import at, graded, ground, photo, reported, term
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")


@pytest.fixture
def world(catalogues):
    return ground()


def get(client, who, door, *args, **params):
    client.force_login(who)
    return client.get(reverse(f"grids:{door}", args=args), params)


def post(client, who, door, moment, *args, **said):
    """A form at its page at a moment; with ``headers`` as the script of waiting forms sends it."""
    client.force_login(who)
    headers = said.pop("headers", {})
    with clock.standing_at(at(moment)):
        return client.post(reverse(f"grids:{door}", args=args), said, headers=headers)


def done(client, who, hazard, move, moment, **said):
    answer = post(client, who, f"hazard_{move}", moment, hazard.pk, **said)
    assert answer.status_code == 302, text_of(answer)[-3000:]
    hazard.refresh_from_db()
    return hazard


def day(moment):
    return f"{moment.astimezone(clock.ZONE):%m-%d %H:%M:%S}"


def told(kind, person):
    return Letter.objects.filter(kind=kind, recipient_id=person.pk).count()


@pytest.mark.clause("S2-4.2.2a", "S2-5.6.1c")
def test_an_officer_reports_and_somebody_else_than_the_owner_verifies(client, world):
    said = {
        "kind": "equipment",
        "content": "配电箱门脱落，住户电话13800005678",
        "place": "四会市东城社区光明路18号3栋502室",
        "transformer_area": "T001",
    }
    blind = post(client, world.officer, "hazard_new", "11-24 09:30", **said)
    assert blind.status_code == 422
    nowhere = {**said, "place": "", "transformer_area": "", "photos": photo("岑水清家.png")}
    assert post(client, world.officer, "hazard_new", "11-24 09:30", **nowhere).status_code == 409
    # The page gives its form an id: sent again, even much later, it is the same report.
    mark = get(client, world.officer, "hazard_new").context["form"]["client_id"].value()
    for moment in ("11-24 09:30", "11-24 09:40"):
        given = {**said, "photos": photo("岑水清家.png"), "client_id": mark}
        assert post(client, world.officer, "hazard_new", moment, **given).status_code == 302
    twice = post(client, world.officer, "hazard_new", "11-24 09:31", **said, photos=photo())
    assert twice.status_code == 409
    hazard = Hazard.objects.get()
    assert (hazard.number, hazard.side) == ("YH441284201111240001", "government")
    assert (hazard.grid, hazard.organisation.code) == (world.grid, make.STATION)
    assert hazard.content == "配电箱门脱落，住户电话138****5678"
    assert told("hazard.report", world.filer) == 1
    # The place is masked until somebody who works on it says what for.
    page = text_of(get(client, world.filer, "hazard", hazard.pk))
    assert ("502室" in page, "岑水清" in page) == (False, False)
    assert "502室" in text_of(
        post(client, world.filer, "hazard_reveal", "11-24 10:00", hazard.pk, purpose="现场定级")
    )
    assert AuditEvent.objects.filter(kind="personal.reveal").count() == 1
    grading = {"grade": term("general").pk, "company_owner": world.manager.pk}
    assert post(client, world.manager, "hazard_grade", "11-24 10:00", hazard.pk).status_code == 409
    nobody = {**grading, "company_owner": ""}
    refused = post(client, world.filer, "hazard_grade", "11-24 10:00", hazard.pk, **nobody)
    assert (refused.status_code, "责任人" in text_of(refused)) == (409, True)
    done(client, world.filer, hazard, "grade", "11-24 10:00", **grading)
    # Twenty working days from the day after Thursday the 24th: Thursday, December 22nd.
    assert day(hazard.due_at) == "12-22 23:59:59"
    assert told("hazard.grade", world.manager) == 1
    page = text_of(get(client, world.officer, "hazard", hazard.pk))
    for words in ("一般", "期限依据", "网格融合服务规范5.6.1", "2011-12-22 23:59"):
        assert words in page, words
    done(client, world.manager, hazard, "accept", "11-25 09:00")
    unproved = post(client, world.manager, "hazard_rectify", "12-01 15:00", hazard.pk, text="已换")
    assert unproved.status_code == 422
    given = {"text": "已更换箱门", "photos": photo("治理后.png")}
    done(client, world.manager, hazard, "rectify", "12-01 15:00", **given)
    assert (hazard.state, hazard.in_time) == ("rectified", True)
    assert post(client, world.manager, "hazard_verify", "12-01 16:00", hazard.pk).status_code == 409
    done(client, world.officer, hazard, "return", "12-02 09:00", text="门锁未装")
    assert (hazard.state, hazard.in_time, hazard.rectified_by) == ("owned", None, None)
    done(client, world.manager, hazard, "rectify", "12-23 09:00", text="已装锁", photos=photo())
    assert hazard.in_time is False
    done(client, world.officer, hazard, "verify", "12-23 10:00")
    done(client, world.filer, hazard, "close", "12-23 11:00")
    page = text_of(get(client, world.officer, "hazard", hazard.pk))
    assert ("治理后照片" in page, page.count("photo.png"), "治理后.png" in page) == (True, 3, False)
    kinds = [one.kind for one in hazard.events.order_by("sequence")]
    way = "report grade accept rectify return rectify verify close"
    assert kinds == way.split()
    assert AuditEvent.objects.filter(kind="hazard.close").count() == 1
    assert (hazard_invariants.record(), hazard_invariants.proof()) == ([], [])
    HazardPhoto.objects.filter(proof=True).delete()
    assert [hazard.number in one for one in hazard_invariants.proof()] == [True]
    assert told("hazard.close", world.officer) == 1


@pytest.mark.clause("S2-4.2.2b")
def test_joint_governance_needs_the_owners_of_both_sides(client, world):
    hazard = reported(world, "corridor", now=at("11-24 09:00"), by=world.manager)
    # The department that pairs with the grid is the other side of it.
    assert hazard.department.code == make.DEPARTMENT
    alone = {"grade": term("serious").pk, "company_owner": world.manager.pk}
    refused = post(client, world.filer, "hazard_grade", "11-24 10:00", hazard.pk, **alone)
    assert (refused.status_code, "双方" in text_of(refused)) == (409, True)
    both = {**alone, "government_owner": world.officer.pk}
    done(client, world.filer, hazard, "grade", "11-24 10:00", **both)
    # Seven days end on Thursday, December 1st.
    assert day(hazard.due_at) == "12-01 23:59:59"
    done(client, world.officer, hazard, "accept", "11-24 11:00")
    assert hazard.state == "graded"
    assert "认领" in text_of(get(client, world.manager, "hazard", hazard.pk))
    done(client, world.manager, hazard, "accept", "11-24 14:00")
    assert hazard.state == "owned"
    done(client, world.officer, hazard, "rectify", "11-28 10:00", text="已修枝", photos=photo())
    own = post(client, world.officer, "hazard_verify", "11-28 11:00", hazard.pk)
    assert (own.status_code, "自己治理" in text_of(own)) == (409, True)
    assert "待核验的隐患" not in text_of(client.get("/"))
    done(client, world.filer, hazard, "verify", "11-29 10:00")
    same_side = post(client, world.lead, "hazard_close", "11-29 11:00", hazard.pk)
    assert (same_side.status_code, "另一方" in text_of(same_side)) == (409, True)
    client.force_login(world.officer)
    assert "待销号的隐患" in text_of(client.get("/"))
    done(client, world.officer, hazard, "close", "11-29 12:00")
    assert hazard.in_time is True


def test_longer_only_within_the_cap_and_never_by_the_owner(client, world):
    hazard = graded(world, reported(world, now=at("11-24 09:00")), "serious", now=at("11-24 10:00"))
    asks = {"value": "5", "text": "等待停电计划"}
    own = post(client, world.manager, "hazard_extend", "11-28 09:00", hazard.pk, **asks)
    assert own.status_code == 409
    done(client, world.filer, hazard, "extend", "11-28 09:00", **asks)
    # Five days after December 1st.
    assert day(hazard.due_at) == "12-06 23:59:59"
    over = post(
        client, world.filer, "hazard_extend", "11-28 10:00", hazard.pk, value=3, text="再延"
    )
    assert (over.status_code, "还可以延期2天" in text_of(over)) == (409, True)
    # Reminded two days before and once afterwards, whatever the ticks.
    for moment in ("12-04 08:00", "12-04 23:00", "12-05 09:30", "12-05 09:31"):
        hazard_reminding.remind(now=at(moment))
    assert (told("hazard.remind", world.manager), told("hazard.overdue", world.manager)) == (1, 0)
    for moment in ("12-07 09:00", "12-07 09:01", "12-08 09:00"):
        hazard_reminding.remind(now=at(moment))
    assert (told("hazard.overdue", world.manager), told("hazard.overdue", world.filer)) == (1, 1)
    client.force_login(world.manager)
    with clock.standing_at(at("12-08 09:00")):
        assert f"治理隐患{hazard.number}" in text_of(client.get("/"))
    # It goes with the grid to the next manager.
    follower = make.member("何志远", staff_number="ZQ0102")
    former = GridMember.objects.get(user=world.manager)
    assert moving.open_hazards(world.grid, former, at("12-08 09:00")) == 1
    moving.move_hazards(world.grid, former, follower, None, at("12-08 09:00"))
    hazard.refresh_from_db()
    assert (hazard.company_owner, hazard.state) == (follower.user, "owned")


def test_nobody_ends_the_hazard_that_they_own(client, world):
    """Who manages hazards may own one: they may give it back, somebody else strikes it off."""
    hazard = reported(world, now=at("11-24 09:00"))
    grading = {"grade": term("general").pk, "company_owner": world.filer.pk}
    done(client, world.filer, hazard, "grade", "11-24 10:00", **grading)
    done(client, world.filer, hazard, "decline", "11-24 11:00", text="不属于本班组")
    said = {"text": "不是隐患"}
    own = post(client, world.filer, "hazard_dismiss", "11-24 12:00", hazard.pk, **said)
    assert (own.status_code, "请由另一人办理" in text_of(own)) == (409, True)
    done(client, world.lead, hazard, "dismiss", "11-24 12:00", **said)
    assert hazard.state == "dismissed"


@pytest.mark.clause("S2-4.2.2a")
def test_figures_open_the_hazards_that_they_count_and_go_out_as_a_workbook(client, world):
    reported(world, "illegal_use", now=at("11-10 09:00"), by=world.manager)
    late = reported(world, "low_voltage", now=at("11-10 09:00"))
    graded(world, late, "critical", now=at("11-10 10:00"))
    graded(world, reported(world, now=at("11-20 09:00")), now=at("11-24 09:00"))
    page = get(client, world.filer, "hazards_board")
    figures = {str(one.label): (one.value, one.url) for one in page.context["stats"]}
    assert {name: value for name, (value, _url) in figures.items()} == {
        "隐患": 3,
        "未销号": 3,
        "逾期未治理": 1,
        "共同治理": 0,
        "已销号": 0,
        "按期治理率": "—",
    }
    for value, url in list(figures.values())[:-1]:
        assert client.get(url).context["total"] == value, url
    rows = [row for _label, rows in page.context["tables"] for row in rows]
    told = {cell["url"]: cell["n"] for row in rows for cell in row["counts"] if cell["n"]}
    for url, count in told.items():
        assert client.get(url).context["total"] == count, url
    groups = get(client, world.filer, "hazards", group="illegal_use")
    assert groups.context["total"] == 1
    book = get(client, world.officer, "hazards_export", view="overdue")
    sheet = load_workbook(io.BytesIO(b"".join(book))).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert late.number in cells
    assert sum(str(cell).startswith("YH") for cell in cells) == 1
    assert "紧急隐患：治理期限" in text_of(get(client, world.officer, "hazard_terms"))


def test_what_was_written_without_a_network_counts_once_and_when_it_happened(client, world):
    hazard = graded(
        world, reported(world, now=at("11-24 09:00")), now=at("11-24 10:00"), accepted=False
    )
    # Both steps are on the page: an owner accepts and puts right without a network.
    page = text_of(get(client, world.manager, "hazard", hazard.pk))
    assert ("do-accept" in page, "do-rectify" in page) == (True, True)
    waiting = {"headers": {"X-Offline": "1"}, "waited": "3600"}
    for _time in range(2):
        said = {**waiting, "client_id": "aaaaaaaa-0001"}
        sent = post(client, world.manager, "hazard_accept", "11-25 12:00", hazard.pk, **said)
        assert sent.status_code == 200, sent.content
    given = {**waiting, "text": "已紧固", "photos": photo(), "client_id": "aaaaaaaa-0002"}
    sent = post(client, world.manager, "hazard_rectify", "11-25 12:00", hazard.pk, **given)
    assert sent.json() == {"url": reverse("grids:hazard", args=[hazard.pk])}
    hazard.refresh_from_db()
    assert day(hazard.rectified_at) == "11-25 11:00:00"
    assert hazard.events.count() == 4


def test_a_position_leads_to_a_door_only_for_a_stated_purpose(client, world):
    where = {"point": (112.734567, 23.326789), "transformer_area": "T001"}
    hazard = reported(world, now=at("11-24 09:00"), **where)
    page = text_of(get(client, world.filer, "hazard", hazard.pk))
    assert "23.3268" not in page
    assert "23.33, 112.73" in page
    why = "现场核实，住户电话13800005678"
    shown = post(client, world.filer, "hazard_reveal", "11-24 10:00", hazard.pk, purpose=why)
    assert "23.3268, 112.7346" in text_of(shown)
    # What somebody writes down as their purpose is masked where others read it.
    assert AuditEvent.objects.get(kind="personal.reveal").reason == "现场核实，住户电话138****5678"
    said = {"transformer_area": "住户13800005678旁", "place": "东城社区"}
    spoken = reported(world, now=at("11-24 09:10"), **said)
    assert spoken.transformer_area == "住户138****5678旁"
