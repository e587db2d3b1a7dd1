"""A request as a platform of the government writes it: JSON in, what is asked out, or what is
wrong with it, by field."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from grids.services.business import Asked
from grids.services.business_acts import Faulty

# Field → how many signs it may have.
TEXTS = {"number": 40, "type": 40, "account_no": 20, "address": 200, "note": 300}
TEXTS |= {"organisation": 32, "signer": 32, "grid": 30}
PERSON = {"name": 60, "phone": 20}
KNOWN = frozenset({*TEXTS, "customer", "capacity", "materials"})
REQUIRED = ("number", "type", "address")
# What no text of ours may hold: databases refuse it.
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
MOST_MATERIALS = 30
MOST_CAPACITY = Decimal("99999999.99")


def read(value: Mapping[str, Any]) -> tuple[Asked, dict[str, str]]:
    """What is asked, and the codes of the organisations that were named.

    Raises ``Faulty`` with every field that is wrong.
    """
    errors: dict[str, str] = {}
    strange(value, KNOWN, errors)
    found = texts(value, TEXTS, "", errors)
    person = _person(value.get("customer"), errors)
    capacity = _capacity(value.get("capacity"), errors)
    materials = names(value.get("materials"), "materials", errors)
    for name in REQUIRED:
        if not found.get(name) and name not in errors:
            errors[name] = _("必填。")
    for name in PERSON:
        if not person.get(name) and not errors.keys() & {"customer", f"customer.{name}"}:
            errors[f"customer.{name}"] = _("必填。")
    if errors:
        raise Faulty(errors)
    named = {name: found.pop(name, "") for name in ("organisation", "signer", "grid")}
    asked = Asked(
        type_code=found["type"],
        customer_name=person["name"],
        customer_phone=person["phone"],
        address=found["address"],
        account_no=found.get("account_no", ""),
        capacity=capacity,
        note=found.get("note", ""),
        materials=tuple(sorted(set(materials))),
        external_number=found["number"],
        digest=digest_of(found, person, capacity, sorted(set(materials)), named),
    )
    return asked, named


def digest_of(*parts: Any) -> str:
    """The same content gives the same digest, however it was written."""
    plain = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def strange(value: Mapping[str, Any], known: frozenset[str], errors: dict[str, str]) -> None:
    """Fields that nobody knows, with the nearest one that is known."""
    for name in value:
        if name in known:
            continue
        near = get_close_matches(name, sorted(known), 1)
        errors[name[:60]] = (
            _("没有这个字段，是否为“%(near)s”？") % {"near": near[0]}
            if near
            else _("没有这个字段。")
        )


def texts(
    value: Mapping[str, Any], known: Mapping[str, int], prefix: str, errors: dict[str, str]
) -> dict[str, str]:
    found = {}
    for name, most in known.items():
        given = value.get(name)
        if given is None:
            continue
        if not isinstance(given, str) or UNSTORABLE.search(given):
            errors[prefix + name] = _("须为字符串。")
        elif len(given) > most:
            errors[prefix + name] = _("内容过长（最多%(limit)d个字）。") % {"limit": most}
        else:
            found[name] = given.strip()
    return found


def names(given: Any, name: str, errors: dict[str, str]) -> list[str]:
    """A list of codes."""
    if given is None:
        return []
    sound = isinstance(given, list) and len(given) <= MOST_MATERIALS
    if not sound or not all(isinstance(one, str) and len(one) <= 40 for one in given):
        errors[name] = _("须为字符串的列表。")
        return []
    return [one for one in given if one and not UNSTORABLE.search(one)]


def _person(given: Any, errors: dict[str, str]) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        errors["customer"] = _("须为对象。")
        return {}
    inner: dict[str, str] = {}
    strange(given, frozenset(PERSON), inner)
    errors |= {f"customer.{name}"[:60]: text for name, text in inner.items()}
    return texts(given, PERSON, "customer.", errors)


def _capacity(given: Any, errors: dict[str, str]) -> Decimal | None:
    if given is None:
        return None
    try:
        found = Decimal(str(given))
        sound = not isinstance(given, bool) and found.is_finite() and 0 < found <= MOST_CAPACITY
    except InvalidOperation:
        sound = False
    if not sound:
        errors["capacity"] = _("须为大于零的数字。")
        return None
    return found.quantize(Decimal("0.01"))


def point(value: Mapping[str, Any], errors: dict[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude in degrees (WGS 84), where they are given."""
    given = value.get("longitude"), value.get("latitude")
    if given == (None, None):
        return None
    longitude, latitude = given
    sound = all(isinstance(one, int | float) and not isinstance(one, bool) for one in given)
    if not sound or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):  # type: ignore[operator]
        errors["longitude"] = _("须为有效的经度和纬度。")
        return None
    return float(longitude), float(latitude)  # type: ignore[arg-type]
