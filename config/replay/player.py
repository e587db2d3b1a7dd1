"""Plays a script: for each act the clock stands at its instant and the real services are called.

Between the acts the portal's own ticks run (phases open, reminders fall due) and letters go out.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby

from accounts.models import Organisation, User
from campaign import services as campaign_services
from campaign.models import (
    Campaign,
    CampaignTemplate,
    Duty,
    PhaseCheck,
)
from config.replay import (
    beside_ground,
    beside_matters,
    bulletins,
    enforcing,
    gatherings,
    hotlines,
    ledger,
    outages,
    papers,
    rounds,
    scales,
    shortages,
)
from config.replay.cases import Casework
from config.replay.content import as_stream
from config.replay.content_later import Narrator
from config.replay.past import evenings
from config.replay.script import Act, Script
from core import clock, outbox
from reporting import digest, examine
from reporting.models import Filing
from reporting.services import drafting, review, submission

# When the portal ticks on a day of the replay: at midnight (phases, deadlines), at the hour of the
# letters, and in the evening, so that what a day's acts bring about is there the same day.
TICKS = (time(0, 1), time(9, 0), time(18, 0))
# Where the script no longer looks closely: the letters of the morning; phases begin with a month.
QUIET_TICKS = (time(9, 0),)
MONTH_TICKS = (time(0, 1), *QUIET_TICKS)
# There the portal is not tidied up after visitors, for nobody visits a replay; and the weekly look
# over the whole database is what ``manage.py verify`` does as well at the end.
CLOSELY_ONLY = (
    "config.checkup",
    "core.unused-files",
    "core.keyed-requests",
    "accounts.attempts",
    "accounts.messages",
    "complaints.imports.clear",
    "reporting.plan-imports.clear",
    "reporting.unconfirmed-uploads",
)
# And there the hotlines hand in twice a week what they answered: Mondays and Thursdays.
HANDED_IN_ON = (0, 3)
# Day of a month on which the companies file how their hotlines served the month before.
RETURNS_ON = 5

Say = Callable[[str], None]
# What matters of their own do: by verb, in files of their own.
MATTERS: dict[str, Callable[[Player, Act], None]] = {
    **gatherings.ACTS,
    **papers.ACTS,
    **rounds.ACTS,
    **ledger.ACTS,
    **enforcing.ACTS,
    **shortages.ACTS,
    **beside_ground.ACTS,
    **beside_matters.ACTS,
}


@dataclass
class Player:
    """One replay on the portal's database."""

    script: Script
    people: dict[str, User]
    seed: int
    say: Say = lambda _text: None
    scale: scales.Scale = field(default_factory=lambda: scales.named(scales.SMALL))
    campaign: Campaign | None = None
    played: list[Act] = field(default_factory=list)
    # What acts that follow each other go on with, by a name of theirs.
    kept: dict[str, int] = field(default_factory=dict)
    casework: Casework = field(init=False)

    def __post_init__(self) -> None:
        self.casework = Casework(self.script.stories, self.people, self.seed)
        self.casework.past.more = self.scale.cases_a_day

    @cached_property
    def units(self) -> list[Organisation]:
        """The enterprises below the provincial companies that take part."""
        kinds = (Organisation.Kind.PREFECTURE_ENTERPRISE, Organisation.Kind.COUNTY_ENTERPRISE)
        found = Organisation.objects.filter(code__in=self.script.executors, kind__in=kinds)
        return list(found.order_by("code"))

    def play(self, until: datetime) -> None:
        """Play everything up to and including an instant."""
        # What was loaded lives to the end: looking at it again and again would take a tenth of the
        # time.
        gc.freeze()
        gc.set_threshold(20_000, 50, 50)
        for moment, acts in self.timetable(until):
            with clock.standing_at(moment):
                if not acts:
                    self.tick(moment)
                for act in acts:
                    self.perform(act)
        with clock.standing_at(until):
            self.tick(until)

    def timetable(self, until: datetime) -> Iterator[tuple[datetime, list[Act]]]:
        """Instants in order: acts with their act, ticks with none."""
        begin = [
            Act(self.script.created, "create", "", ""),
            Act(self.script.launched, "launch", "", ""),
            Act(self.script.created, "past_cases", "", ""),
            Act(self.script.created, "hotlines", "", ""),
            *(Act(at, "day_of_cases", "", "") for at in evenings(self.script.created, until)),
        ]
        acts = [act for act in (*begin, *self.script.acts) if act.at <= until]
        ticks: list[tuple[datetime, Act | None]] = []
        day = self.script.created.date()
        while day <= until.astimezone(clock.ZONE).date():
            ticks += [(clock.at(day, t.hour, t.minute), None) for t in self.hours(day)]
            day += timedelta(days=1)
        first = self.script.created
        stops = [(at, act) for at, act in ticks if first <= at <= until]
        stops += [(act.at, act) for act in acts]
        stops.sort(key=lambda stop: stop[0])
        for moment, group in groupby(stops, key=lambda stop: stop[0]):
            members = [act for _at, act in group]
            # A tick that falls on an act's moment runs first, as a dispatcher would.
            if None in members:
                yield moment, []
            found = [act for act in members if act is not None]
            if found:
                yield moment, found

    def hours(self, day: date) -> tuple[time, ...]:
        """When the portal ticks on a day."""
        if day <= self.script.closely_until:
            return TICKS
        return MONTH_TICKS if day.day == 1 else QUIET_TICKS

    def tick(self, now: datetime) -> None:
        """What beat and the dispatcher do: periodic work, then every letter that is due."""
        closely = now.astimezone(clock.ZONE).date() <= self.script.closely_until
        for name, fn in outbox.ticks().items():
            if closely or name not in CLOSELY_ONLY:
                fn(now=now)
        outbox.run_due(now=now)

    def perform(self, act: Act) -> None:
        self.say(f"{act.at:%m-%d %H:%M} {act.organisation} {act.verb} {act.subject}")
        if matter := MATTERS.get(act.verb):
            matter(self, act)
        else:
            getattr(self, f"do_{act.verb}")(act)
        outbox.run_due(now=act.at)
        self.played.append(act)

    # --- the campaign -----------------------------------------------------------------------------

    def do_create(self, act: Act) -> None:
        plan = self.script.campaign
        executors = Organisation.objects.filter(code__in=self.script.executors)
        template = CampaignTemplate.objects.filter(code=plan["template"]).latest("version")
        self.campaign = campaign_services.create(
            source=template,
            code=plan["code"],
            name="",
            issuing_organisation=Organisation.objects.get(code=plan["issuing"]),
            executors=executors,
            document_number=plan["document_number"],
            issued_on=plan["issued_on"],
            by=self.people[plan["by"]],
            now=act.at,
        )

    def do_launch(self, act: Act) -> None:
        assert self.campaign
        actor = self.people[self.script.campaign["by"]]
        self.campaign = campaign_services.launch(campaign=self.campaign, by=actor, now=act.at)

    # --- cases ------------------------------------------------------------------------------------

    def do_case(self, act: Act) -> None:
        self.casework.play(act.subject, act.details["step"], now=act.at)

    def do_past_cases(self, act: Act) -> None:
        self.casework.past_cases(now=act.at)

    def do_day_of_cases(self, act: Act) -> None:
        day = date_of(act.at)
        if day <= self.script.closely_until or day.weekday() in HANDED_IN_ON:
            self.casework.days_of_cases(now=act.at)
        outages.of_day(self.casework.somebody, now=act.at)
        ledger.evening(self, now=act.at)
        # What a month's calls came to is known a few days later.
        if act.at.astimezone(clock.ZONE).day == RETURNS_ON:
            self.file_hotlines(act.at)

    def do_hotlines(self, act: Act) -> None:
        hotlines.register(self.casework.somebody, now=act.at)
        self.file_hotlines(act.at)

    def file_hotlines(self, now: datetime) -> None:
        hotlines.file_months(self.casework.somebody, seed=self.seed, now=now)

    def do_bulletin(self, act: Act) -> None:
        office = Organisation.objects.get(code=act.organisation)
        what, remarks = act.details["move"], act.details.get("remarks", "")
        bulletins.move(
            office, act.subject, what, remarks=remarks, somebody=self.someone, now=act.at
        )

    # --- duties -----------------------------------------------------------------------------------

    def duty(self, act: Act) -> Duty:
        return Duty.objects.select_related("organisation", "recipient", "definition").get(
            definition__campaign=self.campaign,
            definition__code=act.subject,
            organisation__code=act.organisation,
        )

    def do_assign(self, act: Act) -> None:
        leader = self.someone(act.organisation, "company_lead", "regulator_officer")
        campaign_services.assign(
            duty=self.duty(act),
            department=act.details["department"],
            person=self.people[act.details["person"]],
            by=leader,
            now=act.at,
        )

    def do_tick(self, act: Act) -> None:
        """Tick a line of the checklist of a phase, named by its clause."""
        check = PhaseCheck.objects.get(phase__campaign=self.running, clause=act.subject)
        note, by = act.details.get("note", ""), self.officer(act)
        campaign_services.tick_check(check=check, done=True, note=note, by=by, now=act.at)

    def do_extend(self, act: Act) -> None:
        duty = self.duty(act)
        leader = self.someone(duty.recipient.code, "regulator_lead")
        campaign_services.extend(duty=duty, by=leader, now=act.at, **act.details)

    def do_exempt(self, act: Act) -> None:
        duty = self.duty(act)
        leader = self.someone(duty.recipient.code, "regulator_lead")
        campaign_services.exempt(duty=duty, by=leader, now=act.at, **act.details)

    # --- filings ----------------------------------------------------------------------------------

    def filing(self, act: Act) -> Filing:
        return Filing.objects.get(duty=self.duty(act))

    def do_draft(self, act: Act) -> None:
        """Fill the parts in; unless some are left open, hand the draft to a second person."""
        filer = self.someone(act.organisation, "company_filer", "regulator_officer")
        filing = drafting.start(duty=self.duty(act), by=filer, now=act.at)
        left_open = set(act.details.get("leave_open", ()))
        codes = [c for c in filing.duty.definition.parts if c not in left_open]
        self.fill(filing, codes, filer, act, weak=bool(act.details.get("weak")))
        if not left_open:
            self.hand_over(filing, filer, act)

    def do_redraft(self, act: Act) -> None:
        """Mend the named parts of a returned or half-filled report and hand it over again."""
        filer = self.someone(act.organisation, "company_filer", "regulator_officer")
        filing = self.filing(act)
        if filing.state == "returned":
            filing = drafting.start(duty=self.duty(act), by=filer, now=act.at)
        self.fill(filing, act.details["mend"], filer, act, weak=False)
        self.hand_over(filing, filer, act)

    def fill(self, filing: Filing, codes: list[str], filer: User, act: Act, *, weak: bool) -> None:
        writer = Narrator(filing.organisation, seed=self.seed, on=date_of(act.at))
        for code in codes:
            answer = writer.answer(code, weak=weak)
            if (report := act.details.get("attach_report")) and answer.files:
                answer.files = [papers.issued(self, report)]
            version = self.version(filing)
            for attachment in version.attachments.filter(part=code):
                drafting.detach(attachment=attachment, by=filer, now=act.at)
            version = drafting.save_part(
                filing=filing,
                part=code,
                rows=answer.rows,
                text=answer.text,
                seen=version.revisions.get(code, 0),
                by=filer,
                now=act.at,
            )
            keys = {str(row.get("name", "")): row["_key"] for row in version.rows(code)}
            for upload in answer.files:
                drafting.attach(
                    filing=filing,
                    part=code,
                    upload=as_stream(upload),
                    name=upload.name,
                    row_key=keys.get(upload.row, ""),
                    caption=upload.caption,
                    by=filer,
                    now=act.at,
                )

    def version(self, filing: Filing):
        return Filing.objects.get(pk=filing.pk).current_version

    def hand_over(self, filing: Filing, filer: User, act: Act) -> None:
        found = examine.version(self.version(filing)).warnings
        if open_now := [warning.key for warning in found if not warning.reason]:
            reasons = dict.fromkeys(open_now, "已列入整改计划，12月15日前完成。")
            drafting.confirm_warnings(filing=filing, reasons=reasons, by=filer, now=act.at)
        drafting.request_certification(filing=filing, by=filer, now=act.at)

    def do_certify(self, act: Act) -> None:
        filing = self.filing(act)
        editors = set(self.version(filing).editors)
        roles = ("company_lead", "regulator_officer")
        leader = self.someone(act.organisation, *roles, besides=editors)
        submission.certify_and_submit(
            filing=filing, by=leader, now=act.at, seen_digest=digest.of(self.version(filing))
        )

    def reviewer(self, filing: Filing) -> User:
        version = self.version(filing)
        own = {*version.editors, version.certified_by_id}
        return self.someone(filing.duty.recipient.code, "regulator_officer", besides=own)

    def do_receive(self, act: Act) -> None:
        filing = self.filing(act)
        review.receive(filing=filing, by=self.reviewer(filing), now=act.at)

    def do_return(self, act: Act) -> None:
        filing = self.filing(act)
        review.return_for_correction(
            filing=filing,
            deficient=act.details["deficient"],
            by=self.reviewer(filing),
            now=act.at,
        )

    def do_accept(self, act: Act) -> None:
        filing = self.filing(act)
        review.accept(filing=filing, by=self.reviewer(filing), now=act.at)

    # --- the campaign and its people -------------------------------------------------------------

    @property
    def running(self) -> Campaign:
        assert self.campaign is not None
        return self.campaign

    def officer(self, act: Act) -> User:
        return self.someone(act.organisation, "regulator_officer")

    def everybody(self, act: Act) -> list[Organisation]:
        """Who takes part, without the organisation that acts."""
        taking_part = self.running.participants.values("organisation")
        others = Organisation.objects.filter(pk__in=taking_part)
        return list(others.exclude(code=act.organisation).order_by("code"))

    # --- who acts ---------------------------------------------------------------------------------

    def someone(self, code: str, *roles: str, besides: set[int | None] | None = None) -> User:
        """The first person of an organisation with one of the roles, without those named."""
        for username, _name, role, _post, _department in self.script.people[code]:
            user = self.people[username]
            if role in roles and user.pk not in (besides or ()):
                return user
        raise LookupError(f"演练脚本：{code} 没有可以办理的人员（{'、'.join(roles)}）。")


def date_of(instant: datetime) -> date:
    return instant.astimezone(clock.ZONE).date()
