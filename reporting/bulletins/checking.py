"""Reads a published bulletin and names its own mistakes; knows nothing of cases.

A bulletin is checked as it is stored: stated figures by path, tables, rankings. The JSON of a built
one can be checked as well (``stored_form``). Only what contradicts itself is named: shares that
their counts do not give, parts that are more than their whole, sums that miss their total, changes
that no base allows. A list that names only some of its parts is not a mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import arithmetic
from reporting.bulletins import checking_tables
from reporting.bulletins.checking_tables import decimals_of, number

# What a dimension may be counted of where no share says so; eras differ.
WHOLES = {
    "nature": ("total",),
    "channel": ("total",),
    "industry": ("total",),
    "business": ("total", "industry.电力", "complaints_and_reports.电力"),
    "target": ("total", "complaints_and_reports"),
    "outcome": ("closed",),
    "power_cr": ("complaints_and_reports.电力",),
    "complaints.by_industry": ("complaints.dispatched",),
    "complaints.by_target": ("complaints.dispatched",),
}
# What can never be more than what it is taken from.
SUBSETS = (
    ("accepted", "complaints_and_reports"),
    ("closed_by_period_end", "accepted"),
    ("complaints.closed_in_time", "complaints.due"),
    ("complaints_and_reports", "total"),
)
RESTS = {"其他", "其它"}
UP, DOWN = {"增加", "增长", "上升"}, {"减少", "下降", "降低"}
SAME = {"持平", "不变"}


@dataclass(frozen=True)
class Finding:
    """One mistake. ``explained`` says which printing custom makes it, where one does."""

    kind: str
    path: str
    message: str
    published: str = ""
    recomputed: str = ""
    explained: str = ""


def check(bulletin: Mapping[str, Any]) -> list[Finding]:
    """Every mistake that the bulletin's own figures show, in the order of the text."""
    return Checker(bulletin).run()


