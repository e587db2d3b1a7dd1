"""`make demo` as a user meets it: processes, sign-in, a desk for every account, a second start."""

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A demo started by its command; its output goes to a file."""

    def __init__(self, data, *options):
        self.port = free_port()
        self.log = data.parent / f"demo-{self.port}.log"
        unwanted = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY"}
        env = {k: v for k, v in os.environ.items() if k not in unwanted}
        env |= {"PORTAL_DATA": str(data)}
        command = [sys.executable, "manage.py", "demo", "--port", str(self.port), *options]
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=stream, stderr=stream, start_new_session=True
            )

    def address(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def wait(self, seconds=900):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(self.log.read_text())
            if "Ctrl-C" in self.log.read_text():
                return self
            time.sleep(0.2)
        raise AssertionError(f"no answer in time: {self.log.read_text()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise


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
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def demo(data):
    running = Running(data)
    try:
        yield running.wait()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def accounts(demo, data):
    return json.loads((data / "demo-accounts.json").read_text(encoding="utf-8"))


def test_the_sign_in_page_answers_and_shows_the_demo_clock(demo):
    page = Visitor(demo).get("/accounts/login/")
    assert "居民用电服务监管平台" in page
    assert "2011-11-24" in page


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
    command = [sys.executable, "manage.py", "demo", "--port", str(demo.port)]
    env = {**os.environ, "PORTAL_DATA": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "已被占用" in done.stderr


def test_a_folder_with_a_real_database_is_not_cleared(tmp_path):
    (tmp_path / "portal.sqlite3").write_bytes(b"somebody's work")
    command = [sys.executable, "manage.py", "demo", "--port", str(free_port())]
    command += ["--data", str(tmp_path), "--fresh"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "非演示数据库" in done.stderr
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
