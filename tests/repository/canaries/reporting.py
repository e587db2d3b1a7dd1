"""Secrets of filings: a draft, and submitted reports of two provinces with their files."""

from datetime import timedelta

from core import clock
from reporting.models import Attachment, Filing
from tests.factories import accounts, bulletins, reports, returns
from tests.factories import campaign as campaigns
from tests.factories import reporting as filings
from tests.repository.sweep import Secret

# Pages of one filing: to those who may not see it they are 404, as if it were not there.
PAGES = ("filing", "filing_reveal", "filing_receive", "filing_decide", "filing_edit")
PAGES += ("filing_check", "filing_certify", "filing_submit", "filing_send_back")
PAGES += ("filing_recall", "filing_withdraw", "filing_part", "part_template")
PAGES += ("filing_detach", "part_upload_new", "receipt", "receipt_content")
RETURN_PAGES = (
    "return",
    "return_reveal",
    "return_begin",
    "return_edit",
    "return_check",
    "return_act",
)
RETURN_PAGES += ("return_template", "return_error_copy", "return_upload", "return_waiver_ask")
REPORT_PAGES = ("report", "report_edit", "report_versions", "report_figures", "report_submit")
REPORT_PAGES += ("report_approve", "report_issue", "report_correct", "report_send")
BULLETIN_PAGES = ("bulletin", "bulletin_json", "bulletin_edit", "bulletin_submit")
BULLETIN_PAGES += ("bulletin_recall", "bulletin_send_back", "bulletin_approve")
BULLETIN_PAGES += (
    "bulletin_issue",
    "bulletin_publish",
    "bulletin_correct",
    "public_bulletin",
    "public_bulletin_file",
)


def plant(world):
    campaign = campaigns.launched_campaign()
    return [
        *of_campaign(world, campaign),
        *of_filing(world, campaign, "GXSL", "draft", {"GXSL"}),
        *of_filing(world, campaign, "CSG-GD", "submitted", {"CSG-GD", "SERC-NF", "NEA-ROOT"}),
        *of_filing(
            world,
            campaign,
            "CSG-YN",
            "submitted",
            {"CSG-YN", "SERC-YN", "SERC-NF", "NEA-ROOT"},
        ),
        *of_returns(world),
        of_report(world, campaign),
        of_bulletin(world),
    ]


def of_returns(world):
    """A draft of one company and a filed return of another, of the same day's figures."""
    now = clock.now()
    day = clock.today() - timedelta(days=1)
    returns.collected("supply_daily", "SERC-NF", starts_on=day, now=now)
    return [
        of_return(world, "CSG-GX", day, {"CSG-GX"}, filed=False),
        of_return(world, "CSG-GD", day, {"CSG-GD", "SERC-NF", "NEA-ROOT"}, filed=True),
    ]


def of_return(world, company, day, homes, *, filed):
    entry, text, now = returns.owed("supply_daily", company, day), world.text(), clock.now()
    rows = {"day": [{**returns.DAILY, "day": day.isoformat(), "reason": text}]}
    filer = accounts.member(company, "company_filer")
    if filed:
        lead = accounts.member(company, "company_lead")
        returns.filed(entry, rows, filer=filer, lead=lead, now=now)
    else:
        returns.filled(entry, rows, by=filer, now=now)
    return Secret(
        name=f"{'filed' if filed else 'drafted'} return of {company}",
        text=text,
        may_read=lambda person: person.home in homes and person.may("filing.view"),
        app="reporting",
        keys={"pk": entry.pk},
        opens=tuple(f"reporting:{page}" for page in RETURN_PAGES) if filed else (),
    )


def of_filing(world, campaign, company, state, homes):
    duty = campaigns.duty(campaign, organisation=company)
    text = world.text()
    filing = filed_with(duty, text, state)
    version = filing.current_version
    attachment = Attachment.objects.filter(version=version).first()

    def may_read(person):
        return person.home in homes and person.may("filing.view")

    shared = {"name": f"{state} filing of {company}", "text": text, "may_read": may_read}
    keys = {
        "pk": filing.pk,
        "code": "leading_group",
        "duty_pk": duty.pk,
        "version_pk": version.pk,
        "attachment_pk": attachment.pk,
        "upload_pk": 1,
    }
    # A draft's row is known to its recipient, only its content is not: no 404 is asked for it.
    opens = () if state == "draft" else tuple(f"reporting:{page}" for page in PAGES)
    found = [
        Secret(**shared, app="reporting", keys=keys, opens=opens),
        Secret(**shared, app="campaign", keys={"pk": duty.pk}),
        Secret(**shared, keys={"uuid": attachment.file.uuid}),
    ]
    if receipt := getattr(version, "receipt", None):
        found.append(Secret(**shared, app="reporting", keys={"code": receipt.verify_code}))
    return found


def of_report(world, campaign):
    """A draft report: its own office only, until it is issued."""
    report = reports.drafted(campaign)
    title = world.text()
    type(report).objects.filter(pk=report.pk).update(title=title)
    return Secret(
        "draft stage report of the South bureau",
        title,
        lambda p: p.home == "SERC-NF" and p.may("report.view"),
        app="reporting",
        keys={"pk": report.pk, "key": "duties_due", "kind": "pdf"},
        opens=tuple(f"reporting:{page}" for page in REPORT_PAGES),
    )


def of_bulletin(world):
    """A draft bulletin: its own office only, and not yet on the public page."""
    bulletin = bulletins.drafted("SERC-NF", by=world.person("SERC-NF", "regulator_officer").user)
    title = world.text()
    type(bulletin).objects.filter(pk=bulletin.pk).update(title=title)
    return Secret(
        "draft bulletin of the South bureau",
        title,
        lambda p: p.home == "SERC-NF" and p.may("report.view"),
        app="reporting",
        keys={"pk": bulletin.pk},
        opens=tuple(f"reporting:{page}" for page in BULLETIN_PAGES),
    )


def of_campaign(world, campaign):
    """The campaign itself is no secret to its parties; its address takes many kinds of keys."""
    phase, node = campaign.phases.first(), campaign.objectives.first()
    keys = {"pk": campaign.pk, "number": phase.number, "node": node.pk, "kind": "leading"}
    owner = world.person("CSG-YN", "company_filer").user
    type(owner).objects.filter(pk=owner.pk).update(calendar_token="t" * 43)
    return [
        Secret("a campaign", world.text(), lambda p: True, app="campaign", keys=keys),
        Secret(
            "a calendar feed",
            world.text(),
            lambda p: True,
            app="campaign",
            keys={"token": "t" * 43},
        ),
    ]


def filed_with(duty, text, state):
    """The report of a duty whose first text says the secret, brought to a state."""
    before, filings.TEXT = filings.TEXT, f"{filings.TEXT}{text}"
    try:
        return Filing.objects.get(pk=filings.filed(duty, state=state).pk)
    finally:
        filings.TEXT = before
