"""Templates: all used, nothing inline, every text translatable."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from core.help import TOPICS

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
CJK = re.compile(r"[\u3400-\u9fff]")
# Names of languages are written in their own language, whatever the page's language is.
OWN_NAMES = ("简体中文",)


def name_of(path):
    return path.relative_to(ROOT / "templates").as_posix()


def python_and_templates():
    for folder in ("config", "core", "accounts", "grids", "complaints", "campaign", "reporting"):
        for path in (ROOT / folder).rglob("*.py"):
            yield path.read_text(encoding="utf-8")
    for path in TEMPLATES:
        yield path.read_text(encoding="utf-8")


def asked_by_libraries(name):
    """Templates that Django and allauth look up by name."""
    library = ("account/", "mfa/", "usersessions/", "allauth/", "admin/", "django/")
    return name.startswith(library) or re.fullmatch(r"\d{3}\.html", name)


def test_every_template_is_used():
    everything = "\n".join(python_and_templates())
    unused = [
        name_of(path)
        for path in TEMPLATES
        if not asked_by_libraries(name_of(path)) and not is_used(name_of(path), everything)
    ]
    assert unused == []


def is_used(name, everything):
    if f'"{name}"' in everything or f"'{name}'" in everything:
        return True
    # Names put together in code: f"core/help/{topic.slug}.html" uses the whole folder.
    folder, _, file = name.rpartition("/")
    stem, suffix = Path(file).stem, Path(file).suffix
    made = rf'"{re.escape(folder)}/[^"]*\{{[^"]*"'
    return bool(re.search(made, everything)) and (f'"{stem}"' in everything or suffix == ".txt")


def test_every_topic_of_the_help_has_its_page():
    missing = [one for one in TOPICS if not (ROOT / f"templates/core/help/{one}.html").exists()]
    assert missing == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_is_written_into_the_tags(path):
    """Styles, handlers and scripts live in files; the content security policy refuses them here."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"<style\b", text), "inline style sheet"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"href\s*=\s*[\"']javascript:", text), "script in a link"
    assert not re.search(r"(?:src|href|action)=[\"']https?://", text), "address elsewhere"


def untranslated(text):
    """Chinese words that no translate tag, filter argument or comment holds."""
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"{%\s*blocktrans.*?%}.*?{%\s*endblocktrans\w*\s*%}", "", text, flags=re.S)
    text = re.sub(r"""{%\s*trans(?:late)?\s+("[^"]*"|'[^']*').*?%}""", "", text, flags=re.S)
    # _("…") as an argument of a tag or a filter
    text = re.sub(r"""_\(("[^"]*"|'[^']*')\)""", "", text)
    # the pattern of a date is no text: {{ now|date:"Y 年 n 月 j 日 l" }}
    text = re.sub(r"""\|date:("[^"]*"|'[^']*')""", "", text)
    for word in OWN_NAMES:
        text = text.replace(word, "")
    return [line.strip()[:120] for line in text.splitlines() if CJK.search(line)]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_text_can_be_translated(path):
    assert untranslated(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>报送</p>", ["<p>报送</p>"]),
        ('{% translate "报送" %}', []),
        ("{% blocktranslate %}共 {{ n }} 条{% endblocktranslate %}", []),
        ('{% card title=_("期限") %}', []),
        ('{% card title="期限" %}', ['{% card title="期限" %}']),
    ],
)
def test_the_search_for_untranslated_words_finds_them(text, found):
    assert untranslated(text) == found
