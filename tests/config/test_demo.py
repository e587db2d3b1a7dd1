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


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--date=2012/07/20", "请写成 2012-07-20 的样子"),
        ("--date=2012-02-30", "不是日期"),
        ("--date=2011-10-25", "请选 2011-10-26 至 2013-12-31 之间的一天"),
        ("--date=2030-01-01", "不在演示的时间范围内"),
        ("--port=99999", "请写 1 至 65535 之间的整数"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_touched(tmp_path, option, said):
    (tmp_path / "demo.json").write_text("{}")
    with pytest.raises(CommandError, match=said):
        call_command("demo", option, "--fresh", f"--data={tmp_path}")
    assert (tmp_path / "demo.json").read_text() == "{}"


def test_whoever_breaks_off_the_planting_starts_anew_with_the_same_command(tmp_path, monkeypatch):
    from config.demo import Demo

    def half(demo, *_arguments):
        (demo.data / "portal.sqlite3").write_bytes(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(Demo, "manage", half)
    for _start in range(2):
        with pytest.raises(CommandError, match="已中断"):
            call_command("demo", port=free_port(), data=tmp_path)


@pytest.mark.parametrize("note", ["", "[]", "{", '{"offset": "soon"}', '{"offset": null}'])
def test_a_broken_note_of_the_demo_is_refused_with_a_remedy(tmp_path, note, monkeypatch):
    (tmp_path / "demo.json").write_text(note)
    monkeypatch.delattr("config.demo.Demo.manage")
    with pytest.raises(CommandError, match="已损坏，请加 --fresh"):
        call_command("demo", port=free_port(), data=tmp_path)


def test_a_broken_database_or_folder_is_refused_with_a_remedy(tmp_path, monkeypatch):
    (tmp_path / "demo.json").write_text('{"offset": -1}')
    # What a command does that cannot read the database, without the seconds of its start.
    monkeypatch.setattr("config.demo.sys.executable", "/bin/false")
    with pytest.raises(CommandError, match="不能使用（原因见上面的输出），请加 --fresh"):
        call_command("demo", port=free_port(), data=tmp_path)
    with pytest.raises(CommandError, match="请用 --data 指定可写的目录"):
        call_command("demo", port=free_port(), data=tmp_path / "demo.json")
