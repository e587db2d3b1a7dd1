"""What every numbered paper that may be published shares: bulletins and circulars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import with_absorbed

if TYPE_CHECKING:
    from accounts.models import User

# Once numbered; both lives (see ``workflow``) name these states alike.
ISSUED, PUBLISHED = "issued", "published"
OUT = (ISSUED, PUBLISHED)
P = TypeVar("P", bound="Paper")


class PaperQuerySet(models.QuerySet[P]):
    def published(self) -> PaperQuerySet[P]:
        """Those that everybody may read."""
        return self.filter(state=PUBLISHED)


def in_office(user: User) -> Q:
    """Condition on papers: one's own office's in every state; of offices below once issued."""
    condition = Q(pk__in=())
    for place in with_absorbed(user, Permission.REPORT_VIEW):
        below = Q(organisation__path__startswith=place.path, state__in=OUT)
        condition |= Q(organisation=place) | below
    return condition


class Paper(models.Model):
    """A paper of an office, from the first words to the issued and published document."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("编制单位")
    )
    title = models.CharField(_("标题"), max_length=120)
    # What it is made for: the same occasion never makes two papers.
    occasion = models.CharField(max_length=120, unique=True)
    document_number = models.CharField(_("发文字号"), max_length=60, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))
    issued_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]
        constraints: list[Any] = [
            models.CheckConstraint(
                name="%(class)s_numbered_exactly_when_issued",
                condition=Q(state__in=OUT, issued_at__isnull=False, issued_by__isnull=False)
                & ~Q(document_number="")
                | ~Q(state__in=OUT) & Q(issued_at__isnull=True, document_number=""),
            ),
            models.UniqueConstraint(
                name="%(class)s_number_once",
                fields=["document_number"],
                condition=~Q(document_number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title
