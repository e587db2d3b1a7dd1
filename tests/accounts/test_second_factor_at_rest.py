"""Secrets of the second factor stand under the keys of field encryption and follow their change."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.management import call_command

from accounts import second_factor
from core import crypto
from tests.core.test_crypto import ONE, TWO
from tests.factories import accounts

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def person():
    user = accounts.person()
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def values():
    return [
        value
        for row in Authenticator.objects.order_by("type")
        for name, value in sorted(row.data.items())
        if name in ("secret", "seed")
    ]


def test_secrets_are_encrypted_under_the_listed_key(settings):
    settings.FIELD_KEYS = f"k1:{ONE}"
    TOTP.activate(accounts.person(), SECRET)
    (value,) = values()
    assert value.startswith("enc:aes:k1:")
    assert get_adapter().decrypt(value) == SECRET
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(value, context="core.letter.body")


def test_a_change_of_keys_reaches_them_and_the_codes_stay_the_same(person, settings, tmp_path):
    # Not what other tests left on disk, tampered with as it may be.
    settings.MEDIA_ROOT = tmp_path
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    settings.FIELD_KEYS = f"k1:{ONE}"
    call_command("rotate_field_keys", verbosity=0)
    assert all(value.startswith("enc:aes:k1:") for value in values())
    settings.FIELD_KEYS = f"k2:{TWO},k1:{ONE}"
    call_command("rotate_field_keys", verbosity=0)
    settings.FIELD_KEYS = f"k2:{TWO}"
    assert get_adapter().decrypt(values()[1]) == SECRET
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes


def test_a_secret_that_nobody_can_read_stops_no_change_of_keys(person, settings):
    row = Authenticator.objects.get(type="totp")
    row.data["secret"] = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    row.save()
    settings.FIELD_KEYS = f"k1:{ONE}"
    assert second_factor.rotate() == (1, 1)
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert seed.startswith("enc:aes:k1:")
