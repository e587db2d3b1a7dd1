"""Gap forecasts: published, revised, compared with what came true, reported when large.

Source: campaign plan 二(一)1 (S1-2.1.1a).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import territory
from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from campaign.people import people_of
from core import audit, clock, masking, outbox
from core.errors import Refused
from core.sheets import Problem
from reporting import shortage
from reporting.models import GapForecast
from reporting.models.shortage import minute_of, written
from reporting.notifications import shortage as wording

if TYPE_CHECKING:
    from accounts.models import User
    from core.sheets import Form, Read

# What of the duty to report goes on with a revision.
REPORTING = ("report_due_at", "report_due_explanation", "reported_at", "reported_by")
REPORTING += ("report_words",)
# How far back a forecast may be entered late, and how far ahead one may be made.
BACK, AHEAD = timedelta(days=31), timedelta(days=400)


@dataclass(frozen=True)
class Band:
    """What is said of some hours of a day; minutes from midnight, loads in MW."""

    day: date
    from_minute: int
    to_minute: int
    gap_mw: Decimal
    peak_mw: Decimal
    basis: str


def refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not keep the forecasts of a unit; empty when they may."""
    if organisation.is_company and works_for(by, Permission.FILING_DRAFT, organisation):
        return ""
    return _("负荷缺口预测由供电单位具有“填报”权限的人员登记。")


@transaction.atomic
def publish(
    organisation: Organisation, *, bands: Sequence[Band], by: User, now: datetime
) -> list[GapForecast]:
    """Publish forecasts; one for the same hours takes the place of the one before. All or none.

    Raises ``Refused``.
    """
    if why_not := refusal(organisation, by=by):
        raise Refused(why_not)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    today = clock.day_of(now)
    made = []
    for band in bands:
        _check(organisation, band, today)
        made.append(_publish(organisation, band, by=by, now=now))
    return made


def _check(organisation: Organisation, band: Band, today: date) -> None:
    if not today - BACK <= band.day <= today + AHEAD:
        raise Refused(_("%(day)s太早或太晚。") % {"day": band.day.isoformat()})
    if not 0 <= band.from_minute < band.to_minute <= 24 * 60:
        raise Refused(_("时段的止须晚于起，不超过24:00。"))
    if not (band.peak_mw > 0 and 0 <= band.gap_mw <= band.peak_mw):
        raise Refused(_("缺口须在0和最大用电需求之间，最大用电需求须大于0。"))
    beside = (
        GapForecast.objects.standing()
        .filter(organisation=organisation, day=band.day)
        .filter(from_minute__lt=band.to_minute, to_minute__gt=band.from_minute)
        .exclude(from_minute=band.from_minute, to_minute=band.to_minute)
    )
    if other := beside.first():
        text = _("%(day)s时段%(band)s与已发布的%(other)s重叠。")
        words = {
            "day": band.day.isoformat(),
            "band": f"{written(band.from_minute)}—{written(band.to_minute)}",
        }
        raise Refused(text % {**words, "other": other.band})


def _publish(organisation: Organisation, band: Band, *, by: User, now: datetime) -> GapForecast:
    standing = GapForecast.objects.standing().filter(
        organisation=organisation,
        day=band.day,
        from_minute=band.from_minute,
        to_minute=band.to_minute,
    )
    before = standing.first()
    if before is not None and before.actual_at is not None:
        raise Refused(_("%(forecast)s已登记实际值，不能再修订预测。") % {"forecast": before})
    if before is not None and before.is_over(now):
        raise Refused(_("%(forecast)s的时段已经结束，不能再修订预测。") % {"forecast": before})
    if before is not None and (before.gap_mw, before.peak_mw, before.basis) == (
        band.gap_mw,
        band.peak_mw,
        masking.mask_text(band.basis),
    ):
        return before
    standing.update(replaced_at=now)
    made = GapForecast(
        organisation=organisation,
        **vars(band) | {"basis": masking.mask_text(band.basis)},
        published_at=now,
        published_by=by,
    )
    large = made.share > _limit(organisation, band.day)
    if before is not None and _carries(before, made, large=large):
        for name in REPORTING:
            setattr(made, name, getattr(before, name))
    elif large:
        _to_report(made, now)
    made.save()
    _record("publish" if before is None else "revise", made, by=by, now=now, gap=str(made.gap_mw))
    return made


