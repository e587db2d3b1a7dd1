"""A published bulletin and a built one, figure by figure."""

from decimal import Decimal


def at(built, path):
    """What stands at a dotted path of the JSON; None where there is nothing."""
    place = built
    for part in path.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return place


def differences(bulletin, built):
    """(number of figures compared, {path of a figure: (published, built)})."""
    compared, found = 0, {}
    for entry in bulletin["stated"]:
        mine = at(built, entry["path"]) or {}
        for name in ("count", "share_pct", "delta_vs_previous_period"):
            if name in entry:
                compared += 1
                if not same(entry[name], mine.get(name)):
                    found[f"{entry['path']}:{name}"] = (entry[name], mine.get(name))
        for name in ("mom", "yoy"):
            for part, wanted in entry.get(name, {}).items():
                compared += 1
                got = mine.get(name, {}).get(part)
                if not same(wanted, got):
                    found[f"{entry['path']}:{name}.{part}"] = (wanted, got)
    for more in (_tables, _rankings):
        number, wrong = more(bulletin, built)
        compared += number
        found |= wrong
    return compared, found


def same(wanted, got):
    if got is None or isinstance(wanted, int):
        return wanted == got
    try:
        # 28.7 and 28.70 are one figure.
        return Decimal(wanted) == Decimal(got)
    except ArithmeticError:
        return wanted == got


def _tables(bulletin, built):
    compared, found = 0, {}
    for table in bulletin["tables"]:
        mine = next((t for t in built["tables"] if t["no"] == table["no"]), None)
        for row in table["rows"]:
            cells = dict(zip(table["columns"], row["values"], strict=True))
            line = next((r for r in (mine or {}).get("rows", []) if r["label"] == row["label"]), {})
            got = dict(zip((mine or {}).get("columns", []), line.get("values", []), strict=False))
            for column, value in cells.items():
                compared += 1
                if got.get(column) != value:
                    found[f"{table['no']}.{row['label']}.{column}"] = (value, got.get(column))
    return compared, found


def _rankings(bulletin, built):
    compared, found = 0, {}
    for ranking in bulletin["rankings"]:
        mine = next((r for r in built["rankings"] if r["by"] == ranking["by"]), {})
        order = mine.get("order", [])[: len(ranking["order"])]
        compared += len(ranking["order"]) + len(ranking.get("ties", []))
        if order != ranking["order"]:
            found[f"rankings.{ranking['by']}"] = (ranking["order"], order)
        ties = [tie for tie in mine.get("ties", []) if tie[0] in ranking["order"]]
        if ranking.get("ties", []) != ties:
            found[f"rankings.{ranking['by']}.ties"] = (ranking.get("ties"), ties)
    return compared, found
