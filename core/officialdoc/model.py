"""What an official document says, apart from how it looks.

Chapters are written once as these values; .docx, PDF and the preview on the page are made from
them, so that none of the three can say something that the others do not.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heading:
    """A numbered heading: level 1 一、, level 2 （一）, level 3 1., level 4 （1）."""

    level: int
    text: str

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 4:
            raise ValueError(f"heading level {self.level}: GB/T 9704 knows 1 to 4")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, indented by two characters."""

    text: str


@dataclass(frozen=True)
class List:
    """Several items, each a paragraph of its own with （1）, （2） …"""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table with its title (numbered 表一, 表二 … by its place) and the unit of its figures.

    Numbers are right aligned; ``emphasis`` holds the indexes of rows set in the heading face.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: str = ""
    unit: str = ""
    widths: Sequence[float] = ()
    emphasis: Sequence[int] = ()


@dataclass(frozen=True)
class Chart:
    """A picture drawn from an option of ``core.charts``, numbered 图一, 图二 …"""

    option: Mapping[str, Any]
    title: str
    description: str = ""
    width: int = 640
    height: int = 320


Block = Heading | Paragraph | List | Table | Chart


@dataclass(frozen=True)
class Attachment:
    """An attachment (附件): begins on a new page and is named below the text."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """An official document after GB/T 9704-2012.

    ``issuer`` is the body that issues it; the red mark adds 文件 to it unless ``mark`` says
    otherwise. ``signatory`` makes it a document upwards (上行文): the number moves left and the
    person who signed stands right of it. ``number`` is empty while the document is a draft.
    """

    issuer: str
    title: str
    date: datetime.date
    blocks: Sequence[Block] = ()
    number: str = ""
    mark: str = ""
    addressee: str = ""
    attachments: Sequence[Attachment] = ()
    signer: str = ""
    signatory: str = ""
    sealed: bool = True
    note: str = ""
    cc: Sequence[str] = ()
    printed_by: str = ""
    printed_on: datetime.date | None = None
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    keywords: Mapping[str, str] = field(default_factory=dict)
