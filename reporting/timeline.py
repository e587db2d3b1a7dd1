"""Every step of a filing in order, newest first, from the rows that the steps left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from core.components import Event
from reporting import parts

if TYPE_CHECKING:
    from reporting.models import Filing, FilingVersion, Review


def events(filing: Filing, versions: Sequence[FilingVersion], *, drafts: bool) -> list[Event]:
    """``drafts``: also who filled in when, which only the filing organisation sees."""
    found: list[Event] = []
    for version in versions:
        found += _of_version(version, drafts=drafts)
    for extension in filing.duty.extensions.select_related("approver"):
        found.append(
            Event(
                extension.at,
                _("更正延期") if extension.corrects_id else _("同意延期"),
                detail=f"{extension.reason} {extension.document_number}",
                by=extension.approver.name,
            )
        )
    # Turned round before sorting: what happened later in the same second stays above.
    return sorted(reversed(found), key=lambda event: event.at, reverse=True)


def _of_version(version: FilingVersion, *, drafts: bool) -> list[Event]:
    words = {"version": version.number}
    found = []
    if drafts:
        title = _("开始填报第%(version)d版") % words
        found.append(Event(version.drafted_at, title, by=version.drafted_by.name))
        if version.requested_at:
            found.append(Event(version.requested_at, _("第%(version)d版提交复核") % words))
    if version.submitted_at is not None:
        late = _("逾期报送") if version.is_late else _("按期报送")
        found.append(
            Event(
                version.submitted_at,
                _("第%(version)d版认证报送，%(late)s") % {**words, "late": late},
                detail=_("回执 %(number)s") % {"number": version.receipt.number},
                by=version.certified_by.name if version.certified_by else "",
                url=reverse("reporting:receipt", args=[version.pk]),
                tone="late" if version.is_late else "ok",
            )
        )
    for copy in version.copies.select_related("organisation"):
        title = _("第%(version)d版抄送%(organisation)s") % {
            **words,
            "organisation": copy.organisation,
        }
        found.append(Event(copy.at, title))
    found += [_of_review(version, review) for review in version.reviews.select_related("by")]
    return found


def _of_review(version: FilingVersion, review: Review) -> Event:
    words = {"version": version.number}
    if review.decision == "received":
        return Event(review.at, _("接收第%(version)d版") % words, by=review.by.name)
    if review.decision == "accepted":
        title = _("第%(version)d版审核通过") % words
        return Event(review.at, title, detail=review.comment, by=review.by.name, tone="ok")
    titles = {part.code: part.title for part in parts.of_version(version)}
    named = [(titles.get(item["part"], item["part"]), item) for item in review.deficient]
    told = "；".join(f"{title}：{item['problem']}" for title, item in named)
    title = _("第%(version)d版退回补正") % words
    return Event(review.at, title, detail=told, by=review.by.name, tone="late")
