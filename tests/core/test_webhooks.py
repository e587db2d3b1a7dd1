"""Signed calls to other systems: the signature of the standard, and no way into our own network."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest

from core import outbox, webhooks
from core.errors import PermanentFailure, TemporaryFailure
from core.models import Letter
from tests.core.receiver import receiving

# The example of the specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NAME, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.fixture
def at_home(settings):
    settings.WEBHOOKS = {
        **settings.WEBHOOKS,
        "https_only": False,
        "networks": ["127.0.0.0/8"],
        "wait_seconds": 0.5,
        "call_seconds": 1,
    }


def genuine(secrets, *, at=AT, now=AT, body=BODY, signatures=EXPECTED):
    return webhooks.is_genuine(
        secrets,
        message_id=NAME,
        timestamp=str(int(at.timestamp())),
        signatures=signatures,
        body=body,
        now=now,
    )


def test_the_signature_is_that_of_the_standard():
    signed = webhooks.headers([SECRET, OTHER], message_id=NAME, at=AT, body=BODY)
    assert signed["webhook-id"] == NAME
    assert signed["webhook-timestamp"] == "1614265330"
    first, second = signed["webhook-signature"].split()
    assert (first, second != first) == (EXPECTED, True)


def test_a_call_is_genuine_with_any_valid_secret_and_only_now():
    assert genuine([OTHER, SECRET])
    assert genuine([SECRET], now=AT + timedelta(minutes=5))
    assert not genuine([OTHER])
    assert not genuine([SECRET], body=BODY + b" ")
    assert not genuine([SECRET], now=AT + timedelta(minutes=5, seconds=1))
    assert not genuine([SECRET], now=AT - timedelta(minutes=5, seconds=1))
    assert not genuine([SECRET], signatures="v1,签名")
    for nonsense in ("", "12a", "-1614265330", "９", "9" * 30):
        assert not webhooks.is_genuine(
            [SECRET], message_id=NAME, timestamp=nonsense, signatures=EXPECTED, body=BODY, now=AT
        )


def test_a_new_secret_is_one_for_receivers_libraries():
    made = webhooks.new_secret()
    assert made.startswith("whsec_")
    assert made != webhooks.new_secret()
    assert webhooks.signature(made, message_id=NAME, at=AT, body=BODY).startswith("v1,")
    with pytest.raises(ValueError, match="not a webhook secret"):
        webhooks.signature("whsec_口令", message_id=NAME, at=AT, body=BODY)


@pytest.mark.parametrize(
    "url",
    [
        "http://hotline.example/hook",
        "ftp://hotline.example/hook",
        "https://user:word@hotline.example/hook",
        "https://hotline.example/hook#part",
        "https:///hook",
        "https://hotline.example:99999/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::7f00:1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[fec0::1]/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://hotline.example/推送",
        "https://hotline.example/?to=a b",
        "https://[::ffff:192.168.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:0a00:0001::]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://100.64.0.1/",
    ],
)
def test_addresses_that_nothing_is_sent_to(url):
    assert webhooks.address_refusal(url)
    with pytest.raises(PermanentFailure):
        webhooks.call(url, body=BODY, headers={})


def test_public_addresses_and_listed_networks_are_open(settings):
    assert webhooks.address_refusal("https://hotline.example:8443/hook?x=1") == ""
    assert webhooks.address_refusal("https://8.8.8.8/") == ""
    assert webhooks.address_refusal("https://[2400:3200::1]/") == ""
    settings.WEBHOOKS = {**settings.WEBHOOKS, "networks": ["10.20.0.0/16"]}
    assert webhooks.address_refusal("https://10.20.3.4/") == ""
    assert webhooks.address_refusal("https://10.21.3.4/")


def test_a_name_that_leads_inside_is_not_called(monkeypatch):
    inside = [(2, 1, 6, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: inside)
    with pytest.raises(PermanentFailure, match="内部网络"):
        webhooks.call("https://hotline.example/hook", body=BODY, headers={})


def test_the_line_goes_to_the_address_that_was_judged(at_home, monkeypatch):
    """The name is asked once: what it means at a second question does not count."""
    with receiving() as server:
        asked = []
        real = socket.getaddrinfo

        def answer(host, port, *args, **kwargs):
            asked.append(host)
            return real("127.0.0.1", port, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        url = server.url.replace("127.0.0.1", "hotline.example")
        assert webhooks.call(url, body=BODY, headers={"webhook-id": NAME}) == 204
        path, headers, body = server.calls[0]
        assert (path, body, headers["webhook-id"]) == ("/hook?x=1", BODY, NAME)
        assert headers["Host"].startswith("hotline.example:")
        assert asked.count("hotline.example") == 1


def test_what_the_other_side_answers_decides_whether_it_is_tried_again(at_home):
    with receiving() as server:
        server.answers = [200, 500, 404, 302, 410]
        assert webhooks.call(server.url, body=BODY, headers={}) == 200
        for status in (500, 404, 302):
            with pytest.raises(TemporaryFailure, match=str(status)):
                webhooks.call(server.url, body=BODY, headers={})
        with pytest.raises(PermanentFailure, match="410"):
            webhooks.call(server.url, body=BODY, headers={})
        assert len(server.calls) == 5
    with pytest.raises(TemporaryFailure, match="没有应答"):
        webhooks.call(server.url, body=BODY, headers={})


def test_a_receiver_that_never_ends_does_not_hold_the_worker(at_home):
    """It sends a sign now and then, so that no single wait is too long."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            line, _address = server.accept()
            with line:
                try:
                    while not done.wait(0.1):
                        line.sendall(b"H")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(TemporaryFailure):
                webhooks.call(f"http://127.0.0.1:{server.getsockname()[1]}/", body=BODY, headers={})
        finally:
            done.set()
            thread.join()


@pytest.mark.django_db
def test_the_outbox_carries_calls_and_parks_them_after_the_last_attempt(settings, monkeypatch):
    now, tried = AT, []

    def carry(letter, *, now):
        tried.append((letter.body, letter.attempts))
        raise TemporaryFailure("对方系统答复 500。")

    monkeypatch.setattr(outbox, "_calls", [carry])
    settings.OUTBOX = {**settings.OUTBOX, "attempts": {**settings.OUTBOX["attempts"], "webhook": 3}}
    letter = outbox.post(key="w1", channel="webhook", kind="case.urged", body="{}", now=now)
    for _attempt in range(4):
        outbox.run_due(now=now)
        now += timedelta(hours=5)
    letter.refresh_from_db()
    assert tried == [("{}", 1), ("{}", 2), ("{}", 3)]
    assert (letter.state, letter.error) == (Letter.State.PARKED, "对方系统答复 500。")
