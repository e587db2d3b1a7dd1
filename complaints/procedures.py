"""Which procedure a case follows: the most specific one in force on the day it was received."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from accounts.models import Organisation
from complaints.models import Procedure
from complaints.procedure_definition import Definition, parse
from core.errors import Refused


class Book:
    """All procedures, read once, to be asked for any number of cases."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[str, str, str, date], Procedure] = {}
        # What a procedure says is long, and mostly known already: see ``definition_of``.
        self._procedures = list(Procedure.objects.defer("definition"))
        self._by_key = {one.pk: one for one in self._procedures}
        self._rules: dict[int, Definition] = {}
        self._scopes = {one.scope for one in self._procedures if one.scope}
        self._roots: dict[str, str] = dict(
            Organisation.objects.filter(code__in=self._scopes)
            .order_by()
            .values_list("code", "path")
        )

    def procedure(self, pk: int) -> Procedure:
        """The procedure with this key, from those read."""
        return self._by_key[pk]

    def rules(self, pk: int) -> Definition:
        """What the procedure with this key says."""
        if pk not in self._rules:
            self._rules[pk] = definition_of(self._by_key[pk])
        return self._rules[pk]

    def choose(
        self, source: str, nature: str, organisation: Organisation | None, *, on: date
    ) -> Procedure:
        """The procedure for a case; scope counts before nature, then the latest begin.

        Raises ``Refused`` where no procedure was in force.
        """
        key = (source, nature, organisation.path if organisation else "", on)
        if key not in self._chosen:
            self._chosen[key] = self._best(source, nature, organisation, on)
        return self._chosen[key]

    def _best(
        self, source: str, nature: str, organisation: Organisation | None, on: date
    ) -> Procedure:
        fitting = [
            (self._depth(one, organisation), bool(one.natures), one.valid_from, one.version, one.pk)
            for one in self._procedures
            if self._fits(one, source, nature, organisation, on)
        ]
        if not fitting:
            raise Refused(
                _("%(day)s没有适用于该来源和性质的办理程序。") % {"day": f"{on:%Y-%m-%d}"}
            )
        pk = max(fitting)[-1]
        return next(one for one in self._procedures if one.pk == pk)

    def _fits(
        self,
        one: Procedure,
        source: str,
        nature: str,
        organisation: Organisation | None,
        on: date,
    ) -> bool:
        in_force = one.valid_from <= on and (one.valid_until is None or one.valid_until >= on)
        if not in_force or source not in one.sources:
            return False
        if one.natures and nature not in one.natures:
            return False
        return not one.scope or self._depth(one, organisation) > 0

    def _depth(self, one: Procedure, organisation: Organisation | None) -> int:
        """How deep in the tree the scope lies; 0 without a scope or outside of it."""
        root = self._roots.get(one.scope)
        if root is None or organisation is None or not organisation.path.startswith(root):
            return 0
        return len(root)


def choose(source: str, nature: str, organisation: Organisation | None, *, on: date) -> Procedure:
    """The same for a single case."""
    return Book().choose(source, nature, organisation, on=on)


def definition_of(procedure: Procedure) -> Definition:
    """The rules of a stored procedure; parsed once, because a version never changes."""
    return _parsed(_Key(procedure))


class _Key:
    """A definition that can be a key: by its digest."""

    def __init__(self, procedure: Procedure) -> None:
        self.digest, self.procedure = procedure.digest, procedure

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=256)
def _parsed(key: _Key) -> Definition:
    return parse(key.procedure.definition)
