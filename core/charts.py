"""Charts: one ECharts option per chart, drawn on the server for page, mail, document and print.

``bar``, ``line``, ``stacked``, ``pie`` and ``radar`` build options in the house palette; ``svg``
draws one inside this process (V8, no browser), ``png`` turns the same picture into pixels. The same
option and size always give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.utils.translation import gettext as _
from py_mini_racer import MiniRacer

from core import typeset

Option = dict[str, Any]
# (series, place) → (address of the list that the mark counts, what a screen reader says of it).
Links = Mapping[tuple[int, int], tuple[str, str]]

# The house palette (static/css/tokens.css): one accent, then the lamp colours, then neutral ones.
PALETTE = ["#0b4f9e", "#b26a00", "#1a7f4b", "#c0272d", "#5b6876", "#6f4aa8", "#0e7c86", "#7a8694"]
LAMP_COLOURS = {"ok": "#1a7f4b", "near": "#b26a00", "late": "#c0272d", "pause": "#7a8694"}
LAMP_COLOURS["done"] = "#0b4f9e"
INK, FAINT, RULE = "#1c2733", "#5b6876", "#dfe4ea"
FONTS = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"

DRAW = """
function draw(option, width, height) {
  var chart = echarts.init(null, null,
    {renderer: 'svg', ssr: true, width: width, height: height});
  try { chart.setOption(JSON.parse(option)); return chart.renderToSVGString(); }
  finally { chart.dispose(); }
}
"""
DRAW_SECONDS = 20


def _base(*, unit: str = "", **parts: Any) -> Option:
    """What all charts share: no motion, patterns beside colours so that grey print can be read."""
    face = {"fontSize": 12, "fontWeight": "normal", "color": FAINT}
    words = _("单位：%(unit)s") % {"unit": unit} if unit else ""
    return {
        "title": {"text": words, "right": 0, "top": 0, "textStyle": face},
        "animation": False,
        "color": PALETTE,
        "textStyle": {"fontFamily": FONTS, "color": INK, "fontSize": 13},
        "aria": {"enabled": True, "decal": {"show": True}},
        "grid": {"left": 12, "right": 36, "top": 36, "bottom": 12, "containLabel": True},
        "legend": {
            "show": len(parts["series"]) > 1 or parts["series"][0]["type"] == "radar",
            "top": 0,
            "left": 0,
            "textStyle": {"color": INK},
        },
        **parts,
    }


def _category_axis(categories: Sequence[str]) -> Option:
    return {
        "type": "category",
        "data": list(categories),
        "axisLine": {"lineStyle": {"color": FAINT}},
        "axisTick": {"show": False},
        "axisLabel": {"color": INK, "interval": 0, "rotate": 30 if len(categories) > 12 else 0},
    }


def _value_axis() -> Option:
    return {
        "type": "value",
        "minInterval": 1,
        "axisLabel": {"color": INK},
        "splitLine": {"lineStyle": {"color": RULE}},
    }


def bar(
    categories: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    unit: str = "",
    horizontal: bool = False,
    stack: bool = False,
    colours: Sequence[str] = (),
) -> Option:
    """Bars, one group per category; ``series`` maps a name to one value per category."""
    across, along = _category_axis(categories), _value_axis()
    if horizontal:
        across["inverse"] = True
    drawn = [
        {
            "type": "bar",
            "name": name,
            "data": list(values),
            "barMaxWidth": 36,
            "label": {
                "show": not stack,
                "position": "right" if horizontal else "top",
                "color": INK,
            },
            **({"stack": "all"} if stack else {}),
        }
        for name, values in series.items()
    ]
    axes = {"xAxis": along, "yAxis": across} if horizontal else {"xAxis": across, "yAxis": along}
    option = _base(unit=unit, **axes, series=drawn)
    if colours:
        option["color"] = list(colours)
    return option


def stacked(
    categories: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    unit: str = "",
    horizontal: bool = False,
    colours: Sequence[str] = (),
) -> Option:
    """Bars whose parts stand on each other: shares of a whole per category."""
    return bar(categories, series, unit=unit, horizontal=horizontal, stack=True, colours=colours)


def line(
    categories: Sequence[str], series: Mapping[str, Sequence[float | None]], *, unit: str = ""
) -> Option:
    """Lines over time; None leaves a gap, it is never drawn as zero."""
    drawn = [
        {"type": "line", "name": name, "data": list(values), "symbolSize": 7, "connectNulls": False}
        for name, values in series.items()
    ]
    axes = {"xAxis": _category_axis(categories), "yAxis": _value_axis()}
    return _base(unit=unit, **axes, series=drawn)


def pie(shares: Mapping[str, float]) -> Option:
    """Shares of one whole, with the figure written beside each."""
    data = [{"name": name, "value": value} for name, value in shares.items()]
    label = {"formatter": "{b} {c}", "color": INK}
    return _base(series=[{"type": "pie", "radius": ["38%", "66%"], "data": data, "label": label}])


def radar(axes: Mapping[str, float], series: Mapping[str, Sequence[float]]) -> Option:
    """A scorecard: ``axes`` maps each dimension to its maximum."""
    indicator = [{"name": name, "max": top, "color": INK} for name, top in axes.items()]
    data = [{"name": name, "value": list(values)} for name, values in series.items()]
    shape = {"indicator": indicator, "radius": "62%", "center": ["50%", "56%"]}
    return _base(
        radar=shape, series=[{"type": "radar", "data": data, "areaStyle": {"opacity": 0.12}}]
    )


class Renderer:
    """The one V8 context of this process, made at first use; calls take turns on its one thread.

    A thread of its own, because V8 cannot be asked from a thread that runs an event loop. After a
    fork the parent's threads are gone, so a child makes everything anew.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._context: MiniRacer | None = None
        self._owner = 0

    def draw(self, option: str, width: int, height: int) -> str:
        """The SVG text as the library draws it."""
        with self._lock:
            if self._thread is None or self._owner != os.getpid():
                self._thread = ThreadPoolExecutor(1, thread_name_prefix="charts")
                self._context, self._owner = None, os.getpid()
            waiting = self._thread.submit(self._call, option, width, height)
        return waiting.result()

    def _call(self, option: str, width: int, height: int) -> str:
        if self._context is None:
            self._context = self._load()
        return self._context.call("draw", option, width, height, timeout_sec=DRAW_SECONDS)

    def close(self) -> None:
        """End the context while the interpreter is whole: V8 torn down with it crashes the process.

        A child after a fork leaves alone what belongs to its parent.
        """
        if self._thread and self._context is not None and self._owner == os.getpid():
            self._thread.submit(self._context.close).result()
            self._thread.shutdown()
        self._thread = self._context = None

    @staticmethod
    def _load() -> MiniRacer:
        library = settings.BASE_DIR / "static" / "vendor" / "echarts.min.js"
        context = MiniRacer()
        context.eval(library.read_text(encoding="utf-8"))
        context.eval(DRAW)
        return context


