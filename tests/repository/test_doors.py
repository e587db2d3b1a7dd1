"""Every door says who may open it, and no secret comes out of one to anybody else."""

import os

import pytest

from tests.repository import sweep

pytestmark = pytest.mark.django_db


def test_every_url_pattern_declares_its_policy():
    open_to_nobody = [door.route for door in sweep.doors() if door.policy is None]
    assert open_to_nobody == []


def test_few_doors_are_open_to_everybody():
    public = {door.name for door in sweep.doors() if door.policy.audience == "public"}
    # Whoever opens another door to the world adds it here, with a reason in the review.
    assert public <= {
        "account_login",
        "mfa_authenticate",
        "accounts:set_password",
        "accounts:ask_reset",
        "core:set_language",
        "core:help",
        "core:help_page",
        "core:gallery",
        "core:healthz",
        "core:readyz",
        "core:metrics",
        # What the API looks like; it holds nobody's data.
        "core:api_docs",
        "core:api_schema",
        "campaign:calendar_feed",
        # Good practice that an office published; of persons nothing stands in it.
        "campaign:public_practice",
        "campaign:public_practices",
        # What an office published of its enforcement; of persons nothing stands in it.
        "campaign:public_enforcement",
        "campaign:public_enforcements",
        # Whoever has a complaint needs no account; number and code open it for a while.
        *(f"complaints:public_{page}" for page in ("new", "track", "case", "leave")),
        *(f"complaints:public_{act}" for act in ("supplement", "withdraw", "rate", "appeal")),
        # What an office has published is for everybody to read.
        "reporting:public_bulletin",
        "reporting:public_bulletin_file",
        "reporting:public_bulletins",
        "reporting:public_circular",
        "reporting:public_circular_file",
        "reporting:public_circulars",
        *(f"reporting:public_report{page}" for page in ("", "s", "_file")),
        # Promises, targets, disclosure, channels and open data: no person is in them.
        *(f"reporting:public_{page}" for page in ("home", "promises", "disclosure", "channels")),
        *(f"reporting:public_{page}" for page in ("code", "targets", "target", "target_file")),
        *(f"reporting:public_{page}" for page in ("data", "data_file", "feed")),
        # Announced outages: nothing of any customer, see the test of the page.
        "reporting:public_outage",
        "reporting:public_outages",
        # A grid's card: no customer is in it, and of people what they agreed to.
        *(f"grids:public_{page}" for page in ("finder", "grid", "code")),
        # Of an accepted plan what names no user.
        "reporting:public_plan",
        "reporting:public_plans",
        "reporting:verify",
        "reporting:verify_search",
    }, public


@pytest.fixture
def world(catalogues, kickoff_eve):
    return sweep.World()


@pytest.mark.embedded_only("doors do not depend on the database; SWEEP=full sweeps on any")
@pytest.mark.timeout(1500)
def test_no_secret_comes_out_of_any_door(world):
    """People of every side, own and foreign objects, GET and POST.

    In the ordinary run nine people, and once what one place decides for many doors; with SWEEP=full
    every role of every organisation at every door.
    """
    secrets = sweep.plant(world)
    assert len({secret.text for secret in secrets}) >= 12
    people, whole = world.people, os.environ.get("SWEEP") == "full"
    if not whole:
        wanted = {("CSG-GD", "company_lead"), ("CSG-GD", "company_filer")}
        wanted |= {("SERC-YN", "regulator_officer")}
        wanted |= {("NEA-ROOT", role) for role in world.SYSTEM}
        wanted |= {("CSG-GD", "security_administrator"), ("GOV-441284", "grid_officer")}
        people = [p for p in people if (p.home, p.role) in wanted]
    outcome = sweep.Sweep(secrets, whole=whole).run([world.stranger, *people, *world.clients])
    print(f"sweep: {outcome.requests} requests, {len(outcome.faults)} faults")
    assert outcome.faults == [], "\n".join(outcome.faults[:40])
    assert outcome.requests > 500


def test_the_sweep_would_see_a_leak(world):
    """Its own proof: a secret that nobody may read, planted where a page shows it."""
    from accounts.models import Organisation

    text = world.text()
    Organisation.objects.filter(code="CSG-GD-ZQ").update(name=text)
    secret = sweep.Secret(
        "planted", text, lambda p: False, app="accounts", keys={"code": "CSG-GD-ZQ"}
    )
    run = sweep.Sweep([secret], whole=False, app="accounts")
    outcome = run.run([world.person("CSG-GD", "company_filer")])
    assert any("leaks planted" in fault for fault in outcome.faults)


# Doors whose key is itself the secret (a token, a digest) or that open nothing of anybody's.
KEYLESS = {
    "accounts:set_password",
}


def test_every_door_with_a_key_is_tried_with_the_keys_of_some_secret(world):
    run = sweep.Sweep(sweep.plant(world))
    untried = {door.name for door in sweep.doors() if not run.addresses(door)}
    assert untried <= KEYLESS, " ".join(sorted(untried - KEYLESS))
