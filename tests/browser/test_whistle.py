"""The whistle from phone to phone: the network is cut twice, nothing is lost or doubled."""

from contextlib import contextmanager
from datetime import timedelta
from wsgiref.simple_server import ServerHandler

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from complaints.models import Claim
from core import clock
from tests.factories.claims import at, ground

pytestmark = pytest.mark.browser
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ff"
    "ff3f0005fe02fea735815a0000000049454e44ae426082"
)


@pytest.fixture
def world(transactional_db, catalogues, kickoff_eve):
    return ground()


@contextmanager
def cut(visitor):
    """Without a network meanwhile; the page does not know when it comes back."""
    visitor.context.set_offline(True)
    yield
    visitor.context.set_offline(False)


@contextmanager
def answer_lost(monkeypatch, path):
    """The portal takes what is sent to an address, and the connection breaks before it answers."""
    finish = ServerHandler.finish_response

    def broken(self):
        if self.environ["REQUEST_METHOD"] == "POST" and self.environ["PATH_INFO"] == path:
            raise ConnectionAbortedError
        finish(self)

    with monkeypatch.context() as patch:
        patch.setattr(ServerHandler, "finish_response", broken)
        yield


def minute(moment):
    """The nearest minute: the browser takes seconds for what happens at once."""
    return f"{moment.astimezone(clock.ZONE) + timedelta(seconds=30):%H:%M}" if moment else ""


def stops(claim):
    """Clock → state and when it stopped."""
    return {one.code: (one.state, minute(one.stopped_at)) for one in claim.case.clocks.all()}


def test_a_whistle_goes_from_phone_to_phone_through_two_cuts(visit, world, monkeypatch):
    """The officer whistles at 9:00 on the way into a cellar, where the network breaks while it is
    sent, and comes out at 9:20. The manager opens the claim, loses the network at 9:24, reports in
    at once, arrives at 9:40, answers at 9:50, and is back at 10:00. Times are those of what
    happened."""
    officer, manager = visit(world.officer, 390), visit(world.manager, 390)
    officer.context.grant_permissions(["geolocation"])
    officer.context.set_geolocation({"longitude": 112.7, "latitude": 23.3})
    page, whistle = officer.page, reverse("complaints:claim_new")
    page.clock.install()
    box = page.locator("[data-offline-box]")
    with clock.standing_at(at("11-24 09:00")):
        assert officer.open(whistle) == 200
        page.locator("#id_kind").select_option("hazard")
        page.locator("#id_content").fill("变压器围栏损坏，有儿童攀爬")
        page.locator("#id_address").fill("四会市东城社区光明路18号")
        page.get_by_role("button", name="附上当前位置").click()
        expect(page.get_by_role("button", name="已附上位置")).to_be_visible()
        page.locator("#id_photos").set_input_files(
            {"name": "site.png", "mimeType": "image/png", "buffer": PHOTO}
        )
        within_reach(page, page.get_by_role("button", name="吹哨"))
        with answer_lost(monkeypatch, whistle):
            page.get_by_role("button", name="吹哨").click()
            expect(box).to_contain_text("1件已存在手机")
    with cut(officer):
        # Twenty minutes later, up the stairs.
        page.clock.fast_forward("20:00")
        expect(box).to_contain_text("1件已存在手机")
    with clock.standing_at(at("11-24 09:20")):
        # Sent again by a page that never heard the answer: still one.
        officer.open(reverse("complaints:claims"))
        expect(box).to_be_hidden()
    claim = Claim.objects.select_related("case").get()
    assert minute(claim.case.received_at) == "09:00"
    assert (claim.photos.count(), claim.longitude) == (1, 112.7)
    item = f"涉电诉求{claim.case.number}（"

    page = manager.page
    page.clock.install()
    with clock.standing_at(at("11-24 09:24")):
        # From the home page: the claim, the button.
        manager.open("/")
        page.get_by_role("link", name=item).click()
        assert manager.overflow() <= 0
        box = page.locator("[data-offline-box]")
        within_reach(page, page.locator("#do-take").get_by_role("button", name="报到"))
        # What the officer does stands on the officer's page only.
        expect(page.locator("#do-close")).to_have_count(0)
    with clock.standing_at(at("11-24 10:00")):
        with cut(manager):
            page.locator("#do-take").get_by_role("button", name="报到").click()
            expect(box).to_contain_text("1件已存在手机")
            page.clock.fast_forward("16:00")
            arrive = page.locator("#do-arrive")
            arrive.get_by_role("button", name="到场").click()
            expect(box).to_contain_text("2件已存在手机")
            page.clock.fast_forward("10:00")
            reply = page.locator("#do-reply")
            reply.locator("textarea").fill("围栏已修复并加锁")
            reply.get_by_role("button", name="办结回复").click()
            expect(box).to_contain_text("3件已存在手机")
            page.clock.fast_forward("10:00")
        expect(box).to_be_hidden()
        manager.open(reverse("complaints:claim", args=[claim.pk]))
        expect(page.locator("main")).to_contain_text("待网格员确认")
        manager.open("/")
        expect(page.get_by_role("link", name=item)).to_have_count(0)
    assert [one.kind for one in claim.case.events.order_by("sequence")] == [
        *("received", "take", "arrive", "reply"),
    ]
    assert stops(claim) == {
        "report_in": ("met", "09:24"),
        "arrive": ("met", "09:40"),
        "handle": ("met", "09:50"),
        "progress": ("met", "09:50"),
        "gov_respond": ("met", "09:24"),
        "gov_finish": ("running", ""),
        "gov_confirm": ("running", ""),
    }

    page = officer.page
    with clock.standing_at(at("11-24 10:30")):
        officer.open("/")
        page.get_by_role("link", name=item).click()
        main = page.locator("main")
        for words in ("供电企业时限", "政府网格时限", "围栏已修复并加锁"):
            expect(main).to_contain_text(words)
        for theirs in ("take", "arrive", "reply"):
            expect(page.locator(f"#do-{theirs}")).to_have_count(0)
        form = page.locator("#do-close")
        form.get_by_label("已回访到诉求人").check()
        form.get_by_label("是否解决").select_option("1")
        form.get_by_label("满意度").select_option("content")
        form.get_by_label("责任认定").select_option("none")
        form.get_by_role("button", name="确认办结").click()
        expect(main).to_contain_text("已确认办结")
        faults = officer.faults("officer") + manager.faults("manager")
    claim.case.refresh_from_db()
    assert claim.case.state == "closed"
    assert (Claim.objects.count(), claim.photos.count()) == (1, 1)
    assert stops(claim)["gov_finish"] == ("met", "10:30")
    assert faults == []


