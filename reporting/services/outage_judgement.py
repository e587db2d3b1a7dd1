"""Outage notices held against the rules: flags that stand, findings proposed, the round."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from reporting.models import OutageFlag, OutageNotice
from reporting.outages import judging
from reporting.queries.outages import Rulebook, facts_of
from reporting.services import proposals

Code = OutageFlag.Code
# Of these one means that it was not announced in time.
LEAD = {Code.LATE, Code.MISSING}


def judge(
    notice: OutageNotice,
    *,
    now: datetime,
    book: Rulebook | None = None,
    keep: Collection[str] = (),
) -> OutageNotice:
    """Hold it against the rules of its day, in the caller's transaction; flags are what stands
    against it now. Residents cut off at will become a proposal of a finding.

    ``keep``: flags that stay though they are not found any more, because only what the company
    says has changed and not what happened.
    """
    book = book or Rulebook()
    rules = book.on(notice.planned_start)
    found = judging.judge(facts_of(notice, book), rules, now=now)
    notice.lead_seconds = None if found.lead is None else int(found.lead.total_seconds())
    notice.lead_ok, notice.explanation = found.lead_ok, list(found.explanation)
    notice.judged_at, notice.judge_at = now, found.again
    if _flag(notice, found.flags, keep, now=now) & LEAD:
        notice.lead_ok = False
    columns = ["lead_seconds", "lead_ok", "explanation", "judged_at", "judge_at"]
    notice.save(update_fields=columns)
    if OutageFlag.Code.VIOLATION in found.codes:
        _propose(notice, found, judging.clause_of(rules.kind(notice.kind)), now=now)
    return notice


def _flag(
    notice: OutageNotice, flags: tuple[judging.Flag, ...], keep: Collection[str], *, now: datetime
) -> set[str]:
    """Make the rows say what was found and what is kept, by their codes; the rest is left alone."""
    standing = {one.code: one for one in notice.flags.all()}
    wanted = {flag.code: flag for flag in flags}
    gone = [one for code, one in standing.items() if code not in wanted]
    kept = [one for one in gone if one.kept_at or one.code in keep]
    OutageFlag.objects.filter(pk__in=[one.pk for one in gone if one not in kept]).delete()
    fresh = [one.pk for one in kept if one.kept_at is None]
    OutageFlag.objects.filter(pk__in=fresh).update(kept_at=now)
    for code, flag in wanted.items():
        rule = flag.rule.pk if flag.rule else None
        told = (rule, flag.detail[:300])
        row = standing.get(code)
        if row is None:
            OutageFlag.objects.create(notice=notice, code=code, rule_id=rule, detail=told[1])
        elif (row.rule_id, row.detail) != told:
            row.rule_id, row.detail = told
            row.save(update_fields=["rule", "detail"])
    return {*wanted, *(one.code for one in kept)}


def _propose(notice: OutageNotice, found: judging.Judgement, clause: str, *, now: datetime) -> None:
    with translation.override("zh-hans"):
        labels = dict(OutageFlag.Code.choices)
        against = "、".join(
            str(labels[flag.code]) for flag in found.flags if flag.code != OutageFlag.Code.VIOLATION
        )
        words = {
            "unit": notice.organisation.name,
            "number": notice.number,
            "kind": notice.get_kind_display(),
            "area": notice.area,
            "households": notice.households,
            "against": against,
        }
        facts = (
            _("%(unit)s%(kind)s（编号%(number)s），停电区域：%(area)s，影响居民%(households)d户。")
            % words
        )
        facts += "\n" + _("存在问题：%(against)s。") % words
        title = _("%(unit)s随意停居民用电（%(number)s）") % words
    proposals.propose(
        source="outage",
        key=f"outage:{notice.pk}:violation",
        organisation=notice.organisation,
        clause=clause,
        title=title,
        facts=facts,
        url=reverse("reporting:outage", args=[notice.pk]),
        by=None,
        now=now,
    )


def rejudge(*, now: datetime, most: int = 500) -> int:
    """Judge again what time alone has changed; says how many. Safe to run twice."""
    due = OutageNotice.objects.filter(judge_at__lt=now).order_by("judge_at")
    if not (pks := list(due.values_list("pk", flat=True)[:most])):
        return 0
    book, done = Rulebook(), 0
    for pk in pks:
        with transaction.atomic():
            rows = OutageNotice.objects.select_for_update(of=("self",))
            notice = rows.select_related("organisation").filter(pk=pk, judge_at__lt=now).first()
            if notice is not None:
                judge(notice, now=now, book=book)
                done += 1
    return done
