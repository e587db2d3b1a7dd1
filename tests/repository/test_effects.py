"""Nothing but the outbox causes an effect outside the database."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["config", "core", "accounts", "grids", "complaints", "campaign", "reporting"]
# Who carries what the outbox decided, and nobody else.
CARRIERS = {"core/tasks.py", "core/mail.py", "core/webhooks.py"}
# Asks the demo's own web process whether it answers; nothing leaves the machine.
AT_HOME = {"config/demo.py:urlopen"}
CALLS = {
    "delay",
    "apply_async",
    "send_task",
    "send_mail",
    "send_mass_mail",
    "mail_admins",
    "mail_managers",
    "EmailMessage",
    "EmailMultiAlternatives",
    "urlopen",
}
CLOCKS = {"timezone.now", "datetime.now", "datetime.utcnow", "date.today"}
MODULES = {"smtplib", "requests", "httpx", "http.client"}


def sources():
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if name not in CARRIERS and "migrations" not in path.parts:
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def called(node):
    function = node.func
    return getattr(function, "attr", getattr(function, "id", ""))


def test_no_task_mail_or_request_is_sent_past_the_outbox():
    found = [
        f"{name}:{node.lineno} {called(node)}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) in CALLS
        and f"{name}:{called(node)}" not in AT_HOME
    ]
    assert found == []


def test_nobody_else_speaks_to_mail_servers_or_the_web():
    found = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            found += [f"{name}:{node.lineno} {one}" for one in names if one in MODULES]
    assert found == []


def test_no_task_is_kept_in_the_broker_for_later():
    """ETA and countdown vanish on a restart or run again and again; what is due stands in rows."""
    found = [
        f"{name}:{node.lineno} {keyword.arg}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in {"eta", "countdown"}
    ]
    assert found == []


def test_now_comes_from_the_clock_alone():
    """Time is asked for at the edges, by ``core.clock``; below them it is an argument."""
    found = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, tree in sources()
        if name != "core/clock.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"timezone.now", "datetime.now", "datetime.utcnow", "date.today"}
    ]
    assert found == []
