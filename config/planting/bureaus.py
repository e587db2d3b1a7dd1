"""Bureaus below provincial companies, each with who leads it and who handles its cases."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from accounts import services
from accounts.models import Organisation, Region, User
from accounts.territory import regulator_for
from config.planting.scales import Scale
from config.replay.content import GIVEN, SURNAMES

# One bureau of a city to so many of counties.
COUNTIES = 9
COMPANY = {"lead": ("company_lead", "分管负责人"), "filer": ("company_filer", "营销部专责")}
OFFICE = {"lead": ("regulator_lead", "分管领导"), "officer": ("regulator_officer", "监管专员")}


def plant(
    scale: Scale, *, seed: int, password: str = "", now: datetime, say: Callable[[str], None]
) -> None:
    """Found what is missing of the bureaus of a scale, and appoint their people.

    With a password they can sign in, without one nobody can.
    """
    for company in scale.companies:
        above = Organisation.objects.get(code=company)
        office, _copy = regulator_for(above, now.date())
        for place in (above, office):
            staff(place, seed=seed, password=password, now=now)
        regions = regions_of(above)
        city = above
        for number in range(scale.share(company)):
            code = f"{company}-P{number + 1:03}"
            bureau = Organisation.objects.filter(code=code).first()
            if bureau is None:
                is_city = number % (COUNTIES + 1) == 0
                bureau = found(code, above if is_city else city, is_city, regions, number, now)
            if bureau.kind == Organisation.Kind.PREFECTURE_ENTERPRISE:
                city = bureau
            staff(bureau, seed=seed, password=password, now=now)
        say(f"{above.name}：{scale.share(company)} 个供电局")


def found(
    code: str, above: Organisation, is_city: bool, regions: list[Region], number: int, now: datetime
) -> Organisation:
    region = regions[number % len(regions)]
    kinds = Organisation.Kind
    short = f"{region.short_name}{number + 1:03}{'供电局' if is_city else '县供电局'}"
    return services.found_organisation(
        code=code,
        name=short,
        short_name=short,
        kind=kinds.PREFECTURE_ENTERPRISE if is_city else kinds.COUNTY_ENTERPRISE,
        parent=above,
        region=region,
        by=None,
        now=now,
    )


def regions_of(company: Organisation) -> list[Region]:
    """The places of a company's province, cities first."""
    province = str(company.region_id)[:2]
    places = Region.objects.filter(pk__startswith=province).exclude(pk__endswith="0000")
    return sorted(places, key=lambda one: (not one.pk.endswith("00"), one.pk)) or [company.region]


def staff(place: Organisation, *, seed: int, password: str, now: datetime) -> None:
    """Who leads and who handles cases, unless they are there."""
    rng = random.Random(f"{seed} {place.code}")
    for what, (role, post) in (OFFICE if place.is_regulator else COMPANY).items():
        username = f"{place.code}-{what}".lower()
        if User.objects.filter(username=username).exists():
            continue
        person = services.enrol(
            username=username,
            name=rng.choice(SURNAMES) + rng.choice(GIVEN),
            email="",
            post=post,
            organisation=place,
            by=None,
            now=now,
        )
        services.appoint(
            user=person, organisation=place, role=role, department=post, by=None, now=now
        )
        if password:
            services.change_password(user=person, password=password, by=person, now=now)
