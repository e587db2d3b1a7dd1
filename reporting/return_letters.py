"""The deficiency letter of a return as an official document: every cell, its rule, the new date."""

from __future__ import annotations

from core import clock
from core.officialdoc import Block, Document, Paragraph, Table
from reporting.models import Return, ReturnReview
from reporting.notifications.filing import chinese_time
from reporting.returns.periods import Period


def deficiency(entry: Return, review: ReturnReview) -> Document:
    """What is deficient in which cell, under which rule, and until when it is to come again."""
    day = clock.day_of(review.at)
    issuer = entry.recipient.name_on(day)
    period = Period(entry.period_start, entry.period_end).label
    rows = [
        [str(number), f"{item['sheet']} {item['cell']}".strip(), item["problem"], item["rule"]]
        for number, item in enumerate(review.deficient, start=1)
    ]
    assert review.new_due_at is not None
    title = entry.form.title
    blocks: list[Block] = [
        Paragraph(
            f"你单位报送的“{title}”（{period}）第{review.version.number}版经审核需要补正，"
            "事项如下。"
        ),
        Table(
            ["序号", "位置", "问题", "依据"], rows, title="需要补正的内容", widths=[1.4, 4, 5, 4]
        ),
        Paragraph(f"请于{chinese_time(review.new_due_at)}前补正重报。"),
    ]
    if review.comment:
        blocks.append(Paragraph(f"审核意见：{review.comment}"))
    return Document(
        issuer=issuer,
        title=f"关于补正“{title}”（{period}）的通知",
        mark=issuer,
        date=day,
        addressee=entry.organisation.name,
        blocks=blocks,
        signer=issuer,
        sealed=False,
    )