def _carries(before: GapForecast, made: GapForecast, *, large: bool) -> bool:
    """Whether the duty to report goes on as it stood: what was published is to be reported,
    whatever it is revised to; what was reported is reported, until a revision grows."""
    if before.report_due_at is None:
        return False
    return before.reported_at is None or made.gap_mw <= before.gap_mw or not large


def _to_report(forecast: GapForecast, start: datetime) -> None:
    """The time to report a large gap runs from an instant on."""
    due = shortage.due("gap_reporting", start, on=clock.day_of(start))
    forecast.report_due_at, forecast.report_due_explanation = due.due_at, list(due.explanation)


def _limit(organisation: Organisation, day: date) -> Decimal:
    """The share of the peak, in per cent, above which a gap is reported."""
    return Decimal(shortage.plan_rules(organisation, on=day).limit("gap_report_percent"))


def _record(name: str, forecast: GapForecast, *, by: User, now: datetime, **details: Any) -> None:
    audit.record(
        f"forecast.{name}",
        forecast,
        by=by,
        now=now,
        organisation=forecast.organisation,
        day=forecast.day.isoformat(),
        band=forecast.band,
        **details,
    )


def _locked(forecast: GapForecast, by: User) -> GapForecast:
    found = (
        GapForecast.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=forecast.pk)
    )
    if why_not := refusal(found.organisation, by=by):
        raise Refused(why_not)
    if found.replaced_at is not None:
        raise Refused(_("这项预测已被修订，请办理修订后的预测。"))
    return found


@transaction.atomic
def enter_actual(
    forecast: GapForecast, *, gap_mw: Decimal, peak_mw: Decimal, by: User, now: datetime
) -> GapForecast:
    """Put beside a forecast what came true; again corrects it. Raises ``Refused``."""
    forecast = _locked(forecast, by)
    if not forecast.is_over(now):
        raise Refused(_("该时段还没有结束。"))
    if not (peak_mw > 0 and 0 <= gap_mw <= peak_mw):
        raise Refused(_("缺口须在0和最大用电需求之间，最大用电需求须大于0。"))
    forecast.actual_gap_mw, forecast.actual_peak_mw = gap_mw, peak_mw
    forecast.actual_at, forecast.actual_by = now, by
    names = ["actual_gap_mw", "actual_peak_mw", "actual_at", "actual_by"]
    # A gap that came larger than anybody said is to be reported, from the end of its hours.
    large = gap_mw * 100 / peak_mw > _limit(forecast.organisation, forecast.day)
    if large and forecast.report_due_at is None:
        _to_report(forecast, forecast.ends_at)
        names += ["report_due_at", "report_due_explanation"]
    forecast.save(update_fields=names)
    _record("actual", forecast, by=by, now=now, gap=str(gap_mw), peak=str(peak_mw))
    return forecast


@transaction.atomic
def report(forecast: GapForecast, *, words: str, by: User, now: datetime) -> GapForecast:
    """Report a large gap to the regulator, with what is done about it. Raises ``Refused``."""
    forecast = _locked(forecast, by)
    if forecast.report_due_at is None:
        raise Refused(_("缺口没有超过须报告的比例。"))
    if forecast.reported_at is not None:
        raise Refused(_("已于%(time)s报告。") % {"time": clock.written(forecast.reported_at)})
    if not words.strip():
        raise Refused(_("请写明缺口原因和应对措施。"))
    forecast.reported_at, forecast.reported_by = now, by
    forecast.report_words = masking.mask_text(words.strip())
    forecast.save(update_fields=["reported_at", "reported_by", "report_words"])
    _record("report", forecast, by=by, now=now, late=now > forecast.report_due_at)
    office, copy_to = territory.regulator_for(forecast.organisation, clock.day_of(now))
    on = clock.day_of(now)
    for place in filter(None, (office, copy_to)):
        people = people_of(place, Permission.FILING_REVIEW, on=on)
        outbox.post_all(wording.gap_reported(forecast, to=place, people=people), now=now)
    return forecast


