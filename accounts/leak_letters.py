"""Letters about suspected leaks: that there is something, never what, nor from whom.

Whoever reported it gets none: letters are looked after by people who are not to know of them.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import LeakReport, User
from core.clock import ZONE
from core.letters import in_words_of


def reported(report: LeakReport, person: User) -> dict[str, Any]:
    """Tell the security post that a report waits."""
    with in_words_of(person):
        due = report.accept_due_at.astimezone(ZONE)
        return {
            "key": f"leak-{report.pk}-reported-{person.pk}",
            "channel": "notice",
            "kind": "leak.reported",
            "recipient": person,
            "subject": _("收到信息泄露报告%(number)s") % {"number": report.number},
            "body": _("请于%(due)s前受理。报告内容保密，请勿转告他人。")
            % {"due": f"{due:%Y-%m-%d %H:%M}"},
            "url": reverse("accounts:leak", args=[report.pk]),
        }
