"""Letters of enforcement: which document came or was answered, never what it says."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import EnforcementClosing, EnforcementStep
from campaign.notifications import chinese_date
from core.letters import Letters, to_person


def _words(step: EnforcementStep) -> dict[str, str]:
    return {
        "measure": step.get_measure_display(),
        "number": step.document_number,
        "enterprise": step.matter.enterprise.name,
        "regulator": step.matter.regulator.name,
        "due": chinese_date(step.due_at),
    }


def issued(step: EnforcementStep, to: User) -> Letters:
    words = _words(step)
    return to_person(
        key=f"enforcement-{step.pk}-issued-{to.pk}",
        kind="enforcement.issued",
        to=to,
        subject=_("%(measure)s：%(number)s") % words,
        body=_(
            "%(regulator)s向%(enterprise)s送达%(measure)s文书（%(number)s），请登录平台查收，并于%(due)s前反馈。"
        )
        % words,
        url=reverse("campaign:enforcement_matter", args=[step.matter_id]),
    )


def answered(step: EnforcementStep, to: User) -> Letters:
    words = _words(step)
    return to_person(
        key=f"enforcement-{step.pk}-answered-{to.pk}",
        kind="enforcement.answered",
        to=to,
        subject=_("已反馈：%(number)s") % words,
        body=_("%(enterprise)s已对%(measure)s文书（%(number)s）作出反馈，请查看。") % words,
        url=reverse("campaign:enforcement_matter", args=[step.matter_id]),
    )


def closing_proposed(closing: EnforcementClosing, to: User) -> Letters:
    """Whoever may approve learns that one waits."""
    matter = closing.matter
    words = {"title": matter.title, "enterprise": matter.enterprise.name}
    return to_person(
        key=f"enforcement-closing-{closing.pk}-proposed-{to.pk}",
        kind="enforcement.closing",
        to=to,
        subject=_("执法结案待批准：%(title)s") % words,
        body=_("%(enterprise)s的执法事项“%(title)s”有整改事项尚未销号，已提请结案，请办理。")
        % words,
        url=reverse("campaign:enforcement_matter", args=[matter.pk]),
    )


def closing_decided(closing: EnforcementClosing, to: User) -> Letters:
    """Whoever proposed it learns what became of it."""
    matter = closing.matter
    words = {
        "title": matter.title,
        "enterprise": matter.enterprise.name,
        "result": closing.get_state_display(),
    }
    return to_person(
        key=f"enforcement-closing-{closing.pk}-decided-{to.pk}",
        kind="enforcement.closing",
        to=to,
        subject=_("%(result)s：%(title)s") % words,
        body=_("您提请结案的%(enterprise)s执法事项“%(title)s”：%(result)s，请登录平台查看。")
        % words,
        url=reverse("campaign:enforcement_matter", args=[matter.pk]),
    )
