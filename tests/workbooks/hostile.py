"""Workbooks that are broken, hostile or oversized: made by patching a good one, never stored.

``kinds()`` gives (name, file name, function that makes the content, words that the message to the
person must hold). The good file is the template of ``tests.core.sheet_forms.group_form`` with rows.
"""

import bz2
import gzip
import io
import os
import random
import re
import struct
import zipfile
import zlib

import openpyxl
from rustpy_xlsxwriter import FastExcel

from tests.core.sheet_forms import LEADER, MEMBER, group_form

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def good(rows=(LEADER, MEMBER)):
    return group_form().template(rows)


# --- Tools ---------------------------------------------------------------------------------------


def patched(changes=(), more=(), drop=(), method=zipfile.ZIP_DEFLATED, source=None):
    """The good workbook with members changed by functions, added or dropped."""
    changes = dict(changes)
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source or good())) as old,
        zipfile.ZipFile(buffer, "w", method) as new,
    ):
        for name in old.namelist():
            if name in drop:
                continue
            content = old.read(name)
            change = changes.get(name)
            if callable(change):
                content = change(content)
            elif change is not None:
                content = change
            new.writestr(name, content)
        for name, content in more:
            new.writestr(name, content)
    return buffer.getvalue()


def edited(edit, **cells):
    """The good workbook after an edit with openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(good()))
    edit(book)
    for cell, value in cells.items():
        book["领导小组名单"][cell] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_of(rows, *, dimension="A1:J9", after=b""):
    """A worksheet part whose rows follow the good header."""
    head = b"".join(
        b'<c r="%s3" t="inlineStr"><is><t>%s</t></is></c>' % (letter, label.encode())
        for letter, label in zip((b"A", b"B", b"C"), ("姓名", "组内职务", "联系电话"), strict=True)
    )
    return (
        b'<?xml version="1.0"?><worksheet '
        + NAMESPACE
        + b'><dimension ref="'
        + dimension.encode()
        + b'"/><sheetData><row r="3">'
        + head
        + b"</row>"
        + rows
        + b"</sheetData>"
        + after
        + b"</worksheet>"
    )


def with_rows(rows, **options):
    return patched({SHEET: sheet_of(rows, **options)})


def central(content, name, offset, format_, value):
    """Overwrite a field of a member's entry in the central directory."""
    data = bytearray(content)
    at = -1
    while True:
        at = data.index(b"PK\x01\x02", at + 1)
        length = struct.unpack("<H", data[at + 28 : at + 30])[0]
        if data[at + 46 : at + 46 + length] == name.encode():
            struct.pack_into(format_, data, at + offset, value)
            return bytes(data)


def local(content, name, offset, format_, value):
    """Overwrite a field of a member's local header."""
    data = bytearray(content)
    at = -1
    while True:
        at = data.index(b"PK\x03\x04", at + 1)
        length = struct.unpack("<H", data[at + 26 : at + 28])[0]
        if data[at + 30 : at + 30 + length] == name.encode():
            struct.pack_into(format_, data, at + offset, value)
            return bytes(data)


