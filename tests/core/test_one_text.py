import json
from datetime import UTC, datetime

import pytest

from core import one_text

VALUE = {"时": ['"\\\n\t\x00\u2028', 1.5, None, True, {"b": 1, "a": {}}], "é": "𠮷", "a": -3}


@pytest.mark.parametrize("options", [{}, {"sort_keys": True}, {"ensure_ascii": True}])
def test_the_text_is_the_one_that_the_library_writes(options):
    written = one_text.encoder(**options)
    usual = json.JSONEncoder(**{"ensure_ascii": False, **options})
    for value in (VALUE, "时", "", [], {}, 7, None, False):
        assert written(value) == usual.encode(value)


def test_what_json_does_not_know_is_asked_for():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    written = one_text.encoder(separators=(",", ":"), default=datetime.isoformat)
    assert written({"at": [at, 1]}) == '{"at":["2026-01-01T00:00:00+00:00",1]}'


def test_a_value_that_cannot_be_written_is_refused():
    with pytest.raises(TypeError):
        one_text.encoder()({"at": object()})


def test_without_an_encoder_in_c_the_text_is_the_same(monkeypatch):
    monkeypatch.setattr("json.encoder.c_make_encoder", None)
    assert one_text.encoder(sort_keys=True)(VALUE) == json.dumps(
        VALUE, ensure_ascii=False, sort_keys=True
    )
