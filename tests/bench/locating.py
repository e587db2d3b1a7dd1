"""Locating: 100,000 places against 18,000 grids, held against a truth that is found another way.

Borders tile the plane with crooked corners; whether a point lies in one is told here by the winding
number over whole millionths of a degree; the portal casts a ray. Counties use the same names.
"""

from __future__ import annotations

import os
import time
from datetime import date
from random import Random
from typing import Any

from core.clock import at
from tests.bench._portal import prepared

COUNTIES, ACROSS = int(os.environ.get("LOCATING_COUNTIES", "60")), 20  # 300 grids of a county
ALONG = 15
AREAS, PLACES = 5, 100_000
STEP = 10_000  # millionths of a degree
LEAST = 2000
DAY = date(2011, 11, 24)
NOW = at(DAY, 9)


def run() -> dict[str, Any]:
    prepared()
    from grids.queries.locating import Gazetteer, grids_for

    rng = Random(int(os.environ.get("LOCATING_SEED", "7")))
    town = Town(rng)
    clues, truth = town.clues(int(os.environ.get("LOCATING_PLACES", PLACES)))
    begin = time.perf_counter()
    found = grids_for(clues, on=DAY)
    seconds = time.perf_counter() - begin
    answers = [one.grid.pk if one.grid else None for one in found]
    wrong = sum(a is not None and a != t for a, t in zip(answers, truth, strict=True))
    missed = sum(a is None and t is not None for a, t in zip(answers, truth, strict=True))
    known = Gazetteer(on=DAY)
    begin = time.perf_counter()
    for start in range(0, 10_000, 500):
        grids_for(clues[start : start + 500], on=DAY, known=known)
    batches = time.perf_counter() - begin
    figures = {
        "grids": COUNTIES * ACROSS * ALONG,
        "places": len(clues),
        "places without a grid (a desk)": truth.count(None),
        "wrong grids": wrong,
        "grids not found": missed,
        f"places per second (bar {LEAST})": round(len(clues) / seconds),
        "places per second in batches of 500": round(10_000 / batches),
    }
    assert not wrong, figures
    assert not missed, figures
    assert len(clues) / seconds >= LEAST, figures
    return figures


