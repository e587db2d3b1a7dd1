"""Letters about circulars, to the companies that they go to. No personal data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from reporting.models import CircularRedress

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from core.models import StoredFile
    from reporting.models import Circular


CORRECT, WITHDRAW = CircularRedress.Act.CORRECT, CircularRedress.Act.WITHDRAW
BODIES = {
    "": _(
        "%(name)s：\n\n%(issuer)s印发《%(title)s》（%(number)s），全文见附件，请按要求整改，并登录平台签收。\n\n"
        "平台链接：%(link)s\n"
    ),
    CORRECT: _(
        "%(name)s：\n\n%(issuer)s印发《%(title)s》（%(number)s），更正《%(first_title)s》（%(first)s），"
        "两者不一致的以本通报为准。全文见附件，请登录平台签收。\n\n平台链接：%(link)s\n"
    ),
    WITHDRAW: _(
        "%(name)s：\n\n%(issuer)s印发《%(title)s》（%(number)s），撤销《%(first_title)s》（%(first)s）。"
        "原因和有关事项见附件，请登录平台签收。\n\n平台链接：%(link)s\n"
    ),
}
SUBJECTS = {
    "": _("收到《%(title)s》（%(number)s）"),
    CORRECT: _("收到《%(title)s》（%(number)s），更正%(first)s"),
    WITHDRAW: _("收到《%(title)s》（%(number)s），撤销%(first)s"),
}


def _first(circular: Circular) -> dict[str, str]:
    """The circular that this one corrects or withdraws."""
    if not circular.act:
        return {}
    first = circular.redress.first
    return {"first": first.document_number, "first_title": first.title}


def sent(circular: Circular, to: Organisation, stored: Sequence[StoredFile]) -> dict[str, Any]:
    """The issued circular by mail to a company."""
    url = reverse("reporting:circular", args=[circular.pk])
    words = {
        **_first(circular),
        "name": to.name,
        "title": circular.title,
        "number": circular.document_number,
        "issuer": circular.organisation.name,
        "link": settings.SITE_URL + url,
    }
    body = BODIES[circular.act]
    return {
        "key": f"circular:{circular.pk}:sent:{to.pk}",
        "channel": "mail",
        "kind": "circular.sent",
        "to": [to.email],
        "subject": _now("%(number)s %(title)s") % words,
        "body": body % words,
        "attachments": [one.pk for one in stored],
        "organisation": to,
        "url": url,
    }


def arrived(circular: Circular, to: Organisation, person: User) -> dict[str, Any]:
    """The notice beside the mail for each person of the company who handles cases."""
    words = {"title": circular.title, "number": circular.document_number, **_first(circular)}
    return {
        "key": f"circular:{circular.pk}:sent:{to.pk}:{person.pk}",
        "channel": "notice",
        "kind": "circular.sent",
        "recipient": person,
        "subject": SUBJECTS[circular.act] % words,
        "organisation": to,
        "url": reverse("reporting:circular", args=[circular.pk]),
    }
