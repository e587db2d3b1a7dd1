"""`make demo` as a user meets it: processes, sign-in, a desk for every account, a second start."""

import http.cookiejar
import json
import re
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.config.conftest import STANDS
from tests.running import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
# Planting takes long where other tests run beside it.
pytestmark = pytest.mark.timeout(900)


class Visitor:
    """A browser without scripts: cookies, forms, redirects."""

    def __init__(self, demo):
        self.demo = demo
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path):
        with self.opener.open(self.demo.address(path), timeout=120) as response:
            return response.read().decode()

    def sign_in(self, account):
        page = self.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = {
            "csrfmiddlewaretoken": token,
            "login": account["username"],
            "password": account["password"],
        }
        request = urllib.request.Request(
            self.demo.address("/accounts/login/"),
            data=urllib.parse.urlencode(form).encode(),
            headers={"Referer": self.demo.address("/accounts/login/")},
        )
        with self.opener.open(request, timeout=120) as response:
            return response.read().decode()


@pytest.fixture(scope="module")
def demo(started):
    yield started
    started.stop()


@pytest.fixture(scope="module")
def accounts(demo):
    return json.loads((demo.data / "demo-accounts.json").read_text(encoding="utf-8"))


def test_the_sign_in_page_answers_and_shows_the_demo_clock(demo):
    page = Visitor(demo).get("/accounts/login/")
    assert "居民用电服务监管平台" in page
    assert STANDS.isoformat() in page


def test_there_is_an_account_for_every_role(accounts):
    assert len({account["role"] for account in accounts}) == 11
    assert all(set(a) == {"username", "password", "role", "organisation"} for a in accounts)


def test_every_account_reaches_its_desk_with_work_on_it(demo, accounts):
    empty = []
    for account in accounts:
        desk = Visitor(demo).sign_in(account)
        assert account["organisation"][:4] in desk or "工作台" in desk, account["username"]
        if 'class="work"' not in desk:
            empty.append(f"{account['username']} ({account['role']})")
    assert empty == []


def test_a_second_demo_on_the_same_port_is_refused_with_a_remedy(demo, tmp_path):
    with pytest.raises(CommandError, match="已被占用，请用 PORT="):
        call_command("demo", port=demo.port, data=tmp_path)


def test_a_folder_with_a_real_database_is_not_cleared(tmp_path):
    (tmp_path / "portal.sqlite3").write_bytes(b"somebody's work")
    with pytest.raises(CommandError, match="非演示数据库"):
        call_command("demo", port=free_port(), data=tmp_path, fresh=True)
    assert (tmp_path / "portal.sqlite3").read_bytes() == b"somebody's work"


def test_what_the_first_start_compiles_is_there_for_the_second_and_not_in_the_tree(
    tmp_path, monkeypatch
):
    from config.demo import Demo

    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    found = Demo(tmp_path, 8000).environment()
    assert "PYTHONDONTWRITEBYTECODE" not in found
    assert found["PYTHONPYCACHEPREFIX"] == str(ROOT / ".venv" / "pycache")
