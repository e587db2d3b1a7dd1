"""What the acts of this app are called in the audit trail (see ``config.audit_words``)."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "access.expire": _("删除到期的访问日志归档"),
    "access.archive": _("归档访问日志"),
    "leak.report": _("报告疑似泄露"),
    "leak.accept": _("受理泄露报告"),
    "leak.measure": _("登记泄露处置措施"),
    "leak.close": _("办结泄露报告"),
    "leak.dismiss": _("认定泄露不属实"),
    "licence.enter": _("登记许可证"),
    "servicebody.found": _("登记服务组织"),
    "servicebody.seat": _("登记服务组织成员"),
    "servicebody.unseat": _("登记成员离任"),
    "servicebody.dissolve": _("撤销服务组织"),
    "responsibilities.lay_down": _("编制职责分工表"),
}
