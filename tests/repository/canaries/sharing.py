"""Secrets of sharing: what an agreement is for, numbers of records and archives, a customer."""

from datetime import date

from core import clock
from grids.models import SharedRecord
from grids.services import exchanging, sampling
from grids.services.exchanging import Item
from tests.factories import accounts, clients
from tests.factories import sharing as make
from tests.factories.accounts import organisation
from tests.repository.sweep import Secret

OFFICES = {"SERC-NF", "NEA-ROOT"}
MOVES = ("agreement_approve", "agreement_refuse", "agreement_end", "exchange_job_new")


def plant(world):
    purpose, number, archive, name, seed = (world.text() for _ in range(5))
    company = organisation("CSG-GD")
    drafter = accounts.member("CSG-GD", "company_filer")
    day = clock.today()
    made = make.agreement(
        company=company,
        purpose=purpose,
        drafter=drafter,
        approver=accounts.member("CSG-GD", "company_lead"),
        starts_on=day,
        ends_on=date(day.year, day.month, 28) if day.day < 28 else day,
    )
    job = make.job(made, by=drafter)
    record = make.archive(archive, "900000000001", enterprise="CSG-GD", name=name)
    item = Item(number, day, {"account_no": "900000000001", "name": name})
    client = clients.issued("GOV-441284", scopes=["archives.write"]).client
    exchanging.receive(made, item, client=client, now=clock.now())
    shared = SharedRecord.objects.get()
    given = {"size": 1, "fields": ["name"], "seed": seed, "by": drafter}
    sample = sampling.draw(company, **given, now=clock.now())
    both, own = {"GOV-441284", "CSG-GD", *OFFICES}, {"CSG-GD", *OFFICES}
    pages = ("archive", "archive_change", "archive_confirm", "archive_reveal")
    return [
        Secret(
            "purpose of an agreement",
            purpose,
            _told(both),
            app="grids",
            keys={"pk": made.pk},
            opens=_named("agreement", *MOVES),
        ),
        Secret(
            "job under it",
            purpose,
            _told(both),
            app="grids",
            keys={"pk": job.pk},
            opens=_named("exchange_job", "exchange_run", "exchange_give"),
        ),
        _secret("shared record", number, shared.pk, both, ("shared_record", "shared_settle")),
        _secret("archive", archive, record.pk, own, pages),
        _secret("seed of a sample", seed, sample.pk, own, ("sample",)),
        Secret("customer of an archive", name, lambda person: False, app="grids"),
    ]


def _readers(homes):
    return lambda person: person.home in homes and person.may("sharing.view")


def _told(homes):
    """What data are given out for stands in the trail of the whole house, too."""
    mine = _readers(homes)
    return lambda person: mine(person) or (person.home == "NEA-ROOT" and person.may("audit.view"))


def _named(*pages):
    return tuple(f"grids:{page}" for page in pages)


def _secret(name, text, pk, homes, pages):
    return Secret(name, text, _readers(homes), app="grids", keys={"pk": pk}, opens=_named(*pages))
