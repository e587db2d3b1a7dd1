"""What whoever drafted a change of a definition is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from reporting.models import DefinitionChange


def decided(change: DefinitionChange) -> dict[str, Any]:
    """To the drafter: adopted, or sent back and why."""
    words = {"title": change.title, "day": change.valid_from, "comment": change.comment}
    if change.state == change.State.ADOPTED:
        subject, body = _("“%(title)s”的改动已核准"), _("自%(day)s起启用。")
    else:
        subject, body = _("“%(title)s”的改动已退回"), _("退回理由：%(comment)s")
    return {
        "key": f"definition:{change.pk}:{change.state}",
        "channel": "notice",
        "kind": f"definition.{change.state}",
        "recipient": change.drafted_by,
        "subject": subject % words,
        "body": body % words,
        "url": reverse("reporting:definition_change", args=[change.pk]),
    }
