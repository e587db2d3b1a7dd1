"""A case as another system writes it: JSON in, a record out, or everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organisation
from complaints.services import Record
from complaints.services.records import INSTANTS, MOMENT, SOURCES, Desk, Faulty, moment_of
from complaints.workflow import Source

# Field of the API → field of the record; how many signs it may have.
TEXTS: dict[str, tuple[str, int]] = {
    "number": ("number", 40),
    "channel": ("channel", 40),
    "nature": ("nature", 40),
    "industry": ("industry", 40),
    "category": ("category", 40),
    "content": ("content", 20000),
    "account_no": ("account_no", 40),
    "address": ("address", 200),
    "region": ("region", 60),
    "organisation": ("organisation", 80),
    "target": ("target", 40),
    "feeder": ("feeder", 60),
    "transformer_area": ("transformer_area", 60),
    "area_type": ("area_type", 20),
    "urgency": ("urgency", 20),
    "state": ("state", 20),
    "outcome": ("outcome", 40),
    "satisfaction": ("satisfaction", 40),
}
PERSON: dict[str, tuple[str, int]] = {
    "name": ("complainant_name", 60),
    "phone": ("complainant_phone", 40),
}
FLAGS = ("anonymous", "confidential")
REQUIRED = ("number", "received_at", "channel", "nature")
KNOWN = frozenset({*TEXTS, *INSTANTS, "source", "complainant", "linked", "accepted", "households"})
# What only the portal writes: refused with a reason of its own.
OURS = frozenset({"clocks", "updated_at"})


def read(value: Mapping[str, Any], *, owner: Organisation, desk: Desk) -> tuple[str, Record]:
    """Source and record of a case. Raises ``Faulty`` with every field that is wrong.

    Words of the lists are turned into codes here, so that the same case written in either way is
    the same.
    """
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    errors |= dict(_strange(value, KNOWN, ""))
    _texts(value, TEXTS, "", found, errors)
    _moments(value, found, errors)
    _complainant(value.get("complainant"), found, errors)
    if "accepted" in value and value["accepted"] is not None:
        _flag(value["accepted"], "accepted", "accepted", found, errors)
    if (households := value.get("households")) is not None:
        if isinstance(households, int) and not isinstance(households, bool):
            found["households"] = households
        else:
            errors["households"] = _("须为整数。")
    if "linked" in value:
        _linked(value["linked"], found, errors)
    for name in REQUIRED:
        if name not in errors and not found.get(name):
            errors[name] = _("必填。")
    source = source_of(value, owner, errors)
    if errors:
        raise Faulty(errors)
    record = Record.of(found)
    return source, desk.coded(record, source=source)


def source_of(value: Mapping[str, Any], owner: Organisation, errors: dict[str, str]) -> str:
    """By which house a case came in; each side speaks for its own hotline only."""
    own, other = (Source.H12398, Source.H95598)
    if owner.is_company:
        own, other = other, own
    source = value.get("source", own)
    if not isinstance(source, str) or source not in SOURCES:
        errors["source"] = _("来源不正确。")
    elif source == other:
        errors["source"] = _("该来源不由您的单位报送。")
    return str(source)


def _strange(
    value: Mapping[str, Any], known: frozenset[str], prefix: str
) -> Iterator[tuple[str, str]]:
    for name in value:
        if name in known:
            continue
        shown = f"{prefix}{name}"[:60]
        near = get_close_matches(name, sorted(known), 1)
        if name in OURS and not prefix:
            yield shown, _("由平台生成，不能填写。")
        elif near:
            yield shown, _("没有这个字段，是否为“%(near)s”？") % {"near": f"{prefix}{near[0]}"}
        else:
            yield shown, _("没有这个字段。")


def _texts(
    value: Mapping[str, Any],
    texts: dict[str, tuple[str, int]],
    prefix: str,
    found: dict[str, Any],
    errors: dict[str, str],
) -> None:
    for name, (field, most) in texts.items():
        given = value.get(name)
        if given is None:
            continue
        if not isinstance(given, str):
            errors[prefix + name] = _("须为字符串。")
        elif len(given) > most:
            errors[prefix + name] = _("内容过长（最多%(limit)d个字）。") % {"limit": most}
        elif given:
            found[field] = given


def _moments(value: Mapping[str, Any], found: dict[str, Any], errors: dict[str, str]) -> None:
    for name in INSTANTS:
        if value.get(name) is None:
            continue
        moment = moment_of(value[name])
        if moment is None:
            errors[name] = str(MOMENT)
        else:
            found[name] = moment


def _complainant(value: Any, found: dict[str, Any], errors: dict[str, str]) -> None:
    if value is None:
        return
    if not isinstance(value, Mapping):
        errors["complainant"] = _("须为对象。")
        return
    errors |= dict(_strange(value, frozenset({*PERSON, *FLAGS}), "complainant."))
    _texts(value, PERSON, "complainant.", found, errors)
    for name in FLAGS:
        if value.get(name) is not None:
            _flag(value[name], f"complainant.{name}", name, found, errors)


def _flag(
    value: Any, shown: str, field: str, found: dict[str, Any], errors: dict[str, str]
) -> None:
    if isinstance(value, bool):
        found[field] = value
    else:
        errors[shown] = _("须为 true 或 false。")


def _linked(value: Any, found: dict[str, Any], errors: dict[str, str]) -> None:
    """One number of another case, by itself or as a list of one."""
    given = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(one, str) and len(one) <= 40 for one in given):
        errors["linked"] = _("须为编号（字符串，最多40个字）。")
    elif len(given) > 1:
        errors["linked"] = _("最多填写一个关联编号。")
    elif given:
        found["linked_number"] = given[0]
