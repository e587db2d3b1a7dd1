"""What must always be true of filings and reports; ``manage.py verify`` proves it."""

from __future__ import annotations

from django.db.models import Count, F, Max
from django.utils.translation import gettext as _

from core.invariants import register
from reporting import digest, filed_invariants  # noqa: F401 (registers its own)
from reporting.models import (
    Bulletin,
    BulletinVersion,
    Circular,
    CircularRedress,
    CircularVersion,
    DocumentCounter,
    FigureSnapshot,
    Filing,
    FilingVersion,
    PlanReceipt,
    Receipt,
    ReceiptCounter,
    StageReport,
)
from reporting.services.snapshots import digest_of, is_intact
from reporting.workflow.bulletin import OUT
from reporting.workflow.filing import OPEN_STATES
from reporting.workflow.report import State as ReportState


@register("reporting.receipts-without-gap")
def receipts_without_gap() -> list[str]:
    """Per recipient and year the serials run from 1 to the counter, each once."""
    counters = {(c.recipient_id, c.year): c.last for c in ReceiptCounter.objects.all()}
    given: dict[tuple[int, int], list[int]] = {}
    for model in (Receipt, PlanReceipt):
        for recipient, year, serial in model.objects.values_list("recipient", "year", "serial"):
            given.setdefault((recipient, year), []).append(serial)
    problems = []
    for (recipient, year), serials in sorted(given.items()):
        last = counters.pop((recipient, year), 0)
        if sorted(serials) != list(range(1, last + 1)):
            words = {"recipient": recipient, "year": year}
            problems.append(_("受理单位 {recipient} {year} 年的回执编号不连续。").format(**words))
    problems += [
        _("受理单位 {recipient} {year} 年的回执计数没有对应的回执。").format(recipient=r, year=y)
        for (r, y), last in sorted(counters.items())
        if last
    ]
    return problems


@register("reporting.filed-versions-have-one-receipt")
def filed_versions_have_one_receipt() -> list[str]:
    """Filed means exactly one receipt, with the same digest and time; not filed means none."""
    bare = FilingVersion.objects.filed().filter(receipt__isnull=True)
    early = Receipt.objects.filter(version__state__in=OPEN_STATES)
    apart = Receipt.objects.exclude(
        digest=F("version__digest"), issued_at=F("version__submitted_at")
    )
    return [
        *(
            _("已报送的版本 {version} 没有回执。").format(version=pk)
            for pk in bare.values_list("pk", flat=True)
        ),
        *(
            _("回执 {number} 对应的版本还没有报送。").format(number=number)
            for number in early.values_list("number", flat=True)
        ),
        *(
            _("回执 {number} 与版本的摘要或时间不一致。").format(number=number)
            for number in apart.values_list("number", flat=True)
        ),
    ]


@register("reporting.versions-numbered-from-one")
def versions_numbered_from_one() -> list[str]:
    """Versions of a filing are 1..n, and the current one is the last."""
    problems = []
    counted = Filing.objects.annotate(count=Count("versions"), last=Max("versions__number"))
    for filing in counted.select_related("current_version", "filed_version"):
        current = filing.current_version.number if filing.current_version else 0
        if filing.count != (filing.last or 0) or current != (filing.last or 0):
            problems.append(_("报送 {filing} 的版本号不连续。").format(filing=filing.pk))
        if filing.current_version and filing.state != filing.current_version.state:
            problems.append(_("报送 {filing} 与其版本的状态不一致。").format(filing=filing.pk))
    return problems


@register("reporting.digests-recompute")
def digests_recompute() -> list[str]:
    """The content of every filed version still gives the digest that its receipt states."""
    versions = FilingVersion.objects.filed().select_related(
        "filing__organisation", "filing__recipient", "filing__duty__definition__campaign"
    )
    return [
        _("版本 {version} 的内容与报送时的摘要不一致。").format(version=version.pk)
        for version in versions.iterator(chunk_size=100)
        if digest.of(version) != version.digest
    ]


@register("reporting.snapshots-intact")
def snapshots_intact() -> list[str]:
    """Every frozen snapshot still says what its digest was made from."""
    return [
        _("数据快照 {snapshot} 的内容与取数时的摘要不一致。").format(snapshot=snapshot.pk)
        for snapshot in FigureSnapshot.objects.iterator(chunk_size=20)
        if not is_intact(snapshot)
    ]


@register("reporting.issued-reports-complete")
def issued_reports_complete() -> list[str]:
    """An issued report has its three files, an approver, and a serial that its office gave."""
    last = {(c.organisation_id, c.year): c.last for c in DocumentCounter.objects.all()}
    problems = []
    for report in StageReport.objects.filter(state=ReportState.ISSUED).select_related(
        "current_version"
    ):
        version = report.current_version
        whole = version.docx_id and version.pdf_id and version.xlsx_id and version.approved_by_id
        if not whole:
            words = _("已印发的报告 {number} 缺少文件或审批记录。")
            problems.append(words.format(number=report.document_number))
        if report.serial > last.get((report.organisation_id, report.year), 0):
            words = _("已印发的报告 {number} 没有对应的发文编号记录。")
            problems.append(words.format(number=report.document_number))
    return problems


@register("reporting.bulletins-intact")
def bulletins_intact() -> list[str]:
    """Figures of every bulletin are as counted; what was issued has an approver who made none."""
    problems = [
        _("通报版本 {version} 的数据与取数时的摘要不一致。").format(version=version.pk)
        for version in BulletinVersion.objects.iterator(chunk_size=20)
        if digest_of(version.content) != version.digest
    ]
    issued = Bulletin.objects.filter(state__in=OUT).select_related("current_version")
    for bulletin in issued:
        approver = bulletin.current_version.approved_by_id
        if not approver or bulletin.versions.filter(edited_by=approver).exists():
            words = _("已印发的通报 {number} 没有另一人审批。")
            problems.append(words.format(number=bulletin.document_number))
    return problems


@register("reporting.circulars-intact")
def circulars_intact() -> list[str]:
    """Words of every circular are as written; what was issued has an approver who made none."""
    problems = [
        _("案件通报版本 {version} 的内容与编制时的摘要不一致。").format(version=version.pk)
        for version in CircularVersion.objects.iterator(chunk_size=20)
        if digest_of(version.content) != version.digest
    ]
    for circular in Circular.objects.exclude(document_number="").select_related("current_version"):
        approver = circular.current_version.approved_by_id
        if not approver or circular.versions.filter(edited_by=approver).exists():
            words = _("已印发的案件通报 {number} 没有另一人审批。")
            problems.append(words.format(number=circular.document_number))
    return problems + _wrongly_put_right()


def _wrongly_put_right() -> list[str]:
    """What corrects or withdraws a circular is its office's, names an issued one, and goes where
    that went."""
    problems = []
    rows = CircularRedress.objects.select_related("circular__current_version", "first")
    for row in rows:
        paper, first = row.circular, row.first
        went = [set(one.addressees.values_list("pk", flat=True)) for one in (paper, first)]
        own = paper.organisation_id == first.organisation_id and row.root_id == first.root_pk
        said = first.document_number and paper.current_version.note
        if not (own and said and went[0] == went[1]):
            words = _("通报《{title}》与其更正或撤销的通报不相符。")
            problems.append(words.format(title=paper.title))
    return problems
