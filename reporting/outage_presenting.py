"""Outages in words: rows of lists, explanations, differences of versions, tabs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from core import arithmetic, clock, sla
from core.components import Change, Tab
from reporting.models import OutageFlag, OutageNotice, OutageRule
from reporting.outage_records import CHANNELS, MOMENTS, Record
from reporting.outages.judging import length
from reporting.queries import outages as queries

if TYPE_CHECKING:
    from accounts.models import User

L = gettext_lazy
Kind, State = OutageNotice.Kind, OutageNotice.State
SECTIONS = {
    "list": (L("停限电信息"), "reporting:outages", Permission.OUTAGE_VIEW),
    "monitor": (L("公告监测"), "reporting:outage_monitor", Permission.OUTAGE_VIEW),
    "leads": (L("疑似未公告停电"), "reporting:outage_leads", Permission.FINDING_VIEW),
    "yearly": (L("全年停电时间"), "reporting:outage_yearly", Permission.OUTAGE_VIEW),
    "grids": (L("网格停电"), "reporting:grid_outages", Permission.OUTAGE_VIEW),
    "frequent": (L("频繁停电"), "reporting:outage_frequent", Permission.OUTAGE_VIEW),
    "rules": (L("规则"), "reporting:outage_rules", Permission.OUTAGE_VIEW),
}
LABELS: dict[str, Any] = {
    "number": L("编号"),
    "kind": L("类型"),
    "reason": L("停电原因"),
    "reason_text": L("原因说明"),
    "document": L("依据文件"),
    "area": L("停电区域"),
    "area_type": L("城乡类别"),
    "substation": L("变电站"),
    "lines": L("停电线路"),
    "transformer_areas": L("停电台区"),
    "households": L("居民户数"),
    "important_users": L("重要用户数"),
    "dedicated_users": L("专变用户数"),
    "sensitive_users": L("敏感用户数"),
    "planned_start": L("计划停电时间"),
    "planned_end": L("计划复电时间"),
    "published_at": L("公告时间"),
    "channels": L("公告渠道"),
    "important_told_at": L("通知重要用户时间"),
    "important_record": L("重要用户通知记录"),
    "actual_start": L("实际停电时间"),
    "actual_end": L("实际复电时间"),
    "arrived_at": L("抢修到场时间"),
    "cause_ended_at": L("停电原因消除时间"),
    "method": L("作业方式"),
    "avoided_hours": L("减少停电时间（小时）"),
    "avoided_households": L("减少停电户数"),
    "state": L("状态"),
}
UNITS: dict[str, Any] = {
    "hours": L("小时"),
    "calendar_days": L("日"),
    "d": L("天"),
    "h": L("小时"),
    "min": L("分钟"),
}
AMOUNT = re.compile(r"(\d+) (hours|calendar_days|d|h|min)\b ?")


def sections(user: User, current: str) -> list[Tab]:
    """The pages of outages that a person may open."""
    return [
        Tab(label, reverse(name), key == current)
        for key, (label, name, permission) in SECTIONS.items()
        if user.can(permission)
    ]


def flag_choices() -> list[tuple[str, Any]]:
    return [("any", _("有问题的")), *OutageFlag.Code.choices]


def described(filters: queries.Filters) -> list[str]:
    """What a list was narrowed by beside its filter bar, in words."""
    words: list[str] = []
    if filters.unit or filters.exactly:
        words.append(_("供电单位：%(code)s") % {"code": filters.exactly or filters.unit})
    leads = {
        "asked": _("应当提前公告的"),
        "met": _("提前量符合规则的"),
        "short": _("未按规则提前公告的"),
    }
    if filters.lead in leads:
        words.append(leads[filters.lead])
    if "," in filters.kind:
        labels = [_labelled("kind", one) for one in filters.kind.split(",")]
        words.append(_("类型：%(kinds)s") % {"kinds": "、".join(labels)})
    if filters.area_type:
        labels = [_labelled("area_type", one) for one in filters.area_type.split(",")]
        words.append(_("城乡类别：%(areas)s") % {"areas": "、".join(labels)})
    if filters.counted:
        words.append(_("不含停电前取消的和不停电作业"))
    if filters.place:
        words.append(
            _("停电位置：%(place)s，同一线路、台区的不同写法合并") % {"place": filters.place}
        )
    if filters.restored:
        words.append(_("停居民用电并已填报停复电时间的"))
    if filters.method:
        method = _labelled("method", filters.method)
        words.append(
            _("采用不停电作业方式的")
            if filters.method == "any"
            else _("作业方式：%(method)s") % {"method": method}
        )
    return words


def row(notice: OutageNotice, *, now: datetime) -> dict[str, Any]:
    """A notice as lists show it: where it stands, and what is wrong."""
    flags = [flag for flag in notice.flags.all() if flag.code != "unreported"]
    return {
        "notice": notice,
        "lamp": lamp(notice, bool(flags), now=now),
        "word": phase(notice, now=now),
        "flags": list(notice.flags.all()),
        "lead": lead_of(notice),
    }


def phase(notice: OutageNotice, *, now: datetime) -> str:
    """How far an outage is."""
    if notice.state == State.CANCELLED:
        return _("已取消")
    if notice.actual_end is not None:
        return _("已复电")
    if notice.actual_start is not None:
        return _("停电中")
    if notice.planned_start > now:
        return _("未停电")
    return _("计划时段内") if notice.planned_end > now else _("待填报")


def lamp(notice: OutageNotice, wrong: bool, *, now: datetime) -> str:
    if notice.state == State.CANCELLED:
        return "pause"
    if wrong:
        return "late"
    if notice.actual_end is not None:
        return "done"
    return "near" if notice.planned_start <= now else "ok"


def reason_labels() -> dict[str, str]:
    """Code → label of every reason that ever was."""
    rows = OutageRule.objects.filter(family=OutageRule.Family.REASON).order_by("valid_from")
    return {code.partition(".")[2]: title for code, title in rows.values_list("code", "title")}


def facts(notice: OutageNotice) -> list[tuple[Any, str]]:
    """Everything that a notice says, label by label."""
    values = Record.standing(notice).values()
    reasons = reason_labels()
    return [
        (label, said)
        for name, label in LABELS.items()
        if name in values and (said := _said(name, values[name], reasons))
    ]


def _said(name: str, value: Any, reasons: Mapping[str, str]) -> str:
    if value in (None, "", [], 0):
        return ""
    if name in MOMENTS:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return clock.written(moment)
    if name == "channels":
        return "、".join(str(CHANNELS.get(one, one)) for one in value)
    if isinstance(value, list):
        return "、".join(value)
    if name == "reason":
        return reasons.get(value, value)
    return _labelled(name, str(value))


def _labelled(name: str, value: str) -> str:
    choices = {
        "kind": Kind,
        "area_type": OutageNotice.AreaType,
        "method": OutageNotice.Method,
        "state": State,
    }
    if name in choices:
        return str(dict(choices[name].choices).get(value, value))
    return value


def explained(notice: OutageNotice) -> list[dict[str, str]]:
    """How it was judged: from what to what, by which rule and version."""
    return [{**line, "value": _with_unit(line["value"])} for line in sla.shown(notice.explanation)]


def _with_unit(value: str) -> str:
    """ "7 calendar_days" and "2 d 23 h" as people read them."""
    return AMOUNT.sub(lambda found: f"{found[1]}{UNITS[found[2]]}", value)


def lead_of(notice: OutageNotice) -> str:
    """How long beforehand it was announced; nothing where it was not, as with faults."""
    if notice.lead_seconds is None or notice.lead_seconds <= 0:
        return ""
    return _with_unit(length(timedelta(seconds=notice.lead_seconds)))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What one version changed in the one before."""
    reasons = reason_labels()
    return [
        Change("changed", label, _said(name, old, reasons) or "—", _said(name, new, reasons) or "—")
        for name, label in LABELS.items()
        if (old := before.get(name)) != (new := after.get(name))
    ]


