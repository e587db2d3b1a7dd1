"""Every page a person can reach: by walking the URLs, and by following the links on the pages."""

import functools
import html
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from core import policy

# Not pages for people: the API describes itself, Django's admin is a support view of its own.
NOT_PAGES = ("api/", "admin/", "metrics", "health", "static/", "jsi18n", "files/")


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


def shape(page):
    """The main part of a page without its words: tags and classes, repeated rows once.

    Two pages of the same shape look alike to axe and to a window's width as far as structure goes,
    so the browser opens one of them. What surrounds the main part is the same on all.
    """
    main = page[page.find("<main") :].partition("</main>")[0]
    tags = re.findall(r"<([a-z][a-z0-9-]*)([^>]*)>", main)
    seen = []
    for tag, rest in tags:
        classes = re.search(r'class="([^"]*)"', rest)
        mark = f"{tag}.{classes.group(1) if classes else ''}"
        if mark not in seen[-8:]:
            seen.append(mark)
    return "\n".join(seen)


def crawl(client, *, per_view=1, dead=None, person=None, known=()):
    """Yield (path, page) of what a client is answered, starting from all pages without arguments.

    Links are followed to at most ``per_view`` addresses of each view: one row of each list.
    Links that lead nowhere, or to a door that is closed to the person, are added to ``dead``. Views
    that are ``known``, because a colleague of the same house went there, are not followed: of them
    it is asked whether the door is open to the person. The desk is everybody's own.
    """
    queue, seen, opened = list(paths()), set(), Counter()
    shown_on, closed = {}, {}
    while queue:
        path = queue.pop(0)
        name = view_of(path)
        if path in seen or name is None or opened[name] >= per_view:
            continue
        seen.add(path)
        if name in known and path != "/":
            if not policy.of(resolve(urlsplit(path).path).func, name).admits(person):
                closed[path] = 403
            continue
        response = client.get(path)
        if response.status_code >= 400:
            closed[path] = response.status_code
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        opened[name] += 1
        page = response.content.decode()
        yield path, page
        links = re.findall(r'<a\b[^>]*href="([^"#]+)', page)
        links = [urljoin(path, html.unescape(link)) for link in links if not link.startswith("tel")]
        for link in links:
            shown_on.setdefault(link, path)
        queue += links
    if dead is not None:
        dead += [
            f"{shown_on[path]} leads to {path}: {status}"
            for path, status in closed.items()
            if path in shown_on
        ]


def view_of(path):
    """Name of the view behind an address of ours; None for places that are no pages."""
    return _view_of(urlsplit(path).path) if path.startswith("/") else None


@functools.cache
def _view_of(path):
    if path[1:].startswith(NOT_PAGES):
        return None
    try:
        return resolve(path).view_name
    except Resolver404:
        return None
