"""The on-site record on a phone: network cut, answers lost, the browser killed; what arrives."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from tests import servers
from tests.bench._portal import prepared

ROUNDS, EACH, SEED = 10, 5, 1


def run() -> dict[str, Any]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from campaign.models import RecordEntry
    from core import clock
    from tests.browser.server import serving
    from tests.factories import inspections as factory

    prepared()
    rng = random.Random(SEED)
    started = time.perf_counter()
    with clock.standing_at(factory.NOW), serving() as site:
        inspection = factory.announced()
        person = inspection.team.get(leads=True).inspector.person
        path = f"{site}/inspections/{inspection.pk}/record/"
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            phone = Phone(site, path, person, profile, rng)
            for number in range(ROUNDS):
                phone.round(number)
            phone.end()
        entries = list(RecordEntry.objects.prefetch_related("files"))
    texts = [entry.text for entry in entries]
    wanted = {words(number, turn) for number in range(ROUNDS) for turn in range(EACH)}
    return {
        "entries with a photo each": len(wanted),
        "browser killed": phone.kills,
        "answers lost on the way": phone.lost,
        "lost": len(wanted - set(texts)),
        "doubled": len(texts) - len(set(texts)),
        "without their photo": sum(len(entry.files.all()) != 1 for entry in entries),
        "seconds": round(time.perf_counter() - started, 1),
    }


def words(number: int, turn: int) -> str:
    return f"第{number + 1}轮第{turn + 1}条"


class Phone:
    """A browser with a profile of its own, which is killed like a phone that runs out of power."""

    def __init__(self, site: str, path: str, person: Any, profile: str, rng: random.Random) -> None:
        self.site, self.path, self.person, self.profile = site, path, person, profile
        self.rng, self.kills, self.lost = rng, 0, 0

    def opened(self, playwright: Any) -> Any:
        from django.conf import settings
        from django.test import Client

        from tests.browser.server import FLAGS

        context = playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=servers.find("chromium"),
            args=FLAGS,
            viewport={"width": 390, "height": 844},
            locale="zh-CN",
        )
        client = Client()
        client.force_login(self.person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.site}])
        page = context.pages[0]
        page.route("**/entries/", self.carry)
        page.goto(self.path)
        return context, page

    def carry(self, route: Any) -> None:
        """Every third answer is lost after the portal has taken the entry."""
        if self.rng.random() < 1 / 3:
            route.fetch()
            self.lost += 1
            route.abort()
        else:
            route.continue_()

    def round(self, number: int) -> None:
        """Write without network, get it back, and die in the midst of sending."""
        from playwright.sync_api import Error, sync_playwright

        from tests.factories import reporting

        with sync_playwright() as playwright:
            context, page = self.opened(playwright)
            context.set_offline(True)
            box = page.locator("[data-offline-box]")
            before = int(box.get_attribute("data-waiting") or 0) if self.shown(box) else 0
            for turn in range(EACH):
                page.locator("select[name=item]").select_option(index=1 + turn)
                page.locator("select[name=result]").select_option("fail")
                page.locator("textarea[name=text]").fill(words(number, turn))
                photo = reporting.png(number * EACH + turn)
                one = {"name": "现场.png", "mimeType": "image/png", "buffer": photo}
                page.locator("input[name=uploads]").set_input_files(one)
                page.get_by_role("button", name="保存这条记录").click()
                page.wait_for_function(
                    "n => document.querySelector('[data-offline-box]').dataset.waiting === n",
                    arg=str(before + turn + 1),
                )
            try:
                context.set_offline(False)
                page.evaluate("window.dispatchEvent(new Event('online'))")
                page.wait_for_timeout(self.rng.randrange(600))
            except Error:
                pass
            self.kill()

    @staticmethod
    def shown(box: Any) -> bool:
        # What waited from before is counted once the page has looked.
        box.page.wait_for_timeout(300)
        return (box.get_attribute("data-waiting") or "").isdigit()

    def kill(self) -> None:
        """Kill the processes of this profile, and no others."""
        mark = f"--user-data-dir={self.profile}".encode()
        for entry in Path("/proc").iterdir():
            try:
                mine = entry.name.isdigit() and mark in (entry / "cmdline").read_bytes()
                if mine:
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue
        self.kills += 1
        for lock in Path(self.profile).glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def end(self) -> None:
        """Open once more, with a whole network, until nothing waits."""
        from playwright.sync_api import sync_playwright

        self.carry = lambda route: route.continue_()  # type: ignore[method-assign]
        with sync_playwright() as playwright:
            context, page = self.opened(playwright)
            page.wait_for_function(
                "() => document.querySelector('[data-offline-box]').dataset.waiting === '0'",
                timeout=60_000,
            )
            context.close()