_renderer = Renderer()
# Before the interpreter waits for its threads, as the thread pools themselves do it; atexit comes
# after that, when V8 can no longer be ended in its own thread.
threading._register_atexit(_renderer.close)  # type: ignore[attr-defined]


def svg(
    option: Mapping[str, Any],
    width: int = 640,
    height: int = 320,
    *,
    title: str,
    description: str = "",
    links: Links | None = None,
) -> str:
    """The chart as an SVG element that a page may hold as it is: no style, no script.

    ``title`` and ``description`` are read by screen readers. ``links`` maps (series index, data
    index) to the address of the list that the mark counts and the name of that link.
    """
    canonical = json.dumps(option, ensure_ascii=False, sort_keys=True)
    drawn = _renderer.draw(json.dumps(option, ensure_ascii=False), width, height)
    prefix = hashlib.sha256(f"{canonical}{width}{height}{title}".encode()).hexdigest()[:10]
    return _name(_tidy(drawn, f"c{prefix}", links or {}), f"c{prefix}", title, description)


STYLE_BLOCK = re.compile(r"<style\b.*?</style>", re.DOTALL)
STYLE = re.compile(r' style="([^"]*)"')
CLASS = re.compile(r' class="zr\d+-cls-\d+"')
RANDOM_ID = re.compile(r"\bzr\d+-")
MARK = re.compile(r"<(?:path|circle|rect|polyline|polygon)\b[^>]*>(?:</\w+>)?")
META = re.compile(r' ecmeta_(\w+)="([^"]*)"')


def _tidy(drawn: str, prefix: str, links: Links) -> str:
    """Drop what a strict content policy refuses and what differs from one drawing to the next."""
    drawn = STYLE_BLOCK.sub("", drawn)
    drawn = STYLE.sub(lambda found: _as_attributes(found.group(1)), drawn)
    drawn = MARK.sub(lambda found: _linked(found.group(0), links), CLASS.sub("", drawn))
    return RANDOM_ID.sub(f"{prefix}-", META.sub("", drawn))


def _as_attributes(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return "".join(f" {name.strip()}={quoteattr(value.strip())}" for name, value in pairs)


def _linked(mark: str, links: Links) -> str:
    meta = dict(META.findall(mark))
    if meta.get("ssr_type") != "chart":
        return mark
    place = (int(meta.get("series_index", -1)), int(meta.get("data_index", -1)))
    if place not in links:
        return mark
    address, name = links[place]
    return f"<a href={quoteattr(address)} aria-label={quoteattr(name)}>{mark}</a>"


def _name(drawn: str, prefix: str, title: str, description: str) -> str:
    head, body = drawn.split(">", 1)
    spoken = f"<title id={quoteattr(prefix + '-t')}>{escape(title)}</title>"
    labelled = f"{prefix}-t"
    if description:
        spoken += f"<desc id={quoteattr(prefix + '-d')}>{escape(description)}</desc>"
        labelled += f" {prefix}-d"
    # Linked marks must stay reachable, and role=img would hide everything inside it.
    role = "group" if "<a href=" in body else "img"
    return f'{head} role="{role}" aria-labelledby="{labelled}">{spoken}{body.strip()}'


PICTURE = """
#let data = json(bytes(sys.inputs.data))
#set page(width: data.width * 1pt, height: data.height * 1pt, margin: 0pt, fill: white)
#image(bytes(data.svg), format: "svg", width: 100%, height: 100%)
"""


def png(
    option: Mapping[str, Any], width: int = 640, height: int = 320, *, scale: float = 2.0
) -> bytes:
    """The chart as a PNG picture, ``scale`` pixels to the unit."""
    return png_of(svg(option, width, height, title="chart"), width, height, scale=scale)


@cache
def _picture_source() -> bytes:
    return PICTURE.encode()


def png_of(drawn: str, width: int, height: int, *, scale: float = 2.0) -> bytes:
    """An SVG picture as PNG in the packaged Chinese fonts."""
    data = {"svg": drawn, "width": width, "height": height}
    return typeset.compile_source(_picture_source(), data, format="png", ppi=72 * scale)
