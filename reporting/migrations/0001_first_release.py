"""All tables of the app as they stood at the first release; what a database had been led through
before (``replaces``) need not be gone through again. See docs/adr/0010.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
from core.migrating import NewTables


class Migration(NewTables):
    replaces = [
        ("reporting", "0001_filings_receipts_reviews"),
        ("reporting", "0002_snapshots_reports_subscriptions"),
        ("reporting", "0003_bulletins"),
        ("reporting", "0004_corrections_of_bulletins"),
        ("reporting", "0005_circulars_on_grave_cases"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_first_release"),
        ("campaign", "0001_first_release"),
        ("complaints", "0001_first_release"),
        ("core", "0001_first_release"),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveIntegerField(verbose_name="年度")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="末号")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "发文编号",
                "verbose_name_plural": "发文编号",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "year"),
                        name="document_counter_one_per_office_and_year",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PartDefinition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("content", models.JSONField(verbose_name="定义")),
            ],
            options={
                "verbose_name": "报送材料定义",
                "verbose_name_plural": "报送材料定义",
                "ordering": ["code", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version"), name="part_definition_one_per_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveIntegerField(verbose_name="年度")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="末号")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "回执编号",
                "verbose_name_plural": "回执编号",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "year"),
                        name="receipt_counter_one_per_recipient_and_year",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("phase_number", models.PositiveSmallIntegerField(verbose_name="阶段")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("content", models.JSONField(verbose_name="定义")),
            ],
            options={
                "verbose_name": "报告模板",
                "verbose_name_plural": "报告模板",
                "ordering": ["code", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version"), name="report_template_one_per_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FigureSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="取数时间")),
                ("facts", models.JSONField(verbose_name="基本情况")),
                ("figures", models.JSONField(verbose_name="数据")),
                ("rows", models.JSONField(verbose_name="清单")),
                ("gaps", models.JSONField(default=list, verbose_name="缺项")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshots",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="编制单位",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshots",
                        to="campaign.phase",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.reporttemplate",
                        verbose_name="报告模板",
                    ),
                ),
            ],
            options={
                "verbose_name": "数据快照",
                "verbose_name_plural": "数据快照",
                "ordering": ["-taken_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReviewRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("value", models.PositiveIntegerField(verbose_name="时限")),
                ("unit", models.CharField(max_length=20, verbose_name="单位")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
            ],
            options={
                "verbose_name": "审核时限规则",
                "verbose_name_plural": "审核时限规则",
                "ordering": ["code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="review_rule_one_per_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("template_code", models.CharField(max_length=40, verbose_name="报告模板")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "content",
                    models.CharField(
                        choices=[
                            ("progress", "进展情况（发送时取数）"),
                            ("issued", "最近印发的报告"),
                        ],
                        default="progress",
                        max_length=10,
                        verbose_name="内容",
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("once", "一次"),
                            ("workdays", "每个工作日"),
                            ("weekly", "每周"),
                            ("monthly", "每月"),
                        ],
                        max_length=10,
                        verbose_name="频次",
                    ),
                ),
                ("send_at", models.TimeField(verbose_name="发送时间")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="星期"),
                ),
                (
                    "month_day",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="每月几日"
                    ),
                ),
                ("filters", models.JSONField(blank=True, default=list, verbose_name="范围")),
                (
                    "skip_if_empty",
                    models.BooleanField(default=True, verbose_name="没有内容时不发送"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "next_run_at",
                    models.DateTimeField(
                        blank=True, db_index=True, null=True, verbose_name="下次发送"
                    ),
                ),
                (
                    "last_run_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="上次运行"),
                ),
                (
                    "last_result",
                    models.CharField(blank=True, max_length=200, verbose_name="上次结果"),
                ),
                ("last_error", models.TextField(blank=True, verbose_name="上次错误")),
                ("last_digest", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="编制单位",
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="campaign.phase",
                    ),
                ),
                (
                    "recipients",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="收件单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "报告订阅",
                "verbose_name_plural": "报告订阅",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rhythm__in", ["weekly", "monthly"]), _negated=True),
                            models.Q(("rhythm", "weekly"), ("weekday__range", (0, 6))),
                            models.Q(("month_day__range", (1, 28)), ("rhythm", "monthly")),
                            _connector="OR",
                        ),
                        name="subscription_day_fits_its_rhythm",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="起始日期")),
                ("last_day", models.DateField(verbose_name="截止日期")),
                ("style", models.CharField(max_length=20, verbose_name="样式")),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "编辑中"),
                            ("review", "待审批"),
                            ("approved", "已审批"),
                            ("issued", "已印发"),
                            ("published", "已公开"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("correction_note", models.TextField(blank=True, verbose_name="更正说明")),
                ("occasion", models.CharField(max_length=120, unique=True)),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="发文字号"),
                ),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="印发时间")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="公开时间"),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="reporting.bulletin",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="编制单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "12398通报",
                "verbose_name_plural": "12398通报",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="bulletin_period_the_right_way_round",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_at__isnull", False),
                                ("issued_by__isnull", False),
                                ("state__in", ("issued", "published")),
                                models.Q(("document_number", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state__in", ("issued", "published")), _negated=True),
                                ("document_number", ""),
                                ("issued_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="bulletin_numbered_exactly_when_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__isnull", False), ("state", "published")),
                            models.Q(
                                models.Q(("state", "published"), _negated=True),
                                ("published_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="bulletin_published_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correction_note", ""), ("corrects__isnull", True)),
                            models.Q(
                                ("corrects__isnull", False),
                                models.Q(("correction_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bulletin_correction_says_what_it_corrects",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("document_number", ""), _negated=True),
                        fields=("document_number",),
                        name="bulletin_number_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("balance", models.CharField(max_length=10, verbose_name="占比平衡")),
                ("content", models.JSONField(verbose_name="数据")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("counted_at", models.DateTimeField(verbose_name="取数时间")),
                ("remarks", models.TextField(blank=True, verbose_name="主要问题")),
                ("edited_at", models.DateTimeField(verbose_name="编辑时间")),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="审批时间"),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="reporting.bulletin",
                    ),
                ),
                (
                    "docx",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pdf",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "xlsx",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报版本",
                "verbose_name_plural": "通报版本",
                "ordering": ["bulletin", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bulletin", "number"), name="bulletin_version_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("edited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="bulletin_version_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Circular",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("public", models.BooleanField(default=False, verbose_name="向社会公开")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "编辑中"),
                            ("review", "待审批"),
                            ("approved", "已审批"),
                            ("issued", "已印发"),
                            ("published", "已公开"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("occasion", models.CharField(max_length=120, unique=True)),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="发文字号"),
                ),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="印发时间")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="公开时间"),
                ),
                (
                    "addressees",
                    models.ManyToManyField(
                        related_name="+", to="accounts.organisation", verbose_name="主送单位"
                    ),
                ),
                (
                    "cases",
                    models.ManyToManyField(
                        related_name="+", to="complaints.case", verbose_name="案件"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="编制单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "案件通报",
                "verbose_name_plural": "案件通报",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_at__isnull", False),
                                ("issued_by__isnull", False),
                                ("state__in", ("issued", "published")),
                                models.Q(("document_number", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state__in", ("issued", "published")), _negated=True),
                                ("document_number", ""),
                                ("issued_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="circular_numbered_exactly_when_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("public", True),
                                ("published_at__isnull", False),
                                ("state", "published"),
                            ),
                            models.Q(
                                models.Q(("state", "published"), _negated=True),
                                ("published_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="circular_published_only_if_public",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("document_number", ""), _negated=True),
                        fields=("document_number",),
                        name="circular_number_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CircularVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("content", models.JSONField(verbose_name="内容")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("edited_at", models.DateTimeField(verbose_name="编辑时间")),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="审批时间"),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "circular",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="reporting.circular",
                    ),
                ),
                (
                    "docx",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pdf",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "案件通报版本",
                "verbose_name_plural": "案件通报版本",
                "ordering": ["circular", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("circular", "number"), name="circular_version_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("edited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="circular_version_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("certifying", "待复核认证"),
                            ("submitted", "已报送"),
                            ("received", "已接收"),
                            ("returned", "已退回"),
                            ("accepted", "已通过"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="开始填报时间")),
                (
                    "duty",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filing",
                        to="campaign.duty",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="accounts.organisation",
                        verbose_name="报送单位",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received_filings",
                        to="accounts.organisation",
                        verbose_name="受理单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "报送",
                "verbose_name_plural": "报送",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["recipient", "state"], name="filing_by_recipient")
                ],
            },
        ),
        migrations.CreateModel(
            name="FilingVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("certifying", "待复核认证"),
                            ("submitted", "已报送"),
                            ("received", "已接收"),
                            ("returned", "已退回"),
                            ("accepted", "已通过"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("parts", core.fields.EncryptedJSONField(default=dict, verbose_name="内容")),
                ("part_versions", models.JSONField(default=dict)),
                ("revisions", models.JSONField(default=dict)),
                ("confirmed_warnings", models.JSONField(default=dict, verbose_name="已说明的提示")),
                ("deficient", models.JSONField(default=list, verbose_name="退回问题")),
                ("editors", models.JSONField(default=list)),
                ("drafted_at", models.DateTimeField(verbose_name="填报时间")),
                (
                    "requested_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="提交复核时间"),
                ),
                ("sent_back_reason", models.TextField(blank=True, verbose_name="退回填报人的理由")),
                (
                    "certified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="认证时间"),
                ),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送时间"),
                ),
                (
                    "due_at_submission",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送时的截止时间"),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="逾期")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="内容摘要")),
                (
                    "review_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="办理期限"),
                ),
                ("review_due_explanation", models.JSONField(default=list)),
                (
                    "certified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="认证人",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填报人",
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="reporting.filing",
                    ),
                ),
            ],
            options={
                "verbose_name": "报送版本",
                "verbose_name_plural": "报送版本",
                "ordering": ["filing", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("filing", "number"), name="filing_version_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("certified_by__isnull", True),
                            models.Q(("certified_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="filing_version_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("certified_at__isnull", True), ("certified_by__isnull", True)
                            ),
                            models.Q(
                                ("certified_at__isnull", False), ("certified_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="filing_version_certified_by_and_at_together",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("digest", ""),
                                ("state__in", ["draft", "certifying"]),
                                ("submitted_at__isnull", True),
                            ),
                            models.Q(
                                ("certified_by__isnull", False),
                                ("due_at_submission__isnull", False),
                                ("state__in", ["submitted", "received", "returned", "accepted"]),
                                ("submitted_at__isnull", False),
                                models.Q(("digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="filing_version_filed_with_time_digest_and_certifier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="filing_version_number_from_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FilingCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="抄送时间")),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="copies",
                        to="reporting.filing",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filing_copies",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="copies",
                        to="reporting.filingversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "抄送",
                "verbose_name_plural": "抄送",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "organisation"), name="filing_copy_once_per_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=40, verbose_name="材料")),
                ("row_key", models.CharField(blank=True, max_length=40)),
                ("caption", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                ("added_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="reporting.filingversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PartUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=40, verbose_name="材料")),
                ("rows", core.fields.EncryptedJSONField(default=list)),
                ("problems", core.fields.EncryptedJSONField(default=list)),
                ("seen", models.PositiveIntegerField(default=0)),
                ("uploaded_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="采用时间"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="reporting.filingversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "表格上传",
                "verbose_name_plural": "表格上传",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveIntegerField(verbose_name="年度")),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("number", models.CharField(max_length=60, verbose_name="回执编号")),
                ("issued_at", models.DateTimeField(verbose_name="出具时间")),
                ("digest", models.CharField(max_length=64, verbose_name="内容摘要")),
                (
                    "verify_code",
                    models.CharField(max_length=32, unique=True, verbose_name="核验码"),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="accounts.organisation",
                        verbose_name="受理单位",
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="reporting.filingversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "回执",
                "verbose_name_plural": "回执",
                "ordering": ["recipient", "year", "serial"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "year", "serial"),
                        name="receipt_serial_once_per_recipient_and_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("serial__gte", 1)), name="receipt_serial_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("received", "接收"),
                            ("returned", "退回补正"),
                            ("accepted", "审核通过"),
                        ],
                        max_length=10,
                        verbose_name="决定",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("comment", models.TextField(blank=True, verbose_name="意见")),
                ("deficient", models.JSONField(default=list, verbose_name="退回问题")),
                (
                    "new_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="补正期限"),
                ),
                ("new_due_explanation", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="reporting.filingversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "审核",
                "verbose_name_plural": "审核",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "decision"), name="review_each_decision_once_per_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "returned"), ("new_due_at__isnull", False)),
                            models.Q(
                                models.Q(("decision", "returned"), _negated=True),
                                ("new_due_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="review_new_due_exactly_when_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StageReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("building", "生成中"),
                            ("failed", "未生成"),
                            ("draft", "编辑中"),
                            ("review", "待审批"),
                            ("approved", "已审批"),
                            ("issued", "已印发"),
                        ],
                        default="building",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("correction_note", models.TextField(blank=True, verbose_name="更正说明")),
                ("occasion", models.CharField(max_length=120, unique=True)),
                ("failure", models.TextField(blank=True, verbose_name="未完成原因")),
                ("year", models.PositiveIntegerField(blank=True, null=True, verbose_name="年度")),
                ("serial", models.PositiveIntegerField(blank=True, null=True, verbose_name="序号")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="发文字号"),
                ),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="印发时间")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="reporting.stagereport",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="core.job",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="accounts.organisation",
                        verbose_name="编制单位",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="campaign.phase",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="reporting.figuresnapshot",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="reporting.reporttemplate",
                        verbose_name="报告模板",
                    ),
                ),
            ],
            options={
                "verbose_name": "阶段报告",
                "verbose_name_plural": "阶段报告",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "year", "serial"),
                        name="report_serial_once_per_office_and_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_at__isnull", False),
                                ("issued_by__isnull", False),
                                ("serial__isnull", False),
                                ("state", "issued"),
                                ("year__isnull", False),
                                models.Q(("document_number", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "issued"), _negated=True),
                                ("document_number", ""),
                                ("issued_at__isnull", True),
                                ("issued_by__isnull", True),
                                ("serial__isnull", True),
                                ("year__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="report_numbered_exactly_when_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correction_note", ""), ("corrects__isnull", True)),
                            models.Q(
                                ("corrects__isnull", False),
                                models.Q(("correction_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="report_correction_says_what_it_corrects",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("chapters", models.JSONField(verbose_name="章节")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="修改说明")),
                ("edited_at", models.DateTimeField(verbose_name="编辑时间")),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="审批时间"),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
                    ),
                ),
                (
                    "docx",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="编辑人",
                    ),
                ),
                (
                    "pdf",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "xlsx",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="reporting.stagereport",
                    ),
                ),
            ],
            options={
                "verbose_name": "报告版本",
                "verbose_name_plural": "报告版本",
                "ordering": ["report", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "number"), name="report_version_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="report_version_number_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            ("edited_by__isnull", True),
                            models.Q(("approved_by", models.F("edited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="report_version_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                            models.Q(
                                ("approved_at__isnull", False), ("approved_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="report_version_approved_by_and_at_together",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="bulletin",
            name="current_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.bulletinversion",
            ),
        ),
        migrations.AddField(
            model_name="circular",
            name="current_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.circularversion",
            ),
        ),
        migrations.AddField(
            model_name="filing",
            name="current_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.filingversion",
            ),
        ),
        migrations.AddField(
            model_name="filing",
            name="filed_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.filingversion",
            ),
        ),
        migrations.AddField(
            model_name="stagereport",
            name="current_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.reportversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["building", "failed"]),
                    models.Q(("current_version__isnull", False), ("snapshot__isnull", False)),
                    _connector="OR",
                ),
                name="report_has_figures_unless_building_or_failed",
            ),
        ),
    ]
