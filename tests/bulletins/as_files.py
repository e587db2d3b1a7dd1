"""The cases of a published bulletin as rows of the file that operators import."""

from datetime import date, timedelta
from itertools import count

# What a published text leaves open of a case, in the words of its day.
PHONE = ((date(2025, 1, 1), "电话"), (date(2006, 4, 1), "12398电话"))


def rows(records, *, period):
    """Rows by the contract of the case record; see ``published`` for what the records say."""
    first, last = period
    whole_year = (last - first).days > 360
    days = {
        "now": first,
        # Before the year that a whole year is compared with, else a base would count them too.
        "before": date(first.year - 2, 12, 20) if whole_year else first - timedelta(days=75),
        "mom": first - timedelta(days=3),
        "yoy": date(first.year - 1, first.month, 10),
    }
    numbers = count(1)
    for record in records:
        day = days[record.when]
        if record.due:
            day = first + timedelta(days=9)
        elif record.target and record.accepted and not record.unit and first.year >= 2025:
            day = last - timedelta(days=3)
        closed = first + timedelta(days=14)
        yield {
            "编号": f"B{next(numbers):07}",
            "受理时间": f"{day} 10:30",
            "反映渠道": record.channel or phone(day),
            "诉求性质": record.nature,
            "行业": record.industry or "电力",
            "业务类别": record.business,
            "被反映单位": record.unit,
            "被反映对象": record.target,
            "地区": record.place,
            "是否受理": "是" if record.accepted else "",
            "状态": "已办结" if record.closed else "",
            "办结时间": f"{closed} 10:30" if record.closed else "",
            "办理结论": record.outcome,
        }


def phone(day):
    return next(word for first, word in PHONE if day >= first)
