"""A case (诉求): one matter that somebody raised, with everything that lists and figures ask of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Lookup, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.catalogue import Procedure
from complaints.scope import cases_seen
from complaints.text import words_of
from complaints.workflow import DONE, Source
from core.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models import User


class HasWord(Lookup):  # type: ignore[type-arg]
    """Whether a gram stands among those of a case; on PostgreSQL by the index of words."""

    lookup_name = "has_word"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, rhs, params = self._sides(compiler, connection)
        # Grams are letters, digits and Chinese signs: nothing in them is a wildcard.
        return f"{lhs} LIKE '%% ' || {rhs} || ' %%'", params

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, rhs, params = self._sides(compiler, connection)
        # Where cases are walked over by time, most are passed by a look at the text, which costs a
        # fifth of making an array of it. Compared by <> because PostgreSQL takes that to be true of
        # nearly all rows, so its choice of the way stays with the index.
        passed = f"strpos({lhs}, ' ' || {rhs} || ' ') <> 0"
        found = f"string_to_array(btrim({lhs}), ' ') @> ARRAY[{rhs}]::text[]"
        return f"({passed} AND {found})", [*params, *params]

    def _sides(self, compiler: Any, connection: Any) -> tuple[str, str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        rhs, more = self.process_rhs(compiler, connection)
        return lhs, rhs, [*params, *more]


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """Regulators by territory; company units what they or units below hold or are named in.

        A report (举报) is never in sight of those whom it is about.
        """
        return self.filter(cases_seen(user)) if user.is_authenticated else self.none()

    def open(self) -> CaseQuerySet:
        """Where somebody still has to act."""
        return self.exclude(state__in=DONE)

    def overdue(self, *, now: datetime) -> CaseQuerySet:
        """With a running clock whose deadline has passed."""
        return self.filter(due_at__lt=now)

    def of_period(self, start: datetime, end: datetime) -> CaseQuerySet:
        """Received from ``start`` to before ``end``."""
        return self.filter(received_at__gte=start, received_at__lt=end)

    def counted(self) -> CaseQuerySet:
        """Those that figures count: what was merged into another is counted there."""
        return self.filter(merged_into__isnull=True)

    def search(self, text: str) -> CaseQuerySet:
        """Cases in whose number or (masked) text all the words stand; words of two characters up.

        A shorter word finds nothing: it would find nearly everything.
        """
        return self.filter(with_words(text))


def with_words(text: str) -> Q:
    """Condition on Case: in whose number or (masked) text all the words stand."""
    grams = words_of(text)
    return Q(*(HasWord(F("grams"), gram) for gram in grams)) if grams else Q(pk__in=())


class Case(models.Model):
    """One matter: from whom, about whom, where it stands, and who answers for it."""

    number = models.CharField(_("编号"), max_length=40)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="cases", verbose_name=_("办理程序")
    )
    state = models.CharField(_("状态"), max_length=20)

    # Who received it first, who has it now, and who answers for it: the first receiver until a
    # named person elsewhere has taken it over.
    owner = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="owned_cases",
        verbose_name=_("首接单位"),
    )
    holder = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="held_cases",
        verbose_name=_("承办单位"),
    )
    answerable = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="+",
        verbose_name=_("责任单位"),
    )
    responsible = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("承办人"),
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_about",
        verbose_name=_("被反映单位"),
    )
    target = models.CharField(_("被反映对象"), max_length=40, blank=True)
    region = models.ForeignKey(
        "accounts.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("地区"),
    )

    received_at = models.DateTimeField(_("受理时间"))
    channel = models.CharField(_("反映渠道"), max_length=40)
    nature = models.CharField(_("诉求性质"), max_length=40)
    industry = models.CharField(_("行业"), max_length=40)
    category = models.CharField(_("业务类别"), max_length=40, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=20, blank=True)
    area_type = models.CharField(_("城乡类别"), max_length=20, blank=True)

    anonymous = models.BooleanField(_("匿名"), default=False)
    confidential = models.BooleanField(_("要求保密"), default=False)
    complainant_name = EncryptedTextField(_("诉求人"), blank=True)
    complainant_phone = EncryptedTextField(_("联系电话"), blank=True)
    address = EncryptedTextField(_("用电地址"), blank=True)
    account_no = EncryptedTextField(_("户号"), blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    account_index = models.CharField(max_length=64, blank=True, db_index=True)
    feeder = models.CharField(_("线路"), max_length=60, blank=True, db_index=True)
    transformer_area = models.CharField(_("台区"), max_length=60, blank=True, db_index=True)

    # What everybody with a view of the case reads; the text as it was said is kept apart where
    # personal data had to be taken out of it.
    content = models.TextField(_("诉求内容"), blank=True)
    content_full = EncryptedTextField(_("诉求内容（原文）"), blank=True)
    grams = models.TextField(blank=True)

    accepted = models.BooleanField(_("是否受理"), null=True, blank=True)
    outcome = models.CharField(_("办理结论"), max_length=40, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    satisfaction = models.CharField(_("满意度"), max_length=40, blank=True)
    archived_at = models.DateTimeField(_("归档时间"), null=True, blank=True)
    # When the personal data went, its time being over.
    disposed_at = models.DateTimeField(_("个人信息处置时间"), null=True, blank=True)
    # The earliest deadline of the clocks that run now.
    due_at = models.DateTimeField(_("最近时限"), null=True, blank=True)

    urge_count = models.PositiveSmallIntegerField(_("催办次数"), default=0)
    return_count = models.PositiveSmallIntegerField(_("退单次数"), default=0)
    reopen_count = models.PositiveSmallIntegerField(_("重办次数"), default=0)
    # Somebody above decided who handles it: it cannot be returned any more.
    arbitrated = models.BooleanField(_("已裁定承办单位"), default=False)

    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    appeal_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    linked_number = models.CharField(_("关联编号"), max_length=40, blank=True)
    tracking_hash = models.CharField(max_length=64, blank=True)
    # Of what was handed in, to tell a repeated message from a changed one.
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(_("更新时间"))
    # Where its last change stands in the order of all changes; written by the database itself,
    # see ``complaints.feed``.
    change_seq = models.BigIntegerField(default=0, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("诉求")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="case_number_once_per_owner", fields=["owner", "number"]),
            models.CheckConstraint(
                name="case_merged_state_and_target_together",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_closed_has_its_time",
                condition=~Q(state="closed") | Q(closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="case_by_time"),
            # The tabs of the list: whoever asks for those done or late need not walk over the rest.
            models.Index(
                fields=["-received_at", "-id"],
                name="case_done_by_time",
                condition=Q(state__in=sorted(DONE)),
            ),
            models.Index(
                fields=["-received_at", "-id"],
                name="case_ticking_by_time",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["holder", "-received_at", "-id"],
                name="case_open_by_holder",
                condition=~Q(state__in=sorted(DONE)),
            ),
            # What is seldom among many: without an index, a list of it walks over all the others.
            models.Index(fields=["nature", "-received_at", "-id"], name="case_nature_by_time"),
            models.Index(fields=["category", "-received_at", "-id"], name="case_category_by_time"),
            models.Index(fields=["state", "-received_at", "-id"], name="case_state_by_time"),
            models.Index(fields=["source", "-received_at", "-id"], name="case_source_by_time"),
            models.Index(fields=["number"], name="case_by_number"),
            models.Index(fields=["holder", "state", "received_at"], name="case_by_holder"),
            models.Index(fields=["organisation", "received_at"], name="case_by_respondent"),
            models.Index(fields=["owner", "received_at"], name="case_by_owner"),
            models.Index(fields=["region", "received_at"], name="case_by_region"),
            models.Index(fields=["due_at"], name="case_by_due"),
            models.Index(
                fields=["tracking_hash"], name="case_by_tracking", condition=~Q(tracking_hash="")
            ),
            models.Index(fields=["closed_at"], name="case_by_closing"),
            models.Index(fields=["updated_at", "id"], name="case_by_change"),
            models.Index(fields=["change_seq", "id"], name="case_by_change_seq"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state not in DONE
