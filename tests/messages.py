"""The texts to translate: `make messages` collects them, `--check` fails while one has no English.

The sources are Chinese, so zh-hans needs no catalogue. Babel reads the Python files and what
Django makes of the templates; GNU gettext is not needed.
"""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
APPS = ("core", "accounts", "grids", "complaints", "campaign", "reporting", "config")
KEYWORDS: dict[str, tuple[int, ...]] = {
    "_": (1,),
    "gettext": (1,),
    "gettext_lazy": (1,),
    "gettext_noop": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
CONTEXTUAL = {"pgettext": 2, "pgettext_lazy": 2}
# A module that needs the text at once and the lazy one gives one of them another name: where it
# takes it, or on a line of its own.
ALIASED = re.compile(r"from django\.utils\.translation import (n?gettext\w*) as (\w+)")
ASSIGNED = re.compile(r"^(\w+) = (n?gettext\w*)$", re.MULTILINE)
CHINESE = re.compile(r"[一-鿿]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")

Key = tuple[str, str, str]  # context, singular, plural


def from_source(text: str) -> Iterator[Key]:
    known = KEYWORDS | {alias: KEYWORDS[name] for name, alias in ALIASED.findall(text)}
    known |= {alias: KEYWORDS[name] for alias, name in ASSIGNED.findall(text)}
    keywords = [*known, *CONTEXTUAL]
    for _line, name, found, _comments in extract_python(
        io.BytesIO(text.encode()), keywords, [], {}
    ):
        parts = list(found) if isinstance(found, tuple) else [found]
        if not all(isinstance(p, str) for p in parts[:1]):
            continue
        if name in CONTEXTUAL:
            yield (parts[0], parts[1], "")
        elif len(known[name]) == 2:
            yield ("", parts[0], parts[1])
        else:
            yield ("", parts[0], "")


def from_template(path: Path) -> Iterator[Key]:
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    # Python's tokenizer wants sane indentation; what is left of the page is filler anyway.
    yield from from_source("\n".join(line.strip() for line in source.splitlines()))


def collect() -> set[Key]:
    found: set[Key] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for app in APPS:
            for path in (ROOT / app).rglob("*.py"):
                if "migrations" not in path.parts:
                    found.update(from_source(path.read_text(encoding="utf-8")))
        for folder in (ROOT / "templates", *(ROOT / app / "templates" for app in APPS)):
            for path in folder.rglob("*"):
                if path.suffix in {".html", ".txt"}:
                    found.update(from_template(path))
    return {key for key in found if CHINESE.search(key[1])}


def twice(wanted: set[Key]) -> list[str]:
    """Texts that one place counts and another does not: GNU gettext refuses such a catalogue."""
    counted = Counter((context, singular) for context, singular, _plural in wanted)
    return sorted(singular for (_context, singular), times in counted.items() if times > 1)


def problems(catalogue: polib.POFile, wanted: set[Key]) -> list[str]:
    have = {(e.msgctxt or "", e.msgid, e.msgid_plural or ""): e for e in catalogue}
    found = [f"not in the catalogue: {key[1]!r}" for key in sorted(wanted - set(have))]
    found += [f"no longer used: {key[1]!r}" for key in sorted(set(have) - wanted)]
    found += [f"with and without a plural: {text!r}" for text in twice(wanted)]
    for entry in have.values():
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if not all(texts):
            found.append(f"no English for {entry.msgid!r}")
        elif any(CHINESE.search(t) for t in texts):
            found.append(f"English of {entry.msgid!r} still holds Chinese")
        elif set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(texts[-1])):
            found.append(f"placeholders differ in {entry.msgid!r}")
    return found


def update(catalogue: polib.POFile, wanted: set[Key]) -> None:
    kept = {(e.msgctxt or "", e.msgid, e.msgid_plural or ""): e for e in catalogue}
    catalogue.clear()
    for key in sorted(wanted):
        context, singular, plural = key
        entry = kept.get(key) or polib.POEntry(
            msgctxt=context or None,
            msgid=singular,
            msgid_plural=plural,
            msgstr_plural={0: "", 1: ""} if plural else {},
        )
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))


def open_catalogue() -> polib.POFile:
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=100)
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def main() -> int:
    settings.configure(USE_I18N=True)
    catalogue, wanted = open_catalogue(), collect()
    if "--check" in sys.argv:
        found = problems(catalogue, wanted)
        print("\n".join(found[:40]) + (f"\n… {len(found)} in all" if len(found) > 40 else ""))
        return bool(found)
    update(catalogue, wanted)
    empty = len([e for e in catalogue if not e.translated()])
    print(f"{len(catalogue)} texts, {empty} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main())
