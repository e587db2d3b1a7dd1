"""Secrets of inspections: a finding, the record, the plan of a round, a draw."""

from campaign.models import Finding, InspectionDraw, InspectionRound, RecordEntry
from tests.factories import inspections as factory
from tests.factories.accounts import LONG_AGO
from tests.repository.sweep import Secret

OWN = ("inspection", "inspection_record", "inspection_team", "inspection_announce")
OWN += ("inspection_cancel", "inspection_enter", "finding_new", "inspection_facts")
OWN += ("inspection_conclude",)
ROUND = ("inspection_round", "inspection_add", "inspection_close")
FINDING = ("finding", "finding_decide", "finding_drop")


def plant(world):
    officer = world.person("SERC-NF", "regulator_officer").user
    made = factory.announced("CSG-GD", by=officer)
    factory.finding(made)
    # A draft: its text is the regulators'; the company sees that it is inspected.
    finding, entry = Finding.objects.get(), RecordEntry.objects.get()
    words = {name: world.text() for name in ("finding", "entry", "round", "draw")}
    Finding.objects.filter(pk=finding.pk).update(problem=words["finding"])
    RecordEntry.objects.filter(pk=entry.pk).update(text=words["entry"])
    InspectionRound.objects.filter(pk=made.round_id).update(reason=words["round"])
    draw = InspectionDraw.objects.create(
        round=made.round,
        number=1,
        seed=words["draw"],
        inputs={
            "units": [{"code": "CSG-GD", "name": "广东", "office": "SERC-NF"}],
            "inspectors": [
                {"certificate": one, "name": "某", "office": "SERC-NF", "barred": []}
                for one in ("Z1", "Z2")
            ],
            "unit_count": 1,
            "team_size": 2,
            "cross_region": False,
            "excluded": {},
        },
        result=[["CSG-GD", ["Z1", "Z2"]]],
        seal="0" * 64,
        drawn_at=LONG_AGO,
        drawn_by=officer,
    )

    def regulator(person):
        return person.home in {"SERC-NF", "NEA-ROOT"} and person.may("inspection.view")

    def party(person):
        # The notice gives the reason of the round to the company.
        return regulator(person) or (person.home == "CSG-GD" and person.may("inspection.view"))

    def doors(names):
        return tuple(f"campaign:{name}" for name in names)

    paper = {"name": "notice", "kind": "docx"}
    return [
        Secret(
            "the plan of a round",
            words["round"],
            regulator,
            app="campaign",
            keys={"pk": made.round_id},
            opens=doors(ROUND),
        ),
        Secret(
            "an inspection",
            world.text(),
            party,
            app="campaign",
            keys={"pk": made.pk, **paper},
            opens=doors((*OWN, "inspection_paper")),
        ),
        Secret(
            "a finding in draft",
            words["finding"],
            regulator,
            app="campaign",
            keys={"pk": finding.pk},
            opens=doors(FINDING),
        ),
        Secret(
            "an entry of the record",
            words["entry"],
            regulator,
            app="campaign",
            keys={"pk": entry.pk},
            opens=doors(("entry_withdraw",)),
        ),
        Secret(
            "a draw",
            words["draw"],
            regulator,
            app="campaign",
            keys={"pk": draw.pk},
            opens=doors(("inspection_drawn",)),
        ),
    ]
