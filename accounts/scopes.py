"""What a machine client may do, in the words of the API, and which permissions follow from it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, Role


class Scope(TextChoices):
    """Every right that a client of the API may be given."""

    CASES_READ = "cases.read", _("读取诉求和变更")
    CASES_WRITE = "cases.write", _("报送诉求")
    CASES_ACT = "cases.act", _("报送办理进展")
    CASES_PERSONAL = "cases.personal", _("读取未遮盖的诉求人信息")
    OUTAGES_READ = "outages.read", _("读取停限电信息")
    OUTAGES_WRITE = "outages.write", _("报送停限电信息")
    RETURNS_READ = "returns.read", _("读取定期报表")
    RETURNS_WRITE = "returns.write", _("填报定期报表，提交复核")
    BUSINESS_READ = "business.read", _("读取涉电业务")
    BUSINESS_WRITE = "business.write", _("转办涉电业务")
    CLAIMS_READ = "claims.read", _("读取涉电诉求")
    CLAIMS_WRITE = "claims.write", _("吹哨、确认涉电诉求")
    HAZARDS_READ = "hazards.read", _("读取隐患")
    HAZARDS_WRITE = "hazards.write", _("上报隐患")
    ARCHIVES_READ = "archives.read", _("按共享协议读取档案和匹配结果")
    ARCHIVES_WRITE = "archives.write", _("按共享协议报送档案")


# Sight reaches as far as for a person of the client's organisation; doors ask for the scope itself.
GIVES: dict[str, frozenset[Permission]] = {
    Scope.CASES_READ: frozenset({Permission.CASE_VIEW}),
    Scope.CASES_WRITE: frozenset({Permission.CASE_VIEW, Permission.CASE_REGISTER}),
    Scope.CASES_ACT: frozenset(
        {Permission.CASE_VIEW, Permission.CASE_HANDLE, Permission.CASE_DECIDE}
    ),
    Scope.CASES_PERSONAL: frozenset({Permission.CASE_VIEW, Permission.CASE_REVEAL}),
    Scope.OUTAGES_READ: frozenset({Permission.OUTAGE_VIEW}),
    Scope.OUTAGES_WRITE: frozenset({Permission.OUTAGE_VIEW, Permission.OUTAGE_FILE}),
    Scope.RETURNS_READ: frozenset({Permission.FILING_VIEW}),
    # Certifying is a person's.
    Scope.RETURNS_WRITE: frozenset({Permission.FILING_VIEW, Permission.FILING_DRAFT}),
    Scope.BUSINESS_READ: frozenset({Permission.BUSINESS_VIEW}),
    Scope.BUSINESS_WRITE: frozenset(
        {Permission.BUSINESS_VIEW, Permission.BUSINESS_REQUEST, Permission.BUSINESS_SIGN}
    ),
    Scope.CLAIMS_READ: frozenset({Permission.CLAIM_VIEW}),
    Scope.CLAIMS_WRITE: frozenset({Permission.CLAIM_VIEW, Permission.CLAIM_SEND}),
    Scope.HAZARDS_READ: frozenset({Permission.HAZARD_VIEW}),
    # Accepting and putting right are a person's.
    Scope.HAZARDS_WRITE: frozenset({Permission.HAZARD_VIEW, Permission.HAZARD_HANDLE}),
    # Sight of the agreements; which records and fields they give, the agreement says.
    Scope.ARCHIVES_READ: frozenset({Permission.SHARING_VIEW}),
    Scope.ARCHIVES_WRITE: frozenset({Permission.SHARING_VIEW}),
}


def role_of(scopes: list[str]) -> Role:
    """The role that a client with these scopes plays in its organisation."""
    permissions = frozenset().union(*(GIVES[scope] for scope in scopes if scope in GIVES))
    return Role("client", _("接口客户端"), "", permissions, "system", staff=False)
