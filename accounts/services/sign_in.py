"""What administrators and people themselves do about sessions, locks and second factors."""

from __future__ import annotations

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts import lockout, workflow
from accounts.models import User
from accounts.services.people import end_sessions_of
from core import audit


@transaction.atomic
def unlock(*, user: User, by: User | None, now: datetime, reason: str = "") -> None:
    """Forget the failed guesses at a person's account and second factor."""
    if by is not None:
        workflow.require_over_person(by, user)
    lockout.clear(lockout.account_key(user.username), lockout.factor_key(user.pk))
    audit.record("person.unlock", user, by=by, now=now, organisation=user.home, reason=reason)


@transaction.atomic
def kill_sessions(*, user: User, by: User | None, now: datetime) -> None:
    """End every session of a person at its next request: one's own, or by an administrator."""
    if by is not None and by.pk != user.pk:
        workflow.require_over_person(by, user)
    end_sessions_of(user)
    UserSession.objects.filter(user=user).delete()
    audit.record("person.sessions_killed", user, by=by, now=now, organisation=user.home)


@transaction.atomic
def kill_session(*, session: UserSession, by: User | None, now: datetime) -> None:
    """End one session: its owner, or an administrator."""
    if by is not None and by.pk != session.user_id:
        workflow.require_over_person(by, session.user)
    owner = session.user
    session.end()
    audit.record("person.session_killed", owner, by=by, now=now, organisation=owner.home)


@transaction.atomic
def drop_second_factor(*, user: User, by: User, now: datetime, reason: str) -> None:
    """Remove a lost second factor; the person sets up a new one at the next sign-in."""
    workflow.require_over_person(by, user)
    Authenticator.objects.filter(user=user).delete()
    end_sessions_of(user)
    audit.record(
        "person.factor_dropped", user, by=by, now=now, organisation=user.home, reason=reason
    )


@transaction.atomic
def renew_calendar_token(*, user: User, by: User, now: datetime) -> str:
    """A new secret address of the person's calendar feed; the old one stops working."""
    token = secrets.token_urlsafe(32)
    User.objects.filter(pk=user.pk).update(calendar_token=token)
    audit.record("person.calendar_token", user, by=by, now=now, organisation=user.home)
    return token


@transaction.atomic
def drop_calendar_token(*, user: User, by: User, now: datetime) -> None:
    """End the person's calendar feed: its address stops working, and there is no other."""
    User.objects.filter(pk=user.pk).update(calendar_token="")
    audit.record("person.calendar_dropped", user, by=by, now=now, organisation=user.home)


@transaction.atomic
def choose_language(*, user: User, language: str, by: User, now: datetime) -> None:
    """The language of pages and letters; empty follows the browser."""
    User.objects.filter(pk=user.pk).update(language=language)
    audit.record("person.language", user, by=by, now=now, organisation=user.home, to=language)
