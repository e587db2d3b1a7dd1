"""The demo's rectification ledger and its first matter of enforcement, through the services."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from accounts.models import Organisation, User
from campaign.models import Campaign, RectificationItem
from campaign.services import enforcement, rectification
from campaign.services import rectification_checks as checks
from campaign.services import rectification_moves as moves
from core import catalogue_files, clock

PATH = Path(__file__).parent.parent / "catalogue" / "demo_rectification.yaml"
Someone = Callable[..., User]
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def plant(someone: Someone, people: dict[str, User], *, until: datetime) -> None:
    """Play every item up to the day, and the matter that follows of one of them."""
    data = catalogue_files.read(PATH)
    last = until.astimezone(clock.ZONE).date()
    campaign = Campaign.objects.running().order_by("pk").first()
    items = [
        _Played(one, campaign, someone, people, last).play()
        for one in data["items"]
        if one["day"] < last
    ]
    told = data["matter"]
    if told["answered"] < last:
        _enforce(told, items[told["item"]], someone, people[data["items"][told["item"]]["person"]])


class _Played:
    """One item from act to act, each at ten of its day."""

    def __init__(
        self,
        told: dict[str, Any],
        campaign: Campaign | None,
        someone: Someone,
        people: dict[str, User],
        last: date,
    ) -> None:
        self.told, self.campaign, self.last = told, campaign, last
        self.unit = Organisation.objects.get(code=told["unit"])
        self.person = people[told["person"]]
        self.someone = someone

    def play(self) -> RectificationItem:
        told = self.told
        item = rectification.open_item(
            campaign=self.campaign,
            source_kind=told["source"],
            source_ref=told["ref"],
            unit=self.unit,
            problem=told["problem"],
            requirement=told["requirement"],
            feeder=told.get("feeder", ""),
            transformer_area=told.get("transformer_area", ""),
            due_on=told["due"],
            by=None,
            now=clock.at(told["day"], 10),
        )
        for day, act, who, words, *more in told["acts"]:
            if day < self.last:
                item = self._act(item, act, self._who(item, who), words, more, clock.at(day, 10))
        return item

    def _who(self, item: RectificationItem, who: str) -> User:
        if who == "unit":
            return self.person
        return self.someone(item.regulator.code, f"regulator_{who}")

    def _act(
        self,
        item: RectificationItem,
        act: str,
        by: User,
        words: str,
        more: list[Any],
        now: datetime,
    ) -> RectificationItem:
        told: dict[str, Any] = {"item": item, "by": by, "now": now}
        if act == "plan":
            unit = {"responsible_unit": self.unit, "responsible_person": self.person}
            return moves.plan(measure=words, **unit, **told)
        if act == "progress":
            return moves.progress(text=words, percent=more[0], **told)
        if act == "report":
            return moves.report_done(text=words, uploads=[_paper()], **told)
        if act == "ask_extension":
            return moves.ask_extension(reason=words, due_on=more[0], **told)
        service: Any = getattr(checks, act)
        return service(text=words, **told)


def _paper() -> IO[bytes]:
    content = io.BytesIO(PAPER)
    content.name = "整改佐证.pdf"
    return content


def _enforce(told: dict[str, Any], item: RectificationItem, someone: Someone, unit: User) -> None:
    """A talk, signed by the head and answered; its publication waits for the head."""
    officer = someone(item.regulator.code, "regulator_officer")
    lead = someone(item.regulator.code, "regulator_lead")
    begun = clock.at(told["day"], 10)
    matter = enforcement.open_matter(
        items=[item], title=told["title"], cause=told["cause"], by=officer, now=begun
    )
    step = enforcement.draft_step(
        matter=matter,
        measure="talk",
        facts=told["facts"],
        demands=told["demands"],
        articles=[],
        due_on=told["due"],
        by=officer,
        now=begun,
    )
    issued = clock.at(told["issued"], 10)
    step = enforcement.issue_step(step=step, by=lead, now=issued)
    answered = clock.at(told["answered"], 10)
    enforcement.answer_step(step=step, answer=told["answer"], by=unit, now=answered)
    title, text = told["disclosure_title"], told["disclosure"]
    first = enforcement.propose_disclosure(
        matter=matter, title=title, text=text, by=officer, now=answered
    )
    enforcement.publish(disclosure=first, by=lead, now=answered)
