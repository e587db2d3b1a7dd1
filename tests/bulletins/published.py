"""The published bulletins kept as test data, and cases that realise their figures.

Nothing here knows how the builder counts: every stated figure is turned into cases by the words of
the published text alone.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
IDS = sorted(path.stem for path in FOLDER.glob("*.json"))
OFFICES = {
    "国家能源局": "NEA-ROOT",
    "国家电力监管委员会": "NEA-ROOT",
    "国家能源局华中监管局": "SERC-HZ",
    "国家能源局东北监管局": "SERC-DB",
    "国家能源局河南监管办公室": "SERC-HEN",
    "国家能源局湖南监管办公室": "SERC-HUN",
    "国家能源局浙江监管办公室": "SERC-ZJ",
}


@cache
def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def style_of(bulletin):
    year = bulletin["period"]["year"]
    # The first months of 2023 were published as the years before.
    if year == 2023 and bulletin["format"] == "classic":
        return "classic"
    eras = ((2025, "2025"), (2023, "2023"), (2015, "classic"))
    return next((code for first, code in eras if year >= first), "2012")


def span(bulletin):
    """First and last day of the period."""
    period = bulletin["period"]
    year = period["year"]
    first, months = {
        "month": (period.get("month"), 1),
        "quarter": (period.get("quarter", 1) * 3 - 2, 3),
        "year": (1, 12),
    }[period["type"]]
    last = date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
    return date(year, first, 1), date.fromordinal(last.toordinal() - 1)


def balance_of(bulletin):
    words = " ".join(c.get("convention", "") for c in bulletin["share_conventions"].values())
    if "largest item" in words:
        return "largest"
    return "last" if "last/other" in words else "none"


@dataclass
class Record:
    """One synthetic case, in the words of the published text. ``when`` is now, mom, yoy or before
    (received earlier, closed in the period)."""

    nature: str
    channel: str = ""
    industry: str = ""
    business: str = ""
    target: str = ""
    unit: str = ""
    place: str = ""
    outcome: str = ""
    accepted: bool = False
    closed: bool = False
    when: str = "now"
    due: bool = False
    in_time: bool = False


@dataclass
class Made:
    """The cases of one bulletin, and how many of the stated figures no case can carry."""

    records: list = field(default_factory=list)
    impossible: dict = field(default_factory=dict)


def stated(bulletin):
    return {entry["path"]: entry for entry in bulletin["stated"]}


def group(bulletin, name):
    """Key → count of a stated dimension, leaves only."""
    found = {
        path[len(name) + 1 :]: entry["count"]
        for path, entry in stated(bulletin).items()
        if path.startswith(f"{name}.")
    }
    return {
        key: count
        for key, count in found.items()
        if not any(other.startswith(f"{key}.") for other in found)
    }


def deal(records, attribute, counts, last="", only=lambda record: True):
    """Give values to the records that have none yet, in order."""
    free = [record for record in records if only(record) and not getattr(record, attribute)]
    place = 0
    for value, count in counts.items():
        for record in free[place : place + count]:
            setattr(record, attribute, value)
        place += count
    return len(free) - place


def both(record):
    return record.nature in ("投诉", "举报")


def records_of(bulletin):
    """Cases that realise what the bulletin states."""
    made = Made()
    if "complaints.dispatched" in stated(bulletin):
        _enterprise_records(bulletin, made)
    else:
        _hotline_records(bulletin, made)
    return made


def _table(bulletin, header):
    return next(
        (t for t in bulletin["tables"] if t["row_header"] == header and t["complete"]), None
    )


def _hotline_records(bulletin, made):
    records = made.records
    table = _table(bulletin, "反映渠道")
    columns = {"其它": "其他"}
    if table:
        for row in table["rows"][:-1]:
            for column, count in zip(table["columns"][:-1], row["values"][:-1], strict=True):
                nature = columns.get(column, column)
                records += [Record(nature, channel=row["label"]) for _n in range(count)]
    else:
        for nature, count in group(bulletin, "nature").items():
            records += [Record(nature) for _n in range(count)]
        # The rarest channels are dealt from the end, where the enquiries are.
        deal(records[::-1], "channel", group(bulletin, "channel"))
    if 5 * sum(map(both, records)) > len(records):
        _sorted_tables(bulletin, records)
    else:
        _power_reports(bulletin, records)
    _businesses(bulletin, made)
    _handling(bulletin, made)
    _bases(bulletin, made)


def _sorted_tables(bulletin, records):
    """2023: natures by business and target as the tables print them, the rest by the text."""
    for table in bulletin["tables"]:
        industry = "新能源和可再生能源" if "新能源" in table["title"] else "电力"
        attribute = "target" if "对象" in table["title"] else "business"
        for row in table["rows"]:
            if row["label"] == "合计":
                continue
            for nature, count in zip(("投诉", "举报"), row["values"][:2], strict=True):
                chosen = [r for r in records if r.nature == nature and not getattr(r, attribute)][
                    :count
                ]
                for record in chosen:
                    setattr(record, attribute, row["label"])
                    if attribute == "business":
                        record.industry = industry
    dealt = {}
    for record in records:
        dealt[record.industry] = dealt.get(record.industry, 0) + 1
    left = {k: n - dealt.get(k, 0) for k, n in group(bulletin, "industry").items()}
    deal(records, "industry", left)
    taken = {}
    for record in records:
        taken[record.target] = taken.get(record.target, 0) + 1
    targets = {k.split(".")[-1]: n for k, n in group(bulletin, "target").items()}
    deal(records, "target", {k: n - taken.get(k, 0) for k, n in targets.items()})


def _power_reports(bulletin, records):
    """Classic: how many of the complaints and reports are about power, and their business."""
    industries = dict(group(bulletin, "industry"))
    _power_table(bulletin, records, industries)
    power = stated(bulletin).get("complaints_and_reports.电力", {}).get("count")
    if power is not None and not any(record.business for record in records):
        deal(records, "industry", {"电力": power}, only=both)
        industries["电力"] -= power
        deal(
            records, "business", group(bulletin, "power_cr"), only=lambda r: r.industry and both(r)
        )
        rest = [r for r in records if not both(r)]
        deal(rest, "industry", {"电力": industries.pop("电力")})
    deal(records[::-1], "industry", industries)
    if not industries:
        deal(records, "industry", {"电力": len(records)})


def _power_table(bulletin, records, industries):
    """Classic: every cell of the table of power by business and nature, where it is stored."""
    table = _table(bulletin, "业务类别")
    if table is None:
        return
    for row in table["rows"][:-1]:
        for nature, count in zip(table["columns"][:-1], row["values"][:-1], strict=True):
            free = [r for r in records if r.nature == nature and not r.business][:count]
            for record in free:
                record.business, record.industry = row["label"], "电力"
            industries["电力"] -= len(free)


def _businesses(bulletin, made):
    """2012: the printed categories exceed the total; the second 市场准入 is the misprint's."""
    counts = group(bulletin, "business")
    total = stated(bulletin)["total"]["count"]
    if not counts:
        return
    surplus = sum(counts.values()) - total
    for key in [key for key in counts if key.endswith("(2)")][:surplus]:
        made.impossible[f"business.{key}"] = counts.pop(key)
    deal(made.records, "business", counts)


