"""Who took something out of the portal, and when: written on it and into the file's properties.

A copy that turns up where it should not be says whose copy it is.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from core import clock

PROPERTIES = "docProps/core.xml"
# Excel takes no longer header or footer.
HEADER_LIMIT = 200


def of(user: Any, *, now: datetime) -> str:
    """Name, sign-in name, organisation and time of whoever takes a copy."""
    words = {
        "name": user.name,
        "username": user.username,
        "organisation": getattr(user.home, "name", "") if user.home else "",
        "time": clock.written(now),
    }
    return _("%(organisation)s %(name)s（%(username)s）%(time)s导出") % words


def page_setup(mark: str) -> dict[str, Any]:
    """Header and footer of every printed page of a sheet."""
    plain = mark.replace("&", "&&")[:HEADER_LIMIT]
    return {
        "landscape": True,
        "fit_to_pages": (1, 0),
        "repeat_rows": 0,
        "header": f"&R{plain}",
        "footer": f"&L{plain}&R&P/&N",
    }


def into_properties(workbook: bytes, mark: str, *, now: datetime) -> bytes:
    """The workbook with the mark as its author and description."""
    moment = f"{now.astimezone(clock.ZONE).isoformat(timespec='seconds')}"
    text = escape(mark)
    core = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        "<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>{text}</dc:creator><dc:description>{text}</dc:description>"
        f"<cp:lastModifiedBy>{text}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
        "</cp:coreProperties>"
    )
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            if entry.filename != PROPERTIES:
                target.writestr(entry, source.read(entry), zipfile.ZIP_DEFLATED)
        target.writestr(PROPERTIES, core)
    return made.getvalue()
