"""How like two texts, numbers or sets are."""

from __future__ import annotations


def grams(text: str) -> set[str]:
    """Pairs of neighbouring characters."""
    return {text[i : i + 2] for i in range(len(text) - 1)}


def overlap(a: set[str], b: set[str]) -> float:
    """Which part of the smaller set stands in the other one; 0 where one is empty."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def dice(a: set[str], b: set[str]) -> float:
    """Twice what is common over what there is."""
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def one_slip(a: str, b: str) -> bool:
    """Whether one sign was mistyped, left out, doubled, or changed places with its neighbour."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        if len(wrong) == 1:
            return True
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return swapped and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
