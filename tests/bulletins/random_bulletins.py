"""Random bulletins in all styles, right in themselves, and mistakes to plant in them.

The figures are computed with fractions here, by nothing of the portal.
"""

import copy
from fractions import Fraction

STYLES = ("2012", "classic", "2023", "2025")
INDUSTRIES = ("电力", "石油天然气", "新能源和可再生能源", "煤炭", "其他")
CHANNELS = ("12398电话", "传真", "电子邮件", "其他")
PROVINCES = ("河北", "河南", "山东", "陕西", "湖南", "四川", "辽宁", "江苏", "湖北", "安徽")


def rounded(value, places):
    """Half up, as text."""
    scaled = int(value * 10**places + Fraction(1, 2))
    whole, part = divmod(scaled, 10**places)
    return f"{whole}.{part:0{places}d}" if places else str(whole)


def pct(part, whole, places):
    return rounded(Fraction(100 * part, whole), places)


def split(rng, total, names, least=0):
    """The total dealt out to the names."""
    rest = total - least * len(names)
    cuts = sorted(rng.randint(0, rest) for _name in names[1:])
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, rest], strict=True)]
    return {name: size + least for name, size in zip(names, sizes, strict=True)}


def moved(rng, now, base, words, places):
    up, down = words
    if now == base:
        return {"word": "持平", "pct": rounded(Fraction(0), places)}
    word = up if now > base else down
    return {"word": word, "pct": rounded(Fraction(100 * abs(now - base), base), places)}


def bulletin(rng, style):
    return {"2012": _classic, "classic": _classic, "2023": _of_2023, "2025": _of_2025}[style](
        rng, style
    )


def _entry(path, count, **more):
    return {"path": path, "label": path.rpartition(".")[2], "count": count, **more}


def _classic(rng, style):
    places = rng.choice((1, 2, 2))
    rows = {
        channel: split(rng, rng.randint(5, 3000), ("投诉", "举报", "咨询", "其他"), 1)
        for channel in CHANNELS
    }
    natures = {n: sum(row[n] for row in rows.values()) for n in ("投诉", "举报", "咨询", "其他")}
    total = sum(natures.values())
    words = ("增长", "下降") if style == "2012" else ("增加", "减少")
    stated = [_entry("total", total, mom=moved(rng, total, rng.randint(50, 9000), words, places))]
    stated += [
        _entry(f"nature.{n}", c, share_pct=pct(c, total, places), share_of="total")
        for n, c in natures.items()
    ]
    stated += [_entry(f"channel.{c}", sum(row.values())) for c, row in rows.items()]
    industries = split(rng, total, INDUSTRIES)
    stated += [
        _entry(f"industry.{i}", c, share_pct=pct(c, total, places), share_of="total")
        for i, c in industries.items()
    ]
    both = natures["投诉"] + natures["举报"]
    accepted = rng.randint(1, both)
    stated.append(
        _entry(
            "accepted",
            accepted,
            share_pct=pct(accepted, both, places),
            share_of="complaints_and_reports",
            share_denominator=both,
        )
    )
    last = "共计" if style == "2012" else "合计"
    sums = "合计" if style == "2012" else "小计"
    lines = [{"label": c, "values": [*row.values(), sum(row.values())]} for c, row in rows.items()]
    lines.append({"label": last, "values": [*natures.values(), total]})
    table = {
        "no": "表一",
        "title": "收到有效信息情况",
        "row_header": "反映渠道",
        "columns": [*natures, sums],
        "rows": lines,
        "complete": True,
        "total_row": last,
        "total_col": sums,
    }
    order = rng.sample(PROVINCES, 5)
    ranking = {"by": "有效信息", "order": order, "top": 5}
    return {"stated": stated, "tables": [table], "rankings": [ranking]}


