"""The leak sweep: every person knocks at every door with every key, and no secret comes out.

An app joins by a module in ``tests/repository/canaries/`` with ``plant(world) -> list[Secret]``. A
secret is a text that stands in one object, with the truth (written by hand) of who may read it, and
the URL arguments that open the object. The sweep takes every URL pattern of the portal, fills its
arguments with the keys of all secrets of the same app (own, foreign, and those of other models),
asks by GET and POST as each person, and looks for the text in whatever comes back.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import logging
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import ApiClient, User
from accounts.permissions import ROLES
from accounts.scopes import role_of
from core import policy
from tests.factories import accounts, clients

# Doors of libraries that answer with files or schemas of their own.
OUTSIDE = ("admin:",)


@dataclass(frozen=True)
class Door:
    """One URL pattern: its view, its full name, and the arguments that it takes."""

    name: str
    view: Any
    route: str
    arguments: frozenset[str]

    @property
    def app(self) -> str:
        return self.name.rpartition(":")[0]

    @property
    def policy(self) -> policy.Policy | None:
        return policy.of(self.view, self.name)

    @property
    def refused(self) -> frozenset[str]:
        """The methods that the view refuses whatever the key: by Django's decorator, with nothing
        but other decorators of Django's around it.
        """
        view = self.view
        while inspect.isfunction(view) and "django" in Path(view.__code__.co_filename).parts:
            told = inspect.getclosurevars(view).nonlocals
            if "request_method_list" in told:
                return frozenset({"GET", "POST"} - set(told["request_method_list"]))
            view = getattr(view, "__wrapped__", None)
        return frozenset()

    def path(self, keys: dict[str, Any]) -> str | None:
        """The address with these keys; None where they do not fit (a slug for a number)."""
        try:
            return reverse(self.name, kwargs={a: keys[a] for a in self.arguments})
        except NoReverseMatch:
            return None


def doors(patterns: Any = None, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[Door]:
    """Every URL pattern of the portal."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = (*names, pattern.namespace) if pattern.namespace else names
            yield from doors(pattern.url_patterns, route, space)
        elif isinstance(pattern, URLPattern):
            name = ":".join((*names, pattern.name or ""))
            arguments = frozenset(pattern.pattern.converters) or frozenset(
                re.findall(r"\(\?P<(\w+)>", route)
            )
            yield Door(name, pattern.callback, "/" + route, arguments)


@dataclass(frozen=True)
class Person:
    """One visitor: where they work, as what (both empty for a stranger).

    A machine client of an organisation has the role "client", its row, and its token.
    """

    home: str
    role: str
    user: User | None = None
    client: ApiClient | None = None
    token: str = ""

    @property
    def who(self) -> Any:
        """Whom a door is asked for."""
        return self.user or self.client or AnonymousUser()

    def may(self, permission: str) -> bool:
        """Whether the role carries a permission, by the table of roles."""
        if self.client is not None:
            return permission in role_of(self.client.scopes).permissions
        return bool(self.role) and permission in ROLES[self.role].permissions

    def __str__(self) -> str:
        return f"{self.role or 'stranger'}@{self.home or 'nowhere'}"


@dataclass(frozen=True)
class Secret:
    """A text in an object, who may read it, and what opens the object.

    ``app``: namespace of the URLs that take ``keys`` ("" for those of the portal itself).
    ``opens``: names of pages that show exactly this object; to others they are 404, like a missing
    one. Doors that are closed to the role answer 403 before.
    """

    name: str
    text: str
    may_read: Callable[[Person], bool]
    app: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    opens: tuple[str, ...] = ()


