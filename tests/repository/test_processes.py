"""Every service of docker-compose.yml started as a process, and one letter carried by all of them.

Runs on the PostgreSQL and Redis leg: web, worker and beat are the commands of the compose file.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.conf import settings
from django.db import connection

from core import clock, outbox
from core.models import Letter
from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
BIN = Path(sys.executable).parent

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


class Sink(Message):
    def __init__(self):
        super().__init__()
        self.subjects = []

    def handle_message(self, message):
        self.subjects.append(message["Message-ID"])


@pytest.fixture
def sink():
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller.port
    controller.stop()


@pytest.fixture
def environment(tmp_path, sink):
    """What the compose file gives its containers, pointed at this test's servers."""
    folder, _slash, _name = settings.DATABASE_URL.rpartition("/")
    return {
        **os.environ,
        "DATABASE_URL": f"{folder}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink[1]),
        "PORTAL_DATA": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"),
        "TICK_SECONDS": "1",
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }


@contextlib.contextmanager
def process(command, environment, tmp_path):
    log = tmp_path / f"{Path(command[0]).name}-{len(command)}.log"
    with log.open("w") as stream:
        running = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        yield running
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait(5)
        print(log.read_text(encoding="utf-8", errors="replace")[-3000:])


def command_of(service, **changes):
    """The compose file's own command, with the few values that a test must move."""
    parts = [str(part) for part in SERVICES[service]["command"]]
    for before, after in changes.items():
        parts = [part.replace(before, after) for part in parts]
    return parts


def answer(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_a_letter_travels_through_beat_and_worker_to_the_relay(environment, tmp_path, sink):
    beat = command_of("beat", **{"/tmp/beat.pid": str(tmp_path / "beat.pid")})
    with process(command_of("worker"), environment, tmp_path), process(beat, environment, tmp_path):
        letter = outbox.post(
            key="process-test-1",
            channel="mail",
            kind="test",
            to=["someone@example.com"],
            subject="经由真实进程",
            body="一封信",
            now=clock.now(),
        )
        assert wait_until(lambda: Letter.objects.get(pk=letter.pk).state == "sent")
    assert len(sink[0].subjects) == 1


def test_the_web_command_serves_the_sign_in_page_after_the_migrate_command(environment, tmp_path):
    prepare = SERVICES["migrate"]["command"][2]
    done = subprocess.run(
        ["sh", "-c", prepare], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    port = free_port()
    web = command_of("web", **{"0.0.0.0:8000": f"127.0.0.1:{port}"})
    with process([*web, "--no-control-socket"], environment, tmp_path):
        assert wait_until(lambda: answer(port, "/healthz")[0] == 200)
        status, page = answer(port, "/accounts/login/")
        assert status == 200
        assert "居民用电服务监管平台" in page
        assert answer(port, "/metrics")[0] in {200, 403, 404}
    assert shutil.which("nginx") is None or nginx_accepts(tmp_path)


def nginx_accepts(tmp_path):
    """Where nginx is at hand, it reads our file without complaint."""
    site = (ROOT / "config" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    site = site.replace("http://web:8000", "http://127.0.0.1:8000")
    fronts = tmp_path / "fronts.conf"
    subprocess.run(["sh", str(ROOT / "config" / "deploy" / "fronts.sh"), str(fronts)], check=True)
    site = site.replace("/etc/nginx/portal-fronts.conf", str(fronts))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"events {{}}\nhttp {{\n{site}\n}}\n", encoding="utf-8")
    return subprocess.run(["nginx", "-t", "-c", str(whole)], capture_output=True).returncode == 0
