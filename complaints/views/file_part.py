"""What the page of a case shows of its files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from complaints.forms_files import AttachForm, accepted
from complaints.models import Case, CaseAttachment
from complaints.services import attaching


def part(case: Case, user: User) -> dict[str, Any]:
    """What the page of a case shows of its files."""
    seen = CaseAttachment.objects.visible_to(user).filter(case=case)
    rows = [
        {
            "attachment": one,
            "readers": readers(one),
            "refusal": attaching.withdraw_refusal(one, user),
        }
        for one in seen.select_related("file", "by", "case__owner")
    ]
    initial = {"audiences": ["regulator"]}
    return {
        "files": rows,
        "attach_refusal": attaching.attach_refusal(case, user),
        "attach_form": AttachForm(auto_id="file_%s", initial=initial),
        "accept": accepted(),
    }


def readers(one: CaseAttachment) -> list[Any]:
    """For whom a file is, in words."""
    flags = {
        _("监管机构"): one.to_regulator,
        _("供电企业"): one.to_company,
        _("诉求人"): one.to_complainant,
    }
    return [words for words, told in flags.items() if told]
