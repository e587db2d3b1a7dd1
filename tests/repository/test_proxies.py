"""Between a visitor and the portal: who may say where a request came from, and over what."""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "config" / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def fronts(tmp_path, listed):
    """What the script writes for a list of fronts; None when it refuses the list."""
    file = tmp_path / "fronts.conf"
    command = ["sh", str(DEPLOY / "fronts.sh"), str(file)]
    done = subprocess.run(command, env={**os.environ, "TRUSTED_FRONTS": listed}, text=True)
    return file.read_text(encoding="utf-8") if done.returncode == 0 else None


def test_nobody_is_trusted_unless_listed(tmp_path):
    text = fronts(tmp_path, "")
    assert "default 0;" in text
    assert "set_real_ip_from" not in text
    assert " 1;" not in text


def test_each_listed_front_is_believed_about_address_and_scheme(tmp_path):
    text = fronts(tmp_path, "10.0.0.5, 10.1.0.0/24 2001:db8::/64")
    for front in ("10.0.0.5", "10.1.0.0/24", "2001:db8::/64"):
        assert f"  {front} 1;" in text
        assert f"set_real_ip_from {front};" in text


@pytest.mark.parametrize("listed", ["0.0.0.0/0", "10.0.0.0/0", "::/0", "gateway", "10.0.0.5; }"])
def test_a_list_that_trusts_everybody_or_is_no_address_is_refused(tmp_path, listed):
    assert fronts(tmp_path, listed) is None


def test_nginx_hands_on_its_own_finding_and_never_the_visitors_claim():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "proxy_set_header X-Forwarded-Proto $client_scheme;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    nginx = compose["services"]["nginx"]
    assert nginx["environment"] == {"TRUSTED_FRONTS": "${TRUSTED_FRONTS:-}"}
    script = "./config/deploy/fronts.sh:/docker-entrypoint.d/15-fronts.sh:ro"
    assert script in nginx["volumes"]
    assert os.access(DEPLOY / "fronts.sh", os.X_OK), "the image runs only what is executable"
    assert compose["x-portal"]["environment"]["TRUSTED_PROXIES"] == "1"


def test_nginx_takes_little_on_the_page_that_is_open_to_everybody():
    limit = yaml.safe_load((ROOT / "core/catalogue/files.yaml").read_text(encoding="utf-8"))
    public = NGINX.partition("location /verify/")[2].partition("}")[0]
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", public).group(1))
    assert limit["public"]["max_mb"] < megabytes <= 2 * limit["public"]["max_mb"]


class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        told = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_args):
        pass


def through_nginx(tmp_path, listed, headers):
    """The headers that the portal sees when a neighbour at 127.0.0.1 asks a real nginx."""
    echo = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    port = free_port()
    assert fronts(tmp_path, listed)
    site = NGINX.replace("http://web:8000", f"http://127.0.0.1:{echo.server_port}")
    site = site.replace("listen 8080", f"listen 127.0.0.1:{port}")
    site = site.replace("/etc/nginx/portal-fronts.conf", str(tmp_path / "fronts.conf"))
    whole = tmp_path / "nginx.conf"
    paths = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/log;\n"
        f"events {{}}\nhttp {{\n{paths}{site}\n}}\n",
        encoding="utf-8",
    )
    server = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(whole)])
    try:

        def ask():
            request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers=headers)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())

        def answers():
            try:
                return bool(ask())
            except OSError:
                return False

        assert wait_until(answers)
        return ask()
    finally:
        server.terminate()
        server.wait(10)
        echo.shutdown()
        echo.server_close()


CLAIM = {"X-Forwarded-For": "198.51.100.7, 203.0.113.1", "X-Forwarded-Proto": "https"}


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
@pytest.mark.parametrize(
    ("listed", "address", "scheme"),
    [
        # From a stranger both headers are inventions.
        ("10.0.0.5", "127.0.0.1", "http"),
        # From a front that is listed they count, except for what the client put before them.
        ("127.0.0.1", "203.0.113.1", "https"),
        ("127.0.0.1 203.0.113.0/24", "198.51.100.7", "https"),
    ],
)
def test_a_real_nginx_believes_listed_fronts_only(tmp_path, listed, address, scheme):
    seen = through_nginx(tmp_path, listed, CLAIM)
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == (address, scheme)


# --- The settings of a portal behind TLS ----------------------------------------------------------

BEHIND_TLS = {
    "SITE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "SECRET_KEY": "k3Q" * 20 + "0aZ-9_xW",
    "DJANGO_SETTINGS_MODULE": "config.settings.base",
}


def run(code_or_args, tmp_path, **more):
    env = {**os.environ, "PORTAL_DATA": str(tmp_path), **BEHIND_TLS, **more}
    return subprocess.run(
        [sys.executable, *code_or_args], env=env, cwd=ROOT, capture_output=True, text=True
    )


def test_the_deployment_check_is_clean_behind_tls(tmp_path):
    check = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = run(check, tmp_path, TRUSTED_PROXIES="1")
    assert done.returncode == 0, done.stderr
    settings = run(
        ["-c", "from config.settings import base as s; print(s.SILENCED_SYSTEM_CHECKS)"], tmp_path
    )
    assert "security." not in settings.stdout


def test_https_without_a_trusted_proxy_is_pointed_out(tmp_path):
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path)
    assert done.returncode == 1
    assert "core.W001" in done.stderr


VISITS = """
import django; django.setup()
from django.test import Client
for path, told in [("/accounts/login/", "http"), ("/healthz", "https"), ("/healthz", "")]:
    extra = {"HTTP_X_FORWARDED_PROTO": told} if told else {}
    answer = Client().get(path, HTTP_HOST="portal.example", **extra)
    print(answer.status_code, answer.get("Location", "-"), "Strict-Transport-Security" in answer)
"""


def test_plain_http_is_led_to_https_and_machines_may_ask_for_health(tmp_path):
    done = run(["-c", VISITS], tmp_path, TRUSTED_PROXIES="1")
    assert done.stdout.splitlines() == [
        "301 https://portal.example/accounts/login/ False",
        "200 - True",
        "200 - False",
    ], done.stderr
