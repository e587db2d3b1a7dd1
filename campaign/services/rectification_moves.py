"""How an item of the ledger moves: one way for all acts, and what its unit does.

Source: campaign plan 三(六)1 (S1-3.3.6(1)b): measure, unit, person, date, progress, evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Organisation, User
from campaign import rectification_workflow as workflow
from campaign import rules
from campaign.models import RectificationExtension, RectificationItem
from campaign.people import Directory
from campaign.rectification_workflow import ItemMove, Side
from campaign.services.rectification import FILE_PURPOSE, clean, locked, note, tell
from core import audit, clock, files, sla
from core.errors import Conflict, Refused

Changes = dict[str, Any]
# What an act does beside its move: the held item and the moment in, new values out.
Prepare = Callable[[RectificationItem], Changes]
MOST_FILES = 10
EVIDENCE = (ItemMove.PROGRESS, ItemMove.REPORT)
# The same words of the same person are one act when they come again so soon.
SECOND_CLICK = timedelta(minutes=1)


def move(
    item: RectificationItem,
    act: ItemMove,
    *,
    by: User | None,
    now: datetime,
    text: str = "",
    uploads: Sequence[IO[bytes]] = (),
    prepare: Prepare | None = None,
    tells: Side | None = None,
    needs_text: bool = False,
    **data: Any,
) -> RectificationItem:
    """Do one act: files first (no lock is held meanwhile), then lock, ask, write, audit, tell.

    Raises ``Refused``, and ``Conflict`` when somebody else was first.
    """
    _ask(item, act, by)
    text = clean(text)
    if needs_text and not text:
        raise Refused(_("请填写“%(move)s”的内容或理由。") % {"move": act.label})
    if len(uploads) > MOST_FILES:
        raise Refused(_("一次最多上传%(n)d个文件。") % {"n": MOST_FILES})
    received = [files.receive(one, purpose=FILE_PURPOSE) for one in uploads]
    with transaction.atomic():
        item = locked(item)
        _ask(item, act, by)
        before = item.state
        changes = prepare(item) if prepare else {}
        if by is not None and _again(item, act, by, text, changes, now=now):
            return item
        if (target := workflow.MOVES[act].target) is not None:
            changes.setdefault("state", target)
        standing = RectificationItem.objects.filter(pk=item.pk, state=before)
        if changes and not standing.update(**changes):
            raise Conflict(_("该事项刚被他人办理，请刷新后再试。"))
        item = locked(item)
        side = workflow.MOVES[act].side
        place = (item.responsible_unit or item.unit) if side == Side.UNIT else item.regulator
        kept = [files.enter(one, by=by, now=now, organisation=place) for one in received]
        percent = changes.get("percent")
        organisation = place if by is not None else None
        if "due_at" in changes:
            # The item keeps its last deadline only; what held until then is told by the timeline.
            data["due_at"] = item.due_at.isoformat()
        entry = note(
            item,
            act,
            by=by,
            organisation=organisation,
            now=now,
            text=text,
            percent=percent,
            kept=kept,
            **data,
        )
        audit.record(
            f"rectification.{act}",
            item,
            by=by,
            now=now,
            organisation=place,
            number=item.number,
            state=item.state,
            files=[one.sha256 for one in kept],
            **data,
        )
        if tells is not None:
            tell(item, entry, tells, by=by, now=now)
    return item


def _again(
    item: RectificationItem, act: ItemMove, by: User, text: str, changes: Changes, *, now: datetime
) -> bool:
    """Whether an act that moves nothing is the last one once more: a second click, no second word
    to the other side. (Acts that move the item are refused the second time.)"""
    if workflow.MOVES[act].target is not None:
        return False
    last = item.entries.order_by("-pk").first()
    return last is not None and (
        (last.act, last.by_id, last.text) == (act, by.pk, text)
        and last.percent == changes.get("percent")
        and now - last.at < SECOND_CLICK
    )


def _ask(item: RectificationItem, act: ItemMove, by: User | None) -> None:
    if why_not := workflow.refusal(act, item, by=by):
        raise Refused(why_not)


# -- the unit --------------------------------------------------------------------------------------


def plan(
    *,
    item: RectificationItem,
    measure: str,
    responsible_unit: Organisation,
    responsible_person: User,
    by: User,
    now: datetime,
) -> RectificationItem:
    """Say what will be done, which unit does it and who answers for it. Raises ``Refused``."""
    measure = clean(measure)
    if not measure:
        raise Refused(_("请填写整改措施。"))
    if why_not := unit_refusal(item.unit, responsible_unit, responsible_person, now=now):
        raise Refused(why_not)

    def prepare(_standing: RectificationItem) -> Changes:
        return {
            "measure": measure,
            "responsible_unit": responsible_unit,
            "responsible_person": responsible_person,
            "planned_by": by,
        }

    return move(
        item,
        ItemMove.PLAN,
        by=by,
        now=now,
        text=measure,
        prepare=prepare,
        unit=responsible_unit.code,
        person=responsible_person.pk,
    )


def unit_refusal(unit: Organisation, place: Organisation, person: User, *, now: datetime) -> str:
    """Why a unit and person cannot answer for an item; empty when they can."""
    if not place.is_company or not place.path.startswith(unit.path):
        return _("责任单位须是%(unit)s或其下属单位。") % {"unit": unit}
    on = clock.day_of(now)
    if not Directory([place.pk]).works_in(place.pk, person, on=on):
        return _("责任人须是责任单位的人员。")
    return ""


def progress(
    *,
    item: RectificationItem,
    text: str,
    percent: int,
    by: User,
    now: datetime,
    uploads: Sequence[IO[bytes]] = (),
) -> RectificationItem:
    """One more entry of how far it is, with evidence. Raises ``Refused``."""
    if not 0 <= percent <= 99:
        raise Refused(_("进度应为0至99；已经完成的，请报告完成。"))
    return move(
        item,
        ItemMove.PROGRESS,
        by=by,
        now=now,
        text=text,
        uploads=uploads,
        needs_text=True,
        prepare=lambda _standing: {"percent": percent},
    )


def report_done(
    *,
    item: RectificationItem,
    text: str,
    by: User,
    now: datetime,
    uploads: Sequence[IO[bytes]] = (),
) -> RectificationItem:
    """Say that it is done; the regulator is asked to check. Without evidence there is nothing to
    check. Raises ``Refused``."""

    def prepare(standing: RectificationItem) -> Changes:
        if not uploads and not has_evidence(standing):
            raise Refused(_("请上传整改佐证材料。"))
        return {"percent": 100, "reported_at": now, "reported_by": by}

    return move(
        item,
        ItemMove.REPORT,
        by=by,
        now=now,
        text=text,
        uploads=uploads,
        needs_text=True,
        prepare=prepare,
        tells=Side.REGULATOR,
    )


def has_evidence(item: RectificationItem) -> bool:
    """Whether files came since the item was opened, returned or reopened last."""
    again = item.entries.filter(act__in=(ItemMove.RETURN, ItemMove.REOPEN)).order_by("-pk").first()
    entries = item.entries.filter(act__in=EVIDENCE, files__isnull=False)
    return (entries.filter(pk__gt=again.pk) if again else entries).exists()


# -- extensions ------------------------------------------------------------------------------------


def extension_refusal(item: RectificationItem, due_on: date, *, now: datetime) -> str:
    """Why the day cannot be asked for or granted; empty when it can. The cap is data."""
    if sla.day_end(due_on) <= item.due_at:
        return _("新的整改期限必须晚于原期限。")
    if sla.day_end(due_on) <= now:
        return _("新的整改期限不能早于今天。")
    today = clock.day_of(now)
    sheet = rules.sheet("rect_extension_days", item.regulator, on=today)
    if sheet is None:
        return ""
    days = sheet.values["rect_extension_days"]
    last = clock.day_of(item.first_due_at) + timedelta(days=days)
    if due_on > last:
        return _("延期累计不能超过%(days)d日（最晚%(last)s）。") % {
            "days": days,
            "last": last.isoformat(),
        }
    return ""


def ask_extension(
    *, item: RectificationItem, due_on: date, reason: str, by: User, now: datetime
) -> RectificationItem:
    """The unit asks for a later day. Raises ``Refused``."""

    def prepare(standing: RectificationItem) -> Changes:
        if why_not := extension_refusal(standing, due_on, now=now):
            raise Refused(why_not)
        if standing.extensions.filter(granted__isnull=True).exists():
            raise Refused(_("已有一项延期申请待审批。"))
        RectificationExtension.objects.create(
            item=standing,
            asked_at=now,
            asked_by=by,
            due_on=due_on,
            reason=clean(reason),
            old_due_at=standing.due_at,
        )
        return {}

    return move(
        item,
        ItemMove.ASK_EXTENSION,
        by=by,
        now=now,
        text=reason,
        needs_text=True,
        prepare=prepare,
        tells=Side.REGULATOR,
        due_on=due_on.isoformat(),
    )


def decide_extension(
    *, item: RectificationItem, asked: int, grant: bool, opinion: str, by: User, now: datetime
) -> RectificationItem:
    """Whoever approves extensions says yes or no; a refusal has its reason.

    ``asked`` is the request that they have read. Raises ``Refused``, and ``Conflict`` when another
    waits by now.
    """
    act = ItemMove.GRANT_EXTENSION if grant else ItemMove.REFUSE_EXTENSION

    def prepare(standing: RectificationItem) -> Changes:
        waiting = standing.extensions.filter(granted__isnull=True).first()
        if waiting is None:
            raise Refused(_("没有待审批的延期申请。"))
        if waiting.pk != asked:
            raise Conflict(_("这期间该单位另提了延期申请，请刷新页面，核对后再审批。"))
        if grant and (why_not := extension_refusal(standing, waiting.due_on, now=now)):
            raise Refused(why_not)
        waiting.granted, waiting.decided_at, waiting.decided_by = grant, now, by
        waiting.opinion = clean(opinion)[:300]
        waiting.save(update_fields=["granted", "decided_at", "decided_by", "opinion"])
        return extended(standing, waiting) if grant else {}

    return move(
        item,
        act,
        by=by,
        now=now,
        text=opinion,
        needs_text=not grant,
        prepare=prepare,
        tells=Side.UNIT,
    )


def extended(item: RectificationItem, asked: RectificationExtension) -> Changes:
    """The later deadline with its lines on top of those that stood."""
    return {
        "due_at": sla.day_end(asked.due_on),
        "due_provisional": False,
        "due_explanation": [
            *item.due_explanation,
            {
                "text": gettext_noop("经批准延期至"),
                "value": f"{asked.due_on:%Y-%m-%d} 23:59:59",
                "source": item.regulator.name,
            },
        ],
        "reminded_at": None,
        "overdue_told_at": None,
    }
