"""The list of people as a workbook: what the page shows, no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership, User
from core import clock, masking
from core.sheets import writer

LIMIT = 20_000


def people_columns() -> list[writer.Out]:
    return [
        writer.Out("name", _("姓名")),
        writer.Out("post", _("职务")),
        writer.Out("username", _("登录名")),
        writer.Out("roles", _("任职"), 48),
        writer.Out("email", _("电子邮箱"), 28),
        writer.Out("state", _("账号"), 10),
        writer.Out("last_login", _("最近登录"), 20),
    ]


def people_rows(
    people: Iterable[User], *, managed: set[int], full: bool
) -> Iterator[dict[str, Any]]:
    """One row per person; offices only as far as the reader looks after them (their keys in
    ``managed``). Addresses are masked unless ``full``."""
    for user in people:
        held = [m for m in in_force(user) if m.organisation_id in managed]
        yield {
            "name": user.name,
            "post": user.post,
            "username": user.username,
            "roles": "；".join(f"{m.organisation} · {m.role_definition.name}" for m in held),
            "email": user.email if full else masking.mask("email", user.email),
            "state": state_of(user),
            "last_login": user.last_login
            and user.last_login.astimezone(clock.ZONE).isoformat(sep=" ", timespec="minutes"),
        }


def in_force(user: User) -> list[Membership]:
    """Memberships of today, from those that were fetched with the person."""
    today = clock.today()
    return [
        m
        for m in user.memberships.all()
        if m.starts_on <= today and (m.ends_on is None or m.ends_on >= today) and not m.withdrawn_at
    ]


def state_of(user: User) -> str:
    if not user.is_active:
        return _("已停用")
    return _("正常") if user.has_usable_password() else _("未设口令")
