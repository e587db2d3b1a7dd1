"""Filings for tests, brought to a state by the real moves with sound, invented content."""

import copy
import io
import struct
import zipfile
import zlib
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from accounts.models import User
from accounts.permissions import Permission, roles_with
from campaign.services import open_duty
from core.clock import ZONE
from reporting import digest, examine
from reporting.models import Filing
from reporting.parts import of_version
from reporting.services import drafting, review, submission
from tests.factories import accounts
from tests.factories.memory import remembered

NOW = datetime(2011, 11, 22, 10, 0, tzinfo=ZONE)
_ROWS = yaml.safe_load((Path(__file__).parent / "filing_rows.yaml").read_text(encoding="utf-8"))
# How far each state lies along the way; a filing passes all that stand before it.
ORDER = ("draft", "certifying", "submitted", "received", "returned", "accepted")


def rows_for(code):
    """Sound rows of a part, as an organisation would fill them in; free to be changed."""
    return copy.deepcopy(_ROWS[code])


TEXT = "本单位高度重视，已成立领导小组，制定实施方案，明确责任分工和时间安排，逐级部署落实到基层。"


def docx(text="实施方案"):
    """The bytes of a small Word document."""
    held = io.BytesIO()
    types = (
        '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/'
        'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    rels = (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.'
        'org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.'
        'org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>"
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.'
        f'org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>'
        "</w:document>"
    )
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", rels)
        archive.writestr("word/document.xml", body)
    return held.getvalue()


def png(shade=200, *, side=8):
    """The bytes of a small grey picture."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    lines = b"".join(b"\0" + bytes([shade]) * side for _line in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def worker(organisation, permission, *, role, other_than=(), name=None):
    """Somebody who works in the organisation with the permission; a new person where none is."""
    found = (
        User.objects.filter(
            memberships__organisation=organisation,
            memberships__role__in=roles_with(permission),
            is_active=True,
        )
        .exclude(pk__in=[user.pk for user in other_than])
        .order_by("pk")
        .first()
    )
    return found or accounts.member(organisation, role, name=name)


def filer(organisation):
    role = "regulator_officer" if organisation.is_regulator else "company_filer"
    return worker(organisation, Permission.FILING_DRAFT, role=role)


def certifier(organisation):
    role = "regulator_officer" if organisation.is_regulator else "company_lead"
    permission = Permission.FILING_CERTIFY
    return worker(organisation, permission, role=role, other_than=[filer(organisation)])


def reviewer(organisation, *, other_than=()):
    permission = Permission.FILING_REVIEW
    return worker(organisation, permission, role="regulator_officer", other_than=other_than)


def fill(filing, *, by=None, now=NOW, only=None, rows=None):
    """Fill every part (or some) with sound content; ``rows(part code)`` gives rows of one's own."""
    by = by or filer(filing.organisation)
    version = Filing.objects.get(pk=filing.pk).current_version
    for part in of_version(version):
        if only is None or part.code in only:
            own = rows(part.code) if rows and part.form else None
            fill_part(filing, part, by=by, now=now, rows=own)
    return Filing.objects.get(pk=filing.pk)


def fill_part(filing, part, *, by, now=NOW, rows=None):
    """Fill one part; photos for every row that asks for one."""
    standing = Filing.objects.get(pk=filing.pk).current_version
    version = drafting.save_part(
        filing=filing,
        part=part.code,
        rows=(rows or rows_for(part.code)) if part.form else None,
        text=TEXT if part.text else None,
        seen=standing.revisions.get(part.code, 0),
        by=by,
        now=now,
    )
    rule = part.attachments
    if rule is None:
        return version
    for _number in range(rule.min):
        attach(filing, part.code, docx(), "方案.docx", by=by, now=now)
    for row in version.rows(part.code) if rule.per_row else ():
        attach(filing, part.code, png(), "窗口.png", by=by, now=now, row_key=row["_key"])
    return version


def attach(filing, part, content, name, *, by, now=NOW, row_key=""):
    return drafting.attach(
        filing=filing,
        part=part,
        upload=io.BytesIO(content),
        name=name,
        row_key=row_key,
        by=by,
        now=now,
    )


@remembered
def started(duty, *, now=NOW, by=None):
    """An empty draft."""
    if duty.state == "waiting":
        duty = open_duty(duty=duty, now=now)
    return drafting.start(duty=duty, by=by or filer(duty.organisation), now=now)


@remembered
def filed(duty, *, state="submitted", now=NOW, by=None, deficient=None, rows=None):
    """A filing of the duty in a state, played with the real moves from the start.

    Each move takes place a minute after the one before; the first at ``now``.
    """
    filing = started(duty, now=now, by=by)
    fill(filing, now=now, by=by, rows=rows)
    if rows:
        confirm(filing, now=now, by=by)
    return played(filing, state, now=now, deficient=deficient)


def confirm(filing, *, now=NOW, by=None):
    """Give a reason for everything that the portal warns of."""
    version = Filing.objects.get(pk=filing.pk).current_version
    if warned := examine.version(version).warnings:
        reasons = dict.fromkeys([one.key for one in warned], "已列入整改计划，12月15日前完成。")
        by = by or filer(filing.organisation)
        drafting.confirm_warnings(filing=filing, reasons=reasons, by=by, now=now)


def played(filing, state, *, now=NOW, deficient=None):
    """Play a filled-in draft, or one that is on its way, on to a state."""
    company = filing.organisation
    reached = ORDER.index(Filing.objects.get(pk=filing.pk).state)
    moment = now
    for step in ORDER[reached + 1 : ORDER.index(state) + 1]:
        if step == "returned" and state != "returned":
            continue
        moment += timedelta(minutes=1)
        _play(filing, step, company, moment, deficient)
    return Filing.objects.get(pk=filing.pk)


def _play(filing, step, company, now, deficient):
    if step == "certifying":
        drafting.request_certification(filing=filing, by=filer(company), now=now)
    elif step == "submitted":
        certified(filing, by=certifier(company), now=now)
    else:
        by = reviewer(filing.recipient, other_than=[filer(company), certifier(company)])
        if step == "received":
            review.receive(filing=filing, by=by, now=now)
        elif step == "returned":
            marked = deficient or [lack(filing)]
            review.return_for_correction(filing=filing, deficient=marked, by=by, now=now)
        else:
            review.accept(filing=filing, comment="材料齐全。", by=by, now=now)


def certified(filing, *, by, now=NOW):
    """Certify what lies there now, as somebody who has just looked at it."""
    return submission.certify_and_submit(
        filing=filing, by=by, now=now, seen_digest=shown_digest(filing)
    )


def shown_digest(filing):
    """The digest on the page of certification, as the content stands."""
    return digest.of(Filing.objects.get(pk=filing.pk).current_version)


def lack(filing, part=None, problem="名单缺少联系电话", rule="监管专项行动工作方案五（一）3"):
    """One deficient part as a reviewer marks it."""
    return {"part": part or filing.duty.definition.parts[0], "problem": problem, "rule": rule}
