"""Changing the words of a report; its figures are placed by name and never typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import Conflict, Refused
from core.officialdoc import clean
from reporting import chapters
from reporting.models import ReportVersion, StageReport
from reporting.services.reports.common import check_move, heads_of, lock_for, print_out, snapshot_of
from reporting.workflow import report as workflow

if TYPE_CHECKING:
    from accounts.models import User


def edit_version(
    *,
    report: StageReport,
    seen: int,
    words: Sequence[Mapping[str, Any]],
    note: str = "",
    by: User,
    now: datetime,
) -> ReportVersion:
    """Keep changed words as the next version and print it.

    ``seen`` is the version that the person had on the screen. Raises ``Conflict`` when somebody
    saved in between and ``Refused`` with every problem in the words; digits that are newly typed by
    hand need a ``note`` that says where they come from.
    """
    check_move(report, workflow.EDIT, by=by)
    snapshot = snapshot_of(report)
    kept = [
        {
            "code": clean(chapter.get("code")) or f"chapter-{place}",
            "title": clean(chapter.get("title")),
            "text": "\n".join(clean(line) for line in str(chapter.get("text", "")).splitlines()),
        }
        for place, chapter in enumerate(words, start=1)
    ]
    template = snapshot.template.content
    if wrong := chapters.problems(kept, template) or chapters.dropped(
        kept, template, snapshot.figures
    ):
        raise Refused("\n".join(wrong))
    _check_typed(report, kept, note)
    printed = print_out(snapshot, kept, heads_of(report, snapshot))
    with transaction.atomic():
        report = lock_for(report, workflow.EDIT, by=by)
        standing = report.current_version
        if standing is None or standing.number != seen:
            raise Conflict(_("报告刚被他人修改过，请刷新页面，核对后再修改。"))
        version = ReportVersion.objects.create(
            report=report,
            number=standing.number + 1,
            chapters=kept,
            note=note.strip(),
            edited_by=by,
            edited_at=now,
            **printed.enter(report, by=by, now=now),
        )
        report.current_version = version
        report.save(update_fields=["current_version"])
        audit.record("report.edit", report, by=by, now=now, version=version.number, note=note)
    return version


def _check_typed(report: StageReport, words: Sequence[Mapping[str, Any]], note: str) -> None:
    before = (
        chapters.typed_numbers(report.current_version.chapters) if report.current_version else []
    )
    fresh = [number for number in chapters.typed_numbers(words) if number not in before]
    if fresh and not note.strip():
        message = _("正文中有手工填写的数字（{numbers}）。请改用数据引用，或在修改说明中写明出处。")
        raise Refused(message.format(numbers="、".join(dict.fromkeys(fresh))))
