"""What the standard asks of each register, through its pages."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.clock import at, standing_at
from core.models import AuditEvent, Letter
from grids.models import RegisterEntry
from grids.services.registers import tell_of_stale
from tests.factories import grids as make
from tests.factories.registers import NOW
from tests.grids.test_registers import World, moved, text_of

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def world(catalogues):
    with standing_at(NOW):
        yield World()


def photo():
    return SimpleUploadedFile("现场.png", PNG, content_type="image/png")


def shares(world, code, **asked):
    """The figures of the whole register, by heading."""
    answer = world.get("filer", "register_counts", code, **asked)
    return {str(one.label): str(one.value) for one in answer.context["stats"]}


def refused(answer, *words):
    assert answer.status_code in (409, 422), answer.status_code
    page = text_of(answer)
    for word in words:
        assert word in page, (word, page[-1500:])


@pytest.mark.clause("S2-4.1.1a")
@pytest.mark.clause("S2-4.1.1b")
@pytest.mark.clause("S2-4.1.1c")
@pytest.mark.clause("S2-4.2.1a")
def test_party_branches_pair_act_together_and_are_reviewed_every_year(world):
    pairing = world.enter("party-pairing")
    assert pairing.review_due_on == date(2012, 11, 24)
    refused(world.enter("party-pairing"), "已有相同的条目")
    world.ground.parents["party-pairing"] = pairing
    held = world.enter("party-activity", held_on="2011-11-20")
    assert "0/4" in text_of(world.get("filer", "register", "party-pairing"))
    said = {"c_power_people": "6", "c_government_people": "5"}
    refused(world.act("filer", held, "close", **said), "请上传现场照片")
    moved(world.act("filer", held, "close", **said, files=photo()))
    page = text_of(world.get("officer", "register_entry", held.pk))
    assert "企业参加人数6 人" in page
    assert "现场.png" in page
    assert "1/4" in text_of(world.get("filer", "register", "party-pairing"))
    figures = shares(world, "party-activity")
    assert (figures["企业参加人数（人）"], figures["政府参加人数（人）"]) == ("6", "5")
    moved(world.act("filer", pairing, "review", note="年度评议，计划照常"))
    assert "年度评议，计划照常" in text_of(world.get("office", "register_entry", pairing.pk))
    world.enter("joint-duty")
    world.enter("joint-duty", hours="下午3时至5时", attendance="缺席")
    assert shares(world, "joint-duty")["签到率（%）"] == "50.0"


@pytest.mark.clause("S2-4.1.2c")
@pytest.mark.clause("S2-6.4.2a")
@pytest.mark.clause("S2-6.4.2b")
def test_stations_stand_on_the_map_and_groups_are_checked_every_quarter(world):
    square = [[112.70, 23.34], [112.73, 23.34], [112.73, 23.37], [112.70, 23.34]]
    border = {"type": "Polygon", "coordinates": [square]}
    make.services.bound_grid(world.ground.grid, boundary=border, by=None, now=NOW)
    refused(world.enter("service-station", longitude="200"), "大于上限")
    station = world.enter("service-station")
    drawn = world.get("officer", "map").content.decode()
    assert reverse("grids:register_entry", args=[station.pk]) in drawn
    page = text_of(world.get("officer", "register_entry", station.pk))
    for word in ("周一至周五 8时30分至17时", "缴费、报装受理、用电咨询", "光明路2号"):
        assert word in page
    group = world.enter("online-group")
    joined = world.enter("online-group", name="南街群", way="加入", members="60")
    assert group.review_due_on == date(2012, 2, 24)
    figures = world.get("office", "register_counts", "online-group", since="2011-01-01")
    assert shares(world, "online-group")["成员人数（人）"] == "240"
    (way,) = [rows for caption, _h, rows in figures.context["tables"] if caption == "方式"]
    assert [(line.label, line.count) for line, _cells in way] == [("加入", 1), ("组建", 1)]
    (link,) = [line.url for line, _cells in way if line.label == "加入"]
    rows = world.clients["office"].get(link).context["rows"]
    assert [row.entry.pk for row in rows] == [joined.pk]


@pytest.mark.clause("S2-6.4.2d")
@pytest.mark.clause("S2-6.4.2f")
@pytest.mark.clause("S2-5.4.1")
@pytest.mark.clause("S2-5.4.2c")
def test_what_is_pushed_holds_no_personal_data_and_its_reach_is_counted(world):
    for told, word in (
        ("户主电话13800138000，请联系", "电话号码"),
        ("身份证号 441284199001011234 已登记", "身份证号"),
        ("光明花园3栋502室停电", "住址"),
    ):
        refused(world.enter("push", content=told), word, "不得对外发送")
        refused(world.enter("article", content=told), word, "不得对外发送")
    assert not RegisterEntry.objects.filter(code__in=("push", "article")).exists()
    one = world.enter("push", content="咨询请拨95598，监督请拨12398。")
    world.ground.parents["push-plan"] = one.parent
    refused(world.enter("push", read="181"), "不大于")
    world.enter("push", delivered="20", read="15")
    figures = shares(world, "push")
    assert (figures["送达人数（人）"], figures["阅读率（%）"]) == ("200", "75.0")
    assert "2/12" in text_of(world.get("filer", "register", "push-plan", view="all"))
    edit = world.ground.said("push", content="请致电13800138000")
    refused(world.post("filer", "register_edit", one.pk, **edit), "电话号码")
    article = world.enter("article")
    assert article.state == "asked"
    moved(world.act("lead", article, "approve"))
    world.ground.parents["article"] = article
    late = {"delivered_on": "2011-12-04"}
    refused(world.enter("article-delivery", **late), "不晚于")
    world.enter("article-delivery")
    world.enter("article-delivery", channel="公告栏", on_time="否", **late)
    asked = {"since": "2011-12-01", "until": "2011-12-31"}
    assert shares(world, "article-delivery", **asked)["按时送达率（%）"] == "50.0"
    assert "东城一网格" in text_of(
        world.get("office", "register_counts", "article-delivery", **asked)
    )


@pytest.mark.clause("S2-4.3.3a")
@pytest.mark.clause("S2-4.3.3b")
@pytest.mark.clause("S2-7.1e")
def test_shared_resources_are_booked_by_either_side_and_never_twice(world):
    car = world.enter("resource")
    world.ground.parents["resource"] = car
    first = world.enter("booking")
    told = {"starts_at": "2011-11-26 11:00", "ends_at": "2011-11-26 12:00"}
    said = world.ground.said("booking", **told)
    said.pop("organisation")
    refused(world.post("officer", "register_new", "booking", **said), "该时段已被占用")
    said |= {"c_starts_at": "2011-11-26T11:30", "c_ends_at": "2011-11-26T12:30"}
    moved(world.post("officer", "register_new", "booking", **said))
    theirs = RegisterEntry.objects.order_by("pk").last()
    assert theirs.organisation.code == make.DEPARTMENT
    assert Letter.objects.filter(kind="register.enter").exists()
    board = text_of(world.get("office", "register_entry", car.pk))
    assert "2011-11-26 08:30 — 2011-11-26 11:30" in board
    assert "2011-11-26 11:30 — 2011-11-26 12:30" in board
    assert "138****0001" in text_of(world.get("filer", "register_entry", first.pk))
    with standing_at(at(date(2011, 11, 26), 12)):
        moved(world.act("filer", first, "close", c_returned="完好归还"))
    figures = world.get("filer", "register_counts", "resource")
    assert [caption for caption, _head, _rows in figures.context["tables"]][-2:] == [
        "类别",
        "提供方",
    ]


@pytest.mark.clause("S2-5.1.1a")
@pytest.mark.clause("S2-5.1.2a")
@pytest.mark.clause("S2-5.1.2b")
@pytest.mark.clause("S2-5.1.2c")
def test_ledgers_of_supply_are_masked_reviewed_and_keep_every_change(world):
    one = world.enter("key-facility")
    page = text_of(world.get("manager", "register_entry", one.pk))
    for word in ("双回路", "已配置且容量充足", "200.00 千瓦", "欧阳*", "138****0002"):
        assert word in page
    assert "13800000002" not in page
    assert world.get("officer", "register", "key-facility").status_code == 404
    refused(world.act("filer", one, "reveal", purpose=""), "用途")
    shown = world.act("filer", one, "reveal", purpose="迎峰度冬保供联系")
    assert "13800000002" in text_of(shown)
    assert AuditEvent.objects.get(kind="personal.reveal").reason == "迎峰度冬保供联系"
    assert world.act("office", one, "reveal", purpose="调研了解情况").status_code == 409
    said = world.ground.said("key-facility", sources="双电源", contact="", contact_phone="")
    refused(
        world.post("filer", "register_edit", one.pk, **{**said, "c_backup_kw": ""}),
        "应急电源容量",
    )
    moved(world.post("filer", "register_edit", one.pk, **said, seen=one.version))
    refused(world.post("filer", "register_edit", one.pk, **said, seen=one.version), "刚被他人修改")
    one.refresh_from_db()
    assert (one.values["sources"], one.private["contact"]) == ("双电源", "欧阳清")
    page = text_of(world.get("manager", "register_entry", one.pk))
    assert "供电方式双回路双电源" in page
    world.ground.parents["key-facility"] = one
    task = world.enter("facility-inspection", due_on="2011-11-25")
    with standing_at(at(date(2011, 11, 26), 9)):
        rows = world.get("filer", "register", "facility-inspection", view="stale").context["rows"]
        assert [row.entry.pk for row in rows] == [task.pk]
        said = {"c_checked_on": "2011-11-26", "c_result": "有问题", "c_faults": "1"}
        refused(world.act("filer", task, "close", **said, files=photo()), "问题和处理")
        said |= {"c_measure": "应急电源电池更换"}
        moved(world.act("filer", task, "close", **said, files=photo()))
    assert shares(world, "facility-inspection", since="2011-11-01", until="2011-12-31")[
        "合格率（%）"
    ] == ("0.0")
    for code in ("coal-heating", "heat-station", "water-pump", "property-equipment"):
        assert world.enter(code).state == "standing"
    work = world.enter("guarantee-task")
    moved(world.act("filer", work, "close", c_result="完成", c_done_on="2011-11-24"))
    told = text_of(world.get("office", "registers", grid=str(world.ground.grid.pk)))
    assert "保供任务" in told


@pytest.mark.clause("S2-4.3.2c")
@pytest.mark.clause("S2-5.4.2b")
def test_material_is_downloaded_printed_and_handed_out_from_its_stock(world):
    said = world.ground.said("material")
    moved(world.post("filer", "register_new", "material", **said, files=photo()))
    one = RegisterEntry.objects.get(code="material")
    page = world.get("officer", "register_entry", one.pk)
    assert "data-print" in page.content.decode()
    assert "第一档电量按原电价执行" in text_of(page)
    stored = one.files.get().file
    opened = world.clients["officer"].get(stored.get_absolute_url())
    assert b"".join(opened.streaming_content) == PNG
    assert world.clients["elsewhere"].get(stored.get_absolute_url()).status_code == 404
    world.ground.parents["material"] = one
    world.enter("hand-out", amount="1900")
    refused(world.enter("hand-out", amount="101"), "超过现有数量100")
    world.enter("hand-out", amount="100", occasion="入户走访")
    assert "现有数量0" in text_of(world.get("filer", "register_entry", one.pk))
    refused(world.post("filer", "register_edit", one.pk, **{**said, "c_printed": "1999"}), "少于")
    assert shares(world, "hand-out")["派发数量（份）"] == "2,000"


@pytest.mark.clause("S2-6.3.4a")
@pytest.mark.clause("S2-6.3.4b")
@pytest.mark.clause("S2-6.3.4c")
@pytest.mark.clause("S2-4.3.2b")
@pytest.mark.clause("S2-5.6.2a")
def test_an_event_is_approved_before_and_cleared_after(world):
    plan = world.enter("publicity-plan")
    world.ground.parents["publicity-plan"] = plan
    event = world.enter("publicity-event")
    assert "批准设点宣传活动" in text_of(world.clients["lead"].get("/"))
    assert world.act("filer", event, "approve").status_code == 409
    said = {"c_people": "80", "c_handed": "150", "c_prepared": "是", "c_dressed": "是"}
    said |= {"c_tidy": "是", "c_cleaned": "否"}
    assert world.act("filer", event, "close", **said, files=photo()).status_code == 409
    with standing_at(at(date(2011, 12, 3), 9, 30)):
        refused(world.act("lead", event, "approve"), "不能补批")
    refused(world.act("lead", event, "refuse", note=""), "请写明原因")
    moved(world.act("lead", event, "refuse", note="场地手续不全"))
    assert "场地手续不全" in Letter.objects.get(kind="register.decide").body
    said_again = world.ground.said("publicity-event", permit="居委会书面同意")
    moved(world.post("filer", "register_edit", event.pk, **said_again))
    moved(world.act("lead", event, "approve"))
    refused(world.act("filer", event, "close", **said, files=photo()), "尚未开始")
    with standing_at(at(date(2011, 12, 3), 12)):
        refused(world.act("filer", event, "close", **said, files=photo()), "未清理现场不能办结")
        refused(world.act("filer", event, "close", **{**said, "c_cleaned": "是"}), "现场照片")
        said |= {"c_cleaned": "是", "c_dressed": "否"}
        refused(world.act("filer", event, "close", **said, files=photo()), "说明")
        said |= {"c_note": "一人未戴工牌，已纠正"}
        moved(world.act("filer", event, "close", **said, files=photo()))
        assert "1/4" in text_of(world.get("officer", "register", "publicity-plan"))
    asked = {"since": "2011-12-01", "until": "2011-12-31"}
    figures = shares(world, "publicity-event", **asked)
    assert (figures["参加群众（人）"], figures["着装规范率（%）"]) == ("80", "0.0")
    tables = world.get("filer", "register_counts", "publicity-event", **asked).context["tables"]
    assert [(line.label, line.count) for line, _cells in tables[0][2]] == [("东城一网格", 1)]


@pytest.mark.clause("S2-6.3.3a")
@pytest.mark.clause("S2-5.4.2a")
def test_posted_service_stands_on_the_public_page_until_it_ends(world):
    refused(world.enter("posted-service", staff="联系人：欧阳清"), "姓名")
    one = world.enter("posted-service")
    public = reverse("grids:public_grid", args=[world.ground.grid.pk])
    page = text_of(world.clients["elsewhere"].get(public))
    for word in ("东城社区每周驻点", "每周三上午9时至11时", "报装咨询", "网格经理1人"):
        assert word in page
    with standing_at(at(date(2012, 1, 1), 0, 1)):
        assert "东城社区每周驻点" not in text_of(world.clients["elsewhere"].get(public))
    said = {"c_served": "60", "c_handed": "200", "c_place_rules": "符合"}
    moved(world.act("filer", one, "close", **said, files=photo()))
    assert "东城社区每周驻点" not in text_of(world.clients["elsewhere"].get(public))
    figures = shares(world, "posted-service", since="2011-11-01")
    assert figures["接待人次（人次）"] == "60"


@pytest.mark.clause("S2-6.3.1a")
@pytest.mark.clause("S2-6.3.1b")
@pytest.mark.clause("S2-6.3.1d")
def test_a_visit_has_its_purpose_and_an_appointment_before_it_or_a_reason(world):
    none = {"appointed_at": "", "by_way": "", "no_appointment": ""}
    refused(world.enter("home-visit", **none), "至少填写一项")
    refused(world.enter("home-visit", appointed_at="2011-11-23 10:00"), "预约时间")
    refused(world.enter("home-visit", purpose=""), "走访目的")
    one = world.enter("home-visit")
    page = text_of(world.get("filer", "register_entry", one.pk))
    for word in ("用电检查", "2011-11-20 10:00", "令狐*", "逢初一、十五祭祖"):
        assert word in page
    world.enter("home-visit", **{**none, "no_appointment": "抢修后顺访"})
    assert shares(world, "home-visit")["预约率（%）"] == "50.0"
    assert "逢初一、十五祭祖" in text_of(world.get("manager", "grid", world.ground.grid.pk))


@pytest.mark.clause("S2-2")
@pytest.mark.clause("S2-7.2a")
@pytest.mark.clause("S2-4.3.2a")
@pytest.mark.clause("S2-4.2.2c")
@pytest.mark.clause("S2-5.6.2b")
def test_officers_find_knowledge_and_the_edition_that_counts(world):
    world.enter("standard")
    for name, year, title in (
        ("DL/T 2046", "2009", "供电服务热线旧规范"),
        ("DL/T 2046", "2010", "供电服务热线客户服务规范"),
        ("GB/T 34300", "2010", "城乡社区网格化服务管理规范"),
    ):
        told = {"dated": "否", "in_force_on": f"{year}-07-01"}
        world.enter("standard", name=name, year=year, title=title, **told)
    page = text_of(world.get("officer", "register", "standard"))
    for word in (
        "供电服务热线客户服务规范",
        "城乡社区网格化服务管理规范",
        "2012",
    ):
        assert word in page
    assert "供电服务热线旧规范" not in page
    assert "供电服务热线旧规范" in text_of(world.get("officer", "register", "standard", view="all"))
    world.enter("rule-document")
    newer = {"edition": "第2版", "in_force_on": "2011-12-01"}
    world.enter("rule-document", **newer)
    rows = world.get("filer", "register", "rule-document").context["rows"]
    assert sorted(row.entry.values["edition"] for row in rows) == ["第1版", "第2版"]
    with standing_at(at(date(2011, 12, 1), 9)):
        rows = world.get("filer", "register", "rule-document").context["rows"]
        assert [row.entry.values["edition"] for row in rows] == ["第2版"]
    said = world.ground.said(
        "knowledge", name="雨天用电", kind="安全用电", content="断线落地离开八米"
    )
    moved(world.post("filer", "register_new", "knowledge", **said, files=photo()))
    world.enter("knowledge")
    found = world.get("officer", "register", "knowledge", q="断线 八米").context["rows"]
    assert [row.entry.title for row in found] == ["雨天用电"]
    topic = world.get("officer", "register", "knowledge", is_kind="安全用电").context["rows"]
    assert [row.entry.title for row in topic] == ["雨天用电"]
    assert "雨天用电" in text_of(world.clients["officer"].get("/search/", {"q": "断线落地"}))
    expert = world.enter("expert")
    page = text_of(world.get("officer", "register_entry", expert.pk))
    assert "0758-3310110" in page
    assert "供电质量" in page


@pytest.mark.clause("S2-3.9")
@pytest.mark.clause("S2-5.7.1a")
@pytest.mark.clause("S2-5.7.1b")
@pytest.mark.clause("S2-5.7.1c")
@pytest.mark.clause("S2-5.7.2a")
@pytest.mark.clause("S2-5.7.2b")
@pytest.mark.clause("S2-5.7.2c")
def test_saved_power_and_carbon_follow_the_factors_of_their_day(world):
    one = world.enter("substitution")
    # 600,000 kg of coal at 1.9003, less 500,000 kWh at 0.5748 (grid, from 2011 on)
    assert one.values["co2_kg"] == "852780"
    page = text_of(world.get("office", "register_entry", one.pk))
    assert "852780" in page
    assert "0.5748，2011-01-01起" in page
    older = world.enter("substitution", name="旧项目", done_on="2010-06-01")
    assert older.values["co2_kg"] == "842180"
    saved = world.enter("saving-project")
    assert saved.values["co2_kg"] == "68976"
    refused(world.enter("saving-project", name="另一", saved_kwh="300001"), "不大于")
    assert shares(world, "saving-project")["年节电量（千瓦时）"] == "120,000"
    assert (
        shares(world, "substitution", since="2010-01-01")["年减排二氧化碳（千克）"] == "1,694,960"
    )
    world.enter("saving-action")
    assert shares(world, "saving-action")["参与率（%）"] == "64.0"
    audit = world.enter("energy-audit")
    world.ground.parents["energy-audit"] = audit
    world.enter("energy-advice")
    world.enter("energy-advice", taken="未采纳")
    assert shares(world, "energy-audit")["节电潜力占比（%）"] == "8.0"
    assert shares(world, "energy-advice")["采纳率（%）"] == "50.0"
    task = world.enter("carbon-task", due_on="2011-11-23")
    rows = world.get("filer", "register", "carbon-task", view="stale").context["rows"]
    assert [row.entry.pk for row in rows] == [task.pk]
    moved(world.act("filer", task, "close", c_result="完成", c_effect="替代电量52万千瓦时"))
    told = {"kind": "双碳专题", "name": "什么是双碳"}
    world.enter("knowledge", **told)
    event = world.enter("publicity-event", topic="节能降碳", form="进村庄")
    article = world.enter("article", topic="节能降碳")
    for entry in (event, article):
        moved(world.act("lead", entry, "approve"))
    asked = {"since": "2011-12-01", "until": "2011-12-31"}
    for code in ("publicity-event", "article"):
        tables = world.get("office", "register_counts", code, **asked).context["tables"]
        topics = {caption: rows for caption, _head, rows in tables}["主题"]
        assert [(line.label, line.count) for line, _cells in topics] == [("节能降碳", 1)]


@pytest.mark.clause("S2-5.8e")
def test_lamps_and_volunteers_are_counted(world):
    world.enter("volunteer-service")
    world.enter("volunteer-service", lamps="6", volunteers="2", hours="4.5")
    figures = shares(world, "volunteer-service")
    assert figures["条目"] == "2"
    assert figures["安装夜灯（盏）"] == "30"
    assert figures["服务时长（小时）"] == "28.5"


@pytest.mark.clause("S2-6.1.1")
@pytest.mark.clause("S2-6.1.2a")
@pytest.mark.clause("S2-6.1.4")
@pytest.mark.clause("S2-7.3")
def test_pledges_exams_and_certificates_of_a_manager(world):
    pledge = world.enter("pledge")
    assert world.get("manager", "register_entry", pledge.pk).status_code == 200
    assert world.post("manager", "register_new", "pledge").status_code == 409
    other = make.member("王思齐", staff_number="ZQ0102")
    world.clients["manager"].force_login(other.user)
    assert world.get("manager", "register_entry", pledge.pk).status_code == 404
    course = world.enter("training", held_on="2011-11-20")
    moved(world.act("filer", course, "close", c_attended="9"))
    assert shares(world, "training")["参训率（%）"] == "75.0"
    world.ground.parents["training"] = course
    refused(world.enter("exam", score="79"), "不小于")
    world.enter("exam")
    world.enter("exam", subject="安全规程", score="60", result="不合格")
    assert shares(world, "exam")["合格率（%）"] == "50.0"
    assert "2/12" in text_of(world.get("filer", "register_entry", course.pk))
    paper = world.enter("certificate", valid_until="2012-01-10")
    assert paper.review_due_on == date(2011, 12, 11)
    with standing_at(at(date(2011, 12, 12), 9)):
        tell_of_stale(now=at(date(2011, 12, 12), 9))
        rows = world.get("filer", "register", "certificate", view="stale").context["rows"]
        assert [row.entry.pk for row in rows] == [paper.pk]
    mine = Letter.objects.filter(recipient_id=world.ground.member.user.pk, kind="register.stale")
    assert mine.filter(url__contains="/certificate/").count() == 1
    said = world.ground.said("certificate", valid_until="2014-01-10", number="")
    moved(world.post("filer", "register_edit", paper.pk, **said))
    paper.refresh_from_db()
    assert paper.review_due_on == date(2013, 12, 11)


ITEMS = (
    ("appearance", "仪容符合率"),
    ("dress", "着装符合率"),
    ("manners", "文明用语符合率"),
    ("public_rules", "公共场所符合率"),
    ("custom", "民俗符合率"),
    ("posted_rules", "驻点符合率"),
    ("platform_rules", "平台规则符合率"),
)


@pytest.mark.clause("S2-6.2.1")
@pytest.mark.clause("S2-6.2.2")
@pytest.mark.clause("S2-6.2.3")
@pytest.mark.clause("S2-6.3.1c")
@pytest.mark.clause("S2-6.3.3b")
@pytest.mark.clause("S2-6.4.2c")
@pytest.mark.clause("S2-6.1.2b")
@pytest.mark.clause("S2-6.4.2e")
def test_conduct_is_checked_item_by_item_and_breaches_are_followed_up(world):
    fair = {key: "符合" for key, _label in ITEMS}
    world.enter("spot-check", **fair)
    foul = {key: "不符合" for key, _label in ITEMS}
    refused(world.enter("spot-check", **foul), "总体结论")
    refused(world.enter("spot-check", **foul, verdict="不合格", note=""), "问题和整改要求")
    world.enter("spot-check", **foul, verdict="不合格", note="未穿工装，限三日整改")
    figures = shares(world, "spot-check")
    for _key, label in ITEMS:
        assert figures[f"{label}（%）"] == "50.0"
    assert figures["党徽符合率（%）"] == "—"
    refused(world.enter("call-sample", total="90"), "各分项之和")
    world.enter("call-sample")
    assert shares(world, "call-sample")["总分（分）"] == "92"
    broken = world.enter("breach")
    talk = world.enter("breach", kind="转发传播不当言论", promise="网络群管理规定")
    moved(world.act("filer", broken, "close", c_verdict="属实", c_measure="批评教育，补训"))
    tables = world.get("office", "register_counts", "breach").context["tables"]
    kinds = {caption: rows for caption, _head, rows in tables}["类别"]
    assert {line.label: line.count for line, _cells in kinds} == {
        "违反服务承诺": 1,
        "转发传播不当言论": 1,
    }
    with standing_at(at(date(2011, 12, 9), 9)):
        rows = world.get("filer", "register", "breach", view="stale").context["rows"]
        assert [row.entry.pk for row in rows] == [talk.pk]
