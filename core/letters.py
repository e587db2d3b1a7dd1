"""Letters of one occasion, ready for ``outbox.post_all``: a notice inside the portal for each
person and, where there is an address, a mail that leads there."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

Letters = list[dict[str, Any]]


def in_words_of(person: Any) -> AbstractContextManager[Any]:
    """Speak the language that a person chose."""
    return translation.override(person.language or settings.LANGUAGE_CODE)


def to_person(*, key: str, kind: str, to: Any, subject: str, body: str, url: str) -> Letters:
    """The notice and the mail for one person."""
    common = {"kind": kind, "recipient": to, "subject": subject, "url": url}
    notice = {**common, "key": f"{key}:notice", "channel": "notice", "body": body}
    return [notice, *_mail(common, key, to, _("%(name)s同志："), body)]


def to_unit(
    *,
    key: str,
    kind: str,
    to: Any,
    people: Iterable[Any],
    subject: str,
    body: str,
    url: str,
    mail: bool = True,
) -> Letters:
    """One notice for each of a unit's people, and the mail to its mailbox."""
    common = {"kind": kind, "subject": subject, "url": url, "organisation": to}
    notices = [
        {**common, "key": f"{key}:{pk}", "channel": "notice", "recipient": one, "body": body}
        for pk, one in {one.pk: one for one in people if one is not None}.items()
    ]
    return [*notices, *(_mail(common, key, to, _("%(name)s："), body) if mail else ())]


def _mail(common: dict[str, Any], key: str, to: Any, greeting: str, body: str) -> Letters:
    if not to.email:
        return []
    link = _("请登录平台办理：%(link)s") % {"link": settings.SITE_URL + common["url"]}
    text = f"{greeting % {'name': to.name}}\n\n{body}\n\n{link}\n"
    return [{**common, "key": f"{key}:mail", "channel": "mail", "to": [to.email], "body": text}]
