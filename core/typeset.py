"""The typesetter behind PDFs and pictures: typst with the packaged fonts only.

Content goes in as data (``sys.inputs``), never as source, so no text can become markup. System
fonts are ignored: the same content gives the same bytes on every machine.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

import pylopdf_fonts_zh_cn
import typst

# Documents carry their own date; where none is given the file says the epoch, not the day of build.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def _fonts() -> typst.Fonts:
    faces = [pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path()]
    folders = sorted({str(face.parent) for face in faces})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


_turn = threading.Lock()


def compile_source(
    source: bytes,
    data: Mapping[str, Any],
    *,
    format: Literal["pdf", "png"] = "pdf",
    ppi: float | None = None,
    created: datetime = EPOCH,
) -> bytes:
    """Set ``source`` with ``data`` (``sys.inputs.data``, as JSON) and return the file's bytes."""
    inputs = {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}
    with _turn:
        compiler = typst.Compiler(source, font_paths=_fonts(), sys_inputs=inputs)
        made = compiler.compile(format=format, ppi=ppi, timestamp=created)
    pages = made if isinstance(made, list) else [made]
    if not pages or pages[0] is None:
        raise ValueError("the typesetter returned nothing")
    return pages[0]