def hours(notice: OutageNotice, user: User) -> dict[str, str]:
    """What residents went without, and what other methods spared them."""
    found: dict[str, str] = {}
    if notice.households and notice.actual_start and notice.actual_end:
        seconds = int((notice.actual_end - notice.actual_start).total_seconds())
        dark = Fraction(seconds * notice.households, queries.HOUR)
        found["dark"] = arithmetic.printed(arithmetic.half_up(dark, 2), strip_zeros=True)
        day = clock.day_of(notice.planned_start)
        served = queries.residents(user, [notice.organisation_id], on=day)
        if residents := served.get(notice.organisation_id):
            each = arithmetic.half_up(dark / residents, 4)
            found["each"] = arithmetic.printed(each, decimals=4)
            found["residents"] = str(residents)
    if notice.avoided_hours and notice.avoided_households:
        spared = notice.avoided_hours * notice.avoided_households
        found["spared"] = arithmetic.printed(spared, strip_zeros=True)
    return found


def rule_families(*, on: date) -> list[tuple[Any, list[tuple[OutageRule, bool]]]]:
    """All rules by family, each with whether it holds today."""
    holds = set(OutageRule.objects.in_force(on=on).values_list("pk", flat=True))
    rows = list(OutageRule.objects.order_by("family", "code", "valid_from"))
    return [
        (label, [(one, one.pk in holds) for one in rows if one.family == family])
        for family, label in OutageRule.Family.choices
    ]