class Town:
    """Counties side by side, each a sheet of grids with shared crooked corners."""

    def __init__(self, rng: Random) -> None:
        from accounts.models import Organisation, Region
        from grids.models import AccountPlace, GridArea, PowerGrid, TransformerArea
        from grids.services.areas import account_index

        self.rng = rng
        template = Organisation.objects.get(code="CSG-GD-ZQ-SH")
        self.regions, self.units = [], []
        for number in range(COUNTIES):
            code = f"44{30 + number // 20}{number % 20 + 21:02}"
            names = {"name": f"第{number}试验县", "short_name": f"试验{number}县"}
            region, _new = Region.objects.get_or_create(code=code, defaults=names)
            self.regions.append(region)
            self.units.append(
                template.add_sibling(
                    "sorted-sibling",
                    code=f"BENCH-{number:02}",
                    name=f"第{number}供电局",
                    short_name=f"第{number}供电局",
                    kind="county_enterprise",
                    region=region,
                )
            )
        self.corners: dict[tuple[int, int, int], tuple[int, int]] = {}
        common = {"valid_from": date(2011, 1, 1), "created_at": NOW, "updated_at": NOW}
        self.cells = [
            (county, x, y)
            for county in range(COUNTIES)
            for y in range(ALONG)
            for x in range(ACROSS)
        ]
        rows = [
            PowerGrid(
                enterprise=self.units[county],
                region=self.regions[county],
                code=f"G{x:02}{y:02}",
                name=f"{x}-{y}",
                places=[f"甲{x}{'东西'[y % 2]}社区{y}号片", f"乙{x}村{y}组"],
                **self._border(county, x, y),
                **common,
            )
            for county, x, y in self.cells
        ]
        made = PowerGrid.objects.bulk_create(rows, batch_size=500)
        self.grids = dict(zip(self.cells, [one.pk for one in made], strict=True))
        areas = TransformerArea.objects.bulk_create(
            [
                TransformerArea(
                    enterprise=self.units[county],
                    code=f"T{x:02}{y:02}{n}",
                    name=f"{x}-{y}-{n}号台区",
                )
                for county, x, y in self.cells
                for n in range(AREAS)
            ],
            batch_size=500,
        )
        owners = [self.grids[cell] for cell in self.cells for _n in range(AREAS)]
        GridArea.objects.bulk_create(
            [
                GridArea(grid_id=grid, area=area, valid_from=date(2011, 1, 1))
                for grid, area in zip(owners, areas, strict=True)
            ],
            batch_size=500,
        )
        self.accounts = {f"05{number:08}": owners[number] for number in range(len(areas))}
        AccountPlace.objects.bulk_create(
            [
                AccountPlace(
                    enterprise_id=area.enterprise_id,
                    account_index=account_index(number),
                    area=area,
                    updated_at=NOW,
                )
                for number, area in zip(self.accounts, areas, strict=True)
            ],
            batch_size=500,
        )

    def corner(self, county: int, x: int, y: int) -> tuple[int, int]:
        """A corner of the lattice, moved aside by up to a third of a step."""
        key = (county, x, y)
        if key not in self.corners:
            aside = [self.rng.randint(-STEP // 3, STEP // 3) for _axis in range(2)]
            east = 100_000_000 + county * (ACROSS + 2) * STEP
            self.corners[key] = (east + x * STEP + aside[0], 20_000_000 + y * STEP + aside[1])
        return self.corners[key]

    def ring(self, county: int, x: int, y: int) -> list[tuple[int, int]]:
        around = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
        return [self.corner(county, x + dx, y + dy) for dx, dy in around]

    def _border(self, county: int, x: int, y: int) -> dict[str, Any]:
        ring = [[a / 1e6, b / 1e6] for a, b in self.ring(county, x, y)]
        xs, ys = [a for a, _b in ring], [b for _a, b in ring]
        shape = {"type": "Polygon", "coordinates": [ring]}
        return {
            "boundary": shape,
            "west": min(xs),
            "south": min(ys),
            "east": max(xs),
            "north": max(ys),
        }

    def inside(self, county: int, point: tuple[int, int]) -> int | None:
        """The grid in which a point lies, by the winding number; none outside all."""
        x0, y0 = (
            (point[0] - 100_000_000 - county * (ACROSS + 2) * STEP) // STEP,
            (point[1] - 20_000_000) // STEP,
        )
        for x in (x0 - 1, x0, x0 + 1):
            for y in (y0 - 1, y0, y0 + 1):
                if (county, x, y) in self.grids and winds(self.ring(county, x, y), point):
                    return self.grids[county, x, y]
        return None

    def clues(self, count: int) -> tuple[list[Any], list[int | None]]:
        from grids.queries.locating import Clue

        rng, clues, truth = self.rng, [], []
        numbers = list(self.accounts)
        for _turn in range(count):
            county, x, y = cell = rng.choice(self.cells)
            code, pk = self.regions[county].code, self.grids[cell]
            address = f"甲{x}{'东西'[y % 2]}社区{y}号片{rng.randint(1, 99)}栋"
            way = rng.random()
            if way < 0.25:
                number = rng.choice(numbers)
                clue, answer = Clue(account=number), self.accounts[number]
            elif way < 0.45:
                name = f"T{x:02}{y:02}{rng.randrange(AREAS)}"
                clue, answer = Clue(transformer_area=name, region=code), pk
            elif way < 0.65:
                clue, answer = Clue(address=address, region=code), pk
            elif way < 0.9:
                far = county * (ACROSS + 2) * STEP
                point = (
                    100_000_000 + far + rng.randrange(ACROSS * STEP),
                    20_000_000 + rng.randrange(ALONG * STEP),
                )
                clue = Clue(point=(point[0] / 1e6, point[1] / 1e6))
                answer = self.inside(county, point)
            elif way < 0.94:
                # The county is not known: the same name stands in all of them.
                clue, answer = Clue(address=address), None
            elif way < 0.97:
                clue, answer = Clue(account=f"99{rng.randrange(10**8):08}"), None
            else:
                other = (county, (x + 1) % ACROSS, y)
                name = f"T{other[1]:02}{y:02}0"
                clue = Clue(transformer_area=name, address=address, region=code)
                answer = None
            clues.append(clue)
            truth.append(answer)
        return clues, truth


def winds(ring: list[tuple[int, int]], point: tuple[int, int]) -> bool:
    """Whether a ring goes around a point, in whole numbers."""
    x, y = point
    turns = 0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
        left = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if y1 <= y < y2 and left > 0:
            turns += 1
        elif y2 <= y < y1 and left < 0:
            turns -= 1
    return turns != 0
