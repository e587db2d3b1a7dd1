"""Roles and what each may do: code, with one sentence each.

A membership ties a person to an organisation with one role. Scope (which organisations) follows
from the organisation; what may be done there follows from the role.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(TextChoices):
    """Every right that a rule may ask for."""

    CAMPAIGN_VIEW = "campaign.view", _("查看专项行动")
    CAMPAIGN_MANAGE = "campaign.manage", _("部署专项行动、分派任务")
    INSPECTION_VIEW = "inspection.view", _("查看检查和稽查")
    INSPECTION_MANAGE = "inspection.manage", _("组织检查和稽查、抽取检查对象和人员")
    INSPECTION_ANSWER = "inspection.answer", _("确认检查事实、提出意见")
    ARTICLE_MANAGE = "article.manage", _("维护法律条款")
    DUTY_APPROVE = "duty.approve", _("批准任务延期和免报")
    RECTIFICATION_HANDLE = "rectification.handle", _("落实整改、填报整改进展")
    RECTIFICATION_MANAGE = "rectification.manage", _("下达整改事项、核查和销号")
    ENFORCEMENT_MANAGE = "enforcement.manage", _("约谈、责令整改等执法处理")
    ENFORCEMENT_APPROVE = "enforcement.approve", _("签发执法文书、批准公开")
    DEMONSTRATION_APPROVE = "demonstration.approve", _("审定示范单位评价和经验材料")
    FILING_VIEW = "filing.view", _("查看报送")
    FILING_DRAFT = "filing.draft", _("填报")
    FILING_CERTIFY = "filing.certify", _("企业复核认证并报送")
    FILING_REVIEW = "filing.review", _("审核报送")
    RETURN_FORM_MANAGE = "returnform.manage", _("维护、试填和发布报表定义")
    REPORT_VIEW = "report.view", _("查看阶段报告")
    REPORT_EDIT = "report.edit", _("编制阶段报告")
    REPORT_APPROVE = "report.approve", _("审批、印发阶段报告")
    INDICATOR_VIEW = "indicator.view", _("查看监管指标")
    INDICATOR_MANAGE = "indicator.manage", _("维护监管指标、组织评价")
    INDICATOR_ANSWER = "indicator.answer", _("办理改进任务、填写公开事项")
    CASE_VIEW = "case.view", _("查看诉求")
    CASE_REGISTER = "case.register", _("登记诉求")
    CASE_HANDLE = "case.handle", _("承办诉求")
    CASE_DECIDE = "case.decide", _("受理、派发、办结诉求")
    CASE_SUPERVISE = "case.supervise", _("督办诉求")
    CASE_APPROVE = "case.approve", _("批准诉求延期、中止，裁定退单")
    CASE_REVEAL = "case.reveal", _("说明用途后查看诉求人信息")
    OUTAGE_VIEW = "outage.view", _("查看停限电信息")
    OUTAGE_FILE = "outage.file", _("填报停限电信息")
    FINDING_VIEW = "finding.view", _("查看问题线索")
    FINDING_DECIDE = "finding.decide", _("采纳或者不采纳问题线索")
    GRID_VIEW = "grid.view", _("查看网格")
    GRID_MANAGE = "grid.manage", _("维护网格、安排网格人员")
    REGISTER_VIEW = "register.view", _("查看网格台账")
    REGISTER_WRITE = "register.write", _("登记网格台账")
    REGISTER_APPROVE = "register.approve", _("批准网格台账条目")
    SPECIAL_VIEW = "special.view", _("查看特殊群体台账（遮盖）")
    SPECIAL_KEEP = "special.keep", _("维护特殊群体台账，登记帮扶、检查和慰问")
    SPECIAL_REVEAL = "special.reveal", _("说明用途后查看特殊群体信息")
    BUSINESS_VIEW = "business.view", _("查看涉电业务")
    BUSINESS_REQUEST = "business.request", _("转办涉电业务")
    BUSINESS_HANDLE = "business.handle", _("办理涉电业务")
    BUSINESS_SIGN = "business.sign", _("会签涉电业务")
    CLAIM_VIEW = "claim.view", _("查看涉电诉求")
    CLAIM_SEND = "claim.send", _("吹哨、确认涉电诉求")
    CLAIM_HANDLE = "claim.handle", _("报到、办理涉电诉求")
    HAZARD_VIEW = "hazard.view", _("查看隐患和排查、巡视")
    HAZARD_HANDLE = "hazard.handle", _("上报、治理隐患，开展排查、巡视")
    HAZARD_MANAGE = "hazard.manage", _("隐患定级、派单、核验，编制排查、巡视计划")
    SHARING_VIEW = "sharing.view", _("查看数据共享和档案质量")
    SHARING_MANAGE = "sharing.manage", _("维护共享协议、交换数据、下达档案治理任务")
    SHARING_APPROVE = "sharing.approve", _("批准、终止共享协议")
    ARCHIVE_FIX = "archive.fix", _("更正客户档案、落实档案治理任务")
    CATALOGUE_MANAGE = "catalogue.manage", _("维护诉求目录")
    RULE_MANAGE = "rule.manage", _("维护指标定义和停限电规则")
    ORGANISATION_MANAGE = "organisation.manage", _("维护组织机构")
    PEOPLE_MANAGE = "people.manage", _("维护人员、角色和授权")
    CLIENT_MANAGE = "client.manage", _("维护接口客户端")
    CALENDAR_MANAGE = "calendar.manage", _("维护工作日历")
    OUTBOX_MANAGE = "outbox.manage", _("查看和放行待发信件")
    AUDIT_VIEW = "audit.view", _("查阅审计记录")
    PRIVACY_VIEW = "privacy.view", _("查阅个人信息访问日志")
    LEAK_HANDLE = "leak.handle", _("处理信息泄露报告")


# How far a permission reaches from the organisation that its holder stands in.
# Reading reaches where copies go; what an organisation files it files itself; every other act
# reaches the territory that a regulator is in charge of, but not that of which it only gets copies.
READING = frozenset(
    {Permission.CAMPAIGN_VIEW, Permission.FILING_VIEW, Permission.REPORT_VIEW}
    | {Permission.REGISTER_VIEW}
    | {Permission.AUDIT_VIEW, Permission.CASE_VIEW, Permission.INDICATOR_VIEW}
    | {Permission.OUTAGE_VIEW, Permission.FINDING_VIEW, Permission.GRID_VIEW}
    | {Permission.BUSINESS_VIEW, Permission.INSPECTION_VIEW}
    | {Permission.CLAIM_VIEW, Permission.HAZARD_VIEW, Permission.SHARING_VIEW}
)
WITHIN = frozenset(
    {Permission.FILING_DRAFT, Permission.FILING_CERTIFY, Permission.INSPECTION_ANSWER}
    | {Permission.CASE_REGISTER, Permission.CASE_HANDLE, Permission.OUTAGE_FILE}
    | {Permission.INDICATOR_ANSWER, Permission.GRID_MANAGE, Permission.RECTIFICATION_HANDLE}
    | {Permission.BUSINESS_REQUEST, Permission.BUSINESS_HANDLE, Permission.BUSINESS_SIGN}
    | {Permission.REGISTER_WRITE, Permission.REGISTER_APPROVE}
    | {Permission.CLAIM_SEND, Permission.CLAIM_HANDLE}
    # Of special groups nobody above the company reads anything.
    | {Permission.SPECIAL_VIEW, Permission.SPECIAL_KEEP, Permission.SPECIAL_REVEAL}
    | {Permission.HAZARD_HANDLE, Permission.HAZARD_MANAGE}
    | {Permission.SHARING_MANAGE, Permission.SHARING_APPROVE, Permission.ARCHIVE_FIX}
)


@dataclass(frozen=True)
class Role:
    """One role: its code, name, the sentence that explains it, and its permissions."""

    code: str
    name: str
    sentence: str
    permissions: frozenset[Permission]
    side: str  # "regulator", "company" or "system"
    staff: bool = True  # staff roles must sign in with a second factor


P = Permission

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "regulator_lead",
            _("监管机构领导"),
            _("主持专项行动，批准延期、免报，审批并印发报告，督办诉求，核查整改，签发执法文书。"),
            frozenset(
                {P.CAMPAIGN_VIEW, P.CAMPAIGN_MANAGE, P.DUTY_APPROVE, P.FILING_VIEW}
                | {P.REGISTER_VIEW}
                | {P.DEMONSTRATION_APPROVE}
                | {P.REPORT_VIEW, P.REPORT_APPROVE, P.INDICATOR_VIEW, P.INDICATOR_MANAGE}
                | {P.CASE_VIEW, P.CASE_DECIDE, P.CASE_SUPERVISE, P.CASE_APPROVE, P.CASE_REVEAL}
                | {P.OUTAGE_VIEW, P.FINDING_VIEW, P.FINDING_DECIDE, P.GRID_VIEW}
                | {P.BUSINESS_VIEW, P.CLAIM_VIEW, P.HAZARD_VIEW, P.RULE_MANAGE}
                | {P.INSPECTION_VIEW, P.INSPECTION_MANAGE, P.ARTICLE_MANAGE}
                | {P.RECTIFICATION_MANAGE, P.ENFORCEMENT_MANAGE, P.ENFORCEMENT_APPROVE}
                | {P.PRIVACY_VIEW}
                | {P.SHARING_VIEW}
            ),
            "regulator",
        ),
        Role(
            "regulator_officer",
            _("监管专员"),
            _("部署任务，审核企业报送，编制阶段报告，受理和督办诉求，处理问题线索，核查整改。"),
            frozenset(
                {P.CAMPAIGN_VIEW, P.CAMPAIGN_MANAGE, P.FILING_VIEW, P.FILING_DRAFT}
                | {P.REGISTER_VIEW}
                | {P.FILING_REVIEW, P.FILING_CERTIFY, P.REPORT_VIEW, P.REPORT_EDIT}
                | {P.INDICATOR_VIEW, P.INDICATOR_MANAGE}
                | {P.RETURN_FORM_MANAGE, P.RECTIFICATION_MANAGE, P.ENFORCEMENT_MANAGE}
                | {P.CASE_VIEW, P.CASE_REGISTER, P.CASE_DECIDE, P.CASE_SUPERVISE, P.CASE_REVEAL}
                | {P.OUTAGE_VIEW, P.FINDING_VIEW, P.FINDING_DECIDE, P.GRID_VIEW}
                | {P.BUSINESS_VIEW, P.CLAIM_VIEW, P.HAZARD_VIEW}
                | {P.INSPECTION_VIEW, P.INSPECTION_MANAGE, P.ARTICLE_MANAGE}
                | {P.SHARING_VIEW}
            ),
            "regulator",
        ),
        Role(
            "regulator_viewer",
            _("监管机构查阅人员"),
            _("查阅辖区内的专项行动、报送、报告和诉求，不作处理。"),
            frozenset(
                {P.CAMPAIGN_VIEW, P.FILING_VIEW, P.REPORT_VIEW, P.CASE_VIEW}
                | {P.REGISTER_VIEW}
                | {P.OUTAGE_VIEW, P.FINDING_VIEW, P.INDICATOR_VIEW, P.GRID_VIEW}
                | {P.BUSINESS_VIEW, P.CLAIM_VIEW, P.INSPECTION_VIEW, P.HAZARD_VIEW}
                | {P.SHARING_VIEW}
            ),
            "regulator",
        ),
        Role(
            "company_lead",
            _("企业负责人"),
            _("对本企业填报内容复核认证并正式报送，审批诉求延期和退单，落实整改。"),
            frozenset(
                {P.CAMPAIGN_VIEW, P.FILING_VIEW, P.FILING_CERTIFY, P.RECTIFICATION_HANDLE}
                | {P.REGISTER_VIEW, P.REGISTER_WRITE, P.REGISTER_APPROVE}
                | {P.INDICATOR_VIEW, P.INDICATOR_ANSWER}
                | {P.CASE_VIEW, P.CASE_DECIDE, P.CASE_HANDLE, P.CASE_APPROVE, P.CASE_REVEAL}
                | {P.OUTAGE_VIEW, P.OUTAGE_FILE, P.GRID_VIEW, P.GRID_MANAGE}
                | {P.BUSINESS_VIEW, P.BUSINESS_HANDLE, P.BUSINESS_SIGN}
                | {P.CLAIM_VIEW, P.CLAIM_HANDLE}
                | {P.INSPECTION_VIEW, P.INSPECTION_ANSWER, P.PRIVACY_VIEW}
                | {P.SPECIAL_VIEW, P.SPECIAL_KEEP, P.SPECIAL_REVEAL}
                | {P.HAZARD_VIEW, P.HAZARD_HANDLE, P.HAZARD_MANAGE}
                | {P.SHARING_VIEW, P.SHARING_MANAGE, P.SHARING_APPROVE, P.ARCHIVE_FIX}
            ),
            "company",
        ),
        Role(
            "company_filer",
            _("企业填报人员"),
            _("填写本企业应报送的材料，补正退回件，承办诉求，落实整改。"),
            frozenset(
                {P.CAMPAIGN_VIEW, P.FILING_VIEW, P.FILING_DRAFT, P.RECTIFICATION_HANDLE}
                | {P.REGISTER_VIEW, P.REGISTER_WRITE}
                | {P.INDICATOR_VIEW, P.INDICATOR_ANSWER}
                | {P.CASE_VIEW, P.CASE_REGISTER, P.CASE_DECIDE, P.CASE_HANDLE, P.CASE_REVEAL}
                | {P.OUTAGE_VIEW, P.OUTAGE_FILE, P.GRID_VIEW, P.GRID_MANAGE}
                | {P.BUSINESS_VIEW, P.BUSINESS_HANDLE, P.CLAIM_VIEW, P.CLAIM_HANDLE}
                | {P.HAZARD_VIEW, P.HAZARD_HANDLE, P.HAZARD_MANAGE}
                | {P.INSPECTION_VIEW, P.INSPECTION_ANSWER}
                | {P.SPECIAL_VIEW, P.SPECIAL_KEEP, P.SPECIAL_REVEAL}
                | {P.SHARING_VIEW, P.SHARING_MANAGE, P.ARCHIVE_FIX}
            ),
            "company",
        ),
        Role(
            "company_viewer",
            _("企业查阅人员"),
            _("查阅本企业及下属单位的任务、报送和诉求。"),
            frozenset(
                {P.CAMPAIGN_VIEW, P.FILING_VIEW, P.CASE_VIEW, P.OUTAGE_VIEW, P.INDICATOR_VIEW}
                | {P.REGISTER_VIEW}
                | {P.GRID_VIEW}
                | {P.BUSINESS_VIEW, P.CLAIM_VIEW, P.INSPECTION_VIEW, P.HAZARD_VIEW}
                | {P.SHARING_VIEW}
            ),
            "company",
            staff=False,
        ),
        Role(
            "grid_manager",
            _("网格经理"),
            _("查看负责的电力网格，接收网格交接，办理涉电诉求和业务，上报、治理隐患，登记台账。"),
            frozenset({P.GRID_VIEW, P.BUSINESS_VIEW, P.BUSINESS_HANDLE})
            | {P.CLAIM_VIEW, P.CLAIM_HANDLE, P.REGISTER_VIEW, P.REGISTER_WRITE}
            | {P.SPECIAL_VIEW, P.SPECIAL_KEEP, P.SPECIAL_REVEAL}
            | {P.HAZARD_VIEW, P.HAZARD_HANDLE}
            | {P.SHARING_VIEW, P.ARCHIVE_FIX},
            "company",
            staff=False,
        ),
        Role(
            "grid_officer",
            _("政府网格员"),
            _(
                "查看本网格的涉电服务信息，吹哨、确认涉电诉求，转办涉电业务，上报、治理隐患，登记台账。"
            ),
            frozenset({P.GRID_VIEW, P.BUSINESS_VIEW, P.BUSINESS_REQUEST, P.BUSINESS_SIGN})
            | {P.CLAIM_VIEW, P.CLAIM_SEND, P.REGISTER_VIEW, P.REGISTER_WRITE}
            | {P.SPECIAL_VIEW, P.SPECIAL_KEEP}
            | {P.HAZARD_VIEW, P.HAZARD_HANDLE}
            | {P.SHARING_VIEW},
            "company",
            staff=False,
        ),
        Role(
            "system_administrator",
            _("系统管理员"),
            _(
                "维护组织机构、工作日历、诉求目录、报表定义、指标和规则、法律条款、信件收发，不接触业务数据。"
            ),
            frozenset(
                {P.ORGANISATION_MANAGE, P.CALENDAR_MANAGE, P.OUTBOX_MANAGE, P.CATALOGUE_MANAGE}
                | {P.RETURN_FORM_MANAGE, P.RULE_MANAGE, P.ARTICLE_MANAGE}
            ),
            "system",
        ),
        Role(
            "security_administrator",
            _("安全管理员"),
            _("维护人员、角色、授权和接口客户端，解除锁定，处理信息泄露报告，不接触业务数据。"),
            frozenset({P.PEOPLE_MANAGE, P.CLIENT_MANAGE, P.PRIVACY_VIEW, P.LEAK_HANDLE}),
            "system",
        ),
        Role(
            "audit_administrator",
            _("审计管理员"),
            _("查阅审计记录，核验审计链，不作任何修改。"),
            frozenset({P.AUDIT_VIEW}),
            "system",
        ),
    )
}


def roles_with(permission: Permission) -> list[str]:
    """Codes of the roles that carry a permission."""
    return [code for code, role in ROLES.items() if permission in role.permissions]
