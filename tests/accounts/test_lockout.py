"""At most five secrets are evaluated for an account and window, however many try at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import connection, connections
from django.test import RequestFactory

from accounts import lockout, tasks
from accounts.models import User
from core.clock import ZONE
from tests.factories.accounts import PASSWORD, person

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=ZONE)


@pytest.fixture
def evaluated(monkeypatch):
    """Count how many passwords are really compared."""
    seen = []
    real = User.check_password

    def check(self, raw):
        seen.append(raw)
        return real(self, raw)

    monkeypatch.setattr(User, "check_password", check)
    return seen


def storm(guesses, act, threads=32):
    """All guesses at once from many threads, each with a database connection of its own."""
    gate = threading.Barrier(threads)

    def worker(mine):
        try:
            gate.wait(timeout=120)
            return [act(guess) for guess in mine]
        finally:
            connections.close_all()

    shares = [guesses[n::threads] for n in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        return [answer for answers in pool.map(worker, shares) for answer in answers]


@pytest.mark.django_db(transaction=True)
def test_of_64_parallel_guesses_by_32_clients_exactly_five_are_evaluated(evaluated):
    person("被猜者", username="target")
    evaluated.clear()

    def guess(password):
        request = RequestFactory().post("/accounts/login/")
        return authenticate(request, username="target", password=password)

    answers = storm([f"guess-{n}" for n in range(64)], guess)
    assert answers == [None] * 64
    assert len(evaluated) == 5


@pytest.mark.django_db(transaction=True)
def test_an_unknown_name_is_counted_in_the_same_way(evaluated):
    def guess(password):
        return authenticate(RequestFactory().post("/"), username="nobody", password=password)

    storm([f"guess-{n}" for n in range(64)], guess)
    assert len(evaluated) == 5


@pytest.mark.django_db(transaction=True)
def test_the_storm_at_one_key_takes_exactly_the_limit_also_when_a_window_is_over():
    key = lockout.factor_key(7)
    assert lockout.reserve(key, now=NOW)
    later = NOW + timedelta(minutes=31)
    taken = storm(list(range(96)), lambda _n: lockout.reserve(key, now=later))
    assert sum(taken) == 5
    assert connection.vendor in {"sqlite", "postgresql"}


@pytest.mark.django_db
def test_a_right_password_gives_back_its_own_place_only():
    person("甲", username="jia", password=PASSWORD)
    request = RequestFactory().post("/")
    for _ in range(4):
        assert authenticate(request, username="jia", password="wrong") is None
    for _ in range(10):
        assert authenticate(request, username="jia", password=PASSWORD) is not None
    assert authenticate(request, username="jia", password="wrong") is None
    assert authenticate(request, username="jia", password=PASSWORD) is None


@pytest.mark.django_db
def test_the_name_is_normalised_before_it_is_counted(evaluated):
    spellings = ["jia", "JIA", " jia ", "ｊｉａ", "Jia", "jIA", "jiA"]
    for name in spellings:
        authenticate(RequestFactory().post("/"), username=name, password="wrong")
    assert len(evaluated) == 5


@pytest.mark.django_db
def test_one_address_may_not_try_many_accounts_for_ever(settings, evaluated):
    settings.SIGN_IN_ADDRESS_LIMIT = 8
    for n in range(20):
        request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
        authenticate(request, username=f"name{n}", password="wrong")
    assert len(evaluated) == 8
    elsewhere = RequestFactory().post("/", REMOTE_ADDR="192.0.2.8")
    authenticate(elsewhere, username="name19", password="wrong")
    assert len(evaluated) == 9


@pytest.mark.django_db
def test_the_lock_opens_by_itself_when_the_window_is_over():
    key = lockout.account_key("jia")
    assert [lockout.reserve(key, now=NOW) for _ in range(6)] == [True] * 5 + [False]
    assert not lockout.reserve(key, now=NOW + timedelta(minutes=29, seconds=59))
    assert lockout.reserve(key, now=NOW + timedelta(minutes=30))


@pytest.mark.django_db
def test_behind_a_proxy_only_what_our_proxy_appended_counts(settings, evaluated):
    settings.TRUSTED_PROXIES = 1
    settings.SIGN_IN_ADDRESS_LIMIT = 3
    for n in range(9):
        claimed = f"203.0.113.{n}, 192.0.2.7"
        request = RequestFactory().post("/", HTTP_X_FORWARDED_FOR=claimed)
        authenticate(request, username=f"name{n}", password="wrong")
    assert len(evaluated) == 3


@pytest.mark.parametrize(
    ("addresses", "taken"),
    [
        # One subscriber of IPv6 holds a whole /64 and may choose among 2**64 addresses in it.
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:DB8:1:2::1"], 2),
        (["2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:2:2::1"], 3),
        (["::ffff:10.0.0.1", "10.0.0.1", "10.0.0.1"], 2),
        (["10.0.0.1", "10.0.0.2", "10.0.0.3"], 3),
    ],
)
@pytest.mark.parametrize("key", [lockout.address_key, lockout.token_key, lockout.visitor_key])
@pytest.mark.django_db
def test_whoever_may_choose_among_addresses_is_counted_once(key, addresses, taken):
    assert sum(lockout.reserve(key(one), now=NOW, limit=2) for one in addresses) == taken


@pytest.mark.django_db
def test_what_is_counted_no_more_is_forgotten():
    for day in (0, 1, 2):
        lockout.reserve(lockout.visitor_key(f"10.0.0.{day}"), now=NOW + timedelta(days=day))
    assert lockout.forget_over(now=NOW + timedelta(days=2)) == 1
    assert lockout.SignInAttempt.objects.count() == 2
    tasks.attempts_over(now=NOW + timedelta(days=4))
    assert not lockout.SignInAttempt.objects.exists()