def _of_2023(rng, style):
    places = rng.choice((1, 2, 2))
    rows = {
        b: split(rng, rng.randint(2, 400), ("投诉", "举报"), 1)
        for b in ("供电服务", "电力安全", "其他")
    }
    power = sum(sum(row.values()) for row in rows.values())
    other = rng.randint(1, 60)
    total = power + other
    natures = split(rng, total, ("投诉", "举报"), 1)
    words = rng.choice((("增长", "下降"), ("增加", "减少")))
    bases = {n: rng.randint(1, 900) for n in natures}
    stated = [_entry("total", total, mom=moved(rng, total, sum(bases.values()), words, places))]
    stated += [
        _entry(f"nature.{n}", c, mom=moved(rng, c, bases[n], words, places))
        for n, c in natures.items()
    ]
    stated += [
        _entry(f"industry.{i}", c, share_pct=pct(c, total, places), share_of="total")
        for i, c in (("电力", power), ("新能源和可再生能源", other))
    ]
    targets = split(rng, total, ("国家电网公司", "南方电网公司", "地方电力企业", "其他"), 1)
    grid = {k: c for k, c in targets.items() if k != "其他"}
    parts = {k: Fraction(pct(c, total, places)) for k, c in grid.items()}
    parent = rounded(sum(parts.values()), places)
    stated.append(_entry("target.供电企业", sum(grid.values()), share_pct=parent, share_of="total"))
    stated += [
        _entry(f"target.供电企业.{k}", c, share_pct=pct(c, total, places), share_of="total")
        for k, c in grid.items()
    ]
    stated.append(
        _entry(
            "target.其他",
            targets["其他"],
            share_pct=pct(targets["其他"], total, places),
            share_of="total",
        )
    )
    lines = [
        {
            "label": b,
            "values": [*r.values(), sum(r.values()), pct(sum(r.values()), power, places) + "%"],
        }
        for b, r in rows.items()
    ]
    sums = [sum(row[n] for row in rows.values()) for n in natures]
    lines.append({"label": "合计", "values": [*sums, power, "100%"]})
    table = {
        "no": "表一",
        "title": "收到电力行业投诉举报分类情况",
        "row_header": "业务类别",
        "columns": ["投诉", "举报", "小计", "投诉举报总数占比"],
        "rows": lines,
        "complete": True,
        "total_row": "合计",
    }
    ranking = {"by": "投诉", "order": rng.sample(PROVINCES, 5), "top": 5}
    return {"stated": stated, "tables": [table], "rankings": [ranking]}


def _of_2025(rng, style):
    names = [f"{name}供电公司" for name in PROVINCES[: rng.randint(3, 10)]]
    due = {name: rng.randint(1, 90) for name in names}
    in_time = {name: rng.randint(0, count) for name, count in due.items()}
    order = sorted(names, key=lambda name: -due[name])
    total, done = sum(due.values()), sum(in_time.values())
    dispatched = total + rng.randint(0, 40)
    stated = [_entry("complaints.dispatched", dispatched)]
    stated += [
        _entry(f"complaints.by_industry.{i}", c)
        for i, c in split(rng, dispatched, ("电力", "其他"), 1).items()
    ]
    stated += [
        _entry("complaints.due", total),
        _entry(
            "complaints.closed_in_time",
            done,
            share_pct=pct(done, total, 2),
            share_of="complaints.due",
            share_denominator=total,
        ),
    ]
    table = {
        "no": "表1",
        "title": "投诉事项及时办结率情况",
        "row_header": "被投诉对象",
        "columns": ["应办结件数", "及时办结数", "及时办结率"],
        "rows": [
            {"label": n, "values": [due[n], in_time[n], pct(in_time[n], due[n], 2) + "%"]}
            for n in order
        ],
        "complete": True,
    }
    ranking = {"by": "应办结件数", "order": order, "top": len(order)}
    return {"stated": stated, "tables": [table], "rankings": [ranking]}


# -- mistakes: each takes a right bulletin and answers (kind of the finding, its path) ---------


def _pick(rng, bulletin, condition):
    found = [entry for entry in bulletin["stated"] if condition(entry)]
    return rng.choice(found) if found else None


def wrong_share(rng, bulletin):
    entry = _pick(rng, bulletin, lambda e: "share_pct" in e)
    places = len(entry["share_pct"].partition(".")[2])
    entry["share_pct"] = rounded(
        Fraction(entry["share_pct"]) + Fraction(rng.randint(3, 200), 10**places) * 3, places
    )
    return "share", entry["path"]


