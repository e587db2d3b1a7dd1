"""How a person is recognised at sign-in, and what object permissions count."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from guardian.backends import ObjectPermissionBackend

from accounts import lockout, names
from accounts.models import Delegation, Organisation, User
from core import clock
from core.addresses import client_address


class PortalBackend(ModelBackend):
    """Sign-in by user name and password; a guess is reserved before the password is evaluated.

    Unknown, locked, suspended and known names answer alike. A locked name or address stops the
    sign-in (PermissionDenied to Django) and marks the request, so that the form can say so.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or not password:
            return None
        now = clock.now()
        account = lockout.account_key(username)
        address = lockout.address_key(client_address(request))
        self._reserve(request, account, address, now=now)
        user = User.objects.filter(username=names.normalised(username)).first()
        # Without a user the same work is done, so that time tells nothing.
        right = (user or User()).check_password(password)
        if user is None or not right or not self.user_can_authenticate(user):
            return None
        lockout.release(account)
        lockout.release(address)
        return user

    @staticmethod
    def _reserve(request: HttpRequest | None, account: str, address: str, *, now: Any) -> None:
        if lockout.reserve(account, now=now):
            if lockout.reserve(address, now=now, limit=settings.SIGN_IN_ADDRESS_LIMIT):
                return
            lockout.release(account)
        if request is not None:
            request.sign_in_locked = True  # type: ignore[attr-defined]
        raise PermissionDenied


class DelegationBackend(ObjectPermissionBackend):
    """Object permissions of django-guardian; deputies' ones count only between their days."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if isinstance(obj, Organisation):
            if not user_obj.is_authenticated or not user_obj.is_active:
                return False
            held = Delegation.objects.in_force(on=clock.today()).filter(
                user=user_obj, content_object=obj, permission__codename=perm.rpartition(".")[2]
            )
            return held.exists()
        return super().has_perm(user_obj, perm, obj)
