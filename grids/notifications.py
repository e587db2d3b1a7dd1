"""Wording of notices about grids: object in, sealed notice out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, outbox
from core.letters import in_words_of
from grids.models import Assignment, HandOver


def post(notice: dict[str, Any] | None, *, now: datetime) -> None:
    """Put a notice into its reader's list."""
    if notice is not None:
        outbox.post(channel="notice", now=now, **notice)


def appointed(assignment: Assignment) -> dict[str, Any]:
    """Tell a person of a new post."""
    grid, user = assignment.grid, assignment.member.user
    with in_words_of(user):
        words = {
            "grid": grid,
            "post": assignment.get_post_display(),
            "at": _moment(assignment.starts_at),
        }
        subject = _("您担任%(grid)s%(post)s") % words
        body = _("自%(at)s起，您担任%(grid)s的%(post)s。") % words
    url = ""
    if assignment.power_grid_id:
        url = reverse("grids:grid", args=[assignment.power_grid_id])
    key = f"grid-appoint-{assignment.pk}"
    return _notice(key, "grid.appoint", user, subject, body, url)


def covering(assignment: Assignment) -> dict[str, Any]:
    """Tell a person for whom they cover."""
    user = assignment.member.user
    assert assignment.ends_at is not None
    with in_words_of(user):
        words = {
            "grid": assignment.power_grid,
            "manager": assignment.principal,
            "start": _moment(assignment.starts_at),
            "end": _moment(assignment.ends_at),
        }
        subject = _("请代%(manager)s负责%(grid)s") % words
        body = _("%(start)s至%(end)s，由您代%(manager)s履行%(grid)s网格经理职责。") % words
    url = reverse("grids:grid", args=[assignment.power_grid_id])
    return _notice(f"grid-cover-{assignment.pk}", "grid.cover", user, subject, body, url)


def hand_over_proposed(hand_over: HandOver) -> dict[str, Any]:
    """Ask the successor."""
    user = hand_over.successor.user
    with in_words_of(user):
        words = {
            "grid": hand_over.grid,
            "former": hand_over.former,
            "at": _moment(hand_over.effective_at),
            "reason": hand_over.reason,
        }
        subject = _("%(grid)s待您接收") % words
        body = (
            _("%(grid)s拟于%(at)s由%(former)s交接给您，原因：%(reason)s。请确认是否接收。") % words
        )
    url = reverse("grids:hand_over", args=[hand_over.pk])
    return _notice(f"grid-hand-over-{hand_over.pk}", "grid.hand_over", user, subject, body, url)


def hand_over_decided(hand_over: HandOver) -> dict[str, Any] | None:
    """Tell whoever asked."""
    user = hand_over.proposed_by
    if user is None:
        return None
    with in_words_of(user):
        words = {
            "grid": hand_over.grid,
            "successor": hand_over.successor,
            "state": hand_over.get_state_display(),
            "remark": hand_over.remark or "—",
        }
        subject = _("%(grid)s交接：%(state)s") % words
        body = _("接收人%(successor)s，结果：%(state)s，意见：%(remark)s。") % words
    url = reverse("grids:hand_over", args=[hand_over.pk])
    key = f"grid-hand-over-{hand_over.pk}-{hand_over.state}"
    return _notice(key, "grid.hand_over", user, subject, body, url)


def _notice(key: str, kind: str, user: User, subject: str, body: str, url: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "recipient": user,
        "subject": subject,
        "body": body,
        "url": url,
    }


def _moment(at: datetime) -> str:
    return date_format(at.astimezone(clock.ZONE), "Y-m-d H:i")