class Checker:
    """One bulletin being read."""

    def __init__(self, bulletin: Mapping[str, Any]) -> None:
        self.bulletin = bulletin
        self.stated: dict[str, Mapping[str, Any]] = {e["path"]: e for e in bulletin["stated"]}
        self.found: list[Finding] = []
        texts = [entry["share_pct"] for entry in bulletin["stated"] if "share_pct" in entry]
        self.decimals = max(map(decimals_of, texts), default=2)

    def run(self) -> list[Finding]:
        for path in self.stated:
            self._share(path)
            self._moved(path)
        for group in self._groups():
            self._sum(group)
        self._subsets()
        self._bases()
        checking_tables.check(self)
        self._rankings()
        return self.found

    def add(
        self,
        kind: str,
        path: str,
        message: str,
        published: object = "",
        recomputed: object = "",
        explained: str = "",
    ) -> None:
        """Note one mistake."""
        right = str(recomputed)
        self.found.append(Finding(kind, path, message, str(published), right, explained))

    # -- counts ------------------------------------------------------------------------------------

    def count(self, path: str) -> int | None:
        """A stated count, or the sum that stands for it; None where the text does not say."""
        if path in self.stated:
            return self.stated[path]["count"]
        if path == "complaints_and_reports":
            parts = [self.stated.get(f"nature.{key}") for key in ("投诉", "举报")]
            if all(parts):
                return sum(part["count"] for part in parts if part)
        return None

    def whole(self, entry: Mapping[str, Any]) -> int | None:
        """What a share is a share of."""
        if "share_denominator" in entry:
            return entry["share_denominator"]
        return self.count(entry["share_of"]) if "share_of" in entry else None

    def _groups(self) -> list[str]:
        """Paths that have parts below them, in the order of the text."""
        above = [path.rpartition(".")[0] for path in self.stated]
        known = [name for name in above if name in WHOLES or name in self.stated]
        return list(dict.fromkeys(known))

    def parts(self, group: str) -> list[str]:
        """The paths right below a group."""
        return [path for path in self.stated if path.rpartition(".")[0] == group]

    def _sum(self, group: str) -> None:
        """The parts of a group against their whole."""
        if group in ("complaints_and_reports", "complaints", "appeals", "reports"):
            return
        parts = self.parts(group)
        total = sum(self.stated[path]["count"] for path in parts)
        whole = self._whole_of(group, parts, total)
        if whole is None or total == whole or (total < whole and not self._complete(group, parts)):
            return
        message = _("%(group)s各项之和为%(sum)d，与总数%(whole)d不符。") % {
            "group": group,
            "sum": total,
            "whole": whole,
        }
        self.add("dimension_sum", group, message, whole, total)

    def _whole_of(self, group: str, parts: Sequence[str], total: int) -> int | None:
        """What the parts should add up to; of several that may be meant, the nearest."""
        if group in self.stated:
            return self.stated[group]["count"]
        said = [self.whole(self.stated[path]) for path in parts]
        known = [whole for whole in said if whole is not None]
        if known:
            return known[0]
        meant = [self.count(path) for path in WHOLES[group]]
        known = [whole for whole in meant if whole is not None]
        return min(known, key=lambda whole: abs(whole - total), default=None)

    def _complete(self, group: str, parts: Sequence[str]) -> bool:
        """Whether the list claims to be whole: its shares make 100, or a rest is among them."""
        texts = [self.stated[path].get("share_pct") for path in parts]
        if all(texts):
            wanted = Decimal(self.stated.get(group, {}).get("share_pct", 100))
            slack = arithmetic.unit(self.decimals) * len(parts)
            return abs(arithmetic.sum_of([Decimal(t) for t in texts if t]) - wanted) <= slack
        if group == "nature" and len(parts) == 2:
            # 2023: complaints and reports are all that is counted.
            return True
        return any(path.rpartition(".")[2] in RESTS for path in parts)

    def _subsets(self) -> None:
        for part, whole in SUBSETS:
            less, more = self.count(part), self.count(whole)
            if part not in self.stated or less is None or more is None or less <= more:
                continue
            message = _("%(part)s（%(less)d）多于%(whole)s（%(more)d）。") % {
                "part": part,
                "less": less,
                "whole": whole,
                "more": more,
            }
            self.add("part_exceeds_whole", part, message, less, more)
        for path, entry in self.stated.items():
            said, counted = entry.get("share_denominator"), self.count(entry.get("share_of", ""))
            if said is not None and counted is not None and said != counted:
                if any(finding.path == path for finding in self.found):
                    continue
                message = _("%(path)s的占比分母为%(said)d，正文为%(counted)d。") % {
                    "path": path,
                    "said": said,
                    "counted": counted,
                }
                self.add("denominator", path, message, said, counted)
        both = self.stated.get("complaints_and_reports")
        parts = [self.stated.get(f"nature.{key}") for key in ("投诉", "举报")]
        if both and all(parts):
            total = sum(part["count"] for part in parts if part)
            if total != both["count"]:
                message = _("投诉与举报之和为%(sum)d，投诉举报总数为%(count)d。")
                words = {"sum": total, "count": both["count"]}
                path = "complaints_and_reports"
                self.add("sum", path, message % words, both["count"], total)

    # -- shares ------------------------------------------------------------------------------------

    def _share(self, path: str) -> None:
        entry = self.stated[path]
        text, whole = entry.get("share_pct"), self.whole(entry)
        if text is None or whole is None:
            return
        right = arithmetic.share(entry["count"], whole, self.decimals)
        said = number(text)
        if right is None or said == right:
            return
        shown = arithmetic.printed(right, decimals=self.decimals)
        message = _("%(path)s：%(count)d／%(whole)d＝%(right)s%%，印为%(said)s%%。") % {
            "path": path,
            "count": entry["count"],
            "whole": whole,
            "right": shown,
            "said": text,
        }
        explained = self._custom(path, said, right) if said is not None else ""
        self.add("share", path, message, text, shown, explained)

    def _custom(self, path: str, said: Decimal, right: Decimal) -> str:
        """The custom by which a printed share deviates: sum of children, or balanced to 100."""
        below = [self.stated[part].get("share_pct") for part in self.parts(path)]
        if below and all(below) and arithmetic.sum_of([Decimal(b) for b in below if b]) == said:
            return "sum_of_children"
        parts = self.parts(path.rpartition(".")[0])
        texts = [self.stated[part].get("share_pct") for part in parts]
        if not all(texts) or arithmetic.sum_of([Decimal(t) for t in texts if t]) != 100:
            return ""
        slack = arithmetic.unit(self.decimals) * len(parts) / 2
        counts = {part: self.stated[part]["count"] for part in parts}
        if abs(said - right) > slack:
            return ""
        if path == max(counts, key=lambda part: counts[part]):
            return "largest"
        return "last" if path == [part for part in parts if counts[part]][-1] else ""

    # -- changes -----------------------------------------------------------------------------------

    def _moved(self, path: str) -> None:
        entry = self.stated[path]
        for kind in ("mom", "yoy"):
            if kind in entry and not self._possible(entry, kind):
                words = {"path": path, **entry[kind], "count": entry["count"]}
                message = _("%(path)s：没有任何基数能使%(count)d件%(word)s%(pct)s%%。") % words
                self.add("change", f"{path}.{kind}", message, entry[kind]["pct"])
        delta = entry.get("delta_vs_previous_period")
        if delta is not None and entry["count"] - delta < 0:
            message = _("%(path)s：比上期增加%(delta)d件，多于本期件数。")
            self.add("change", path, message % {"path": path, "delta": delta}, delta)

    def _possible(self, entry: Mapping[str, Any], kind: str) -> bool:
        return any(len(found) for found in self.base_ranges(entry, kind))

    def base_ranges(self, entry: Mapping[str, Any], kind: str) -> list[range]:
        """The bases that a printed change allows: nothing for words and signs unheard of."""
        word, pct = entry[kind]["word"], number(entry[kind]["pct"])
        now = entry["count"]
        if pct is None or pct < 0:
            return []
        if word in SAME:
            return [range(now, now + 1)] if not pct else []
        # A zero dropped at the end is still two decimals in a text that prints two.
        places = max(decimals_of(entry[kind]["pct"]), self._change_decimals())
        signs = [sign for sign, words in ((1, UP), (-1, DOWN)) if word in words]
        found = [arithmetic.bases(now, sign * pct, places) for sign in signs]
        if pct:
            return found
        return [r for r in (*found, arithmetic.bases(now, Decimal("-0.0"), places)) if len(r)]

    def _change_decimals(self) -> int:
        moved = [
            e[kind]["pct"] for e in self.stated.values() for kind in ("mom", "yoy") if kind in e
        ]
        return max(map(decimals_of, moved), default=2)

    def _bases(self) -> None:
        """The bases of the parts must be able to make up the base of the total."""
        total = self.stated.get("total")
        parts = [self.stated[path] for path in self.parts("nature")]
        if total is None or not parts or sum(p["count"] for p in parts) != total["count"]:
            return
        for kind in ("mom", "yoy"):
            if kind not in total:
                continue
            ranges = [self._part_bases(part, kind) for part in parts]
            if any(one is None for one in ranges):
                continue
            known = [one for one in ranges if one]
            low, high = sum(one[0] for one in known), sum(one[1] for one in known)
            whole = self.base_ranges(total, kind)
            if any(one[0] <= high and one[-1] >= low for one in whole if len(one)):
                continue
            pct = self._pct_from(total["count"], low) if low == high else ""
            path = f"total.{kind}"
            if not self._possible(total, kind):
                if not pct:
                    continue
                # Named already as a change that no base allows; the parts say what is right.
                self.found = [f for f in self.found if (f.kind, f.path) != ("change", path)]
            message = _("总数的%(kind)s与各分项的变化不符：分项基数之和为%(low)d至%(high)d件。")
            words = {"kind": _("环比") if kind == "mom" else _("同比"), "low": low, "high": high}
            self.add("change", path, message % words, total[kind]["pct"], pct)

    def _pct_from(self, now: int, base: int) -> str:
        moved = arithmetic.change(now, base, self._change_decimals())
        return str(moved.pct) if moved else ""

    def _part_bases(self, part: Mapping[str, Any], kind: str) -> tuple[int, int] | None:
        """The least and the greatest base of one part; None where the text does not say."""
        delta = part.get("delta_vs_previous_period")
        if kind == "mom" and delta is not None:
            return part["count"] - delta, part["count"] - delta
        ranges = [r for r in self.base_ranges(part, kind) if len(r)] if kind in part else []
        return (min(r[0] for r in ranges), max(r[-1] for r in ranges)) if ranges else None

    # -- rankings ----------------------------------------------------------------------------------

    def _rankings(self) -> None:
        for ranking in self.bulletin.get("rankings", ()):
            path = f"rankings.{ranking['by']}"
            order, top = ranking["order"], ranking.get("top")
            twice = sorted({name for name in order if order.count(name) > 1})
            for group in ranking.get("ties", ()):
                twice += [name for name in group[1:] if name in order]
            if twice:
                message = _("%(names)s在同一排名中出现两次。")
                self.add("ranking", path, message % {"names": "、".join(twice)}, "、".join(order))
            if top and len(order) > top:
                message = _("排名列出%(listed)d位，多于%(top)d位。")
                self.add("ranking", path, message % {"listed": len(order), "top": top})
            self._ranked_like_its_table(ranking, path)

    def _ranked_like_its_table(self, ranking: Mapping[str, Any], path: str) -> None:
        """A ranking by a column of a table must follow that column downwards."""
        for table in self.bulletin.get("tables", ()):
            if ranking["by"] not in table["columns"]:
                continue
            place = table["columns"].index(ranking["by"])
            cells = {row["label"]: row["values"][place] for row in table["rows"]}
            values = [cells[name] for name in ranking["order"] if isinstance(cells.get(name), int)]
            if values != sorted(values, reverse=True):
                message = _("%(by)s的排名与%(no)s不符。")
                words = {"by": ranking["by"], "no": table["no"]}
                self.add("ranking", path, message % words, "、".join(ranking["order"]))


