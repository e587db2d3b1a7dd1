"""Attachments made by code: small good ones of every kind, and those that must be refused."""

import io
import struct
import zipfile
import zlib

CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="x"/>'


def archive(members, **options):
    """A zip file of (name, content) pairs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as target:
        for name, content in members:
            target.writestr(name, content)
    return buffer.getvalue()


def office(main, *more):
    return archive([("[Content_Types].xml", CONTENT_TYPES), (main, b"<x/>"), *more])


def docx(*more):
    return office("word/document.xml", *more)


def xlsx(*more):
    return office("xl/workbook.xml", *more)


def ofd():
    return archive([("OFD.xml", b"<ofd/>")])


def pdf(body=b"1 0 obj << /Type /Catalog >> endobj"):
    return b"%PDF-1.4\n" + body + b"\ntrailer << >>\nstartxref\n0\n%%EOF\n"


def png(width=2, height=2):
    def chunk(kind, data):
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(b"\x00" + b"\x00" * 3 * 2 + b"\x00" + b"\x00" * 3 * 2)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    )


def jpeg(width=2, height=2):
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    exif = b"Exif\x00\x00" + b"\x00" * 20
    return (
        b"\xff\xd8"
        + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        + b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
        + b"\xff\xda\x00\x02" + b"\x00" * 10 + b"\xff\xd9"
    )  # fmt: skip


def encrypted_flag(content):
    """Set the flag "encrypted" on the first member, locally and in the directory."""
    data = bytearray(content)
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


LINK = (
    b'<Relationships><Relationship Type="http://x/attachedTemplate" '
    b'Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)
REFUSED = [
    ("empty.pdf", b"", "文件是空的"),
    ("program.pdf", b"MZ\x90\x00" + b"\x00" * 100, "不支持这种文件"),
    ("page.pdf", b"<html><script>alert(1)</script>", "不支持这种文件"),
    ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>', "不支持这种文件"),
    ("picture.pdf", png(), "后缀是“.pdf”，内容却是PNG 图片"),
    ("noname", pdf(), "内容却是PDF 文档"),
    ("cut.pdf", pdf()[:-30], "PDF 文件不完整"),
    ("script.pdf", pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "含有脚本"),
    ("launch.pdf", pdf(b"<< /S /Launch /F (cmd.exe) >>"), "启动程序"),
    ("huge.png", png(50_000, 50_000), "图片为 50000×50000 像素"),
    ("huge.jpg", jpeg(50_000, 50_000), "图片为 50000×50000 像素"),
    ("zero.png", png(0, 10), "读不到尺寸"),
    ("cut.png", png()[:12], "读不到尺寸"),
    ("cut.jpg", jpeg()[:10], "读不到尺寸"),
    ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "旧版 Office 格式"),
    ("password.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "打开密码"),
    ("flag.docx", encrypted_flag(docx()), "设置了密码"),
    ("macro.docx", docx(("word/vbaProject.bin", b"x")), "含有宏"),
    ("activex.docx", docx(("word/activeX/activeX1.bin", b"x")), "含有宏或控件"),
    ("template.docx", docx(("word/_rels/settings.xml.rels", LINK)), "引用了外部文件"),
    ("program.docx", docx(("word/embeddings/run.exe", b"MZ")), "夹带程序"),
    ("nested.docx", docx(("word/media/a.zip", archive([("a", b"a")]))), "夹带其他压缩包"),
    ("doctype.docx", docx(("word/styles.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")), "实体声明"),
    ("path.docx", docx(("../../evil.xml", b"x")), "内部路径不合法"),
    ("bomb.docx", lambda: docx(("word/a.xml", b"0" * 30_000_000)), "压缩比异常"),
    ("plain.docx", archive([("a.txt", b"a")]), "不支持这种文件"),
    ("cut.docx", docx()[:-40], "文件已损坏"),
    ("renamed.docx", xlsx(), "内容却是Excel 工作簿"),
    ("big.pdf", lambda: pdf(b"0" * 21_000_000), "文件超过 20 MB"),
    ("big.png", lambda: png() + b"0" * 11_000_000, "文件超过 10 MB"),
]  # fmt: skip
REFUSED_NAMES = [entry[0] for entry in REFUSED]
