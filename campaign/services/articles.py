"""Keeping the articles: a new version ends the one before it; what was cited is never rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.models import LegalArticle
from core import audit
from core.errors import Refused


def article_refusal(by: User) -> str:
    """Why the person may not keep the articles; empty when they may."""
    if by.can(Permission.ARTICLE_MANAGE):
        return ""
    return _("由具有“%(permission)s”权限的人员办理。") % {
        "permission": Permission.ARTICLE_MANAGE.label
    }


@transaction.atomic
def enter_article(
    *,
    code: str,
    law: str,
    article: str,
    kind: str,
    subject: str,
    text: str,
    valid_from: date,
    by: User,
    now: datetime,
    document_number: str = "",
    obligation: str = "",
    note: str = "",
) -> LegalArticle:
    """Enter an article, or a new version of one: the version before it ends the day before.

    Raises ``Refused``: also for a version that does not begin after all that are there.
    """
    if why_not := article_refusal(by):
        raise Refused(why_not)
    if not all(words.strip() for words in (code, law, article, subject, text)):
        raise Refused(_("请填写名称、条款、主题和内容。"))
    versions = LegalArticle.objects.select_for_update(of=("self",)).filter(code=code)
    last = versions.order_by("-valid_from").first()
    if last is not None and valid_from <= last.valid_from:
        raise Refused(
            _("现行条款自%(day)s起施行，新条款应晚于该日。") % {"day": last.valid_from.isoformat()}
        )
    if last is not None and (last.valid_to is None or last.valid_to >= valid_from):
        last.valid_to = valid_from - timedelta(days=1)
        last.save(update_fields=["valid_to"])
    entered = LegalArticle.objects.create(
        code=code,
        law=law.strip(),
        document_number=document_number.strip(),
        article=article.strip(),
        kind=kind,
        subject=subject.strip(),
        text=text.strip(),
        obligation=obligation.strip(),
        valid_from=valid_from,
        note=note.strip(),
        entered_by=by,
        entered_at=now,
    )
    audit.record(
        "article.enter",
        entered,
        by=by,
        now=now,
        organisation=by.home,
        code=code,
        valid_from=valid_from.isoformat(),
        replaces=last.pk if last else None,
    )
    return entered


@transaction.atomic
def end_article(
    *, article: LegalArticle, last_day: date, reason: str, by: User, now: datetime
) -> LegalArticle:
    """Say until when an article counted (repealed or replaced). Raises ``Refused``."""
    if why_not := article_refusal(by):
        raise Refused(why_not)
    article = LegalArticle.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if not reason.strip():
        raise Refused(_("请写明理由。"))
    if last_day < article.valid_from:
        raise Refused(_("失效日期不能早于施行日期。"))
    later = LegalArticle.objects.filter(code=article.code, valid_from__gt=article.valid_from)
    if later.filter(valid_from__lte=last_day).exists():
        raise Refused(_("失效日期与后一版本的施行日期重叠。"))
    former, article.valid_to = article.valid_to, last_day
    article.save(update_fields=["valid_to"])
    audit.record(
        "article.end",
        article,
        by=by,
        now=now,
        organisation=by.home,
        reason=reason.strip(),
        valid_to=last_day.isoformat(),
        former=former.isoformat() if former else "",
    )
    return article


def cited(articles: Iterable[LegalArticle], *, on: date) -> list[LegalArticle]:
    """The articles that a finding or order of a day cites: one or more, each in force that day.

    Raises ``Refused`` and names those that were not (S1-1.1.2a).
    """
    found = list(articles)
    if not found:
        raise Refused(_("请至少引用一条法律依据。"))
    if wrong := [str(one) for one in found if not one.counts_on(on)]:
        words = {"articles": "、".join(wrong), "day": on.isoformat()}
        raise Refused(_("%(articles)s在%(day)s不具有效力，不能作为依据。") % words)
    return found


def load_articles(rows: Iterable[dict[str, Any]], *, now: datetime) -> None:
    """Enter the articles of a catalogue that are missing; what is in the table stays as it is.

    An older text never comes back beside a version that somebody entered for the same days.
    """
    standing: dict[str, list[tuple[date, date]]] = {}
    for code, first, last in LegalArticle.objects.values_list("code", "valid_from", "valid_to"):
        standing.setdefault(code, []).append((first, last or date.max))
    fresh = [
        row
        for row in rows
        if not any(
            first <= (row.get("valid_to") or date.max) and row["valid_from"] <= last
            for first, last in standing.get(row["code"], ())
        )
    ]
    LegalArticle.objects.bulk_create([LegalArticle(**row, entered_at=now) for row in fresh])
