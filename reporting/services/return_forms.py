"""A form without code: its definition is uploaded, checked, tried out, and then published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import audit, catalogue_files
from core.clock import day_of
from core.errors import Refused
from core.sheets import Problem
from reporting import catalogue
from reporting.models import DefinitionChange, Return, ReturnForm
from reporting.returns import linting

if TYPE_CHECKING:
    from accounts.models import User

LARGEST = 512 * 1024


class FaultyForm(Refused):
    """A definition with mistakes: every one of them with its line, rule and remedy."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(_("表单定义有%(count)d处错误。") % {"count": len(problems)})


def _may(by: User) -> None:
    if not by.can(Permission.RETURN_FORM_MANAGE):
        raise Refused(_("由负责报表的管理人员办理。"))


def plain(value: Any) -> Any:
    """Dates as ISO text, so that a definition can stand in a JSON column."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def read(content: bytes) -> dict[str, Any]:
    """A definition from YAML, checked strictly. Raises ``FaultyForm`` with all that is wrong, and
    ``Refused`` for what is no text of a definition at all."""
    if len(content) > LARGEST:
        raise Refused(_("表单定义不能超过512KB。"))
    try:
        text = content.decode("utf-8-sig")
        # References repeat what they point to: a few lines could fill the memory.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise Refused(_("表单定义中不能使用引用（*）。"))
        data = yaml.load(text, Loader=catalogue_files.SafeLoader)  # noqa: S506  a safe one
    except UnicodeDecodeError as error:
        raise Refused(_("表单定义应为UTF-8文本。")) from error
    except yaml.YAMLError as error:
        raise FaultyForm([linting.of_text(error, text)]) from error
    except RecursionError as error:
        raise Refused(_("表单定义嵌套过深。")) from error
    held: dict[str, Any] = plain(data)
    if problems := linting.of_data(held, text):
        raise FaultyForm(problems)
    return held


@transaction.atomic
def propose(*, content: bytes, by: User, now: datetime) -> ReturnForm:
    """Keep a definition as a draft; the same draft version may be replaced. Raises ``Refused``."""
    _may(by)
    held = read(content)
    code, number = held["code"], held["version"]
    standing = ReturnForm.objects.filter(code=code, version=number).first()
    if standing is not None and standing.published_at is not None:
        raise Refused(_("第%(version)d版已经发布，不能改动；请提高版本号。") % {"version": number})
    laid = DefinitionChange.objects.waiting().filter(subject=DefinitionChange.Subject.RETURN_FORM)
    if laid.filter(code=code).exists():
        raise Refused(_("该报表有一版正在核准，办结或者撤回后再上传。"))
    form, _new = ReturnForm.objects.update_or_create(
        code=code,
        version=number,
        defaults={
            "title": held["title"],
            "content": held,
            "created_by": by,
            "created_at": now,
        },
    )
    audit.record("return_form.propose", form, by=by, now=now, form=code, version=number)
    return form


def publish_refusal(form: ReturnForm, *, valid_from: date, now: datetime) -> str:
    """Why the version cannot hold from a day on; empty when it can."""
    published = ReturnForm.objects.published().filter(code=form.code)
    ahead = catalogue.review()["publication_days_ahead"]
    if form.published_at is not None:
        return _("这一版已经发布。")
    if valid_from < day_of(now):
        return _("启用日期不能早于今天。")
    if valid_from > day_of(now) + timedelta(days=ahead):
        return _("启用日期最迟为%(days)d日后。") % {"days": ahead}
    if published.filter(version__gt=form.version).exists():
        return _("已有更高的版本发布。")
    if published.filter(valid_from__gte=valid_from).exists():
        return _("启用日期应晚于已发布版本的启用日期。")
    if Return.objects.filter(code=form.code, period_start__gte=valid_from).exists():
        return _("该日期以后的报告期已按现行版本开启，请选择更晚的启用日期。")
    return ""


@transaction.atomic
def publish(*, form: ReturnForm, valid_from: date, by: User, now: datetime) -> ReturnForm:
    """Publish a draft from a day on: later periods use it, earlier ones keep theirs.

    ``by``: whoever adopted it, another person than who laid it before them (services.definitions).
    Raises ``Refused``.
    """
    _may(by)
    form = ReturnForm.objects.select_for_update(of=("self",)).get(pk=form.pk)
    if why_not := publish_refusal(form, valid_from=valid_from, now=now):
        raise Refused(why_not)
    form.valid_from, form.published_by, form.published_at = valid_from, by, now
    form.save(update_fields=["valid_from", "published_by", "published_at"])
    audit.record(
        "return_form.publish",
        form,
        by=by,
        now=now,
        form=form.code,
        version=form.version,
        valid_from=valid_from.isoformat(),
    )
    return form


@transaction.atomic
def withdraw(*, form: ReturnForm, by: User, now: datetime) -> ReturnForm:
    """Take a published version back before its first day: a draft again. Raises ``Refused``."""
    _may(by)
    form = ReturnForm.objects.select_for_update(of=("self",)).get(pk=form.pk)
    if form.published_at is None or form.valid_from is None:
        raise Refused(_("这一版没有发布。"))
    if form.valid_from <= day_of(now) or form.returns.exists():
        raise Refused(_("这一版已经启用，不能撤回；请发布新的版本。"))
    day = form.valid_from.isoformat()
    form.valid_from, form.published_by, form.published_at = None, None, None
    form.save(update_fields=["valid_from", "published_by", "published_at"])
    told = {"form": form.code, "version": form.version, "valid_from": day}
    audit.record("return_form.withdraw", form, by=by, now=now, **told)
    return form
