"""The people of the demo and the replay, entered through the services of accounts."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from pathlib import Path

from accounts import services
from accounts.models import Organisation, User
from accounts.permissions import ROLES
from config.replay.script import Script


def plant(script: Script, *, now: datetime) -> dict[str, User]:
    """Enter everybody of the script with their role; by user name. Nobody can sign in yet."""
    found: dict[str, User] = {}
    for code, entries in script.people.items():
        organisation = Organisation.objects.get(code=code)
        for username, name, role, post, department in entries:
            user = services.enrol(
                username=username,
                name=name,
                email=f"{username}@portal.example",
                post=post,
                organisation=organisation,
                by=None,
                now=now,
            )
            services.appoint(
                user=user,
                organisation=organisation,
                role=role,
                department=department,
                by=None,
                now=now,
            )
            found[username] = user
    return found


def let_in(people: dict[str, User], password: str, *, now: datetime) -> None:
    """Give everybody the password of the demo, so late that none of them is too old that day."""
    for user in people.values():
        services.change_password(user=user, password=password, by=user, now=now)


def demo_password() -> str:
    """One password for all demo accounts of this data folder, made anew for each."""
    return f"Demo-{secrets.token_hex(3)}-2011"


def write_accounts(script: Script, path: Path, *, password: str) -> None:
    """Write the table of demo accounts: the first person of each role comes first."""
    accounts = [
        {
            "username": username,
            "password": password,
            "role": str(ROLES[role].name),
            "organisation": Organisation.objects.get(code=code).name,
        }
        for code, entries in script.people.items()
        for username, _name, role, _post, _department in entries
    ]
    seen: set[str] = set()
    first, rest = [], []
    for account in accounts:
        (rest if account["role"] in seen else first).append(account)
        seen.add(account["role"])
    text = json.dumps(first + rest, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)
