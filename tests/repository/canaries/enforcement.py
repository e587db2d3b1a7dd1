"""Secrets of enforcement: a matter that its enterprise has not heard of, a draft, a publication, a
proposed end."""

from datetime import date

from campaign.models import (
    EnforcementClosing,
    EnforcementDisclosure,
    EnforcementMatter,
    EnforcementStep,
)
from core import clock
from tests.factories.accounts import member, organisation
from tests.repository.sweep import Secret

MATTER = tuple(f"enforcement_{page}" for page in ("matter", "draft", "close", "disclose"))


def plant(world):
    texts = {name: world.text() for name in ("matter", "step", "disclosure", "closing")}
    officer, now = member("SERC-NF", "regulator_officer"), clock.now()
    matter = EnforcementMatter.objects.create(
        enterprise=organisation("CSG-GD"),
        regulator=organisation("SERC-NF"),
        title="逾期不改",
        cause=texts["matter"],
        opened_at=now,
        opened_by=officer,
    )
    step = EnforcementStep.objects.create(
        matter=matter,
        measure="talk",
        facts=texts["step"],
        demands="整改",
        due_at=clock.at(date(2012, 1, 10)),
        drafted_at=now,
        drafted_by=officer,
    )
    disclosure = EnforcementDisclosure.objects.create(
        matter=matter,
        title="拟公开",
        text=texts["disclosure"],
        proposed_at=now,
        proposed_by=officer,
    )
    closing = EnforcementClosing.objects.create(
        matter=matter,
        conclusion=texts["closing"],
        why="企业已停业",
        unfinished=["NF-2012-0001"],
        proposed_at=now,
        proposed_by=officer,
    )

    def may_read(person):
        return person.home in {"SERC-NF", "NEA-ROOT"} and person.may("campaign.view")

    rows = (
        ("matter", matter.pk, MATTER, {"code": "CSG-GD"}),
        ("step", step.pk, ("enforcement_step", "enforcement_document"), {"kind": "docx"}),
        ("disclosure", disclosure.pk, ("enforcement_decide",), {}),
        ("closing", closing.pk, ("enforcement_closing",), {}),
    )
    return [
        Secret(
            f"enforcement {name}",
            texts[name],
            may_read,
            app="campaign",
            keys={"pk": pk, "act": "issue", **more},
            opens=tuple(f"campaign:{page}" for page in pages),
        )
        for name, pk, pages, more in rows
    ]
