"""Registers for tests: entries made by the real services out of the examples of the definitions."""

import io
from datetime import date
from functools import cache

from core.clock import at
from grids.queries.registers import register_for
from grids.services import registers as services
from grids.services.registers import Place
from tests.factories import grids
from tests.factories.accounts import organisation

NOW = at(date(2011, 11, 24), 9)


@cache
def register(code):
    """The version of the catalogue; it is the same row for every test."""
    found = register_for(code, on=NOW.date())
    assert found is not None, code
    return found


def examples(code, **other):
    """A good row: what the definition gives as examples, in part replaced."""
    columns = register(code).definition.form.columns
    return {**{one.key: one.example for one in columns}, **other}


class Ground:
    """A grid that pairs with a government grid, its manager, and whatever entries need above."""

    def __init__(self):
        self.grid = grids.grid(note="某小区逢初一、十五祭祖，避免上门")
        self.member = grids.member()
        grids.manager(self.grid, self.member)
        self.government = grids.government()
        grids.services.pair(
            self.grid,
            self.government,
            share=100,
            valid_from=grids.FIRST,
            by=None,
            now=grids.START,
        )
        self.parents = {}

    def parent_of(self, code):
        """An entry above, in the first register that it may belong to."""
        above = register(code).definition.options.of
        if not above:
            return None
        if above[0] not in self.parents:
            self.parents[above[0]] = self.entry(above[0])
        return self.parents[above[0]]

    def place(self, code, **other):
        asked = register(code).definition.options
        unit = organisation(grids.STATION)
        given = {
            "organisation": unit,
            "grid": self.grid if asked.where != "unit" else None,
            "parent": other.pop("parent", None) or self.parent_of(code),
            "member": self.member if asked.member else None,
        }
        return Place(**{**given, **other})

    def entry(self, code, *, by=None, now=NOW, place=None, approved=True, **values):
        """An entry of the examples; approved where that is asked."""
        made = services.enter(
            register=register(code),
            place=place or self.place(code),
            values=examples(code, **values),
            by=by,
            now=now,
        )
        if made.state == "asked" and approved:
            made.state = "standing"
            made.save(update_fields=["state"])
        return made

    def said(self, code, **other):
        """The same as a page posts it."""
        place, definition = self.place(code), register(code).definition
        values = examples(code, **other)
        said = {f"c_{key}": value for key, value in values.items()}
        said["organisation"] = place.organisation.pk
        for name in ("grid", "parent", "member"):
            if (one := getattr(place, name)) is not None:
                said[name] = one.pk
        if definition.options.where == "grid":
            said.pop("organisation")
        return said

    def row(self, code, **other):
        """The same as a row of the workbook."""
        place, asked = self.place(code), register(code).definition.options
        row = examples(code, **other)
        if asked.where != "unit":
            row["grid_code"] = place.grid.code
        if asked.of:
            row["parent_number"] = place.parent.number
        if asked.member:
            row["staff_number"] = place.member.staff_number
        return row

    def workbook(self, code, rows):
        made = io.BytesIO(register(code).definition.workbook.template(rows))
        made.name = f"{code}.xlsx"
        return made