def wrong_part(rng, bulletin):
    """A part that is not what the text's other parts leave for it."""
    entry = _pick(
        rng,
        bulletin,
        lambda e: e["path"].startswith(("nature.", "channel.", "complaints.by_")),
    )
    entry["count"] += rng.randint(1, 40)
    return "dimension_sum", entry["path"].rpartition(".")[0]


def wrong_total(rng, bulletin):
    entry = _pick(rng, bulletin, lambda e: e["path"] in ("total", "complaints.dispatched"))
    entry["count"] -= 1
    return "dimension_sum", "nature" if entry["path"] == "total" else "complaints.by_industry"


def more_than_there_were(rng, bulletin):
    entry = _pick(rng, bulletin, lambda e: "mom" in e)
    if entry is None:
        return None
    words = {"增长": "下降", "增加": "减少"}
    entry["mom"]["word"] = words.get(entry["mom"]["word"], entry["mom"]["word"])
    entry["mom"] = {"word": words.get(entry["mom"]["word"], "减少"), "pct": "120.37"}
    return "change", f"{entry['path']}.mom"


def change_unlike_its_parts(rng, bulletin):
    entry = next((e for e in bulletin["stated"] if e["path"] == "total" and "mom" in e), None)
    parts = [e for e in bulletin["stated"] if e["path"].startswith("nature.") and "mom" in e]
    if entry is None or len(parts) != 2:
        return None
    places = len(entry["mom"]["pct"].partition(".")[2])
    if entry["mom"]["word"] not in ("增长", "增加"):
        entry["mom"]["word"] = "增长"
        entry["mom"]["pct"] = rounded(Fraction(301, 10), places)
    else:
        entry["mom"]["pct"] = rounded(Fraction(entry["mom"]["pct"]) * 3 + 9, places)
    return "change", "total.mom"


def wrong_cell(rng, bulletin):
    table = bulletin["tables"][0]
    if "total_row" not in table:
        return None
    row = rng.choice(table["rows"][:-1])
    place = rng.randrange(2)
    row["values"][place] += rng.randint(1, 9)
    return "table_column", f"tables.{table['no']}.{table['total_row']}.{table['columns'][place]}"


def wrong_cell_share(rng, bulletin):
    table = bulletin["tables"][0]
    rows = [row for row in table["rows"] if isinstance(row["values"][-1], str)]
    if not rows:
        return None
    row = rng.choice(rows)
    row["values"][-1] = "43.21%" if row["values"][-1] != "43.21%" else "12.34%"
    kind = "table_share"
    return kind, f"tables.{table['no']}.{row['label']}.{table['columns'][-1]}"


def ranked_twice(rng, bulletin):
    ranking = bulletin["rankings"][0]
    ranking["order"][-1] = ranking["order"][0]
    return "ranking", f"rankings.{ranking['by']}"


def accepted_too_many(rng, bulletin):
    entry = _pick(rng, bulletin, lambda e: e["path"] in ("accepted", "complaints.closed_in_time"))
    if entry is None:
        return None
    entry["count"] = entry["share_denominator"] + rng.randint(1, 5)
    return "part_exceeds_whole", entry["path"]


def table_unlike_text(rng, bulletin):
    entry = _pick(
        rng, bulletin, lambda e: e["path"].startswith("channel.") or e["path"] == "complaints.due"
    )
    if entry is None:
        return None
    entry["count"] += rng.randint(1, 9)
    return "table_text", entry["path"]


MISTAKES = (
    wrong_share,
    wrong_part,
    wrong_total,
    more_than_there_were,
    change_unlike_its_parts,
    wrong_cell,
    wrong_cell_share,
    ranked_twice,
    accepted_too_many,
    table_unlike_text,
)


def planted(rng, right):
    """(a copy with one mistake, kind, path), of a kind that this bulletin can have."""
    while True:
        wrong = copy.deepcopy(right)
        try:
            answer = rng.choice(MISTAKES)(rng, wrong)
        except TypeError:  # nothing of that kind stands in it
            continue
        if answer is not None:
            return wrong, *answer
