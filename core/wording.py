"""What forms say of a wrong entry, in one place: Django's own translation is stiff."""

from __future__ import annotations

from typing import Any

from django.core import validators
from django.forms import fields, models
from django.utils.translation import gettext_lazy as _

_CHOOSE = _("所选内容不在可选范围内，请重新选择。")
SITE = _("请填写以http://或者https://开头的完整网址。")
FIELDS: dict[type[fields.Field], dict[str, Any]] = {
    fields.Field: {"required": _("此项必填。")},
    fields.ChoiceField: {"invalid_choice": _CHOOSE},
    fields.MultipleChoiceField: {"invalid_choice": _CHOOSE},
    models.ModelChoiceField: {"invalid_choice": _CHOOSE},
    models.ModelMultipleChoiceField: {"invalid_choice": _CHOOSE},
    fields.IntegerField: {"invalid": _("请填写整数。")},
    fields.DecimalField: {"invalid": _("请填写数字。")},
    fields.URLField: {"invalid": SITE},
    fields.DateField: {"invalid": _("请填写有效的日期。")},
    fields.DateTimeField: {"invalid": _("请填写有效的日期和时间。")},
}
# What validators say under a name of each mistake.
SEVERAL: dict[Any, dict[str, Any]] = {
    validators.DecimalValidator: {
        "max_digits": _("最多%(max)s位数字。"),
        "max_decimal_places": _("最多%(max)s位小数。"),
        "max_whole_digits": _("小数点前最多%(max)s位数字。"),
    },
}
# Validators that say one thing, each made anew for its field.
SINGLE: dict[Any, Any] = {
    validators.URLValidator: SITE,
    validators.EmailValidator: _("请填写有效的电子邮箱。"),
}
VALIDATORS: dict[type[validators.BaseValidator], Any] = {
    validators.MaxLengthValidator: _("最多%(limit_value)d个字，现有%(show_value)d个字。"),
    validators.MinLengthValidator: _("至少%(limit_value)d个字，现有%(show_value)d个字。"),
    validators.MaxValueValidator: _("不能大于%(limit_value)s。"),
    validators.MinValueValidator: _("不能小于%(limit_value)s。"),
}


def install() -> None:
    """Put the words in place; fields that are made afterwards have them."""
    for field, messages in FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **messages}
    for validator, message in VALIDATORS.items():
        validator.message = message
    for several, messages in SEVERAL.items():
        several.messages = {**several.messages, **messages}
    for single, message in SINGLE.items():
        single.message = message
