"""People and organisations for tests, made by the real services."""

import itertools
from datetime import date, datetime

from accounts import services
from accounts.models import Organisation, Region, User
from core.clock import ZONE
from tests.factories.memory import remembered

# Long before any test's day, so that every membership is in force.
LONG_AGO = datetime(2005, 1, 3, 9, 0, tzinfo=ZONE)
PASSWORD = "Dianjian-2011"

_numbers = itertools.count(1)


def organisation(code):
    """An organisation of the catalogue (needs the fixture ``catalogues``)."""
    return Organisation.objects.get(code=code)


def unit(name="某供电所", *, parent=None, kind="supply_station", region=None, code=None):
    """A new organisation below a parent."""
    return services.found_organisation(
        code=code or f"T-{next(_numbers)}",
        name=name,
        kind=kind,
        parent=parent,
        region=Region.objects.get(pk=region) if region else getattr(parent, "region", None),
        founded_on=LONG_AGO.date(),
        by=None,
        now=LONG_AGO,
    )


def person(name="甲某", *, username=None, email=None, password=None):
    """A person without a role; with a password only where a test signs in by the form."""
    number = next(_numbers)
    username = username or f"person{number}"
    user = services.enrol(
        username=username,
        name=name,
        email=email or f"{username}@people.example",
        by=None,
        now=LONG_AGO,
    )
    if password:
        give_password(user, password)
    return user


def give_password(user, password, *, now=None):
    """Set a password as if the person had done so."""
    services.change_password(user=user, password=password, by=user, now=now or clock_now())
    user.refresh_from_db()
    return user


def clock_now():
    from core import clock

    return clock.now()


@remembered
def member(where, role, *, name=None, username=None, password=None, since=None, department=""):
    """A person who holds a role in an organisation (an object or a code of the catalogue)."""
    where = organisation(where) if isinstance(where, str) else where
    user = person(name or f"{role}@{where.code}"[:40], username=username, password=password)
    services.appoint(
        user=user,
        organisation=where,
        role=role,
        department=department,
        starts_on=since or date(2005, 1, 3),
        by=None,
        now=LONG_AGO,
    )
    return User.objects.get(pk=user.pk)


def also(user, where, role):
    """The same person in another post beside their own."""
    services.appoint(
        user=user,
        organisation=organisation(where),
        role=role,
        department="",
        starts_on=LONG_AGO.date(),
        by=None,
        now=LONG_AGO,
    )
    return User.objects.get(pk=user.pk)


def deputy(user, where, role, *, starts_on, ends_on, by=None, now=LONG_AGO):
    """Let a person act with a role over an organisation for some days."""
    where = organisation(where) if isinstance(where, str) else where
    return services.delegate(
        deputy=user,
        organisation=where,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        reason="休假",
        by=by,
        now=now,
    )
