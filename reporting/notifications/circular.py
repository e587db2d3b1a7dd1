"""Letters about circulars, to the companies that they go to. No personal data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from core.models import StoredFile
    from reporting.models import Circular


def sent(circular: Circular, to: Organisation, stored: Sequence[StoredFile]) -> dict[str, Any]:
    """The issued circular by mail to a company."""
    url = reverse("reporting:circular", args=[circular.pk])
    words = {
        "name": to.name,
        "title": circular.title,
        "number": circular.document_number,
        "issuer": circular.organisation.name,
        "link": settings.SITE_URL + url,
    }
    body = _(
        "%(name)s：\n\n%(issuer)s印发《%(title)s》（%(number)s），全文见附件，请按要求整改，并登录平台签收。\n\n"
        "平台链接：%(link)s\n"
    )
    return {
        "key": f"circular:{circular.pk}:sent:{to.pk}",
        "channel": "mail",
        "kind": "circular.sent",
        "to": [to.email],
        "subject": _("%(number)s %(title)s") % words,
        "body": body % words,
        "attachments": [one.pk for one in stored],
        "organisation": to,
        "url": url,
    }


def arrived(circular: Circular, to: Organisation, person: User) -> dict[str, Any]:
    """The notice beside the mail for each person of the company who handles cases."""
    words = {"title": circular.title, "number": circular.document_number}
    return {
        "key": f"circular:{circular.pk}:sent:{to.pk}:{person.pk}",
        "channel": "notice",
        "kind": "circular.sent",
        "recipient": person,
        "subject": _("收到《%(title)s》（%(number)s）") % words,
        "organisation": to,
        "url": reverse("reporting:circular", args=[circular.pk]),
    }
