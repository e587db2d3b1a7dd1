"""docker-compose.yml is valid by the published schema and says what a careful operator wants."""

import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


def test_the_compose_file_is_valid_by_the_published_schema():
    checker = Path(sys.executable).parent / "check-jsonschema"
    command = [checker, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_every_lasting_service_has_a_health_check():
    lasting = {name for name, service in SERVICES.items() if service.get("restart") != "no"}
    assert lasting == {"nginx", "web", "worker", "beat", "db", "redis", "mail"}
    assert all("healthcheck" in SERVICES[name] for name in lasting)


def test_secrets_come_from_files_and_never_stand_in_the_file():
    words = ("PASSWORD", "SECRET", "KEY", "TOKEN", "DATABASE_URL")
    plain = [
        (name, key)
        for name, service in SERVICES.items()
        for key in service.get("environment", {})
        if any(word in key for word in words) and not key.endswith("_FILE")
    ]
    assert plain == []
    assert all("file" in secret for secret in COMPOSE["secrets"].values())


def test_the_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["portal"]


def test_there_is_one_beat():
    assert SERVICES["beat"]["deploy"]["replicas"] == 1


def test_no_server_before_the_portal_logs_addresses_with_tokens_or_names():
    assert not [part for part in SERVICES["web"]["command"] if "access-log" in part]
    nginx = (ROOT / "config" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert "access_log off;" in nginx
