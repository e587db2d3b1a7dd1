"""The receipt and the notice of return as official documents: what goes into both sides' files.

They are printed anew whenever they are asked for; the same receipt or review gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import day_of
from core.officialdoc import Block, Document, Paragraph, Table
from core.sla import shown
from reporting import parts
from reporting.notifications.filing import chinese_time

if TYPE_CHECKING:
    from reporting.attested import Attested
    from reporting.models import FilingVersion, Receipt, Review


def receipt_document(receipt: Receipt, *, verify_url: str) -> Document:
    """The receipt: what was filed when, its digest, and where it can be verified."""
    version = receipt.version
    filing = version.filing
    definition = filing.duty.definition
    assert version.due_at_submission is not None
    late = "逾期报送" if version.is_late else "按期报送"
    rows = [
        ["报送单位", filing.organisation.name],
        ["报送事项", f"{definition.title}（{definition.campaign.name}）"],
        ["版本", f"第{version.number}版"],
        ["收到时间", f"{chinese_time(receipt.issued_at)}（{late}）"],
        ["截止时间", chinese_time(version.due_at_submission)],
        ["报送材料", "；".join(part.title for part in parts.of_version(version))],
        ["内容摘要（SHA-256）", receipt.digest],
        ["核验码", receipt.verify_code],
        ["核验地址", verify_url],
    ]
    blocks: list[Block] = [
        Paragraph(f"你单位报送的“{definition.title}”第{version.number}版已收到，特此回执。"),
        *(Paragraph(f"{name}：{value}") for name, value in rows),
    ]
    files = [
        [attachment.file.name, attachment.file.size, attachment.file.sha256]
        for attachment in version.attachments.select_related("file").order_by("pk")
    ]
    if files:
        columns = ["文件", "字节数", "SHA-256"]
        blocks.append(Table(columns, files, title="附件及摘要", widths=[3, 1, 4]))
    return Document(
        issuer=receipt.recipient.name_on(day_of(receipt.issued_at)),
        title="报送回执",
        mark=receipt.recipient.name_on(day_of(receipt.issued_at)),
        date=day_of(receipt.issued_at),
        number=receipt.number,
        addressee=filing.organisation.name,
        blocks=blocks,
        signer=receipt.recipient.name_on(day_of(receipt.issued_at)),
        sealed=False,
    )


def attested_document(found: Attested, *, code: str, verify_url: str) -> Document:
    """The receipt of a plan, an emergency plan or a return: what its code attests."""
    late = f"（{'逾期报送' if found.late else '按期报送'}）" if found.due_at else ""
    rows = [
        ("报送单位", found.unit.name),
        ("报送事项", f"{found.matter}（{found.detail}）" if found.detail else found.matter),
        ("版本", f"第{found.version}版"),
        ("收到时间", f"{chinese_time(found.received_at)}{late}"),
        ("截止时间", chinese_time(found.due_at) if found.due_at else "无"),
        ("内容摘要（SHA-256）", found.digest),
        ("核验码", code),
        ("核验地址", verify_url),
    ]
    blocks: list[Block] = [
        Paragraph(f"你单位报送的“{found.matter}”第{found.version}版已收到，特此回执。"),
        *(Paragraph(f"{name}：{value}") for name, value in rows),
    ]
    if files := found.files():
        numbered = [[str(number), sha256] for number, sha256 in enumerate(files, start=1)]
        blocks.append(Table(["序号", "SHA-256"], numbered, title="附件摘要", widths=[1, 6]))
    day = day_of(found.received_at)
    issuer = found.recipient.name_on(day)
    return Document(
        issuer=issuer,
        title="报送回执",
        mark=issuer,
        date=day,
        number=found.number,
        addressee=found.unit.name,
        blocks=blocks,
        signer=issuer,
        sealed=False,
    )


def return_document(version: FilingVersion, review: Review) -> Document:
    """The notice of return: each part, what is wrong, by which rule, and until when."""
    filing = version.filing
    issuer = filing.recipient.name_on(day_of(review.at))
    titles = {part.code: part.title for part in parts.of_version(version)}
    rows = [
        [str(number), titles.get(item["part"], item["part"]), item["problem"], item["rule"]]
        for number, item in enumerate(review.deficient, start=1)
    ]
    assert review.new_due_at is not None
    title = filing.duty.definition.title
    blocks: list[Block] = [
        Paragraph(f"你单位报送的“{title}”第{version.number}版经审核需要补正，事项如下。"),
        Table(
            ["序号", "材料", "问题", "依据"], rows, title="需要补正的材料", widths=[1.4, 4, 5, 4]
        ),
        Paragraph(f"请于{chinese_time(review.new_due_at)}前补正重报。"),
    ]
    sources = (str(line["source"]) for line in shown(review.new_due_explanation))
    if why := list(dict.fromkeys(filter(None, sources))):
        blocks.append(Paragraph(f"期限依据：{'；'.join(why)}。"))
    if review.comment:
        blocks.append(Paragraph(f"审核意见：{review.comment}"))
    return Document(
        issuer=issuer,
        title=f"关于补正“{title}”报送材料的通知",
        mark=issuer,
        date=day_of(review.at),
        addressee=filing.organisation.name,
        blocks=blocks,
        signer=issuer,
        sealed=False,
    )
