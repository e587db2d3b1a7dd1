"""Single-use links by which people set their password: invitations and resets."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notifications, workflow
from accounts.models import Organisation, SignInLink, User
from accounts.passwords import profile
from accounts.services.passwords import write_password
from core import audit, outbox
from core.errors import Refused


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(*, user: User, purpose: str, now: datetime) -> tuple[SignInLink, str]:
    """A new link and its token; earlier unused links of the person are withdrawn."""
    SignInLink.objects.filter(user=user).usable(now=now).update(withdrawn_at=now)
    hours = profile().invitation_hours if purpose == "invitation" else profile().reset_hours
    token = secrets.token_urlsafe(32)
    link = SignInLink.objects.create(
        user=user,
        purpose=purpose,
        digest=digest(token),
        created_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    return link, token


@transaction.atomic
def send_invitation(
    *, user: User, organisation: Organisation, by: User | None, now: datetime
) -> SignInLink:
    """Mail an invitation (again); the earlier one stops working.

    Raises ``Refused`` when the person has no address or has a password already.
    """
    if by is not None:
        workflow.require_over_person(by, user)
    if not user.email:
        raise Refused(_("此人没有电子邮箱，无法发送邀请。"))
    if user.has_usable_password():
        raise Refused(_("此人已设置口令，如忘记口令请使用“重设口令”。"))
    link, token = make_link(user=user, purpose="invitation", now=now)
    outbox.post(**notifications.invitation(user, organisation, link, token), now=now)
    audit.record("person.invite", user, by=by, now=now, organisation=organisation)
    return link


@transaction.atomic
def send_reset(*, user: User, by: User | None, now: datetime) -> SignInLink | None:
    """Mail a link to set a new password; None for accounts that cannot have one.

    A person without a password yet gets nothing here: their invitation is the way. ``by`` is the
    administrator who sends it, or None where the person asked.
    """
    if by is not None:
        workflow.require_over_person(by, user)
    if not user.is_active or not user.email or not user.has_usable_password():
        return None
    link, token = make_link(user=user, purpose="reset", now=now)
    outbox.post(**notifications.reset(user, link, token), now=now)
    audit.record("person.reset_asked", user, by=by, now=now, organisation=user.home)
    return link


def without_tokens(text: str) -> str:
    """A letter's text for administrators to look at: nobody takes an account over by reading it."""
    return re.sub(r"(/accounts/link/)[\w-]+", r"\1…", text)


def find(token: str, *, now: datetime) -> SignInLink | None:
    """The usable link of a token; None for wrong, used, withdrawn and expired ones alike."""
    usable = SignInLink.objects.usable(now=now).filter(user__is_active=True)
    return usable.select_related("user").filter(digest=digest(token)).first()


@transaction.atomic
def redeem(*, token: str, password: str, now: datetime) -> User:
    """Set the password by a link, exactly once however many try; all sessions end.

    Raises ``Refused`` when the link is not usable (any more).
    """
    link = find(token, now=now)
    used = link and SignInLink.objects.usable(now=now).filter(pk=link.pk).update(used_at=now)
    if not link or not used:
        raise Refused(_("链接无效或已过期，请重新申请。"))
    user = User.objects.select_for_update(of=("self",)).get(pk=link.user_id)
    write_password(user=user, password=password, now=now)
    audit.record(f"person.{link.purpose}_used", user, by=user, now=now, organisation=user.home)
    return user
