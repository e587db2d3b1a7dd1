"""A real web server in the test process, and headless Chromium in front of it."""

import os
import threading
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
WIDTHS = {1440: 900, 390: 844}
# Rows and items by the tags and classes in them, three of each; a row's own style is never set.
HIDE_ROWS = """() => {
  const tag = /<([a-z0-9-]+)(?:[^>]*?( class="[^"]*"))?[^>]*>|[^<]+/g;
  const look = row => row.outerHTML.replace(tag, '$1$2');
  window.hiddenRows = [];
  for (const list of document.querySelectorAll('main tbody, main ul, main ol, main dl')) {
    const seen = {};
    for (const row of list.children) {
      const kind = look(row);
      seen[kind] = (seen[kind] || 0) + 1;
      if (seen[kind] > 3) window.hiddenRows.push(row);
    }
  }
  window.hiddenRows.forEach(row => row.style.setProperty('display', 'none', 'important'));
}"""
# Nothing is switched off. The rules on colours take more than half of axe's time: of what surrounds
# the main part, which is the same on all pages, they are judged on the desk of each role, and so is
# what the style sheets say of turned phones, which have no part on the page.
COLOURS, SHEETS, DESK = ["color-contrast", "link-in-text-block"], ["css-orientation-lock"], "/"
OTHER_RULES = """rules => axe.run({resultTypes: ['violations'],
  rules: Object.fromEntries(rules.map(rule => [rule, {enabled: false}]))})
  .then(found => found.violations)"""
THESE_RULES = """([where, rules]) => axe.run(document.querySelector(where) || document,
  {resultTypes: ['violations'], runOnly: rules}).then(found => found.violations)"""
# How each element of the main part looks, empty where it is out of sight; whether letters are large
# is what the rules on colours ask.
LOOKS = """() => Array.from(document.querySelectorAll('main *'), part => {
  if (!part.checkVisibility({visibilityProperty: true})) return '';
  const now = getComputedStyle(part);
  const [size, weight] = [parseFloat(now.fontSize), Number(now.fontWeight)];
  const large = size >= 24 || (size >= 18.66 && weight >= 700);
  return [now.color, now.backgroundColor, now.backgroundImage, large, now.opacity,
    now.position, now.textDecorationLine].join(' ');
})"""
# Goes by where things stand.
BY_PLACE = ["scrollable-region-focusable"]
AXE = Axe()


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request, client_address):
        """As Django's own server: a thread that ends leaves no session with the database behind."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@contextmanager
def serving():
    """Serve the portal, static files included, on a free port; yields its address."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Visitor:
    """One browser profile of one person, which notes everything that went wrong on its pages."""

    def __init__(self, browser, site, *, width=1440, user=None, scripts=True):
        self.site, self.width = site, width
        self.context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)},
            locale="zh-CN",
            java_script_enabled=scripts,
            timezone_id="Asia/Shanghai",
            has_touch=width < 600,
        )
        self.context.set_default_timeout(15_000)
        self.wrong = []
        self.bytes = {}
        if user is not None:
            self.sign_in(user)
        self.page = self.context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("request", self._on_request)

    def sign_in(self, user):
        """A session as the sign-in page would have made it."""
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.site}])

    def _on_console(self, message):
        # A page that is meant to answer 404 or 409 is also reported by the browser as "failed".
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _on_request(self, request):
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.wrong.append(f"request to another place: {request.url}")

    def open(self, path):
        """Open a page and wait until it is quiet."""
        response = self.page.goto(self.site + path, wait_until="load")
        return response.status if response else 0

    def widths(self):
        """The open page at each width, as when a window is drawn or a telephone turned.

        What the server sends and what the scripts do at the start is the same at any width.
        """
        asked = self.width
        for width in WIDTHS:
            self.resize(width)
            yield width
        self.resize(asked)

    def resize(self, width):
        if self.page.viewport_size["width"] != width:
            self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        self.width = width

    def faults(self, label="", *, turn_back=True):
        """What is wrong with the open page at each width, in words; nothing when it is sound.

        A tour that opens another page next need not ``turn_back`` to the width asked for.
        """
        found = [f"{label}: {wrong}" for wrong in self.wrong]
        self.wrong.clear()
        asked, looks = self.width, []
        other = next(width for width in WIDTHS if width != asked)
        found += self.too_wide(label)
        with self.few_rows():
            for width in (asked, other):
                self.resize(width)
                before, looks = looks, self.page.evaluate(LOOKS)
                judged = judged_before(before, looks)
                try:
                    assert_accessible(self.page, judged=judged)
                except AssertionError as error:
                    found.append(f"{label} {width}: {error}")
        found += self.too_wide(label)
        if turn_back:
            self.resize(asked)
        return found

    def too_wide(self, label):
        pixels = self.overflow()
        return [f"{label} {self.width}: {pixels} px wider than the window"] if pixels > 0 else []

    @contextmanager
    def few_rows(self):
        """Rows of a list that look like three before them are hidden meanwhile: axe-core takes
        seconds for long tables. With SWEEP=full it reads all of them."""
        if os.environ.get("SWEEP") == "full":
            yield
            return
        self.page.evaluate(HIDE_ROWS)
        yield
        self.page.evaluate("window.hiddenRows.forEach(row => row.style.removeProperty('display'))")

    def overflow(self):
        """How many pixels the page is wider than the window."""
        # After a click the page may have come with nothing in it yet.
        self.page.wait_for_load_state()
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def paper_overflow(self):
        """How many pixels the printed page is wider than A4 between its margins (182 mm)."""
        size = self.page.viewport_size
        self.page.emulate_media(media="print")
        self.page.set_viewport_size({"width": 688, "height": 1000})
        pixels = self.overflow()
        self.page.emulate_media(media="screen")
        self.page.set_viewport_size(size)
        return pixels

    def close(self):
        self.context.close()


def judged_before(before, looks):
    """Whether the same elements are in sight as at another width, so that the rules which go by
    the elements themselves have been judged, and whether none has come or changed its look, so
    that those on colours have."""
    if len(before) != len(looks):
        return False, False
    pairs = list(zip(before, looks, strict=True))
    same = all(bool(one) == bool(other) for one, other in pairs)
    return same, all(not other or one == other for one, other in pairs)


def assert_accessible(page, *, judged=(False, False)):
    """No violation of any axe-core rule on the page as it stands.

    ``judged``: what ``judged_before`` says of it.
    """
    page.wait_for_load_state()
    # Given to the window once, and what holds is not carried over: half of the time went there.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
        page.context.add_init_script(AXE.axe_script)
    around = os.environ.get("SWEEP") == "full" or urlsplit(page.url).path == DESK
    violations = []
    if around or not judged[0]:
        violations += page.evaluate(OTHER_RULES, COLOURS if around else [*COLOURS, *SHEETS])
    by_place = COLOURS if around or not judged[1] else []
    if judged[0] and not around:
        by_place = [*by_place, *BY_PLACE]
    if by_place:
        violations += page.evaluate(THESE_RULES, ["html" if around else "main", by_place])
    told = [
        f"{v['id']}: {v['help']} — {node['html'][:160]}" for v in violations for node in v["nodes"]
    ]
    assert not told, "\n".join(told[:12])


def weight(visitor, path):
    """Bytes over the wire for everything that one opening of a page loads."""
    client = visitor.context.new_cdp_session(visitor.page)
    client.send("Network.enable")
    total = []
    client.on("Network.loadingFinished", lambda event: total.append(event["encodedDataLength"]))
    visitor.open(path)
    visitor.page.wait_for_timeout(150)
    client.detach()
    return int(sum(total))
