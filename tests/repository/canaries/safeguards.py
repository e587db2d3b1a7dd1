"""Secrets of demonstration units, good practice, systems and measures (after reporting)."""

from campaign.models import Campaign, Evaluation, GoodPractice, Safeguard
from core.models import StoredFile
from tests.factories import demonstrations
from tests.factories.accounts import member, organisation
from tests.repository.sweep import Secret

UNIT_PAGES = ("demonstration", "demonstration_lead", "demonstration_visit", "demonstration_propose")
PRACTICE_PAGES = (
    "practice",
    *(f"practice_{act}" for act in ("submit", "share", "withdraw", "recall")),
)


def plant(world):
    campaign = Campaign.objects.get(code="residential-2011")
    unit = demonstrations.point(campaign)
    texts = {name: world.text() for name in ("unit", "evaluation", "practice")}
    type(unit).objects.filter(pk=unit.pk).update(reason=texts["unit"])
    officer, now = member("SERC-NF", "regulator_officer"), demonstrations.CHOSEN
    evaluation = Evaluation.objects.create(
        unit=unit,
        result="not_named",
        opinion=texts["evaluation"],
        proposed_at=now,
        proposed_by=officer,
    )
    practice = GoodPractice.objects.create(
        campaign=campaign,
        title="经验",
        body=texts["practice"],
        author=organisation("SERC-NF"),
        office=organisation("SERC-NF"),
        state="submitted",
        drafted_at=now,
        drafted_by=officer,
        submitted_at=now,
        submitted_by=officer,
    )

    def of_unit(person):
        return person.home in {"CSG-GD", "SERC-NF", "NEA-ROOT"} and person.may("campaign.view")

    def of_office(person):
        return person.home in {"SERC-NF", "NEA-ROOT"} and person.may("campaign.view")

    check = unit.checks.first()
    rows = (
        ("unit", of_unit, unit.pk, UNIT_PAGES),
        ("evaluation", of_unit, evaluation.pk, ("evaluation_decide",)),
        ("practice", of_office, practice.pk, PRACTICE_PAGES),
    )
    found = [
        Secret(
            f"demonstration {name}",
            texts[name],
            may_read,
            app="campaign",
            keys={"pk": pk},
            opens=tuple(f"campaign:{page}" for page in pages),
        )
        for name, may_read, pk, pages in rows
    ]
    opens = ("campaign:monthly_check", "campaign:monthly_plan")
    text = world.text()
    type(check).objects.filter(pk=check.pk).update(plan=text)
    keys = {"pk": check.pk}
    kept = content_of(world, campaign)
    return [
        *found,
        kept,
        Secret("monthly check", text, of_unit, app="campaign", keys=keys, opens=opens),
    ]


def content_of(world, campaign):
    """A system that Guangdong laid down."""
    text, filer = world.text(), member("CSG-GD", "company_filer")
    made = Safeguard.objects.create(
        campaign=campaign,
        objective=campaign.objectives.get(code="G1"),
        organisation=organisation("CSG-GD"),
    )
    made.versions.create(
        number=1,
        title=text,
        issued_on=demonstrations.CHOSEN.date(),
        summary="要点",
        file=StoredFile.objects.create(
            sha256="0" * 64,
            size=1,
            name="a.pdf",
            kind="pdf",
            purpose="safeguard",
            uploaded_by=filer,
            created_at=demonstrations.CHOSEN,
        ),
        uploaded_at=demonstrations.CHOSEN,
        uploaded_by=filer,
    )

    def may_read(person):
        return person.home in {"CSG-GD", "SERC-NF", "NEA-ROOT"} and person.may("campaign.view")

    opens = ("campaign:safeguard", "campaign:safeguard_return")
    return Secret("system", text, may_read, app="campaign", keys={"pk": made.pk}, opens=opens)
