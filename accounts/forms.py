"""Forms of signing in and of one's own password."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import lockout
from accounts.models import User
from core import clock

# How long the same one-time code is refused after it was used: longer than any clock tolerance.
CODE_REST_SECONDS = 120


def locked_error() -> ValidationError:
    """The same words for known and unknown names."""
    return ValidationError(_("尝试次数过多，已暂时锁定。请稍后再试，或请安全管理员解除锁定。"))


class SignInForm(LoginForm):
    """User name and password; says when the name or the address is locked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("登录名")
        self.fields["login"].widget.attrs.update(placeholder="", autocomplete="username")
        self.fields["password"].label = _("口令")
        self.fields["password"].widget.attrs.update(placeholder="")
        self.fields["password"].help_text = ""

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ValidationError:
            if getattr(self.request, "sign_in_locked", False):
                raise locked_error() from None
            raise


class CodeMixin:
    """A one-time or recovery code: reserved before it is compared, good for one time only."""

    def clean_code(self) -> str:
        key = lockout.factor_key(self.user.pk)
        if not lockout.reserve(key, now=clock.now()):
            raise locked_error()
        with transaction.atomic():
            # One at a time for a person, so that a code cannot be used twice at once.
            own = Authenticator.objects.select_for_update(of=("self",)).filter(user=self.user)
            list(own.values_list("pk"))
            code = super().clean_code()
            self.refuse_used(code)
        lockout.release(key)
        return code

    def refuse_used(self, code: str) -> None:
        """Remember the code in the database: a cache of one process does not know the others."""
        authenticator = Authenticator.objects.get(pk=self.authenticator.pk)
        if authenticator.type != Authenticator.Type.TOTP:
            return
        digest, now = hashlib.sha256(code.encode()).hexdigest(), time.time()
        used = authenticator.data.get("used", {})
        used = {one: at for one, at in used.items() if now - at < CODE_REST_SECONDS}
        if digest in used:
            raise ValidationError(_("此动态口令已使用，请等待下一个。"))
        authenticator.data["used"] = {**used, digest: now}
        authenticator.save(update_fields=["data"])
        self.authenticator = authenticator
        self.authenticator.user = self.user


class SecondFactorForm(CodeMixin, factor_forms.AuthenticateForm):
    code = forms.CharField(
        label=gettext_lazy("动态口令或恢复码"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class SecondFactorAgainForm(CodeMixin, factor_forms.ReauthenticateForm):
    code = forms.CharField(
        label=gettext_lazy("动态口令或恢复码"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ActivateForm(ActivateTOTPForm):
    """The first code of a new second factor, reserved like every other code."""

    code = forms.CharField(
        label=gettext_lazy("动态口令"),
        help_text=gettext_lazy("用身份验证器扫描二维码后显示的 6 位数字。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        key = lockout.factor_key(self.user.pk)
        if not lockout.reserve(key, now=clock.now()):
            raise locked_error()
        code = super().clean_code()
        lockout.release(key)
        return code


class ReauthenticateForm(AllauthReauthenticateForm):
    """One's password once more, before the second factor is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("口令")
        self.fields["password"].widget.attrs.update(placeholder="")
        self.fields["password"].help_text = ""


class NewPasswordForm(forms.Form):
    """A new password, twice; checked by the rules of the chosen profile."""

    password = forms.CharField(
        label=gettext_lazy("新口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输入一次"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(
            password_validation.password_validators_help_texts()
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password, again = data.get("password"), data.get("again")
        if password and again and password != again:
            self.add_error("again", _("两次输入的口令不一致。"))
        elif password:
            try:
                password_validation.validate_password(password, self.user)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class ChangePasswordForm(NewPasswordForm):
    """One's own new password; the present one is asked first and its guesses are counted."""

    current = forms.CharField(
        label=gettext_lazy("现口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["current", "password", "again"]

    def clean_current(self) -> str:
        current = self.cleaned_data["current"]
        key = lockout.account_key(self.user.username)
        if not lockout.reserve(key, now=clock.now()):
            raise locked_error()
        if not self.user.check_password(current):
            raise ValidationError(_("现口令不正确。"))
        lockout.release(key)
        return current


class AskResetForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