class World:
    """The people of the sweep and a source of texts that occur nowhere else."""

    REGULATORS = ("regulator_lead", "regulator_officer", "regulator_viewer")
    COMPANY = ("company_lead", "company_filer", "company_viewer")
    SYSTEM = ("system_administrator", "security_administrator", "audit_administrator")

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        cast = [("NEA-ROOT", role) for role in ("regulator_lead", *self.SYSTEM)]
        cast += [(home, role) for home in ("SERC-NF", "SERC-YN") for role in self.REGULATORS]
        cast += [(home, role) for home in ("CSG-GD", "CSG-YN", "GXSL") for role in self.COMPANY]
        cast += [("CSG-GD", "security_administrator"), ("GOV-441284", "grid_officer")]
        self.people = [
            Person(home, role, accounts.member(home, role, name=f"某{number}"))
            for number, (home, role) in enumerate(cast)
        ]
        self.clients = [self._client(home) for home in ("SERC-NF", "CSG-GD", "CSG-YN")]
        self.stranger = Person("", "")

    @staticmethod
    def _client(home: str) -> Person:
        made = clients.issued(home)
        return Person(home, "client", client=made.client, token=made.token)

    def text(self) -> str:
        """A canary: letters and digits only, so that no escaping changes it."""
        return f"QZX{next(self._numbers):04d}KJV"

    def person(self, home: str, role: str) -> Person:
        return next(p for p in self.people if (p.home, p.role) == (home, role))


def plant(world: World) -> list[Secret]:
    """The secrets of every app that joined."""
    package = importlib.import_module("tests.repository.canaries")
    found: list[Secret] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        found += importlib.import_module(f"{package.__name__}.{module}").plant(world)
    return found


@dataclass
class Outcome:
    """What the sweep saw."""

    requests: int = 0
    faults: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)  # doors that answered 200 to somebody


