"""Who may open which door: every URL pattern declares it, and what declares nothing is closed.

A view says ``@policy.public``, ``@policy.signed_in`` or ``@policy.needs("filing.review")``;
views of libraries are declared by URL name with ``policy.declare``. The middleware below enforces
it in one place: a stranger is led to the sign-in page, a door closed to a role is 403. Whether an
*object* behind an open door is in sight is for ``visible_to`` to say (404).

Permissions are compared as strings, because core knows no app.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """Who may open a door: everybody, everybody signed in, holders of any one permission, or
    machine clients of the API (what a client may do behind it, its scopes say)."""

    audience: str  # "public", "signed_in", "needs" or "clients"
    permissions: frozenset[str] = frozenset()

    def admits(self, user: Any) -> bool:
        """Whether the door is open to a person."""
        if self.audience == "public":
            return True
        if not user.is_authenticated:
            return False
        if self.audience == "clients":
            return bool(getattr(user, "is_client", False))
        return self.audience == "signed_in" or any(user.can(p) for p in self.permissions)


PUBLIC = Policy("public")
SIGNED_IN = Policy("signed_in")
CLIENTS = Policy("clients")

_declared: dict[str, Policy] = {}


def public(view: View) -> View:
    """Open to everybody, also without an account."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Open to everybody who is signed in; the view itself narrows down to what is in sight."""
    return _mark(view, SIGNED_IN)


def needs(*permissions: str) -> Callable[[View], View]:
    """Open to people one of whose current roles carries one of the permissions; else 403."""
    if not permissions:
        raise ValueError("needs() without a permission would close the door to everybody")

    def mark(view: View) -> View:
        return _mark(view, Policy("needs", frozenset(str(p) for p in permissions)))

    return mark


def declare(url_name: str, policy: Policy) -> None:
    """State the policy of a library's view by its URL name (with namespace)."""
    _declared[url_name] = policy


def of(view: Any, url_name: str | None = None) -> Policy | None:
    """The policy of a view: declared by name, on the function, or on its class; None when unset."""
    if url_name and url_name in _declared:
        return _declared[url_name]
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        if isinstance(found := getattr(holder, "policy", None), Policy):
            return found
    return None


def opens(user: Any, url: str) -> bool:
    """Whether the door at an address opens for a person, so that no page leads to a closed one.

    What is no address of the portal (a part of the page, another site) is not for a policy to say.
    """
    policy = _at(url.partition("?")[0].partition("#")[0])
    return policy is None or policy.admits(user)


@lru_cache(maxsize=2048)
def _at(path: str) -> Policy | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return of(match.func, match.view_name)


def _mark(view: View, policy: Policy) -> View:
    view.policy = policy  # type: ignore[attr-defined]
    # Django's LoginRequiredMiddleware reads this; the policy alone decides.
    view.login_required = policy is not PUBLIC  # type: ignore[attr-defined]
    return view


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads strangers to the sign-in page. Not a part of a page: nothing takes its place (401),
    and the page itself says what to do, with all that was typed in it."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        htmx: Any = getattr(request, "htmx", None)
        if htmx and not htmx.boosted:
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)


class PolicyMiddleware:
    """Closed by default: lets a request through only where the view's policy admits the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer for the door; None lets the view answer."""
        match = request.resolver_match
        policy = of(view, match.view_name if match else None)
        if policy is None:
            raise PermissionDenied(_("此页面未声明开放范围，按默认规则关闭。"))
        if policy.admits(request.user):
            return None
        if policy.audience == "clients":
            return None  # doors of the API ask for the token themselves and answer 401
        if request.user.is_authenticated:
            raise PermissionDenied(_("您的角色无权打开此页面。"))
        return redirect_to_login(request.get_full_path())