def faults(organisation: Organisation, form: Form, read: Read, *, now: datetime) -> list[Problem]:
    """What is wrong with rows of a workbook besides their cells: hours, days, overlaps; each at its
    cell. Nothing is published."""
    found: list[Problem] = []
    seen: list[tuple[int, Band]] = []
    for line, row in zip(read.lines, read.rows, strict=True):
        try:
            (band,) = bands_of([row])
        except Refused:
            text = _("时段不对"), _("请填如08:00、24:00。")
            found.append(_problem(form, read, line, "from_time", *text))
            continue
        except (KeyError, TypeError, ValueError, ArithmeticError):
            # A cell that was not taken has its own word already.
            continue
        if told := _amiss(organisation, band, seen, now=now):
            found.append(_problem(form, read, line, *told))
        seen.append((line, band))
    return found


def _problem(form: Form, read: Read, line: int, key: str, message: str, remedy: str) -> Problem:
    column = form.by_key[key]
    return Problem(
        sheet=read.sheet,
        row=line,
        column=column.label,
        cell=f"{read.letters.get(key, '')}{line}",
        rule=_("时段在一日之内，互不重叠"),
        message=message,
        remedy=remedy,
        key=key,
    )


def _amiss(
    organisation: Organisation, band: Band, seen: Sequence[tuple[int, Band]], *, now: datetime
) -> tuple[str, str, str] | None:
    """Which column of a row is wrong, why, and what to do; None for a sound one."""
    today = clock.day_of(now)
    if not today - BACK <= band.day <= today + AHEAD:
        return "day", _("日期太早或太晚"), _("请填写前31日至后400日内的日期。")
    if band.from_minute >= band.to_minute:
        return "to_time", _("时段的止不晚于起"), _("跨零点的分两行填写，各属其日。")
    for line, other in seen:
        if other.day == band.day and _meet(band, other.from_minute, other.to_minute):
            return "from_time", _("与第%(line)d行的时段重叠") % {"line": line}, _("请核对时段。")
    same = GapForecast.objects.standing().filter(organisation=organisation, day=band.day)
    for one in same:
        if (one.from_minute, one.to_minute) == (band.from_minute, band.to_minute):
            if one.actual_at is not None or one.is_over(now):
                text = _("该时段已经结束或者已登记实际值，不能再修订预测")
                return "from_time", text, _("请删除该行。")
        elif _meet(band, one.from_minute, one.to_minute):
            words = {"day": band.day.isoformat(), "band": one.band}
            text = _("与已发布的%(day)s %(band)s重叠") % words
            return "from_time", text, _("请按已发布的时段修订。")
    return None


def _meet(band: Band, begin: int, end: int) -> bool:
    return band.from_minute < end and begin < band.to_minute


def bands_of(rows: Sequence[Mapping[str, Any]]) -> list[Band]:
    """Rows of the workbook (see catalogue/sheets/forecasts.yaml) as bands. Raises ``Refused``."""
    found = []
    for place, row in enumerate(rows, start=1):
        try:
            begin, end = minute_of(row["from_time"]), minute_of(row["to_time"])
        except ValueError:
            text = _("第%(place)d行的时段不对，请填如08:00、24:00。")
            raise Refused(text % {"place": place}) from None
        found.append(
            Band(
                day=date.fromisoformat(str(row["day"])),
                from_minute=begin,
                to_minute=end,
                gap_mw=Decimal(str(row["gap_mw"])),
                peak_mw=Decimal(str(row["peak_mw"])),
                basis=str(row["basis"]),
            )
        )
    return found
