"""How much is planted: bureaus and cases of each scale, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Below which provincial companies how many bureaus stand, and how many cases there are."""

    companies: tuple[str, ...]
    bureaus: int
    cases: int

    def share(self, company: str) -> int:
        """Bureaus of one company; the first ones take what is left over."""
        place = self.companies.index(company)
        even, left = divmod(self.bureaus, len(self.companies))
        return even + (place < left)


SOUTH = ("CSG-GD", "CSG-GX", "CSG-YN", "CSG-GZ", "CSG-HI")
SCALES = {
    "small": Scale(("CSG-GD", "CSG-GX"), 10, 3_000),
    "province": Scale(("CSG-GD",), 120, 400_000),
    # Southern Grid's five provinces: what its 95598 takes in within a year.
    "region": Scale(SOUTH, 500, 7_700_000),
}
