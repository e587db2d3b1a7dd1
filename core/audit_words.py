"""What the acts of this app are called in the audit trail (see ``config.audit_words``)."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "personal.export": _("导出完整信息"),
    "copy.take": _("导出工作簿"),
    "file.download": _("下载文件"),
}
