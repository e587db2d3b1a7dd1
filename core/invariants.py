"""What must always be true of the data, told by every app and proved by ``manage.py verify``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from core import audit, clock, file_checks
from core.calendars import digest_of
from core.models import CalendarVersion, Heartbeat, Job, Letter
from core.workdays import plan_of

Check = Callable[[], list[str]]
_checks: dict[str, Check] = {}


def register(name: str) -> Callable[[Check], Check]:
    """``fn() -> list[str]``: a sentence for each breach, none when all is well.

    Register in the app's ``invariants.py``, which every process imports at its start. The name is
    like "reporting.receipts-without-gap".
    """

    def decorate(fn: Check) -> Check:
        _checks[name] = fn
        return fn

    return decorate


def check_all() -> dict[str, list[str]]:
    """Every check by name with the breaches it found; one that fails itself counts as a breach."""
    found: dict[str, list[str]] = {}
    for name, check in sorted(_checks.items()):
        try:
            found[name] = check()
        except Exception as error:
            found[name] = [
                _("检查未能完成：{fault}").format(fault=f"{type(error).__name__}: {error}")
            ]
    return found


register("core.audit-trail")(audit.verify)


@register("core.files-whole")
def files_whole() -> list[str]:
    """Every stored file is there and is what was uploaded; nothing lies there without a row."""
    return [*file_checks.broken(), *file_checks.orphan_sentences(now=clock.now())]


@register("core.letters-in-order")
def letters_in_order() -> list[str]:
    """No lease older than ten times its length; a letter to be sent is one that can be."""
    now = clock.now()
    problems = []
    for channel, seconds in settings.OUTBOX["lease_seconds"].items():
        stale = now - timedelta(seconds=9 * seconds)
        flying = Letter.objects.filter(channel=channel, state=Letter.State.IN_FLIGHT)
        problems += [
            _("信件 {letter} 的处理期限早已过期而无人接手。").format(letter=pk)
            for pk in flying.filter(lease_until__lt=stale).values_list("pk", flat=True)
        ]
    mails = Letter.objects.filter(channel=Letter.Channel.MAIL, state=Letter.State.QUEUED)
    problems += [
        _("信件 {letter} 没有收件地址。").format(letter=pk)
        for pk in mails.filter(to_index="").values_list("pk", flat=True)
    ]
    return problems


@register("core.jobs-have-letters")
def jobs_have_letters() -> list[str]:
    """A job that is not finished has a letter that carries it or tells why it does not."""
    waiting = {f"job:{key}": key for key in Job.objects.unfinished().values_list("key", flat=True)}
    carried = Letter.objects.filter(key__in=waiting).exclude(state__in=Letter.FINAL_STATES)
    left = set(waiting) - set(carried.values_list("key", flat=True))
    return [_("任务 {job} 无人处理。").format(job=waiting[key]) for key in sorted(left)]


@register("core.duties-run")
def duties_run() -> list[str]:
    """The last round of every periodic duty went through."""
    failed = Heartbeat.objects.filter(name__startswith="duty:").exclude(error="")
    return [
        _("定时任务 {name} 最近一次失败：{error}").format(name=beat.name[5:], error=beat.error)
        for beat in failed.order_by("name")
    ]


@register("core.calendars-whole")
def calendars_whole() -> list[str]:
    """The days of every calendar version are those that were published."""
    versions = CalendarVersion.objects.prefetch_related("days")
    return [
        _("{version}的日期与发布时不一致。").format(version=version)
        for version in versions
        if digest_of(plan_of(version).days) != version.digest
    ]