def within_reach(page, button):
    """A button for the thumb of the hand that holds the phone: in the lower half of the screen as
    the page opens, and 44 px high."""
    place, screen = button.bounding_box(), page.viewport_size["height"]
    assert place["height"] >= 44, place
    assert screen / 2 <= place["y"] <= screen - place["height"], place


def test_the_home_page_of_a_manager_is_small(visit, world):
    """At most 100 KB over the wire, styles and scripts included."""
    manager = visit(world.manager, 390)
    session = manager.context.new_cdp_session(manager.page)
    sizes = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    for path in ("/", reverse("complaints:claims")):
        session.send("Network.clearBrowserCache")
        sizes.clear()
        with clock.standing_at(at("11-24 09:00")):
            assert manager.open(path) == 200
        assert sum(sizes) <= 100 * 1024, (path, sum(sizes))
        for door in manager.page.locator(".bottom > a, .bottom summary").all():
            within_reach(manager.page, door)


def test_forms_on_site_open_without_a_network_and_nothing_stays_after_signing_out(visit, world):
    """A form that was opened once opens in the cellar too, bare of names; other pages say so."""
    officer = visit(world.officer, 390)
    page, whistle = officer.page, reverse("complaints:claim_new")
    kept = "caches.open('portal-pages').then((pages) => pages.keys()).then((all) => all.length)"
    with clock.standing_at(at("11-24 09:00")):
        assert officer.open(whistle) == 200
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function(f"{kept}.then((number) => number === 1)")
        assert officer.open("/") == 200
        with cut(officer):
            assert officer.open("/") == 503
            page.get_by_role("link", name="吹哨").click()
            page.locator("#id_kind").select_option("opinion")
            page.locator("#id_content").fill("路灯不亮")
            page.locator("#id_address").fill("四会市东城社区光明路18号")
            # Whoever finds the phone learns nobody's name from what it keeps.
            assert world.officer.name not in page.content()
            page.get_by_role("button", name="吹哨").click()
            expect(page.locator("[data-offline-box]")).to_contain_text("1件已存在手机")
        expect(page.locator("[data-offline-box]")).to_be_hidden()
        assert Claim.objects.get().case.content == "路灯不亮"
        officer.open("/")
        page.locator(".menu summary").click()
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url("**/accounts/login/**")
        assert page.evaluate(kept) == 0
        with cut(officer):
            assert officer.open(whistle) == 503
            expect(page.get_by_role("link", name="吹哨")).to_have_count(0)
    assert officer.faults("no network") == []
