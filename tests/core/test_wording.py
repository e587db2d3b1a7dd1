"""What a form says of a wrong entry, on a page as the office reads it."""

import html

import pytest
from django import forms
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories.accounts import organisation
from tests.factories.complaints import regulator_officer

pytestmark = pytest.mark.django_db


def test_a_wrong_entry_is_told_in_plain_words(catalogues, client):
    client.force_login(regulator_officer())
    wrong = {
        "owner": organisation("SERC-NF").pk,
        "source": "12398",
        "received_at": "gestern",
        "channel": "pigeon",
        "content": "停" * 20001,
    }
    answer = client.post(reverse("complaints:new"), wrong)
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    for words in (
        "此项必填。",
        "请填写有效的日期和时间。",
        "所选内容不在可选范围内，请重新选择。",
        "最多20000个字，现有20001个字。",
    ):
        assert words in shown
    assert "确保该" not in shown
    foreign = client.post(reverse("complaints:new"), {**wrong, "owner": "0"})
    assert "所选内容不在可选范围内" in foreign.content.decode()


def test_numbers_and_addresses_are_told_in_plain_words_too():
    class Asked(forms.Form):
        load = forms.DecimalField(max_digits=6, decimal_places=2)
        site = forms.URLField(assume_scheme="https")
        occasion = forms.CharField(widget=forms.HiddenInput)

    form = Asked({"load": "1.234", "site": "http://"})
    told = form.errors["load"] + form.errors["site"]
    assert told == ["最多2位小数。", "请填写以http://或者https://开头的完整网址。"]
    shown = render_to_string("components/form_errors.html", {"form": form})
    assert "页面内容不完整，请刷新页面后重新填写。" in shown