def _handling(bulletin, made):
    figures = stated(bulletin)
    reported = [record for record in made.records if both(record)]
    accepted = figures.get("accepted", {}).get("count", 0)
    for record in reported[:accepted]:
        record.accepted = True
    if accepted > len(reported):
        made.impossible["accepted"] = accepted
    for record in reported[: figures.get("closed_by_period_end", {}).get("count", 0)]:
        record.closed = True
    closed = figures.get("closed", {}).get("count", 0)
    for record in reported[: min(closed, len(reported) // 2)]:
        record.closed = record.accepted = True
    earlier = closed - sum(record.closed for record in reported)
    if closed:
        made.records += [
            Record("投诉", when="before", accepted=True, closed=True) for _n in range(earlier)
        ]


def _bases(bulletin, made):
    """Cases of the base periods, from the smallest whole base that the printed change allows."""
    figures = stated(bulletin)
    for when in ("mom", "yoy"):
        if figures["nature.投诉"].get(when):
            for nature in ("投诉", "举报"):
                count = base_of(figures[f"nature.{nature}"], when)
                made.records += [Record(nature, when=when) for _n in range(count)]
        elif figures["total"].get(when):
            known = _known_bases(bulletin) if when == "mom" else {}
            if len(known) < len(group(bulletin, "nature")):
                rest = base_of(figures["total"], when) - sum(known.values())
                known["咨询"] = known.get("咨询", 0) + rest
            for nature, count in known.items():
                made.records += [Record(nature, when=when) for _n in range(count)]


def _known_bases(bulletin):
    """2012: what came in in the month before, by nature, where the text says the difference."""
    return {
        path.removeprefix("nature."): entry["count"] - entry["delta_vs_previous_period"]
        for path, entry in stated(bulletin).items()
        if path.startswith("nature.") and "delta_vs_previous_period" in entry
    }


def base_of(entry, when):
    """A whole base from which the printed percentage follows, by trying them all; where none does,
    the nearest one: such a change is a mistake of the text."""
    now, moved = entry["count"], entry[when]
    sign = 1 if moved["word"] in ("增加", "增长") else -1
    places = len(moved["pct"].partition(".")[2])
    rough = now / (1 + sign * float(moved["pct"]) / 100)
    near = range(max(1, int(rough) - 30), int(rough) + 31)
    wanted = float(moved["pct"])
    found = [
        base
        for base in near
        if round(abs(now - base) / base * 100 + 1e-9, max(places, 1)) == wanted
        and (now - base) * sign > 0
    ]
    return min(found or near, key=lambda base: abs(base - rough))


def _enterprise_records(bulletin, made):
    """2025: complaints by industry, by group and by unit; the table counts those that fall due."""
    total = stated(bulletin)["complaints.dispatched"]["count"]
    made.records = records = [Record("投诉", accepted=True) for _n in range(total)]
    place = 0
    for row in bulletin["tables"][0]["rows"]:
        due, in_time = row["values"][:2]
        for record in records[place : place + due]:
            record.unit, record.due = row["label"], True
            record.target = row["label"] if not row["label"].endswith("公司") else "国网湖南所属"
        for record in records[place : place + in_time]:
            record.in_time = record.closed = True
        place += due
    taken = {}
    for record in records:
        taken[record.target] = taken.get(record.target, 0) + 1
    groups = group(bulletin, "complaints.by_target")
    deal(records, "target", {k: n - taken.get(k, 0) for k, n in groups.items()})
    deal(records, "industry", group(bulletin, "complaints.by_industry"))


def settle(records, places):
    """Give places to the cases: {place: (complaints, reports)} or {place: (all, both, proven)}."""
    for place, counts in places.items():
        if len(counts) == 2:
            for nature, count in zip(("投诉", "举报"), counts, strict=True):
                _put(records, place, count, lambda r, n=nature: r.nature == n)
            continue
        every, reported, proven = counts
        chosen = _put(records, place, reported, both)
        for record in chosen[:proven]:
            record.outcome, record.closed, record.accepted = "属实", True, True
        _put(records, place, every - reported, lambda r: not both(r))


def _put(records, place, count, only):
    free = [r for r in records if r.when == "now" and not r.place and only(r)][:count]
    for record in free:
        record.place = place
    return free
