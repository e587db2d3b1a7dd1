"""Every page that can be opened without arguments, found by walking the URLs themselves."""

import re

from django.urls import URLPattern, URLResolver, get_resolver

# Not pages for people: the API describes itself, Django's admin is a support view of its own.
NOT_PAGES = ("api/", "admin/", "metrics", "health", "static/", "jsi18n")


def walk(patterns=None, prefix="", names=()):
    """Yield (path, view name) of all patterns without arguments."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            namespace = (*names, pattern.namespace) if pattern.namespace else names
            yield from walk(pattern.url_patterns, route, namespace)
        elif isinstance(pattern, URLPattern) and not re.search(r"[<(\[]", route):
            yield (
                "/" + route.replace("^", "").replace("$", ""),
                ":".join((*names, pattern.name or "")),
            )


def paths():
    """Paths of the pages, each once, in the order of the URLs."""
    found = dict.fromkeys(path for path, _name in walk())
    return [path for path in found if not path[1:].startswith(NOT_PAGES)]


def shape(html):
    """The main part of a page without its words: tags and classes, repeated rows once.

    Two pages of the same shape look alike to axe and to a window's width as far as structure goes,
    so the browser opens one of them. What surrounds the main part is the same on all.
    """
    main = html[html.find("<main") :].partition("</main>")[0] if "<main" in html else html
    tags = re.findall(r"<([a-z][a-z0-9-]*)([^>]*)>", main)
    seen = []
    for tag, rest in tags:
        classes = re.search(r'class="([^"]*)"', rest)
        mark = f"{tag}.{classes.group(1) if classes else ''}"
        if mark not in seen[-8:]:
            seen.append(mark)
    return "\n".join(seen)
