"""The words of a bulletin: sentences of its style with the figures put in.

A bulletin is Chinese whatever language the reader has set; its sentences are data of the style.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from string import Formatter

from core import arithmetic
from core.officialdoc import written_date
from reporting.bulletins import styles
from reporting.bulletins.model import Bulletin, Figure, Moved
from reporting.bulletins.styles import Style

# How many parts a sentence lists; the table has them all.
MOST_LISTED = 20
RESTS = {"其他", "其它"}
RANKED = "{by}数量排名前{top}位的依次为：{places}"


class Wording:
    """Every phrase that a sentence may ask for; empty where there is nothing to say."""

    def __init__(self, bulletin: Bulletin, style: Style, *, office: str = "") -> None:
        self.bulletin, self.style, self.office = bulletin, style, office

    def sentence(self, pattern: str) -> str:
        """The sentence with its phrases; empty when one of them has nothing to say."""
        wanted = [name for _t, name, _s, _c in Formatter().parse(pattern) if name]
        phrases = {name: self.phrases.get(name, "") for name in wanted}
        needed = [name for name in wanted if name not in OPTIONAL]
        if not all(phrases[name] for name in needed):
            return ""
        return pattern.format(**phrases).replace(f"{arithmetic.NOTHING}%", arithmetic.NOTHING)

    @cached_property
    def phrases(self) -> Mapping[str, str]:
        """Name → words."""
        period, figures = self.bulletin.period, self.bulletin.figures
        return {
            "period": period.text,
            "end_day": written_date(period.last),
            "total": self._count("total"),
            "changes": self._changes(figures["total"], before="，"),
            "natures": self._list("nature", "；", with_share=True),
            "nature_changes": self._nature_changes(),
            "channels": self._list("channel", "，"),
            "industries": self._list("industry", "，", with_share=True),
            "businesses": self._list("business", "，"),
            "targets": self._targets(),
            "power_cr_total": self._count("complaints_and_reports.电力"),
            "power_crs": self._list("power_cr", "，", with_share=True, whole="电力行业投诉举报"),
            "deltas": self._deltas(),
            "cr": self._count("complaints_and_reports"),
            "accepted": self._count("accepted"),
            "accepted_share": self._share("accepted"),
            "closed_by_end": self._count("closed_by_period_end"),
            "closed_share": self._share("closed_by_period_end"),
            "closed": self._count("closed"),
            "outcomes": self._outcomes(),
            "rankings": self._rankings(),
            "dispatched": self._count("complaints.dispatched"),
            "complaint_industries": self._list("complaints.by_industry", "，"),
            "complaint_targets": self._list("complaints.by_target", "，"),
            "due": self._count("complaints.due"),
            "in_time": self._count("complaints.closed_in_time"),
            "in_time_share": self._share("complaints.closed_in_time"),
            "rated": self._unless_none("complaints.rated"),
            "satisfied_share": self._share("complaints.satisfied"),
            "appeals_and_rate": self._appeals(),
            "appeals_closed": self._unless_none("appeals.closed"),
            "justified_share": self._share("appeals.justified"),
            "reports": self._count("reports.received"),
            "reports_closed": self._count("reports.closed"),
        }

    # -- pieces ------------------------------------------------------------------------------------

    def _count(self, path: str) -> str:
        figure = self.bulletin.figures.get(path)
        return str(figure.count) if figure else ""

    def _unless_none(self, path: str) -> str:
        """A count that leaves its sentence out where it is nothing."""
        count = self._count(path)
        return "" if count == "0" else count

    def _appeals(self) -> str:
        """5件，投诉申诉率2.5%; without the rate where none came in or nothing was closed."""
        figures = self.bulletin.figures
        count, closed = self._count("appeals.received"), figures.get("complaints.closed")
        if not count or count == "0" or closed is None or not closed.count:
            return f"{count}件" if count else ""
        return f"{count}件，投诉申诉率{self._share('complaints.appealed')}%"

    def _share(self, path: str) -> str:
        figure = self.bulletin.figures.get(path)
        return (figure.share if figure else None) or arithmetic.NOTHING

    def _moved(self, name: str, moved: Moved | None) -> str:
        if moved is None:
            return f"{name}{arithmetic.NOTHING}"
        if moved.word == self.style.words["same"]:
            return f"{name}{moved.word}"
        return f"{name}{moved.word}{moved.pct}%"

    def _changes(self, figure: Figure, *, before: str = "") -> str:
        """，环比减少30.68%，同比增加10.27%; — stands where the base has no data."""
        pairs = [("同比", figure.yoy)]
        if self.bulletin.period.kind != "year":
            pairs.insert(0, ("环比", figure.mom))
        return before + "，".join(self._moved(name, moved) for name, moved in pairs)

    def parts(self, group: str) -> list[tuple[str, Figure]]:
        """(path, figure) right below a group, without those that are nothing."""
        found = [
            (path, figure)
            for path, figure in self.bulletin.figures.items()
            if path.rpartition(".")[0] == group
        ]
        named = [part for part in found if part[1].count]
        # Where nothing came in at all, each nature is said to be none.
        return found if group == "nature" and not named else named

    def long(self, path: str) -> str:
        """The name of a row as it stands in running text."""
        figure = self.bulletin.figures[path]
        name = {"power_cr": "business"}.get(path.partition(".")[0], path.partition(".")[0])
        if name == "complaints":
            return figure.label
        on, style = self.bulletin.period.first, self.style.code
        rows = styles.dimension(name, on=on, office=self.office, style=style)
        every = [
            (r.label, r.long) for row in (rows.rows if rows else ()) for r in (row, *row.children)
        ]
        return dict(every).get(figure.label, figure.label)

    def _list(self, group: str, between: str, *, with_share: bool = False, whole: str = "") -> str:
        said = []
        parts = self.parts(group)
        if group != "nature":
            # Largest first as in print, the rest (其他) at the end.
            parts.sort(key=lambda part: (part[1].label in RESTS, -part[1].count))
        for path, figure in parts[:MOST_LISTED]:
            share = ""
            if with_share and figure.share is not None:
                words = f"占{whole}的" if whole else self.style.share_words
                share = (
                    f"，{words}{figure.share}%"
                    if between == "；"
                    else f"（{words}{figure.share}%）"
                )
            said.append(f"{self.long(path)}{figure.count}件{share}")
        return between.join(said)

    def _nature_changes(self) -> str:
        return "；".join(
            f"{figure.label}{figure.count}件，{self._changes(figure)}"
            for path, figure in self.parts("nature")
            if figure.label in self.style.changes
        )

    def _targets(self) -> str:
        said = []
        for path, figure in self.parts("target"):
            below = self._list(path, "，", with_share=True)
            inside = f"，其中{below}" if below else ""
            words = f"（{self.style.share_words}{figure.share}%）"
            said.append(f"{figure.label}{figure.count}件{words}{inside}")
        return "；".join(said)

    def _deltas(self) -> str:
        verbs = {1: "增加", -1: "减少"}
        said = []
        for _path, figure in self.parts("nature"):
            if figure.delta is None:
                continue
            if not figure.delta:
                said.append(f"{figure.label}与上期持平")
                continue
            verb = verbs[1 if figure.delta > 0 else -1]
            said.append(f"{figure.label}较上期{verb}{abs(figure.delta)}件")
        return "，".join(said)

    def _outcomes(self) -> str:
        listed = self._list("outcome", "，")
        return f"其中，{listed}。" if listed else ""

    def _rankings(self) -> str:
        said = []
        for ranking in self.bulletin.rankings:
            if ranking.places:
                places = "、".join(map(str, ranking.places))
                top = len(ranking.places)
                said.append(RANKED.format(by=ranking.by, top=top, places=places))
        return "；".join(said)


# Phrases whose silence does not take the sentence with them.
OPTIONAL = {"changes", "outcomes"}


def lines(bulletin: Bulletin, style: Style, *, office: str = "") -> Iterable[tuple[str, object]]:
    """(kind, what) of every block: heading (level, text), text, table number, chart path.

    A heading below which nothing stands is left out.
    """
    wording = Wording(bulletin, style, office=office)
    waiting: list[tuple[int, str]] = []
    for block in style.body:
        if "heading" in block:
            level, title = block["heading"]
            waiting = [(higher, text) for higher, text in waiting if higher < level]
            waiting.append((level, title))
            continue
        found = _block(block, bulletin, wording)
        if found is None:
            continue
        for heading in waiting:
            yield "heading", heading
        waiting = []
        yield found


def _block(
    block: Mapping[str, str], bulletin: Bulletin, wording: Wording
) -> tuple[str, object] | None:
    if "text" in block:
        sentence = wording.sentence(block["text"])
        return ("text", sentence) if sentence else None
    if "table" in block:
        known = [table for table in bulletin.tables if table.no == block["table"] and table.rows]
        return ("table", known[0]) if known else None
    parts = wording.parts(block["chart"])
    return ("chart", [(wording.long(path), figure) for path, figure in parts]) if parts else None