def zeros(megabytes, *, head=b"", tail=b"", fill=b"0"):
    """A deflated stream of megabytes of one sign, made without holding them."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = fill * (1024 * 1024)
    checksum, size = zlib.crc32(head), len(head)
    parts = [engine.compress(head)]
    for _number in range(megabytes):
        parts.append(engine.compress(piece))
        checksum, size = zlib.crc32(piece, checksum), size + len(piece)
    parts += [engine.compress(tail), engine.flush()]
    return b"".join(parts), zlib.crc32(tail, checksum), size + len(tail)


def with_raw(name, packed, checksum, size, *, declared=None, copies=1):
    """The good workbook plus members whose packed bytes are given."""
    base = patched(drop=[name])
    end = base.rindex(b"PK\x05\x06")
    start = struct.unpack("<L", base[end + 16 : end + 20])[0]
    body, directory = base[:start], base[start:end]
    told = size if declared is None else declared
    for copy in range(copies):
        member = (name if copy == 0 else f"{name}.{copy}").encode()
        fields = (20, 0, 8, 0, 0, checksum, len(packed), min(told, 0xFFFFFFFF), len(member), 0)
        header = struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields)
        directory += (
            struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, len(body)) + member
        )
        body += header + member + packed
    count = struct.unpack("<H", base[end + 10 : end + 12])[0] + copies
    ending = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0
    )
    return body + directory + ending


# --- Broken --------------------------------------------------------------------------------------


def flipped():
    """One byte changed in the middle of the packed worksheet."""
    content = bytearray(good())
    at = content.index(SHEET.encode()) + len(SHEET) + 200
    content[at] ^= 0xFF
    return bytes(content)


def duplicate():
    content = patched(more=[("xl/worksheets/sheet9.xml", b"<x/>")])
    return content.replace(b"xl/worksheets/sheet9.xml", SHEET.encode())


def deep():
    """100,000 elements inside one another."""
    return patched({SHEET: sheet_of(b"<row>" * 100_000 + b"</row>" * 100_000)})


def overlapping():
    """Every entry of the directory points at one packed body."""
    packed, checksum, size = zeros(1)
    content = bytearray(with_raw("xl/a.xml", packed, checksum, size, copies=20))
    entries = [match.start() for match in re.finditer(b"PK\x01\x02", content)][-20:]
    target = content[entries[0] + 42 : entries[0] + 46]
    for at in entries[1:]:
        content[at + 42 : at + 46] = target
    return bytes(content)


# --- Too big -------------------------------------------------------------------------------------


def bomb(megabytes=300, **options):
    packed, checksum, size = zeros(megabytes)
    return with_raw("xl/media/a.xml", packed, checksum, size, **options)


def lying(prefix_checksum=False):
    """The directory claims 16 KB for a worksheet of 200 MB; with the right checksum of those."""
    head = sheet_of(b"")[:-30]
    packed, checksum, _size = zeros(200, head=head, fill=b" ")
    if prefix_checksum:
        checksum = zlib.crc32((head + b" " * 16384)[:16384])
    return with_raw(SHEET, packed, checksum, 16384)


def declared_huge(size):
    packed, checksum, _size = zeros(1)
    return with_raw("xl/media/a.xml", packed, checksum, size)


def shared_strings(count, text=b"<si><t>a</t></si>"):
    content = b"<sst " + NAMESPACE + b">" + text * count + b"</sst>"
    return patched({STRINGS: content} if has_strings() else (), more=strings_part(content))


def has_strings():
    return STRINGS in zipfile.ZipFile(io.BytesIO(good())).namelist()


def strings_part(content):
    return [] if has_strings() else [(STRINGS, content)]


def random_strings(count):
    """Shared strings that do not compress: the ratio gives no hint."""
    chance = random.Random(7)
    body = b"".join(b"<si><t>%016x</t></si>" % chance.getrandbits(64) for _n in range(count))
    content = b"<sst " + NAMESPACE + b">" + body + b"</sst>"
    return patched({STRINGS: content} if has_strings() else (), more=strings_part(content))


def one_string(megabytes):
    packed, checksum, size = zeros(
        megabytes, head=b"<sst " + NAMESPACE + b"><si><t>", tail=b"</t></si></sst>", fill=b"a"
    )
    return with_raw(STRINGS, packed, checksum, size)


def empty_rows(count):
    return with_rows(b"".join(b'<row r="%d"/>' % number for number in range(4, count)))


def styled_rows(count):
    """What people make by colouring whole columns: a million rows of styled, empty cells."""
    row = b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
    return with_rows(b"".join(row % (n, n, n) for n in range(4, count)))


def many_rows(count, dimension="A1:D21"):
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>n%x</t></is></c></row>'
    chance = random.Random(3)
    rows = b"".join(row % (n, n, chance.getrandbits(48)) for n in range(4, count))
    return with_rows(rows, dimension=dimension)


def far_cell():
    return with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def far_row():
    return with_rows(b'<row r="1048576"><c r="J1048576"><v>1</v></c></row>')


def unplaced_cells():
    """Cells without addresses, a lot of them in one row, then one far below."""
    return with_rows(
        b"<row>" + b"<c><v>1</v></c>" * 16_000 + b'</row><row r="1048570"><c><v>1</v></c></row>'
    )


def wide():
    cells = b"".join(
        b'<c r="%s4"><v>1</v></c>' % openpyxl.utils.get_column_letter(n).encode()
        for n in range(1, 16385)
    )
    return with_rows(b'<row r="4">' + cells + b"</row>")


def merge_all():
    return with_rows(
        b'<row r="4"><c r="A4" t="inlineStr"><is><t>a</t></is></c></row>',
        after=b'<mergeCells><mergeCell ref="A4:XFD1048576"/></mergeCells>',
    )


def many_merges(count):
    body = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(4, count))
    return with_rows(b"", after=b"<mergeCells>" + body + b"</mergeCells>")


def many_styles(count):
    styles = b"".join(
        b'<xf numFmtId="%d" fontId="%d"/>' % (n * 7919 % 400, n * 31 % 97) for n in range(count)
    )
    return patched(
        {
            "xl/styles.xml": b"<styleSheet "
            + NAMESPACE
            + b"><cellXfs>"
            + styles
            + b"</cellXfs></styleSheet>"
        }
    )


def many_sheets(count):
    def add(book):
        for number in range(count):
            book.create_sheet(f"页{number}")
        del book["领导小组名单"]

    return edited(add)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY b%d "%s">' % (n, b"&a;" * 10) for n in range(9))
    + b"]><worksheet>&b8;</worksheet>"
)
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def rename(book):
    book["领导小组名单"].title = "别的表"
    book.create_sheet("又一表")


def behead(book):
    book["领导小组名单"].delete_rows(1, 3)


def behead_form():
    return edited(behead)


def set_meta(**entries):
    def change(book):
        for row in book["_meta"].iter_rows():
            if row[0].value in entries:
                row[1].value = entries[row[0].value]

    return lambda: edited(change)


def header(**cells):
    return lambda: edited(lambda book: None, **cells)


def csv_of(text, encoding="utf-8"):
    return ("姓名,组内职务,联系电话\n" + text).encode(encoding)


def shared(changes=(), **options):
    """A workbook whose texts lie in the table of shared strings, as Excel writes it, patched."""
    buffer = io.BytesIO()
    rows = [{"姓名": "甲一", "组内职务": "组长"}, {"姓名": "乙二", "组内职务": "成员"}]
    FastExcel(buffer).sheet("领导小组名单", rows, dedupe_strings=True).save()
    return patched(changes, source=buffer.getvalue(), **options)


def far_string(content):
    return content.replace(b"<v>1</v>", b"<v>999</v>")


def links(content):
    return content.replace(b"/xl/worksheets/sheet1.xml", b"../../../etc/passwd")


def hide_all(content):
    return re.sub(rb'state="visible"', b'state="hidden"', content)


def kinds():
    """Every kind: (name, file name, maker, words)."""
    workbooks = [
        ("empty", lambda: b"", "文件是空的"),
        ("random", lambda: os.urandom(5000), "不是 Office 文档|已损坏"),
        ("text", lambda: b"name,duty\n" * 100, "不是 Office 文档"),
        ("html", lambda: b"<html><table><tr><td>a</td></tr></table></html>", "不是 Office 文档"),
        ("ole", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "旧版 Office"),
        ("gzip", lambda: gzip.compress(b"0" * 10_000_000), "不是 Office 文档"),
        ("bzip2", lambda: bz2.compress(b"0" * 1_000_000), "不是 Office 文档"),
        ("prefixed", lambda: b"MZ\x90\x00" * 50 + good(), "不是 Office 文档"),
        ("cut-in-half", lambda: good()[: len(good()) // 2], "文件已损坏"),
        ("cut-end", lambda: good()[:-30], "文件已损坏"),
        ("flipped", flipped, "文件已损坏|声明的大小"),
        ("wrong-crc", lambda: central(good(), SHEET, 16, "<L", 1), "文件已损坏"),
        ("no-workbook", lambda: patched(drop=[BOOK]), "不是 Excel 工作簿"),
        ("no-sheet-part", lambda: patched(drop=[SHEET]), "文件已损坏"),
        ("xlsb", lambda: patched(drop=[BOOK], more=[("xl/workbook.bin", b"x")]), "二进制工作簿"),
        ("odt", lambda: patched(drop=[BOOK], more=[("content.xml", b"<a/>")]), "不是 Excel"),
        ("broken-sheet", lambda: patched({SHEET: lambda c: c[:-300]}), "文件已损坏"),
        ("sheet-is-binary", lambda: patched({SHEET: os.urandom(3000)}), "已损坏|没有找到表头"),
        ("broken-workbook", lambda: patched({BOOK: lambda c: c[:200]}), "已损坏|没有找到工作表"),
        ("link-outside", lambda: patched({"xl/_rels/workbook.xml.rels": links}), "已损坏"),
        ("cut-strings", lambda: shared({STRINGS: lambda c: c[:-60]}), "文件已损坏"),
        ("no-strings", lambda: shared(drop=[STRINGS]), "文件已损坏"),
        ("string-index", lambda: shared({SHEET: far_string}), "文件已损坏"),
        ("deep", deep, "压缩比异常"),
        ("duplicate-member", duplicate, "两个同名部分"),
        ("nested-zip", lambda: patched(more=[("xl/media/a.zip", good())]), "夹带其他压缩包"),
        ("nested-unnamed", lambda: patched(more=[("xl/media/a.png", good())]), "夹带其他压缩包"),
        ("macro", lambda: patched(more=[("xl/vbaProject.bin", b"x")]), "含有宏"),
        ("macro-sheet", lambda: patched(more=[("xl/macrosheets/s.xml", b"<a/>")]), "含有宏"),
        ("activex", lambda: patched(more=[("xl/activeX/a.bin", b"x")]), "含有宏或控件"),
        ("external", lambda: patched(more=[("xl/externalLinks/e.xml", b"<a/>")]), "外部文件"),
        ("connection", lambda: patched(more=[("xl/connections.xml", b"<a/>")]), "数据连接"),
        ("program", lambda: patched(more=[("xl/media/a.exe", b"MZ")]), "夹带程序"),
        ("encrypted-flag", lambda: central(good(), SHEET, 8, "<H", 1), "设置了密码"),
        ("bzip2-member", lambda: patched(method=zipfile.ZIP_BZIP2), "不支持的压缩方式"),
        ("lzma-member", lambda: patched(method=zipfile.ZIP_LZMA), "不支持的压缩方式"),
        ("path", lambda: patched(more=[("../../evil.xml", b"x")]), "内部路径不合法"),
        ("other-local-name", lambda: local(good(), SHEET, 30, "<2s", b"XL"), "文件已损坏"),
        ("doctype", lambda: patched({SHEET: LAUGHS}), "实体声明"),
        ("xxe", lambda: patched({SHEET: XXE}), "实体声明"),
        ("xxe-utf16", lambda: patched({SHEET: XXE.decode().encode("utf-16")}), "实体声明"),
        ("overlapping", overlapping, "文件已损坏"),
        ("members", lambda: patched(more=[(f"xl/m{n}.xml", b"") for n in range(3000)]), "部分过多"),
        ("bomb-300mb", bomb, "压缩比异常"),
        ("bomb-in-20-parts", lambda: bomb(20, copies=20), "压缩比异常"),
        ("lying-directory", lying, "压缩比异常"),
        ("lying-with-crc", lambda: lying(prefix_checksum=True), "压缩比异常"),
        ("declares-4gb", lambda: declared_huge(0xFFFFFFF0), "声明的大小|已损坏|压缩比"),
        ("declares-nothing", lambda: declared_huge(0), "声明的大小|压缩比"),
        ("strings-8m", lambda: shared_strings(8_000_000), "压缩比异常"),
        ("strings-random-1m", lambda: random_strings(700_000), None),
        ("string-400mb", lambda: one_string(400), "压缩比异常"),
        ("rows-1m-empty", lambda: empty_rows(1_048_576), "至少要填"),
        ("rows-1m-styled", lambda: styled_rows(1_048_576), "至少要填|时间和内存"),
        ("rows-200k-lying", lambda: many_rows(200_000), "共有 199996 行数据|时间和内存"),
        ("rows-1m-data", lambda: many_rows(1_000_000), "文件超过 10 MB"),
        ("far-cell", far_cell, "延伸到单元格 XFD1048576"),
        ("far-row", far_row, "延伸到单元格 J1048576"),
        ("unplaced", unplaced_cells, "时间和内存"),
        ("wide", wide, "在表头各列以外"),
        ("merge-all", merge_all, "合并了单元格"),
        ("merges-200k", lambda: many_merges(200_000), "至少要填"),
        ("styles-300k", lambda: many_styles(300_000), None),
        ("sheets-300", lambda: many_sheets(300), "没有找到工作表"),
        ("other-sheets", lambda: edited(rename), "没有找到工作表“领导小组名单”"),
        ("all-hidden", lambda: patched({BOOK: hide_all}, source=edited(rename)), "没有找到工作表"),
        ("other-form", set_meta(form="points", title="示范点名单"), "这是“示范点名单”的模板"),
        ("old-version", set_meta(version="1"), "模板是第 1 版，现行第 2 版"),
        ("unknown-column", header(D3="传真"), "模板中没有“传真”这一列"),
        ("twice-column", header(D3="姓名"), "表头“姓名”出现了两次"),
        (
            "no-header",
            lambda: edited(lambda b: b["领导小组名单"].delete_rows(1, 3)),
            "没有找到表头",
        ),
        ("bare-formula", header(E4="=6*2"), "没有保存计算结果"),
        ("error-value", header(E4="#REF!"), "公式错误值“#REF!”"),
        ("number-1e308", header(E4=1e308), "数字过大或无效"),
        ("text-number", header(E4="十二户"), "不是数字"),
        ("long-text", header(A4="长" * 32_767), "共 32767 字，超过 20 字"),
        ("far-date", header(G4=9_999_999), "不是日期"),
        ("too-big-upload", lambda: good() + b"\0" * 11_000_000, "文件超过 10 MB"),
    ]
    found = [(name, f"{name}.xlsx", make, words) for name, make, words in workbooks]
    found += [
        ("name-xls", "a.xls", good, "不支持“.xls”"),
        ("name-xlsm", "a.xlsm", good, "不支持“.xlsm”"),
        ("name-none", "a", good, "不支持“.—”"),
        ("name-exe", "a.xlsx.exe", good, "不支持“.exe”"),
        ("csv-empty", "a.csv", lambda: b"", "文件是空的"),
        ("csv-nul", "a.csv", lambda: csv_of("甲\0,组长,1"), "不是 UTF-8 或 GB 18030"),
        ("csv-binary", "a.csv", lambda: b"\x81\x20\xff\xff" * 100, "不是 UTF-8 或 GB 18030"),
        ("csv-is-xlsx", "a.csv", good, "不是 UTF-8 或 GB 18030"),
        ("csv-quote", "a.csv", lambda: csv_of('"甲,组长,1\n' * 3), "CSV 第|引号"),
        ("csv-long-cell", "a.csv", lambda: csv_of("甲" * 2_000_000), "CSV 第 2 行格式有误"),
        ("csv-rows", "a.csv", lambda: csv_of("甲,成员,1\n" * 400_000), "共有 400000 行|时间和内存"),
        ("csv-columns", "a.csv", lambda: csv_of("1," * 1_000_000), "不在选项中|未填写"),
        ("csv-no-header", "a.csv", lambda: b"a,b\n1,2\n", "没有找到表头"),
        ("csv-broken-utf16", "a.csv", lambda: b"\xff\xfe\x00\xd8\x41", "不是 UTF-8"),
    ]  # fmt: skip
    return found


def should_pass():
    """Workbooks that are unusual and right: (name, file name, maker)."""
    return [
        ("template", "a.xlsx", good),
        ("stored", "a.xlsx", lambda: patched(method=zipfile.ZIP_STORED)),
        ("picture", "a.xlsx", lambda: patched(more=[("xl/media/a.png", b"\x89PNG" + b"0" * 999)])),
        ("upper-case-name", "A.XLSX", good),
        ("resaved", "a.xlsx", lambda: edited(lambda book: None)),
        ("other-sheet-name", "a.xlsx", lambda: edited(rename_only)),
        ("blank-lines", "a.xlsx", lambda: edited(lambda b: b["领导小组名单"].insert_rows(4, 2))),
        ("lying-dimension", "a.xlsx", lambda: patched({SHEET: small_dimension})),
        ("csv", "a.csv", lambda: csv_of("甲一,组长,95598\n乙二,成员,12398\n")),
        ("csv-gb", "a.csv", lambda: csv_of("甲一,组长,95598\n乙二,成员,12398\n", "gb18030")),
        ("csv-crlf", "a.csv", lambda: csv_of("甲一,组长,95598\r\n乙二,成员,12398\r\n\r\n")),
    ]  # fmt: skip


def rename_only(book):
    book["领导小组名单"].title = "Sheet1"
    del book["填报说明"]


def small_dimension(content):
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', content)
