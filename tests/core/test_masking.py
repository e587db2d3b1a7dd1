"""Personal data is masked by rule, found in free text, and shown in full only with a trace."""

from datetime import datetime

import pytest

from accounts.models import User
from core import clock, masking
from core.errors import Refused
from core.models import AuditEvent

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)


@pytest.mark.parametrize(
    ("kind", "full", "shown"),
    [
        ("name", "张三丰", "张**"),
        ("name", "王五", "王*"),
        ("name", "欧阳小明", "欧阳**"),
        ("name", "欧阳", "欧*"),
        ("name", "王", "*"),
        ("mobile", "13800005678", "138****5678"),
        ("mobile", "138-0000-5678", "138****5678"),
        ("mobile", "１３８０００05678", "138****5678"),
        ("mobile", "5678", "***"),
        ("landline", "020-85120012", "020-******12"),
        ("landline", "0758-2230012-806", "0758-*****12"),
        ("landline", "85120012", "******12"),
        ("phone", "13800005678", "138****5678"),
        ("phone", "+8613800005678", "138****5678"),
        ("phone", "020-85120012", "020-******12"),
        ("phone", "95598", "95598"),
        ("phone", "12398", "12398"),
        ("phone", "暂无", "***"),
        ("id_card", "440101199001011234", "440***********1234"),
        ("id_card", "44010119900101123X", "440***********123X"),
        ("address", "肇庆市四会市城中街道人民路12号3栋501", "肇庆市四会市城中街道***"),
        ("address", "江苏省镇江市京口区大市口路8号", "江苏省镇江市京口区大市口路***"),
        ("address", "怀集县梁村镇沙田村委会二队", "怀集县梁村镇***"),
        ("address", "某处3号", "***"),
        ("account_no", "0301001234", "******1234"),
        ("email", "zhang@example.com", "z***@example.com"),
        ("email", "nonsense", "***"),
        ("bank", "6222 0212 3456 7891234", "**** **** **** 1234"),
        ("secret", "anything", "***"),
        ("name", "", ""),
        ("name", None, ""),
    ],
)
def test_each_kind_is_masked_after_its_rule(kind, full, shown):
    assert masking.mask(kind, full) == shown


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请回电13800005678或 020-85120012。", "请回电138****5678或 020-******12。"),
        ("手机１３８００００５６７８", "手机138****5678"),
        ("138 0000 5678 / 138-0000-5678", "138****5678 / 138****5678"),
        (
            "身份证440101199001011234，户号：0301001234",
            "身份证440***********1234，户号：******1234",
        ),
        ("发到 zhang.san@example.com", "发到 z***@example.com"),
        ("卡号6222021234567891", "卡号**** **** **** 7891"),
        ("住人民路12号3栋2单元501室", "住人民路12号***"),
        ("联系人：张三丰，电话见上", "联系人：张**，电话见上"),
        ("客户为欧阳小明。", "客户为欧阳**。"),
        (
            "2011年11月25日停电12小时，拨打95598、12398",
            "2011年11月25日停电12小时，拨打95598、12398",
        ),
        ("工单 20111125000123 金额 12345678 元", "工单 20111125000123 金额 12345678 元"),
        ("", ""),
    ],
)
def test_free_text_is_searched_for_what_must_not_go_out(text, masked):
    assert masking.mask_text(text) == masked
    assert masking.mask("free_text", text) == masked


def test_what_was_found_is_told_by_kind_and_place():
    hits = masking.find("甲 13800005678 乙 z@example.com")
    assert [(hit.kind, hit.start, hit.end) for hit in hits] == [
        ("mobile", 2, 13),
        ("email", 16, 29),
    ]


def test_a_text_that_is_masked_has_nothing_left_to_find():
    text = "姓名：张三丰 13800005678 440101199001011234 户号 0301001234 3栋501室"
    assert masking.find(masking.mask_text(text)) == []


def test_a_long_text_is_searched_in_no_time():
    # patterns that backtrack would need minutes for this
    text = ("1" * 50 + " " + "3栋" * 50 + "a." * 200) * 200
    assert masking.mask_text(text)


@pytest.mark.django_db
def test_what_is_shown_in_full_leaves_who_what_and_why():
    person = User.objects.create_user("alpha", "alpha@example.com", name="甲一")
    shown = masking.reveal(person, "email", by=person, now=NOW, purpose=" 回访核实诉求 ")
    assert shown == "alpha@example.com"
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor_id, event.reason) == (
        "personal.reveal",
        person.pk,
        "回访核实诉求",
    )
    assert event.details == {"field": "email"}
    assert "alpha@example.com" not in str(event.details)


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["", "   ", "看看"])
def test_nothing_is_shown_in_full_without_a_purpose(purpose):
    person = User.objects.create_user("alpha", "alpha@example.com", name="甲一")
    with pytest.raises(Refused, match="说明用途"):
        masking.reveal(person, "email", by=person, now=NOW, purpose=purpose)
    assert not AuditEvent.objects.exists()