def stored_form(built: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a built bulletin in the form in which published ones are stored."""
    lists = {"tables", "rankings", "conflicts", "period"}
    stated = list(_figures("", {k: v for k, v in built.items() if k not in lists}))
    for table in built.get("tables", ()):
        labels = [row["label"] for row in table["rows"]]
        if labels and labels[-1] in ("合计", "共计"):
            sums = [c for c in table["columns"] if c in ("小计", "合计")]
            table |= {"total_row": labels[-1], "total_col": sums[0] if sums else ""}
        table["complete"] = True
    more = {name: built.get(name, ()) for name in ("tables", "rankings")}
    return {"stated": stated, **more}


def _figures(path: str, place: Any) -> Iterable[dict[str, Any]]:
    if not isinstance(place, Mapping):
        return
    if "count" in place:
        entry = {name: place[name] for name in FIGURE if name in place}
        whole = _share_whole(path)
        if "share_pct" in entry and whole:
            entry["share_of"] = whole
        elif "share_pct" in entry:
            del entry["share_pct"]
        yield {"path": path, **entry}
    for key, below in place.items():
        if key not in ("mom", "yoy"):
            yield from _figures(f"{path}.{key}" if path else key, below)


FIGURE = ("count", "share_pct", "mom", "yoy", "delta_vs_previous_period")
PARTS_OF = {
    "closed_by_period_end": "accepted",
    "complaints.closed_in_time": "complaints.due",
}


def _share_whole(path: str) -> str:
    """What the built share is a share of, where that is the same in every style."""
    if path in PARTS_OF:
        return PARTS_OF[path]
    top = path.partition(".")[0]
    return WHOLES[top][0] if top in ("nature", "channel", "industry", "power_cr", "outcome") else ""
