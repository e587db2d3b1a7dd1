"""The words of a stage report as editors write them, and what may stand in them.

A chapter is a code, a title and a text. In the text a line is a paragraph; "## " begins a heading;
``[[table:key]]``, ``[[chart:key]]`` and ``[[gaps]]`` on a line of their own put a block there;
``{{figure:key}}`` and ``{{fact:key}}`` stand for what the snapshot says. So nobody can change a
number by editing words: digits that are typed by hand are shown to whoever approves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused
from reporting import figures

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
BLOCK = re.compile(r"\[\[\s*(\w+)\s*(?::\s*([\w.-]+)\s*)?\]\]")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*%?")
# Numbers that are names: hotlines, years, document numbers and dates of the plan.
NAMES = re.compile(r"12398|95598|12345|\d{4}年|\d{1,2}月|\d{1,2}日|〔\d{4}〕\d*号?")
FACTS = (
    "campaign",
    "phase",
    "phase_from",
    "phase_to",
    "issuer",
    "issuer_short",
    "as_of",
    "due",
)
TITLE_LIMIT, TEXT_LIMIT, CHAPTER_LIMIT = 60, 20_000, 30


@dataclass(frozen=True)
class Piece:
    """One line of a chapter: ``kind`` is heading, paragraph, table, chart or gaps."""

    kind: str
    text: str = ""
    level: int = 1


def parse(chapter: Mapping[str, Any]) -> list[Piece]:
    """The chapter's title and lines as pieces, blank lines left out."""
    pieces = [Piece("heading", chapter["title"], 1)]
    for raw in chapter["text"].splitlines():
        text = raw.strip()
        if not text:
            continue
        if block := BLOCK.fullmatch(text):
            pieces.append(Piece(block.group(1), block.group(2) or ""))
        elif text.startswith("### "):
            pieces.append(Piece("heading", text[4:].strip(), 3))
        elif text.startswith("## "):
            pieces.append(Piece("heading", text[3:].strip(), 2))
        else:
            pieces.append(Piece("paragraph", text))
    return pieces


def placeholders(chapters: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every placeholder in order of appearance, as written: ``figure:company.filed``."""
    found: list[str] = []
    for chapter in chapters:
        for text in (chapter["title"], chapter["text"]):
            found += PLACEHOLDER.findall(text)
    return found


def typed_numbers(chapters: Iterable[Mapping[str, Any]]) -> list[str]:
    """Digits that somebody typed instead of placing a figure."""
    found: list[str] = []
    for chapter in chapters:
        for text in (chapter["title"], chapter["text"]):
            bare = BLOCK.sub(" ", PLACEHOLDER.sub(" ", text))
            found += NUMBER.findall(NAMES.sub(" ", bare))
    return found


def holds(one: Mapping[str, Any], told: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a chapter or table has its place: ``when`` names a figure without which it has none.

    So a territory without grids reads nothing of grids.
    """
    key = one.get("when")
    return not key or bool(told[key]["value"])


def first_words(
    template: Mapping[str, Any], told: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, str]]:
    """The chapters of a template as the first version of a report with these figures has them."""
    return [
        {name: one[name] for name in ("code", "title", "text")}
        for one in template["chapters"]
        if holds(one, told)
    ]


def written(chapter: Mapping[str, Any]) -> int:
    """How many signs of a chapter somebody wrote: no blanks, no figures, no tables."""
    bare = BLOCK.sub("", PLACEHOLDER.sub("", str(chapter.get("text", ""))))
    return len("".join(line.lstrip("# ") for line in bare.split()))


