"""Letters about shortage: large gaps, activations, emergency plans. No personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.letters import Letters, to_unit
from reporting.notifications.filing import chinese_time

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from reporting.models import Activation, EmergencyPlanVersion, GapForecast


def gap_reported(forecast: GapForecast, *, to: Organisation, people: Iterable[User]) -> Letters:
    """A company reports a gap above the share that the rule names."""
    words = {
        "organisation": forecast.organisation.name,
        "day": forecast.day.isoformat(),
        "band": forecast.band,
        "gap": f"{forecast.gap_mw.normalize():f}",
        "share": f"{forecast.share:.2f}",
        "words": forecast.report_words,
    }
    return to_unit(
        key=f"gap-reported-{forecast.pk}-{to.pk}",
        kind="forecast.report",
        to=to,
        people=people,
        subject=_("缺口报告：%(organisation)s %(day)s %(band)s") % words,
        body=_(
            "%(organisation)s预测%(day)s %(band)s电力缺口%(gap)s兆瓦，"
            "占最大用电需求的%(share)s%%。\n%(words)s"
        )
        % words,
        url=reverse("reporting:forecast", args=[forecast.pk]),
    )


def execution_reported(
    activation: Activation, *, to: Organisation, people: Iterable[User]
) -> Letters:
    """A company reports what it carried out in an event."""
    words = {"organisation": activation.organisation.name, "grade": activation.grade}
    assert activation.started_at is not None
    assert activation.released_at is not None
    words |= {
        "begin": chinese_time(activation.started_at),
        "end": chinese_time(activation.released_at),
    }
    return to_unit(
        key=f"execution-reported-{activation.pk}-{activation.revision}-{to.pk}",
        kind="activation.report",
        to=to,
        people=people,
        subject=_("有序用电执行情况：%(organisation)s %(grade)s级") % words,
        body=_(
            "%(organisation)s报送%(begin)s至%(end)s按%(grade)s级方案执行有序用电的情况，请查阅。"
        )
        % words,
        url=reverse("reporting:activation", args=[activation.pk]),
    )


def _plan_words(version: EmergencyPlanVersion) -> dict[str, Any]:
    return {
        "organisation": version.plan.organisation.name,
        "recipient": version.plan.recipient.name,
        "title": version.plan.title,
        "version": version.number,
        "number": version.receipt_number,
        "digest": version.digest,
        "time": chinese_time(version.filed_at) if version.filed_at else "",
        "late": _("（逾期报备）") if version.is_late else "",
    }


def _plan_url(version: EmergencyPlanVersion) -> str:
    return reverse("reporting:emergency_plan", args=[version.plan_id])


def emergency_filed(version: EmergencyPlanVersion, *, people: Iterable[User]) -> Letters:
    """The receipt to the company."""
    words = _plan_words(version)
    return to_unit(
        key=f"emergency-receipt-{version.pk}",
        kind="emergency.receipt",
        to=version.plan.organisation,
        people=people,
        subject=_("报备回执 %(number)s：%(title)s") % words,
        body=_(
            "你单位报备的《%(title)s》第%(version)d版已于%(time)s送达%(recipient)s%(late)s。\n"
            "回执编号：%(number)s\n内容摘要（SHA-256）：%(digest)s"
        )
        % words,
        url=_plan_url(version),
    )


def emergency_arrived(
    version: EmergencyPlanVersion, *, to: Organisation, people: Iterable[User]
) -> Letters:
    """Word of the arrival to the office, and to whom it is copied."""
    words = _plan_words(version)
    return to_unit(
        key=f"emergency-arrival-{version.pk}-{to.pk}",
        kind="emergency.arrival",
        to=to,
        people=people,
        subject=_("收到应急预案 %(number)s：%(organisation)s") % words,
        body=_("%(organisation)s报备《%(title)s》第%(version)d版%(late)s，请及时接收、审核。")
        % words,
        url=_plan_url(version),
    )


def emergency_decided(version: EmergencyPlanVersion, *, people: Iterable[User]) -> Letters:
    """Accepted, or returned with what is deficient and until when."""
    words = _plan_words(version) | {"comment": version.review_comment}
    if version.new_due_at is None:
        subject = _("予以备案：%(title)s") % words
        body = _("你单位报备的《%(title)s》第%(version)d版已予备案。") % words
    else:
        words["due"] = chinese_time(version.new_due_at)
        words["items"] = "\n".join(
            f"{place}. {one['title']}：{one['problem']}"
            for place, one in enumerate(version.deficient, start=1)
        )
        subject = _("退回补正：%(title)s") % words
        body = (
            _(
                "你单位报备的《%(title)s》第%(version)d版需要补正：\n%(items)s\n"
                "请于%(due)s前补正重报。"
            )
            % words
        )
    if version.review_comment:
        body += "\n" + _("审核意见：%(comment)s") % words
    return to_unit(
        key=f"emergency-decided-{version.pk}",
        kind="emergency.decided",
        to=version.plan.organisation,
        people=people,
        subject=subject,
        body=body,
        url=_plan_url(version),
    )
