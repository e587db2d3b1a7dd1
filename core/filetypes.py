"""What a file is by its content, never by its name or by what the browser claims."""

from __future__ import annotations

import codecs
import struct
from typing import IO

from django.utils.translation import gettext as _

from core.errors import Refused
from core.sheets import gate

CHUNK = 64 * 1024
ZIP = b"PK\x03\x04"
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
# JPEG segments that carry the size of the picture (start of frame); C4, C8 and CC are others.
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
TEXT_KINDS = {"csv", "txt", "ndjson"}
M4A_BRANDS = {b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"3gp4", b"3gp5"}
ATTACHMENT_LIMITS = gate.Limits(total=200 * 1024 * 1024, nested_in=("word/embeddings/",))


class Rejected(Refused):
    """The file is not taken; the text says why and what to do. HTTP 409."""


def kind_of(stream: IO[bytes], extension: str) -> str:
    """The kind by content: pdf, png, jpeg, docx, xlsx, ofd, mp3, wav, m4a, or csv/txt for text.

    Empty when unknown.

    Raises ``Rejected`` for what is recognised and refused: broken, encrypted, with macros.
    """
    stream.seek(0)
    head = stream.read(1024)
    if not head:
        raise Rejected(_("文件是空的。请重新选择文件。"))
    if head.startswith(gate.OLE):
        raise Rejected(refusal_text(gate.Refusal("ole")))
    if head.startswith(PNG):
        return "png"
    if head.startswith(JPEG):
        return "jpeg"
    if b"%PDF-" in head[:1024]:
        _check_pdf(stream)
        return "pdf"
    if head.startswith(ZIP):
        return _office_kind(stream)
    if kind := _recording_kind(head):
        return kind
    extension = "ndjson" if extension == "jsonl" else extension
    return extension if extension in TEXT_KINDS and is_text(stream) else ""


def _recording_kind(head: bytes) -> str:
    """What sound it is, by the beginning of the file; empty when it is none."""
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp" and head[8:12] in M4A_BRANDS:
        return "m4a"
    # A tag, or a frame of MPEG layer III: eleven set bits, the layer, no reserved bit rate.
    framed = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 != 0xF
    return "mp3" if head.startswith(b"ID3") or framed else ""


def _office_kind(stream: IO[bytes]) -> str:
    try:
        names = set(gate.inspect(stream, ATTACHMENT_LIMITS).sizes)
    except gate.Refusal as refusal:
        raise Rejected(refusal_text(refusal)) from None
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" not in names:
        return ""
    for kind, part in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")):
        if part in names:
            return kind
    return ""


def _check_pdf(stream: IO[bytes]) -> None:
    """Refuse a cut-off PDF and one that runs something (coarse: a PDF can hide its programs)."""
    stream.seek(0)
    tail = b""
    while piece := stream.read(CHUNK):
        window = tail + piece
        if b"/JavaScript" in window or b"/Launch" in window:
            raise Rejected(_("PDF 中含有脚本或启动程序的动作。请另存为普通 PDF 后再上传。"))
        tail = window[-1024:]
    if b"%%EOF" not in tail:
        raise Rejected(_("PDF 文件不完整（缺少结尾）。请重新生成后再上传。"))


def is_text(stream: IO[bytes]) -> bool:
    """Whether the content is text in UTF-8 or GB 18030 without control bytes."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        stream.seek(0)
        try:
            while piece := stream.read(CHUNK):
                if b"\x00" in piece:
                    return False
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return True
    return False


def image_size(stream: IO[bytes], kind: str) -> tuple[int, int]:
    """Width and height in pixels as the header says; the picture itself is never decoded.

    Raises ``Rejected`` when there is no header.
    """
    size = _png_size(stream) if kind == "png" else _jpeg_size(stream)
    if size is None or 0 in size:
        raise Rejected(_("图片文件已损坏，读不到尺寸。请重新拍摄或导出后再上传。"))
    return size


def _png_size(stream: IO[bytes]) -> tuple[int, int] | None:
    stream.seek(8)
    header = stream.read(16)
    if len(header) < 16 or header[4:8] != b"IHDR":
        return None
    width, height = struct.unpack(">LL", header[8:16])
    return width, height


def _jpeg_size(stream: IO[bytes]) -> tuple[int, int] | None:
    stream.seek(2)
    for _number in range(1000):
        marker = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return None
        if marker[1] == 0xFF:  # padding
            stream.seek(-1, 1)
            continue
        if 0xD0 <= marker[1] <= 0xD8 or marker[1] == 0x01:
            continue
        length = stream.read(2)
        if len(length) < 2:
            return None
        size = struct.unpack(">H", length)[0]
        if marker[1] in FRAMES:
            frame = stream.read(5)
            if len(frame) < 5:
                return None
            height, width = struct.unpack(">HH", frame[1:5])
            return width, height
        if size < 2 or marker[1] == 0xDA:
            return None
        stream.seek(size - 2, 1)
    return None


def refusal_text(refusal: gate.Refusal) -> str:
    """The sentence for a file that the gate did not let through: what is wrong, what to do."""
    megabytes = refusal.facts.get("limit", 0) // (1024 * 1024)
    name = refusal.facts.get("name", "")
    texts = {
        "ole": _(
            "文件是旧版 Office 格式（.doc、.xls）或设置了打开密码。"
            "请去除密码，另存为 .docx 或 .xlsx 后再上传。"
        ),
        "not_zip": _("文件内容不是 Office 文档。请用 Office 或 WPS 另存后再上传。"),
        "damaged": _("文件已损坏，无法打开。请用 Office 或 WPS 打开并另存后再上传。"),
        "lying_size": _("文件结构异常：声明的大小与实际不符。请重新另存后再上传。"),
        "compression": _("文件使用了不支持的压缩方式。请用 Office 或 WPS 另存后再上传。"),
        "encrypted": _("文件设置了密码。请去除密码后再上传。"),
        "macro": _("文件含有宏或控件（%(name)s）。请另存为不含宏的 .xlsx 或 .docx 后再上传。"),
        "external": _("文件引用了外部文件或数据连接（%(name)s）。请断开链接后再上传。"),
        "program": _("文件内夹带程序（%(name)s），不能上传。"),
        "nested": _("文件内夹带其他压缩包或文档（%(name)s）。请删除后分别上传。"),
        "duplicate_member": _("文件结构异常：内部有两个同名部分（%(name)s）。请重新另存后再上传。"),
        "path": _("文件结构异常：内部路径不合法（%(name)s）。请重新另存后再上传。"),
        "doctype": _("文件内含有实体声明（%(name)s），存在风险。请重新另存后再上传。"),
        "too_many_members": _("文件内部的部分过多（上限 %(limit)d 个）。请精简后再上传。"),
        "too_big_unpacked": _("文件展开后超过 %(megabytes)d MB。请删减内容或拆分后再上传。"),
        "packed": _("文件压缩比异常（超过 %(ratio)d 倍）。请用 Office 或 WPS 另存后再上传。"),
    }
    facts = {"limit": 0, "ratio": 0, **refusal.facts, "name": name, "megabytes": megabytes}
    return texts.get(refusal.code, texts["damaged"]) % facts
