"""The lists and procedures that a new portal starts with."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from complaints import procedure_definition
from complaints.matching import rules
from complaints.models import (
    CountingRule,
    HotlineStandard,
    LinkageRules,
    Procedure,
    RetentionRule,
    Term,
)
from complaints.procedure_definition import ProcedureRefused
from core import audit, catalogue_files

FOLDER = Path(__file__).parent
# Before this day no hotline existed (12398 was opened in 2006).
BEGINNING = date(2006, 4, 1)


@transaction.atomic
def load(*, now: datetime) -> None:
    """Enter terms and procedures that are missing; what is in the tables is left as it is.

    Raises ``ProcedureRefused`` for a faulty file, and where a stored version says something else:
    a version that cases follow is never changed, but for acts that may be done in more states.
    """
    load_terms()
    load_procedures(now=now)
    load_linkage()
    load_retention()
    load_hotline_standards()
    load_counting_rules()


def load_counting_rules() -> None:
    """Thresholds that are missing; what administrators entered is left as it is."""
    standing = set(CountingRule.objects.order_by().values_list("code", "valid_from"))
    entries = catalogue_files.read(FOLDER / "counting_rules.yaml")
    CountingRule.objects.bulk_create(
        CountingRule(**one) for one in entries if (one["code"], one["valid_from"]) not in standing
    )


def load_terms() -> None:
    standing = set(Term.objects.order_by().values_list("kind", "code", "valid_from"))
    entries = list(terms())
    Term.objects.bulk_create(
        Term(kind=kind, order=order, **fields)
        for kind, order, fields, _parent in entries
        if (kind, fields["code"], fields["valid_from"]) not in standing
    )
    by_code = {(term.kind, term.code): term for term in Term.objects.all()}
    changed = []
    for kind, _order, fields, parent in entries:
        term = by_code[kind, fields["code"]]
        if parent and term.parent_id is None:
            term.parent = by_code[kind, parent]
            changed.append(term)
    Term.objects.bulk_update(changed, ["parent"])


def terms() -> list[tuple[str, int, dict[str, Any], str]]:
    """Kind, order, fields and code of the parent of every entry of the file."""
    data = catalogue_files.read(FOLDER / "terms.yaml")
    return [
        (
            Term.Kind(kind).value,
            order,
            {
                "code": one["code"],
                "label": one["label"],
                "label_en": one["en"],
                "also": one.get("also", []),
                "sources": one.get("sources", []),
                "natures": one.get("natures", []),
                "livelihood": one.get("livelihood", False),
                "valid_from": one.get("from", BEGINNING),
                "valid_until": one.get("until"),
            },
            one.get("parent", ""),
        )
        for kind, entries in data.items()
        for order, one in enumerate(entries)
    ]


def load_procedures(*, now: datetime) -> None:
    standing = {(one.code, one.version): one for one in Procedure.objects.all()}
    for data in procedure_definition.files():
        key = (data["code"], data["version"])
        problems = [
            *procedure_definition.check_header(data),
            *procedure_definition.check(data["definition"]),
        ]
        stored = standing.get(key)
        changed = stored is not None and stored.digest != data["digest"]
        if stored and changed and not _only_wider(stored, data["definition"]):
            problems.append("stored with other content: give it a new version")
        if problems:
            raise ProcedureRefused(f"{data['code']}/{data['version']}: {'; '.join(problems)}")
        if stored is None:
            Procedure.objects.create(**data)
        elif changed:
            stored.definition, stored.digest = data["definition"], data["digest"]
            stored.save(update_fields=["definition", "digest"])
            audit.record("procedure.widen", stored, by=None, now=now, version=stored.version)


def _only_wider(stored: Procedure, after: dict[str, Any]) -> bool:
    """Whether all stays as it was, but for acts that may be done in more states than before.

    So a way out of a dead end reaches the cases that stand in it.
    """
    before = stored.definition
    if stored.digest != procedure_definition.digest(before):
        return False
    rest = [{**one, "moves": None} for one in (before, after)]
    moves = after["moves"]
    return rest[0] == rest[1] and all(
        act in moves
        and {**move, "from": None} == {**moves[act], "from": None}
        and set(move["from"]) <= set(moves[act]["from"])
        for act, move in before["moves"].items()
    )


def load_linkage() -> None:
    """Rules of comparing cases; a version that is stored is left as it is."""
    standing = dict(LinkageRules.objects.values_list("version", "definition"))
    for data in catalogue_files.read(FOLDER / "linkage.yaml"):
        problems = list(rules.check(data["definition"]))
        if standing.get(data["version"], data["definition"]) != data["definition"]:
            problems.append("stored with other content: give it a new version")
        if problems:
            raise ProcedureRefused(f"linkage/{data['version']}: {'; '.join(problems)}")
        if data["version"] not in standing:
            LinkageRules.objects.create(**data)


def load_retention() -> None:
    """Enter missing rules of how long personal data is kept."""
    standing = set(RetentionRule.objects.values_list("code", "valid_from"))
    data = catalogue_files.read(FOLDER / "retention.yaml")
    RetentionRule.objects.bulk_create(
        RetentionRule(**one) for one in data if (one["code"], one["valid_from"]) not in standing
    )


def load_hotline_standards() -> None:
    """Enter missing standards of the service of hotlines."""
    standing = set(HotlineStandard.objects.order_by().values_list("figure", "valid_from"))
    data = catalogue_files.read(FOLDER / "hotline_standards.yaml")
    HotlineStandard.objects.bulk_create(
        HotlineStandard(**one) for one in data if (one["figure"], one["valid_from"]) not in standing
    )
