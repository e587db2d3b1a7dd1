"""Secrets of organisations and people."""

from datetime import date
from uuid import uuid4

from accounts import services as make
from accounts.models import User
from tests.factories import accounts, clients, hotline
from tests.repository.sweep import Secret

GUANGDONG = {"NEA-ROOT", "SERC-NF", "CSG-GD"}
YUNNAN = {"NEA-ROOT", "SERC-NF", "SERC-YN", "CSG-YN"}


def plant(world):
    return [*units(world), *people(world), *deputies(world), system(world), *services(world)]


def services(world):
    """A body of a company's station with its only seat, and a leak reported from there."""
    name, post, what = (world.text() for _ in range(3))
    station = accounts.organisation("SECRET-GD")
    body = make.found_body(
        organisation=station,
        name=name,
        duties="服务",
        founded_on=date(2010, 1, 1),
        document="某文",
        by=None,
        now=accounts.LONG_AGO.replace(year=2010),
    )
    member = accounts.member("SECRET-GD", "grid_manager", name="某成员")
    given = {"joined_on": date(2010, 1, 1), "document": "某文", "by": None}
    given["now"] = accounts.LONG_AGO.replace(year=2010)
    seat = make.seat(body=body, person=member, role="head", post=post, **given)
    report = make.report_leak(
        organisation=station,
        kind="other",
        noticed_on=date(2010, 1, 1),
        people_concerned=None,
        what=what,
        nonce=uuid4(),
        by=member,
        now=given["now"],
    )

    def seen(person):
        return person.home in GUANGDONG and person.role != "grid_officer"

    def handled(person):
        return person.home in {"NEA-ROOT", "CSG-GD"} and person.may("leak.handle")

    of_body = ("service_body", "body_seat", "body_dissolve")
    return [
        Secret("a body", name, seen, "accounts", {"pk": body.pk}, opened(of_body)),
        Secret("a seat", post, seen, "accounts", {"pk": seat.pk}, opened(("body_unseat",))),
        Secret(
            "a leak",
            what,
            handled,
            "accounts",
            {"pk": report.pk},
            opened(("leak", "leak_act", "leak_reporter")),
        ),
    ]


def opened(pages):
    return tuple(f"accounts:{page}" for page in pages)


def units(world):
    """A station of each of two companies: seen by its company and by the regulators over it."""
    found = []
    for code, parent, homes in (
        ("SECRET-GD", "CSG-GD-ZQ-SH", GUANGDONG),
        ("SECRET-YN", "CSG-YN-KM", YUNNAN),
    ):
        name = world.text()
        accounts.unit(name, parent=accounts.organisation(parent), code=code)
        found.append(
            Secret(
                name=f"station {code}",
                text=name,
                # A role without any permission sees nothing at all.
                may_read=lambda p, homes=homes: p.home in homes and p.role != "grid_officer",
                app="accounts",
                keys={"code": code},
                opens=("accounts:organisation", "accounts:rename", "accounts:merge")
                + ("accounts:move",),
            )
        )
    return found


def people(world):
    """A person's name, their mail address, and their account behind the administrators' door."""
    found = []
    for home, homes in (("SECRET-GD", GUANGDONG), ("SECRET-YN", YUNNAN)):
        name, mail = world.text(), world.text()
        user = accounts.member(home, "company_filer", name=name)
        User.objects.filter(pk=user.pk).update(email=f"{mail}@people.example")
        managers = {"NEA-ROOT"} | ({"CSG-GD"} if home == "SECRET-GD" else set())
        account = {
            "app": "accounts",
            "keys": {"pk": user.pk},
            "opens": tuple(f"accounts:{act}" for act in ACTS),
        }
        found += [
            Secret(
                f"name of a person of {home}",
                name,
                lambda p, homes=homes: p.home in homes and p.role != "grid_officer",
            ),
            Secret(f"mail of a person of {home}", mail, lambda p: False),
            Secret(
                f"account of a person of {home}",
                world.text(),
                lambda p, who=managers: p.home in who and p.may("people.manage"),
                **account,
            ),
        ]
        found.append(membership(world, user, managers))
    return found


ACTS = ("person", "appoint", "invite_again", "send_reset", "unlock", "kill_sessions", "suspend")
ACTS += ("reinstate", "drop_factor")


def membership(world, user, managers):
    return Secret(
        "a membership",
        world.text(),
        lambda p: p.home in managers and p.may("people.manage"),
        app="accounts",
        keys={"pk": user.memberships.get().pk},
        opens=("accounts:end_membership",),
    )


def deputies(world):
    """Who stands in for whom, and why: for the two and for those who look after the people."""
    reason = world.text()
    company = accounts.organisation("CSG-YN")
    deputy = accounts.member("CSG-YN-KM", "company_viewer", name="某代理")
    given = accounts.deputy(
        deputy,
        company,
        "company_filer",
        starts_on=date(2011, 11, 1),
        ends_on=date(2011, 12, 31),
    )
    type(given).objects.filter(pk=given.pk).update(reason=reason)
    return [
        Secret(
            "reason of a delegation",
            reason,
            lambda p: p.home == "NEA-ROOT" and p.may("people.manage"),
            app="accounts",
            keys={"pk": given.pk},
            opens=("accounts:revoke",),
        )
    ]


def system(world):
    """A machine client of Yunnan's company, for whoever looks after clients at the top."""
    made = clients.issued("CSG-YN").client
    name = world.text()
    type(made).objects.filter(pk=made.pk).update(name=name)
    return Secret(
        "a machine client",
        name,
        lambda p: p.home == "NEA-ROOT" and p.may("client.manage"),
        app="accounts",
        keys={"pk": made.pk, "endpoint_pk": hotline.endpoint(client=made).pk},
        opens=tuple(f"accounts:client{act}" for act in ("", *CLIENT_ACTS))
        + tuple(f"accounts:endpoint{act}" for act in ("s", "_secret", "_close", "_ping")),
    )


CLIENT_ACTS = ("_token", "_secret", "_suspend", "_reinstate")