class Sweep:
    """All requests of some people; each one is undone, so that their order tells nothing.

    What one place decides for many doors is asked once of each kind, unless ``whole``: closed doors
    of one policy are closed by the middleware, before any view; the methods that Django's decorator
    refuses are refused to everybody; a public door is the same to whoever works there; and a view
    that finds nothing by GET finds nothing by POST, nor by the hand of a colleague.
    """

    def __init__(
        self, secrets: list[Secret], *, whole: bool = True, app: str | None = None
    ) -> None:
        """``app``: only the doors of this namespace."""
        self.secrets, self.whole, self.app = secrets, whole, app
        self.outcome = Outcome()
        self._addresses: dict[str, dict[str, list[Secret]]] = {}
        self._closed: set[str] = set()
        self._shut: set[tuple[str, policy.Policy]] = set()
        self._refused: set[tuple[str, str]] = set()
        self._public: dict[str, set[str]] = {}
        self._posted: set[tuple[str, str]] = set()

    def run(self, people: list[Person]) -> Outcome:
        # Some five thousand closed doors; what stands in the log of one is looked at elsewhere.
        logging.disable(logging.WARNING)
        try:
            self._knock_everywhere(people)
        finally:
            logging.disable(logging.NOTSET)
        return self.outcome

    def _knock_everywhere(self, people: list[Person]) -> None:
        for person in people:
            token = {"authorization": f"Bearer {person.token}"} if person.token else {}
            client = Client(raise_request_exception=False, headers=token)
            if person.user is not None:
                client.force_login(person.user)
            for door in doors():
                # To pages a token means nothing: a client is a stranger there.
                other = person.client is not None and door.policy != policy.CLIENTS
                if self.app is not None and door.app != self.app:
                    continue
                if door.name.startswith(OUTSIDE) or other or self.known(person, door):
                    continue
                self.knock(client, person, door)

    def known(self, person: Person, door: Door) -> bool:
        """Whether the answer follows from one that was given before."""
        rule = door.policy
        if self.whole or rule is None:
            return False
        if rule.audience == "public":
            side = self._public.setdefault(door.route, set())
            kind = ROLES[person.role].side if person.user else str(person)
            return kind in side or side.add(kind) is not None
        # Each door is seen closed to somebody; to everybody one of each policy.
        shut = (str(person), rule)
        if rule.admits(person.who) or door.route not in self._closed:
            return False
        return shut in self._shut or self._shut.add(shut) is not None

    def knock(self, client: Client, person: Person, door: Door) -> None:
        if door.route not in self._addresses:
            self._addresses[door.route] = self.addresses(door)
        addresses = list(self._addresses[door.route].items())
        rule, methods = door.policy, ["get", "post"]
        missing: set[str] = set()
        if rule and not rule.admits(person.who):
            # A closed door answers before it looks at the key: one is enough. Nor does it look at
            # the method: that is seen of every door once.
            addresses = addresses[:1]
            methods = ["get"] if door.route in self._closed else methods
            self._closed.add(door.route)
        for method in methods:
            if (door.route, method) in self._refused:
                continue
            for path, targets in addresses:
                if method == "post" and self.posted(person, path, missing):
                    continue
                status = self.ask(client, person, door, method, path, targets)
                if status == 404:
                    missing.add(path)
                if status == 405 and method.upper() in door.refused:
                    # So is the door to a method that it does not know.
                    if not self.whole:
                        self._refused.add((door.route, method))
                    break

    def posted(self, person: Person, path: str, missing: set[str]) -> bool:
        """Whether somebody of the same house was answered there, or anybody where nothing is."""
        if self.whole:
            return False
        seen = ("" if path in missing else str(person.home), path)
        return seen in self._posted or self._posted.add(seen) is not None

    def addresses(self, door: Door) -> dict[str, list[Secret]]:
        """Addresses of a door with every key that fits, and the secrets that each must show."""
        if not door.arguments:
            return {path: []} if (path := door.path({})) else {}
        found: dict[str, list[Secret]] = {}
        for secret in self.secrets:
            if secret.app == door.app and door.arguments <= set(secret.keys):
                path = door.path(secret.keys)
                if path:
                    found.setdefault(path, [])
                    if door.name in secret.opens:
                        found[path].append(secret)
        return found

    def ask(
        self,
        client: Client,
        person: Person,
        door: Door,
        method: str,
        path: str,
        targets: list[Secret],
    ) -> int:
        label = f"{person} {method.upper()} {path} ({door.name})"
        # The session of one visitor must survive a POST that signs out.
        with transaction.atomic():
            cookies = client.cookies.copy()
            if method == "get":
                # Doors of the API refuse a parameter that they do not know before they look.
                words = {} if door.policy == policy.CLIENTS else {"q": "QZX"}
                response = client.get(path, words)
            elif door.policy == policy.CLIENTS:
                response = client.post(path, {}, content_type="application/json")
            else:
                response = client.post(path, {})
            body = self.body_of(response)
            transaction.set_rollback(True)
        client.cookies = cookies
        self.outcome.requests += 1
        status = response.status_code
        # A portal that is not ready says so by 503; that is its answer, not a fault.
        if status >= 500 and door.name != "core:readyz":
            self.outcome.faults.append(f"{label}: {status}")
        if status == 200:
            self.outcome.opened.add(door.name)
        for secret in self.secrets:
            if secret.text in body and not secret.may_read(person):
                self.outcome.faults.append(f"{label}: leaks {secret.name}")
        self.judge(label, person, door, status, targets)
        return status

    def judge(
        self, label: str, person: Person, door: Door, status: int, targets: list[Secret]
    ) -> None:
        """Closed doors are 403 (or lead strangers to the sign-in page); foreign objects are 404."""
        rule = door.policy
        if rule is None:
            self.outcome.faults.append(f"{label}: no policy")
        elif rule == policy.CLIENTS and person.client is None:
            if status != 401:
                self.outcome.faults.append(f"{label}: {status} without a token")
        elif rule.audience != "public" and not person.who.is_authenticated:
            if status not in (302, 401, 403):
                self.outcome.faults.append(f"{label}: {status} for a stranger")
        elif person.user is not None and not rule.admits(person.user):
            if status != 403:
                self.outcome.faults.append(f"{label}: {status} behind a closed door")
        elif any(not s.may_read(person) for s in targets) and status not in (404, 405, 415):
            self.outcome.faults.append(f"{label}: {status} for a foreign object")

    @staticmethod
    def body_of(response: Any) -> str:
        content = b"".join(response.streaming_content) if response.streaming else response.content
        return content.decode("utf-8", "ignore") + str(response.headers)
