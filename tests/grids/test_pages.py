"""Grids through their pages: ground, people, hand-over, report, card, the public finder."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from core.clock import at, standing_at
from grids import services
from grids.models import Assignment, GovernmentGrid, GridChannel, GridPairing, HandOver, PowerGrid
from tests.factories import accounts
from tests.factories import grids as make
from tests.factories.accounts import organisation
from tests.factories.grids import DEPARTMENT, ENTERPRISE, FIRST, START, STATION
from tests.reading import text_of as page_of

pytestmark = pytest.mark.django_db
NOW = at(date(2011, 11, 24), 9)
CHANNEL = {"kind": "group", "owner": "营业班", "opened_on": "2011-06-01"}


@pytest.fixture
def world(catalogues):
    people = {
        "lead": accounts.member(ENTERPRISE, "company_lead"),
        "office": accounts.member("SERC-NF", "regulator_officer"),
        "elsewhere": accounts.member("CSG-YN", "company_filer"),
    }
    clients = {"": Client()}
    for name, user in people.items():
        clients[name] = Client()
        clients[name].force_login(user)
    with standing_at(NOW):
        yield clients


def text_of(answer):
    """Words of a page as they are read, without tags."""
    return " ".join(strip_tags(page_of(answer)).split())


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def post(client, door, *args, **data):
    return client.post(reverse(f"grids:{door}", args=args), data)


def get(client, door, *args, **params):
    return client.get(reverse(f"grids:{door}", args=args), params)


def moved(answer):
    assert answer.status_code == 302, text_of(answer)[-1500:]


@pytest.mark.clause("S2-3.2")
def test_a_power_grid_is_split_by_lines_transformer_areas_and_business_area(world):
    lead, enterprise = world["lead"], organisation(ENTERPRISE)
    said = {"enterprise": enterprise.pk, "code": "SH-01", "name": "东城一网格"}
    said |= {"station": organisation(STATION).pk, "region": "441284", "valid_from": "2011-01-01"}
    said |= {"places": "东城社区、光明路", "business_area": "东城营业区", "households": "3200"}
    assert post(lead, "new", **{**said, "places": "东"}).status_code == 409
    moved(post(lead, "new", **said))
    assert post(lead, "new", **said).status_code == 409
    one = PowerGrid.objects.get()
    line = make.feeder()
    area = make.area(feeder=line, households=120)
    assert (
        post(lead, "assign_areas", one.pk, codes="T009", valid_from="2011-11-01").status_code == 422
    )
    moved(post(lead, "assign_areas", one.pk, codes="T001", valid_from="2011-11-01"))
    services.assign_feeders(one, [line], valid_from=FIRST, by=None, now=START)
    page = text_of(get(lead, "grid", one.pk))
    for word in (
        "10kV城东线",
        "东城1号台区",
        "东城营业区",
        "四会供电局",
        "光明路",
        "95598",
        "12398",
    ):
        assert word in page
    moved(post(lead, "release_area", area.in_grids.get().pk, last_day="2011-11-30"))
    moved(post(lead, "edit", one.pk, **{**said, "name": "东城第一网格"}))
    assert "东城第一网格" in text_of(get(world["office"], "list"))
    assert get(world["elsewhere"], "grid", one.pk).status_code == 404
    assert post(world["office"], "assign_areas", one.pk).status_code == 403
    moved(post(lead, "close", one.pk, last_day="2011-12-31", reason="并入二网格"))
    assert text_of(get(lead, "list", view="all")).count("东城第一网格") == 1
    with standing_at(at(date(2012, 1, 1))):
        assert "东城第一网格" not in text_of(get(lead, "list"))
        assert "东城第一网格" in text_of(get(lead, "list", view="closed"))
    assert get(lead, "export").content[:2] == b"PK"


@pytest.mark.clause("S2-3.3")
@pytest.mark.clause("S2-3.6")
@pytest.mark.clause("S2-5.2.1a")
def test_the_two_kinds_of_grid_pair_and_each_side_sees_whom_to_call(world):
    lead, one = world["lead"], make.grid()
    make.manager(one, make.member())
    said = {"keeper": organisation(ENTERPRISE).pk, "code": "441284001001", "name": "东城第一网格"}
    said |= {"level": "grid", "type": "urban", "region": "441284", "valid_from": "2011-01-01"}
    said |= {"department": organisation(DEPARTMENT).pk, "phone": "0758-3310003"}
    moved(post(lead, "government_new", **said))
    government = GovernmentGrid.objects.get()
    pairing = {
        "government_grid": government.pk,
        "valid_from": "2011-02-01",
        "agreement": "共建协议1号",
    }
    assert post(lead, "pair", one.pk, share="120", **pairing).status_code == 422
    pairing |= {"power_contact": "营业班长", "government_contact": "网格办主任"}
    moved(post(lead, "pair", one.pk, share="60", **pairing))
    assert post(lead, "pair", one.pk, share="50", **pairing).status_code == 409
    officer = make.officer()
    starts = {"post": "officer", "starts_at": "2011-11-24T09:00"}
    moved(post(lead, "government_appoint", government.pk, member=officer.pk, **starts))
    theirs = signed_in(officer)
    page = text_of(get(theirs, "government", government.pk))
    for word in ("李安邦", "0758-3310002", "0758-3310001", "邱知非", "95598", "12398"):
        assert word in page
    assert get(theirs, "grid", one.pk).status_code == 200
    assert [row[0] for row in get(theirs, "list", view="mine").context["rows"]] == [one]
    other = make.grid("SH-02", "城中二网格", places=())
    assert get(theirs, "grid", other.pk).status_code == 404
    page = text_of(get(lead, "grid", one.pk))
    for word in ("东城第一网格", "60%", "共建协议1号", "营业班长", "网格办主任"):
        assert word in page
    made = GridPairing.objects.get()
    assert made.share == Decimal(60)
    moved(post(lead, "end_pairing", made.pk, last_day="2011-11-23"))
    assert get(theirs, "grid", one.pk).status_code == 200
    assert "没有对接政府网格" in text_of(get(lead, "grid", one.pk))


@pytest.mark.clause("S2-3.4")
@pytest.mark.clause("S2-3.5")
@pytest.mark.clause("S2-7.1d")
def test_people_are_registered_appointed_covered_for_and_vacancies_listed(world):
    lead, one = world["lead"], make.grid()
    accounts.member(STATION, "grid_manager", name="李安邦", username="anbang")
    said = {"organisation": organisation(STATION).pk, "joined_on": "2011-01-01"}
    assert post(lead, "people", username="nobody", **said).status_code == 422
    moved(post(lead, "people", username="anbang", staff_number="ZQ0101", **said))
    others = {name: make.member(name) for name in ("王思齐", "周明远", "吴清越")}
    row = text_of(get(lead, "report"))
    assert "仍空缺" in row
    assert "1个电力网格没有网格经理" in text_of(lead.get("/"))
    first = Assignment._meta.get_field("member").related_model.objects.get(user__username="anbang")
    given = {"starts_at": "2011-11-24T09:00"}
    for person, role in ((first, "manager"), (others["王思齐"], "customer_high")):
        moved(post(lead, "appoint", one.pk, member=person.pk, post=role, **given))
    moved(post(lead, "appoint", one.pk, member=others["周明远"].pk, post="customer_low", **given))
    again = post(lead, "appoint", one.pk, member=others["吴清越"].pk, post="manager", **given)
    assert again.status_code == 409
    page = text_of(get(lead, "grid", one.pk))
    for word in ("网格经理 李安邦", "高压客户经理 王思齐", "低压客户经理 周明远"):
        assert word in page
    leave = {"starts_at": "2011-11-25T08:00", "ends_at": "2011-11-28T08:00", "reason": "年休假"}
    moved(post(lead, "cover", one.pk, member=others["吴清越"].pk, **leave))
    with standing_at(at(date(2011, 11, 26), 9)):
        assert "吴清越（代李安邦）" in text_of(get(lead, "grid", one.pk))
        cover = Assignment.objects.managers().at(at(date(2011, 11, 26))).get()
        moved(post(lead, "end_cover", cover.pk))
        assert "网格经理 李安邦" in text_of(get(lead, "grid", one.pk))
        row = Assignment.objects.managers().at(at(date(2011, 11, 26), 9)).get()
        assert post(lead, "relieve", row.pk, at="2011-11-27T08:00").status_code == 409
        moved(post(lead, "relieve", row.pk, at="2011-11-27T08:00", reason="退休"))
    with standing_at(at(date(2011, 11, 27), 20)):
        gaps = get(world["office"], "report", since="2011-11-01").context["gaps"]
        spans = [(gap.start, gap.end, gap.open, hours) for gap, hours in gaps]
        assert spans == [
            (at(date(2011, 11, 1)), NOW, False, 23 * 24 + 9),
            (at(date(2011, 11, 27), 8), at(date(2011, 11, 27), 20), True, 12.0),
        ]
        assert get(lead, "report_export").content[:2] == b"PK"
        moved(post(lead, "leave", first.pk, last_day="2011-11-27"))
        assert post(lead, "leave", others["王思齐"].pk, last_day="2011-11-27").status_code == 409


def test_a_hand_over_is_accepted_by_the_successor_alone(world):
    lead, one = world["lead"], make.grid()
    first, second = make.member(), make.member("王思齐")
    make.manager(one, first)
    said = {"successor": second.pk, "effective_at": "2011-11-24T09:00", "reason": "轮岗"}
    moved(post(lead, "propose", one.pk, **said))
    assert post(lead, "propose", one.pk, **said).status_code == 409
    asked = HandOver.objects.get()
    theirs = signed_in(second)
    assert "接收东城一网格" in text_of(theirs.get("/"))
    for client in (lead, signed_in(first)):
        assert post(client, "accept", asked.pk).status_code == 409
    assert post(theirs, "decline", asked.pk).status_code == 409
    moved(post(theirs, "decline", asked.pk, remark="在外培训"))
    assert "在外培训" in text_of(get(lead, "hand_over", asked.pk))
    moved(post(lead, "propose", one.pk, **said))
    asked = HandOver.objects.proposed().get()
    assert get(theirs, "hand_over", asked.pk).status_code == 200
    moved(post(theirs, "accept", asked.pk))
    assert "网格经理 王思齐" in text_of(get(lead, "grid", one.pk))
    assert post(lead, "withdraw", asked.pk).status_code == 409


@pytest.mark.clause("S2-1c")
def test_too_much_is_listed_and_a_local_limit_may_only_be_tighter(world):
    lead, who = world["lead"], make.member()
    for number in range(3):
        make.manager(make.grid(f"SH-{number}", f"网格{number}", places=(), households=1000), who)
    (load,) = get(world["office"], "report").context["loads"]
    assert [(rule.code, value) for rule, value in load.over] == [("manager_grids", 3)]
    rules = {rule.code: rule for rule in get(lead, "rules").context["rows"]}
    said = {"organisation": organisation(ENTERPRISE).pk, "basis": "四会局〔2011〕8号"}
    said |= {"valid_from": "2011-11-24"}
    looser = post(lead, "tighten", rules["manager_households"].pk, value="8001", **said)
    assert looser.status_code == 409
    assert "不得低于上级规定" in text_of(looser)
    moved(post(lead, "tighten", rules["manager_households"].pk, value="2500", **said))
    station = {**said, "organisation": organisation(STATION).pk}
    assert (
        post(lead, "tighten", rules["manager_households"].pk, value="2600", **station).status_code
        == 409
    )
    (load,) = get(world["office"], "report").context["loads"]
    assert [(rule.code, value) for rule, value in load.over] == [
        ("manager_grids", 3),
        ("manager_households", 3000),
    ]


@pytest.mark.clause("S2-4.1.2d")
@pytest.mark.clause("S2-4.1.2e")
@pytest.mark.clause("S2-6.4.1b")
def test_everybody_finds_the_own_grid_with_its_numbers_and_nobody_learns_a_full_name(world):
    lead, one = world["lead"], make.grid(note="某小区门禁找物业")
    first = make.member()
    make.manager(one, first)
    area = make.area(grid=one)
    services.place_accounts(organisation(ENTERPRISE), [("05120001", area)], by=None, now=START)
    channel = {
        "kind": "group",
        "name": "东城用电服务群",
        "owner": "营业班",
        "opened_on": "2011-06-01",
    }
    moved(post(lead, "open_channel", one.pk, **channel))
    everybody = world[""]
    for said in ({"account": "0512 0001"}, {"region": "441284", "address": "东城社区"}):
        answer = post(everybody, "public_finder", **said)
        assert answer["Location"] == reverse("grids:public_grid", args=[one.pk])
    for said in (
        {"account": "999"},
        {"address": "东城社区"},
        {"region": "441284", "address": "某处"},
    ):
        assert "没有查到" in text_of(post(everybody, "public_finder", **said))
    assert post(everybody, "public_finder").status_code == 422
    page = text_of(get(everybody, "public_grid", one.pk))
    for word in ("李**", "0758-3310001", "95598", "12398", "东城用电服务群", "东城社区"):
        assert word in page
    for secret in ("李安邦", "0758-3310002", "门禁"):
        assert secret not in page
    code = get(everybody, "public_code", one.pk)
    assert (code["Content-Type"], b"<svg" in code.content) == ("image/svg+xml", True)
    card = get(lead, "card", one.pk).content.decode()
    assert reverse("grids:public_code", args=[one.pk]) in card
    assert "12398" in card
    assert "李安邦" not in text_of(get(lead, "card", one.pk)).replace("company_lead", "")
    first.named = True
    first.save(update_fields=["named"])
    assert "李安邦" in text_of(get(everybody, "public_grid", one.pk))
    moved(post(lead, "close_channel", GridChannel.objects.get().pk, last_day="2011-11-24"))
    assert "东城用电服务群" not in text_of(get(everybody, "public_grid", one.pk))
    assert "已停用" in text_of(get(lead, "grid", one.pk))
    for path in ("/", reverse("grids:list"), reverse("grids:public_finder")):
        page = text_of(lead.get(path))
        assert all(number in page for number in ("12398", "95598"))
    entrance = text_of(everybody.get(reverse("account_login")))
    assert all(number in entrance for number in ("12398", "95598"))
    found = get(lead, "locate", transformer_area="T001", region="441284")
    assert found.context["grid"] == one


def book(kind, rows):
    from grids.imports import form

    made = io.BytesIO(form(kind).template(rows))
    made.name = f"{kind}.xlsx"
    return made


def take(client, kind, upload):
    said = {"organisation": organisation(ENTERPRISE).pk, "upload": upload}
    return post(client, "import", kind, **said)


@pytest.mark.clause("S2-3.1")
def test_workbooks_come_in_whole_or_not_at_all_with_every_error_at_its_cell(world):
    lead = world["lead"]
    grids = [
        {"code": f"SH-{n}", "name": f"网格{n}", "region": "441284", "valid_from": "2011-01-01"}
        for n in (1, 2)
    ]
    wrong = [{**grids[0], "region": "999999"}, {**grids[1], "station": "NOWHERE"}]
    answer = take(lead, "power-grids", book("power-grids", wrong))
    assert answer.status_code == 422
    found = [(one.column, one.cell) for one in answer.context["problems"]]
    first = answer.context["problems"][0].row
    assert found == [("区划代码", f"D{first}"), ("供电所代码", f"C{first + 1}")]
    assert not PowerGrid.objects.exists()
    moved(take(lead, "power-grids", book("power-grids", grids)))
    areas = [
        {"code": "T1", "name": "1号台区", "feeder": "F1", "feeder_name": "10kV一线", "grid": "SH-1"}
        | {"valid_from": "2011-01-01", "households": 50},
        {"code": "T2", "name": "2号台区", "feeder": "F1", "grid": "SH-9"}
        | {"valid_from": "2011-01-01"},
    ]
    answer = take(lead, "areas", book("areas", areas))
    assert [one.column for one in answer.context["problems"]] == ["网格编号"]
    areas[1]["grid"] = "SH-2"
    moved(take(lead, "areas", book("areas", areas)))
    moved(take(lead, "accounts", book("accounts", [{"account": "0512001", "area": "T2"}])))
    assert get(lead, "locate", account="0512001").context["grid"].code == "SH-2"
    said = {"level": "基础网格", "type": "城市社区", "region": "441284", "valid_from": "2011-01-01"}
    government = [{"code": "G1", "name": "第一网格", "power_grid": "SH-1", "share": "40", **said}]
    moved(take(lead, "government-grids", book("government-grids", government)))
    assert GridPairing.objects.get().share == Decimal(40)
    ring = [[112.7, 23.3], [112.8, 23.3], [112.8, 23.4], [112.7, 23.3]]
    features = '{"type": "FeatureCollection", "features": [{"properties": {"code": "%s"}, '
    features += '"geometry": {"type": "Polygon", "coordinates": [%s]}}]}'
    for code, shape in (("SH-9", ring), ("SH-1", ring[:3])):
        assert take(lead, "boundaries", map_of(features % (code, shape))).status_code == 422
    for code in ("SH-1", "G1"):
        moved(take(lead, "boundaries", map_of(features % (code, ring))))
    assert PowerGrid.objects.get(code="SH-1").west == 112.7
    drawn = get(lead, "map")
    (shape, grid, held) = drawn.context["shapes"][0]
    assert (grid.code, held, drawn.context["without"]) == ("SH-1", False, 1)
    # A triangle over its whole box: 0.1° wide at 23.35° north is 0.0918 of 0.1°.
    assert (drawn.context["sheet"].width, drawn.context["sheet"].height) == (826, 900)
    assert shape.path == "M0 900L826 900L826 0L0 900Z"
    page = text_of(get(lead, "government", GovernmentGrid.objects.get(code="G1").pk))
    for word in ("第一网格", "城市社区", "基础网格", "边界已登记", "网格1 40%"):
        assert word in page
    assert "第一网格" in text_of(get(lead, "governments", q="G1"))


def map_of(text):
    upload = io.BytesIO(text.encode())
    upload.name = "a.geojson"
    return upload


@pytest.mark.clause("S2-1a")
def test_units_of_every_level_keep_and_see_their_grids(world):
    one = make.grid()
    make.grid("GY-01", "高要一网格", enterprise=organisation("CSG-GD-ZQ-GY"), station=None)
    for home in ("CSG-GD", "CSG-GD-ZQ", ENTERPRISE, STATION):
        client = Client()
        client.force_login(accounts.member(home, "company_filer"))
        assert "东城一网格" in text_of(get(client, "list"))
        moved(post(client, "open_channel", one.pk, **CHANNEL, name=home))
    page = text_of(get(client, "list"))
    assert "高要一网格" not in page
    assert "高要一网格" in text_of(get(world["office"], "list", unit="CSG-GD-ZQ"))
    assert "高要一网格" not in text_of(get(world["office"], "list", unit=ENTERPRISE))