def demanded(template: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The chapters that office staff have to write, by code (``required``: at least so many
    signs)."""
    return {one["code"]: one for one in template["chapters"] if one.get("required")}


def wanting(words: Sequence[Mapping[str, Any]], template: Mapping[str, Any]) -> list[str]:
    """What the kind of report has to say and does not yet, in words."""
    standing = {chapter["code"]: chapter for chapter in words}
    found = []
    for code, asked in demanded(template).items():
        count, least = written(standing.get(code, {})), int(asked["required"])
        if count < least:
            message = _("“{title}”至少{least}字，现有{count}字")
            found.append(message.format(title=asked["title"], least=least, count=count))
    return found


def dropped(
    words: Sequence[Mapping[str, Any]],
    template: Mapping[str, Any],
    told: Mapping[str, Mapping[str, Any]],
) -> list[str]:
    """What the template placed and the words no longer hold: figures, tables, gaps, chapters.

    They may be moved and worded anew, but a figure does not disappear from a report silently.
    """
    standing = _placed(words)
    found = [
        _("删去了“{name}”，数据引用和表可以移动，不能删除。").format(name=name)
        for name in _placed(one for one in template["chapters"] if holds(one, told))
        if name not in standing
    ]
    codes = {chapter["code"] for chapter in words}
    for code, asked in demanded(template).items():
        if code not in codes:
            found.append(_("删去了必备章节“{title}”。").format(title=asked["title"]))
    return found


def _placed(words: Iterable[Mapping[str, Any]]) -> list[str]:
    """The figures, tables and lists of gaps that stand in words; charts only repeat tables."""
    listed = list(words)
    found = [f"{{{{{n}}}}}" for n in placeholders(listed) if n.startswith("figure:")]
    for chapter in listed:
        for piece in parse(chapter):
            if piece.kind in ("table", "gaps"):
                found.append(f"[[table:{piece.text}]]" if piece.text else "[[gaps]]")
    return list(dict.fromkeys(found))


def bind(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder replaced by its value.

    Raises ``Refused`` for one without value: a report never shows a hole.
    """

    def value(found: re.Match[str]) -> str:
        if (name := found.group(1)) not in values:
            raise Refused(_("“{name}”没有对应的数据。").format(name=name))
        return values[name]

    return PLACEHOLDER.sub(value, text)


def problems(chapters: Sequence[Any], template: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the words, each with chapter and line, for the editor."""
    if not chapters or len(chapters) > CHAPTER_LIMIT:
        return [_("报告应有1至{limit}章。").format(limit=CHAPTER_LIMIT)]
    found: list[str] = []
    for place, chapter in enumerate(chapters, start=1):
        title, text = str(chapter.get("title", "")).strip(), str(chapter.get("text", ""))
        if not title or len(title) > TITLE_LIMIT:
            message = _("第{place}章的标题应为1至{limit}字。")
            found.append(message.format(place=place, limit=TITLE_LIMIT))
        if len(text) > TEXT_LIMIT:
            message = _("第{place}章超过{limit}字。")
            found.append(message.format(place=place, limit=TEXT_LIMIT))
        lines = [title, *text.splitlines()]
        for number, line in enumerate(lines):
            where = _("第{place}章第{line}行").format(place=place, line=number)
            if number == 0:
                where = _("第{place}章标题").format(place=place)
            found += [f"{where}：{wrong}" for wrong in _wrong_in(line.strip(), template)]
    return found


def _wrong_in(line: str, template: Mapping[str, Any]) -> list[str]:
    found = [wrong for name in PLACEHOLDER.findall(line) if (wrong := _unknown(name, template))]
    if "{{" in PLACEHOLDER.sub("", line) or "}}" in PLACEHOLDER.sub("", line):
        found.append(_("花括号不成对，数据引用应写作 {{figure:…}}。"))
    # What only looks like a block or a figure would be printed as it was typed.
    if "[[" in (bare := BLOCK.sub("", line)) or "]]" in bare:
        found.append(_("方括号里的内容不能识别，内容块应写作 [[table:…]]，用半角符号。"))
    if any(sign in line for sign in ("｛｛", "［［", "【【")):
        found.append(_("内容块和数据引用应使用半角括号。"))
    if block := BLOCK.search(line):
        if block.group(0) != line:
            found.append(_("“{block}”应单独成行。").format(block=block.group(0)))
        elif wrong := _unknown_block(block.group(1), block.group(2), template):
            found.append(wrong)
    return found


def _unknown(name: str, template: Mapping[str, Any]) -> str:
    kind, _colon, key = name.partition(":")
    known = {"figure": template["figures"], "fact": FACTS}.get(kind)
    if known is None:
        return _("“{name}”不是数据引用，应以 figure: 或 fact: 开头。").format(name=name)
    if key not in known:
        return _("没有名为“{key}”的数据。").format(key=key)
    return ""


def _unknown_block(kind: str, key: str | None, template: Mapping[str, Any]) -> str:
    known = {"table": template["tables"], "chart": template["charts"]}
    if kind == "gaps":
        return ""
    if kind not in known:
        return _("没有名为“{kind}”的内容块，可用 table、chart、gaps。").format(kind=kind)
    if key not in known[kind]:
        return _("没有名为“{key}”的表或图。").format(key=key)
    return ""


def used_figures(content: Mapping[str, Any]) -> list[str]:
    """Every figure that words, tables and charts of a template need, in order of appearance, and
    the counts behind rates."""
    found = [name[7:] for name in placeholders(content["chapters"]) if name.startswith("figure:")]
    for table in content["tables"].values():
        found += [column["figure"] for column in table.get("columns", ())]
        found += [table["list"]] if "list" in table else []
        found += table.get("stages", ())
    for chart in content["charts"].values():
        found += [one["figure"] for one in chart["series"]]
    found += [one["figure"] for one in content.get("expects", ())]
    asking = (*content["chapters"], *content["tables"].values())
    found += [one["when"] for one in asking if one.get("when")]
    # Behind a rate stand its two counts, each with its list.
    rates = [figures.CATALOGUE.get(key) for key in found]
    found += [key for r in rates if isinstance(r, figures.Rate) for key in (r.part, r.whole)]
    return list(dict.fromkeys(found))


def check_template(content: Mapping[str, Any]) -> None:
    """Raise ``Refused`` where a template names a figure, table or chart that does not exist."""
    used = {*content["figures"], *used_figures(content)}
    wrong = [
        _("没有名为“{key}”的数据。").format(key=k)
        for k in sorted(used)
        if k not in figures.CATALOGUE
    ]
    wrong += [
        _("表“{key}”没有定义。").format(key=attachment["table"])
        for attachment in content["attachments"]
        if attachment["table"] not in content["tables"]
    ]
    wrong += [] if wrong else problems(content["chapters"], content)
    if wrong:
        raise Refused("；".join(wrong))
