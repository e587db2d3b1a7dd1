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
        ("complaints", "0001_cases_procedures_terms"),
        ("complaints", "0003_kinds_and_readers_of_files"),
        ("complaints", "0004_issues_that_companies_report"),
        ("complaints", "0005_other_spellings_of_terms"),
        ("complaints", "0006_safety_measures_of_repairs"),
        ("complaints", "0007_public_submissions_and_ratings"),
        ("complaints", "0008_message_ledger_and_reconciliation"),
        ("complaints", "0009_reminders_of_supervision_and_visit_shares"),
        ("complaints", "0010_linkage_rules_marks_incidents"),
        ("complaints", "0011_retention_and_disposal"),
        ("complaints", "0012_order_of_changes"),
        ("complaints", "0013_encrypt_words_of_supervision"),
        ("complaints", "0014_joint_meetings"),
        ("complaints", "0015_imports_of_files"),
        ("complaints", "0016_counting_rules_and_proposals_to_inspect"),
        ("complaints", "0017_day_as_a_kind_of_difference"),
        ("complaints", "0018_indexes_of_lists"),
        ("complaints", "0019_saved_views_and_subscriptions"),
        ("complaints", "0020_hotlines_and_their_returns"),
        ("complaints", "0021_indexes_of_filters"),
        ("complaints", "0022_forms_of_the_desk_taken_once"),
        ("complaints", "0023_encrypt_words_of_meetings"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_first_release"),
        ("core", "0001_first_release"),
    ]

    operations = [
        migrations.CreateModel(
            name="LinkageRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(unique=True, verbose_name="版本")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("basis", models.CharField(max_length=500, verbose_name="依据")),
                ("definition", models.JSONField(verbose_name="定义")),
            ],
            options={
                "verbose_name": "关联规则",
                "verbose_name_plural": "关联规则",
                "ordering": ["-valid_from", "-version"],
            },
        ),
        migrations.CreateModel(
            name="CaseImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("12398", "12398热线"),
                            ("95598", "95598热线"),
                            ("12345", "12345热线"),
                            ("grid", "政府网格"),
                            ("letter", "来信"),
                            ("visit", "来访"),
                            ("web", "网上提交"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="文件名")),
                ("dry_run", models.BooleanField(default=False, verbose_name="只检查，不导入")),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "处理中"),
                            ("entered", "已导入"),
                            ("checked", "检查通过，未导入"),
                            ("faulty", "有错误，未导入"),
                            ("failed", "处理未成功"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("created", models.PositiveIntegerField(default=0, verbose_name="新登记")),
                ("unchanged", models.PositiveIntegerField(default=0, verbose_name="已在系统中")),
                ("faults", models.PositiveIntegerField(default=0, verbose_name="错误")),
                ("problems", core.fields.EncryptedJSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "copy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
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
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="首接单位",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求导入",
                "verbose_name_plural": "诉求导入",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["by", "-at"], name="case_import_by_person")],
            },
        ),
        migrations.CreateModel(
            name="CountingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[("frequent_outage", "频繁停电"), ("cluster", "投诉集中")],
                        max_length=20,
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("threshold", models.PositiveIntegerField(verbose_name="阈值")),
                ("window_days", models.PositiveSmallIntegerField(verbose_name="统计天数")),
                ("natures", models.JSONField(blank=True, default=list, verbose_name="诉求性质")),
                ("categories", models.JSONField(blank=True, default=list, verbose_name="业务类别")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "统计规则",
                "verbose_name_plural": "统计规则",
                "ordering": ["code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="counting_rule_once_per_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 1), ("window_days__gte", 1)),
                        name="counting_rule_counts_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HotIssueReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="起始日期")),
                ("last_day", models.DateField(verbose_name="截止日期")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("submitted", "已报送"),
                            ("replaced", "已更正"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "received",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="95598受理件数"
                    ),
                ),
                (
                    "complaints",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="其中投诉件数"),
                ),
                ("summary", models.TextField(blank=True, verbose_name="综合情况")),
                (
                    "correction",
                    models.CharField(blank=True, max_length=300, verbose_name="更正原因"),
                ),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "client_name",
                    models.CharField(blank=True, max_length=80, verbose_name="接口客户端"),
                ),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送时间"),
                ),
                (
                    "created_by",
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
                        verbose_name="报送单位",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "焦点、难点问题报告",
                "verbose_name_plural": "焦点、难点问题报告",
                "ordering": ["-last_day", "organisation", "-version"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="issue_report_period_the_right_way_round",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "first_day", "last_day", "version"),
                        name="issue_report_version_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "submitted")),
                        fields=("organisation", "first_day", "last_day"),
                        name="issue_report_one_stands",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("organisation", "first_day", "last_day"),
                        name="issue_report_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "draft"), ("submitted_at__isnull", True)),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                ("submitted_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="issue_report_submitted_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HotIssue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(verbose_name="序号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hot", "焦点问题"), ("hard", "难点问题")],
                        max_length=4,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="问题")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="业务类别")),
                ("count", models.PositiveIntegerField(verbose_name="95598件数")),
                ("description", models.TextField(blank=True, verbose_name="情况和原因")),
                ("measures", models.TextField(blank=True, verbose_name="解决措施")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="计划解决日期")),
                ("solved", models.BooleanField(default=False, verbose_name="已解决")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.region",
                        verbose_name="地区",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="issues",
                        to="complaints.hotissuereport",
                    ),
                ),
            ],
            options={
                "verbose_name": "焦点、难点问题",
                "verbose_name_plural": "焦点、难点问题",
                "ordering": ["report", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=("report", "order"), name="issue_order_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Hotline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, verbose_name="号码")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("service", "客户服务热线"),
                            ("repair", "抢修电话"),
                            ("remote", "远程服务电话"),
                            ("supervision", "监督电话"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("hours", models.CharField(max_length=60, verbose_name="服务时间")),
                ("opened_on", models.DateField(verbose_name="开通日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="开通单位",
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="责任单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务热线",
                "verbose_name_plural": "服务热线",
                "ordering": ["organisation", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("organisation", "number"),
                        name="hotline_once_per_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on__isnull", True),
                            ("closed_on__gte", models.F("opened_on")),
                            _connector="OR",
                        ),
                        name="hotline_closed_after_opened",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HotlineCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "direction",
                    models.CharField(choices=[("in", "接收"), ("out", "推送")], max_length=3),
                ),
                ("last", models.PositiveBigIntegerField(default=0)),
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
                "verbose_name": "接口消息序号",
                "verbose_name_plural": "接口消息序号",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "direction"), name="hotline_counter_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HotlineReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("calls", models.PositiveIntegerField(verbose_name="人工呼入量")),
                ("connected", models.PositiveIntegerField(verbose_name="人工接通量")),
                ("staff", models.PositiveIntegerField(verbose_name="座席人员数")),
                ("samples", models.PositiveIntegerField(verbose_name="抽检录音数")),
                (
                    "score",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=4,
                        null=True,
                        verbose_name="抽检平均得分",
                    ),
                ),
                ("recordings", models.PositiveSmallIntegerField(verbose_name="录音保存月数")),
                (
                    "correction",
                    models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                ),
                ("filed_at", models.DateTimeField(verbose_name="报送时间")),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hotline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="complaints.hotline",
                    ),
                ),
            ],
            options={
                "verbose_name": "热线服务情况",
                "verbose_name_plural": "热线服务情况",
                "ordering": ["-month", "-filed_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("hotline", "month"),
                        name="hotline_return_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("connected__lte", models.F("calls"))),
                        name="hotline_connected_of_calls",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("samples", 0), ("score__isnull", True)),
                            models.Q(("samples__gt", 0), ("score__gte", 0), ("score__lte", 100)),
                            _connector="OR",
                        ),
                        name="hotline_score_of_samples",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HotlineStandard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "figure",
                    models.CharField(
                        choices=[
                            ("connection_rate", "年累计接通率（%）"),
                            ("staff", "座席人员数"),
                            ("sample_score", "抽检平均得分"),
                            ("recordings", "录音保存月数"),
                        ],
                        max_length=20,
                        verbose_name="指标",
                    ),
                ),
                (
                    "least",
                    models.DecimalField(decimal_places=2, max_digits=6, verbose_name="不低于"),
                ),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "热线服务标准",
                "verbose_name_plural": "热线服务标准",
                "ordering": ["figure", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("figure", "valid_from"), name="hotline_standard_once_per_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="事件编号")),
                ("title", models.CharField(max_length=120, verbose_name="事件名称")),
                ("matter", models.CharField(max_length=20, verbose_name="事项")),
                (
                    "feeder",
                    models.CharField(blank=True, db_index=True, max_length=60, verbose_name="线路"),
                ),
                (
                    "transformer_area",
                    models.CharField(blank=True, db_index=True, max_length=60, verbose_name="台区"),
                ),
                ("started_at", models.DateTimeField(verbose_name="首件受理时间")),
                ("last_at", models.DateTimeField(verbose_name="末件受理时间")),
                ("opened_at", models.DateTimeField(verbose_name="建立时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "conclusion",
                    models.CharField(blank=True, max_length=500, verbose_name="处理情况"),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "leading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="led_incidents",
                        to="accounts.organisation",
                        verbose_name="牵头单位",
                    ),
                ),
                (
                    "opened_by",
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
                        verbose_name="建立单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "停电事件",
                "verbose_name_plural": "停电事件",
                "ordering": ["-started_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="incident_closed_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JointMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="会议名称")),
                ("held_on", models.DateField(verbose_name="会议日期")),
                ("period_from", models.DateField(verbose_name="会商期间自")),
                ("period_to", models.DateField(verbose_name="会商期间至")),
                ("figures", models.JSONField(default=dict, verbose_name="期间数据")),
                ("agenda", core.fields.EncryptedTextField(verbose_name="议程")),
                ("minutes", core.fields.EncryptedTextField(blank=True, verbose_name="会议纪要")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="印发时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="召集单位",
                    ),
                ),
                (
                    "parties",
                    models.ManyToManyField(
                        related_name="joint_meetings",
                        to="accounts.organisation",
                        verbose_name="参加单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "联席会商",
                "verbose_name_plural": "联席会商",
                "ordering": ["-held_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period_to__gte", models.F("period_from"))),
                        name="joint_meeting_period_runs_forward",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JointTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", core.fields.EncryptedTextField(verbose_name="议定事项")),
                ("due_on", models.DateField(verbose_name="完成期限")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("result", core.fields.EncryptedTextField(blank=True, verbose_name="落实情况")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="complaints.jointmeeting",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="责任单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "会商议定事项",
                "verbose_name_plural": "会商议定事项",
                "ordering": ["meeting", "due_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="joint_task_done_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Procedure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("name_en", models.CharField(max_length=120, verbose_name="英文名称")),
                ("basis", models.CharField(max_length=500, verbose_name="依据")),
                ("sources", models.JSONField(default=list, verbose_name="适用来源")),
                ("natures", models.JSONField(blank=True, default=list, verbose_name="适用性质")),
                ("scope", models.CharField(blank=True, max_length=32, verbose_name="适用单位")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("definition", models.JSONField(verbose_name="定义")),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "办理程序",
                "verbose_name_plural": "办理程序",
                "ordering": ["code", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version"), name="procedure_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="编号")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("12398", "12398热线"),
                            ("95598", "95598热线"),
                            ("12345", "12345热线"),
                            ("grid", "政府网格"),
                            ("letter", "来信"),
                            ("visit", "来访"),
                            ("web", "网上提交"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("state", models.CharField(max_length=20, verbose_name="状态")),
                ("target", models.CharField(blank=True, max_length=40, verbose_name="被反映对象")),
                ("received_at", models.DateTimeField(verbose_name="受理时间")),
                ("channel", models.CharField(max_length=40, verbose_name="反映渠道")),
                ("nature", models.CharField(max_length=40, verbose_name="诉求性质")),
                ("industry", models.CharField(max_length=40, verbose_name="行业")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="业务类别")),
                ("urgency", models.CharField(blank=True, max_length=20, verbose_name="紧急程度")),
                ("area_type", models.CharField(blank=True, max_length=20, verbose_name="城乡类别")),
                ("anonymous", models.BooleanField(default=False, verbose_name="匿名")),
                ("confidential", models.BooleanField(default=False, verbose_name="要求保密")),
                (
                    "complainant_name",
                    core.fields.EncryptedTextField(blank=True, verbose_name="诉求人"),
                ),
                (
                    "complainant_phone",
                    core.fields.EncryptedTextField(blank=True, verbose_name="联系电话"),
                ),
                ("address", core.fields.EncryptedTextField(blank=True, verbose_name="用电地址")),
                ("account_no", core.fields.EncryptedTextField(blank=True, verbose_name="户号")),
                ("phone_index", models.CharField(blank=True, db_index=True, max_length=64)),
                ("account_index", models.CharField(blank=True, db_index=True, max_length=64)),
                (
                    "feeder",
                    models.CharField(blank=True, db_index=True, max_length=60, verbose_name="线路"),
                ),
                (
                    "transformer_area",
                    models.CharField(blank=True, db_index=True, max_length=60, verbose_name="台区"),
                ),
                ("content", models.TextField(blank=True, verbose_name="诉求内容")),
                (
                    "content_full",
                    core.fields.EncryptedTextField(blank=True, verbose_name="诉求内容（原文）"),
                ),
                ("grams", models.TextField(blank=True)),
                ("accepted", models.BooleanField(blank=True, null=True, verbose_name="是否受理")),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="办理结论")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "satisfaction",
                    models.CharField(blank=True, max_length=40, verbose_name="满意度"),
                ),
                (
                    "archived_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="归档时间"),
                ),
                (
                    "disposed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="个人信息处置时间"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="最近时限")),
                (
                    "urge_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="催办次数"),
                ),
                (
                    "return_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="退单次数"),
                ),
                (
                    "reopen_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="重办次数"),
                ),
                ("arbitrated", models.BooleanField(default=False, verbose_name="已裁定承办单位")),
                (
                    "linked_number",
                    models.CharField(blank=True, max_length=40, verbose_name="关联编号"),
                ),
                ("tracking_hash", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                ("change_seq", models.BigIntegerField(default=0, editable=False)),
                (
                    "answerable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="责任单位",
                    ),
                ),
                (
                    "appeal_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="complaints.case",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_cases",
                        to="accounts.organisation",
                        verbose_name="承办单位",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="complaints.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_about",
                        to="accounts.organisation",
                        verbose_name="被反映单位",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_cases",
                        to="accounts.organisation",
                        verbose_name="首接单位",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="accounts.region",
                        verbose_name="地区",
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="承办人",
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="complaints.procedure",
                        verbose_name="办理程序",
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求",
                "verbose_name_plural": "诉求",
                "ordering": ["-received_at", "-pk"],
                "indexes": [
                    models.Index(fields=["-received_at", "-id"], name="case_by_time"),
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "archived",
                                    "closed",
                                    "merged",
                                    "passed_on",
                                    "refused",
                                    "withdrawn",
                                ],
                            )
                        ),
                        fields=["-received_at", "-id"],
                        name="case_done_by_time",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["-received_at", "-id"],
                        name="case_ticking_by_time",
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "archived",
                                    "closed",
                                    "merged",
                                    "passed_on",
                                    "refused",
                                    "withdrawn",
                                ],
                            ),
                            _negated=True,
                        ),
                        fields=["holder", "-received_at", "-id"],
                        name="case_open_by_holder",
                    ),
                    models.Index(
                        fields=["nature", "-received_at", "-id"], name="case_nature_by_time"
                    ),
                    models.Index(
                        fields=["category", "-received_at", "-id"], name="case_category_by_time"
                    ),
                    models.Index(
                        fields=["state", "-received_at", "-id"], name="case_state_by_time"
                    ),
                    models.Index(
                        fields=["source", "-received_at", "-id"], name="case_source_by_time"
                    ),
                    models.Index(fields=["number"], name="case_by_number"),
                    models.Index(fields=["holder", "state", "received_at"], name="case_by_holder"),
                    models.Index(fields=["organisation", "received_at"], name="case_by_respondent"),
                    models.Index(fields=["owner", "received_at"], name="case_by_owner"),
                    models.Index(fields=["region", "received_at"], name="case_by_region"),
                    models.Index(fields=["due_at"], name="case_by_due"),
                    models.Index(
                        condition=models.Q(("tracking_hash", ""), _negated=True),
                        fields=["tracking_hash"],
                        name="case_by_tracking",
                    ),
                    models.Index(fields=["closed_at"], name="case_by_closing"),
                    models.Index(fields=["updated_at", "id"], name="case_by_change"),
                    models.Index(fields=["change_seq", "id"], name="case_by_change_seq"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "number"), name="case_number_once_per_owner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("state", "merged")),
                            models.Q(
                                models.Q(("state", "merged"), _negated=True),
                                ("merged_into__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="case_merged_state_and_target_together",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            ("closed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="case_closed_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseAttachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("scan", "来信来访材料"),
                            ("recording", "录音"),
                            ("photo", "现场照片"),
                            ("reply", "答复材料"),
                            ("other", "其他"),
                        ],
                        default="other",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=80, verbose_name="说明")),
                ("to_regulator", models.BooleanField(default=True, verbose_name="监管机构可见")),
                ("to_company", models.BooleanField(default=False, verbose_name="供电企业可见")),
                (
                    "to_complainant",
                    models.BooleanField(default=False, verbose_name="可提供给诉求人"),
                ),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="complaints.case",
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
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求附件",
                "verbose_name_plural": "诉求附件",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseClock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, verbose_name="代码")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="轮次")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "计时中"),
                            ("paused", "已暂停"),
                            ("met", "按期完成"),
                            ("late", "逾期完成"),
                            ("void", "不再计时"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="起算时间")),
                ("due_at", models.DateTimeField(verbose_name="截止时间")),
                (
                    "stopped_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="停止时间"),
                ),
                ("allowance", models.JSONField(verbose_name="时限")),
                ("explanation", models.JSONField(default=list, verbose_name="期限说明")),
                ("provisional", models.BooleanField(default=False, verbose_name="期限待确认")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("next_step_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="complaints.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求时限",
                "verbose_name_plural": "诉求时限",
                "ordering": ["started_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_step_at__isnull", False), ("state", "running")),
                        fields=["next_step_at"],
                        name="clock_by_next_step",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "code", "round"), name="clock_round_once_per_case"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("running", "paused"))),
                        fields=("case", "code"),
                        name="clock_ticks_once_per_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("running", "paused")), ("stopped_at__isnull", True)
                            ),
                            models.Q(
                                ("state__in", ("met", "late", "void")),
                                ("stopped_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="clock_stopped_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="序号")),
                ("kind", models.CharField(max_length=30, verbose_name="事项")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("to_regulator", models.BooleanField(default=True, verbose_name="监管机构可见")),
                ("to_company", models.BooleanField(default=True, verbose_name="供电企业可见")),
                ("to_complainant", models.BooleanField(default=False, verbose_name="诉求人可见")),
                ("text", core.fields.EncryptedTextField(blank=True, verbose_name="内容")),
                ("data", models.JSONField(blank=True, default=dict)),
                ("author", core.fields.EncryptedTextField(blank=True, verbose_name="对方经办人")),
                ("external_id", models.CharField(blank=True, max_length=80)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="complaints.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求记录",
                "verbose_name_plural": "诉求记录",
                "ordering": ["case", "sequence"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "sequence"), name="event_sequence_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("case", "external_id"),
                        name="event_external_id_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("duplicate", "重复登记"),
                            ("repeat", "重复诉求"),
                            ("joint", "同一事件"),
                            ("appeal", "申诉"),
                            ("merge", "并案"),
                        ],
                        max_length=10,
                        verbose_name="关系",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待确认"),
                            ("confirmed", "已确认"),
                            ("rejected", "已否定"),
                            ("undone", "已撤销"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("score", models.FloatField(blank=True, null=True, verbose_name="相似度")),
                ("certain", models.BooleanField(default=False, verbose_name="确定")),
                ("reasons", models.JSONField(default=list, verbose_name="理由")),
                ("before", models.JSONField(blank=True, default=dict)),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "a",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_from",
                        to="complaints.case",
                    ),
                ),
                (
                    "b",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_to",
                        to="complaints.case",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求关联",
                "verbose_name_plural": "诉求关联",
                "ordering": ["at", "pk"],
                "indexes": [models.Index(fields=["state", "-score", "-id"], name="link_by_score")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "confirmed"))),
                        fields=("a", "b", "kind"),
                        name="link_standing_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("a", models.F("b")), _negated=True),
                        name="link_between_two_cases",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("number", "编号"), ("place", "门牌")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("value", models.CharField(max_length=64, verbose_name="值")),
                ("received_at", models.DateTimeField(verbose_name="受理时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="complaints.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求检索标记",
                "verbose_name_plural": "诉求检索标记",
                "indexes": [models.Index(fields=["value", "received_at"], name="mark_by_value")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "kind", "value"), name="mark_once_per_case"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=40, verbose_name="梯级")),
                ("due_at", models.DateTimeField(verbose_name="截止时间")),
                ("at", models.DateTimeField(verbose_name="发出时间")),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="complaints.caseclock",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "时限提醒记录",
                "verbose_name_plural": "时限提醒记录",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clock", "due_at", "step", "person"),
                        name="case_reminder_once_per_deadline_step_and_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.PositiveSmallIntegerField(verbose_name="延长")),
                ("unit", models.CharField(max_length=16, verbose_name="单位")),
                ("ground", models.CharField(max_length=40, verbose_name="延期理由")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("document_number", models.CharField(max_length=60, verbose_name="批准文号")),
                ("at", models.DateTimeField(verbose_name="批准时间")),
                (
                    "approver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extensions",
                        to="complaints.caseclock",
                    ),
                ),
            ],
            options={
                "verbose_name": "时限延长",
                "verbose_name_plural": "时限延长",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ClockPause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.DateTimeField(verbose_name="暂停时间")),
                ("end", models.DateTimeField(blank=True, null=True, verbose_name="恢复时间")),
                ("reason", models.CharField(max_length=40, verbose_name="原因")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="complaints.caseclock",
                    ),
                ),
            ],
            options={
                "verbose_name": "计时暂停",
                "verbose_name_plural": "计时暂停",
                "ordering": ["start", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("clock",),
                        name="pause_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end__isnull", True), ("end__gte", models.F("start")), _connector="OR"
                        ),
                        name="pause_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="交接时间")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                ("accepted", models.BooleanField(blank=True, null=True, verbose_name="已接收")),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="退回原因")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handovers",
                        to="complaints.case",
                    ),
                ),
                (
                    "from_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "交接",
                "verbose_name_plural": "交接",
                "ordering": ["proposed_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("case",),
                        name="handover_one_open_per_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted__isnull", True), ("answered_at__isnull", True)),
                            models.Q(("accepted__isnull", False), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_answered_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HotlineMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("in", "接收"), ("out", "推送")], max_length=3, verbose_name="方向"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(verbose_name="序号")),
                ("kind", models.CharField(max_length=40, verbose_name="类别")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="诉求编号")),
                (
                    "external_id",
                    models.CharField(blank=True, max_length=120, verbose_name="消息编号"),
                ),
                ("at", models.DateTimeField(verbose_name="首次时间")),
                ("last_at", models.DateTimeField(verbose_name="最近时间")),
                ("attempts", models.PositiveIntegerField(default=1, verbose_name="次数")),
                (
                    "status",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="应答"),
                ),
                ("refused", models.BooleanField(default=False, verbose_name="已拒绝")),
                ("fields", models.JSONField(blank=True, default=list, verbose_name="有误的字段")),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("lines_refused", models.PositiveIntegerField(default=0, verbose_name="拒绝行数")),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="complaints.case",
                        verbose_name="诉求",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.webhookendpoint",
                    ),
                ),
                (
                    "letter",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.letter",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口消息",
                "verbose_name_plural": "接口消息",
                "ordering": ["-last_at", "-pk"],
                "indexes": [
                    models.Index(fields=["-last_at", "-id"], name="hotline_by_time"),
                    models.Index(
                        fields=["organisation", "-last_at"], name="hotline_by_organisation"
                    ),
                    models.Index(fields=["number"], name="hotline_by_number"),
                    models.Index(
                        condition=models.Q(("refused", True)),
                        fields=["organisation", "kind", "number"],
                        name="hotline_refused",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "direction", "sequence"),
                        name="hotline_sequence_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", "out"), ("letter__isnull", False)),
                            models.Q(("direction", "in"), ("letter__isnull", True)),
                            _connector="OR",
                        ),
                        name="hotline_message_out_has_its_letter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentMember",
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
                            ("proposed", "待确认"),
                            ("confirmed", "已确认"),
                            ("removed", "已移出"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="complaints.case",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="complaints.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "事件诉求",
                "verbose_name_plural": "事件诉求",
                "ordering": ["incident", "at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "case"), name="member_once_per_incident"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")),
                        fields=("case",),
                        name="member_of_one_incident",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="业务类别")),
                ("first_day", models.DateField(verbose_name="起始日期")),
                ("last_day", models.DateField(verbose_name="截止日期")),
                ("count", models.PositiveIntegerField(verbose_name="件数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待决定"),
                            ("accepted", "已采纳"),
                            ("rejected", "未采纳"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="决定理由")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="决定时间"),
                ),
                ("created_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "evidence",
                    models.ManyToManyField(
                        related_name="+", to="complaints.case", verbose_name="依据的诉求"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="监管机构",
                    ),
                ),
                (
                    "respondent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="被检查单位",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.countingrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "专项稽查建议",
                "verbose_name_plural": "专项稽查建议",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="proposal_period_the_right_way_round",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("organisation", "respondent", "category"),
                        name="proposal_one_open_per_company_and_category",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state", "open"),
                            ),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_decided_says_who_when_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ticket", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intakes",
                        to="complaints.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "人工登记",
                "verbose_name_plural": "人工登记",
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("satisfaction", models.CharField(max_length=40, verbose_name="满意度")),
                ("comment", core.fields.EncryptedTextField(blank=True, verbose_name="评价意见")),
                ("at", models.DateTimeField(verbose_name="评价时间")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rating",
                        to="complaints.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求人评价",
                "verbose_name_plural": "诉求人评价",
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="受理日期")),
                ("at", models.DateTimeField(verbose_name="对账时间")),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("equal", "一致"), ("open", "待明细"), ("different", "有差异")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("here", models.PositiveIntegerField(verbose_name="平台件数")),
                ("there", models.PositiveIntegerField(verbose_name="企业件数")),
                ("units", models.JSONField(default=list)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账",
                "verbose_name_plural": "对账",
                "ordering": ["-day", "-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("organisation", "day"),
                        name="reconciliation_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True),
                            ("superseded_at__gte", models.F("at")),
                            _connector="OR",
                        ),
                        name="reconciliation_superseded_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing_here", "平台缺失"),
                            ("missing_there", "企业缺失"),
                            ("content", "内容不同"),
                            ("state", "状态不同"),
                            ("unit", "单位不同"),
                            ("duplicate", "企业重复"),
                            ("day", "日期不同"),
                        ],
                        max_length=14,
                        verbose_name="差异",
                    ),
                ),
                ("unit", models.CharField(max_length=32, verbose_name="单位代码")),
                ("owner", models.CharField(max_length=32, verbose_name="首接单位代码")),
                ("number", models.CharField(max_length=40, verbose_name="诉求编号")),
                ("here", models.CharField(blank=True, max_length=64, verbose_name="平台")),
                ("there", models.CharField(blank=True, max_length=64, verbose_name="企业")),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="complaints.case",
                    ),
                ),
                (
                    "reconciliation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="complaints.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账差异",
                "verbose_name_plural": "对账差异",
                "ordering": ["unit", "number", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reconciliation", "owner", "number", "kind"), name="difference_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="暂缓理由")),
                ("at", models.DateTimeField(verbose_name="暂缓时间")),
                (
                    "released_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="解除时间"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="complaints.case",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "暂缓处置",
                "verbose_name_plural": "暂缓处置",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=("case",),
                        name="hold_one_standing_per_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("label", models.CharField(max_length=60, verbose_name="适用范围")),
                ("sources", models.JSONField(blank=True, default=list, verbose_name="适用来源")),
                ("natures", models.JSONField(blank=True, default=list, verbose_name="适用性质")),
                ("years", models.PositiveSmallIntegerField(verbose_name="保存年限")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "保存期限规则",
                "verbose_name_plural": "保存期限规则",
                "ordering": ["code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="retention_rule_once_per_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("years__gte", 1)), name="retention_some_years"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closed_before", models.DateField(verbose_name="办结早于")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待审批"),
                            ("done", "已处置"),
                            ("rejected", "不同意"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_count", models.PositiveIntegerField(verbose_name="拟处置件数")),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="审批时间"),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=200, verbose_name="不同意的理由"),
                ),
                ("gone", models.JSONField(blank=True, default=dict, verbose_name="处置数量")),
                (
                    "decided_by",
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
                        verbose_name="处置单位",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disposals",
                        to="complaints.retentionrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "个人信息处置",
                "verbose_name_plural": "个人信息处置",
                "ordering": ["-proposed_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="disposal_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state", "proposed"),
                            ),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="disposal_decided_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisposalItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("disposed", models.BooleanField(blank=True, null=True, verbose_name="已处置")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disposal_items",
                        to="complaints.case",
                    ),
                ),
                (
                    "disposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="complaints.disposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "处置诉求",
                "verbose_name_plural": "处置诉求",
                "ordering": ["disposal", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("disposal", "case"), name="disposal_case_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("disposed", True)),
                        fields=("case",),
                        name="disposal_done_once_per_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="回访时间")),
                ("reached", models.BooleanField(verbose_name="已联系上")),
                (
                    "satisfaction",
                    models.CharField(blank=True, max_length=40, verbose_name="满意度"),
                ),
                ("text", core.fields.EncryptedTextField(blank=True, verbose_name="回访内容")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="return_visits",
                        to="complaints.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "回访",
                "verbose_name_plural": "回访",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "page",
                    models.CharField(
                        choices=[("list", "诉求清单"), ("analysis", "诉求分析")],
                        max_length=10,
                        verbose_name="页面",
                    ),
                ),
                ("query", core.fields.EncryptedTextField(blank=True, verbose_name="条件")),
                ("shared", models.BooleanField(default=False, verbose_name="本单位共享")),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="保存人",
                    ),
                ),
            ],
            options={
                "verbose_name": "保存的视图",
                "verbose_name_plural": "保存的视图",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="saved_view_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ticket", models.CharField(max_length=64, unique=True)),
                ("consent", models.CharField(max_length=20, verbose_name="告知文本版本")),
                ("at", models.DateTimeField(verbose_name="提交时间")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submission",
                        to="complaints.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "网上提交",
                "verbose_name_plural": "网上提交",
            },
        ),
        migrations.CreateModel(
            name="Supervision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issued_at", models.DateTimeField(verbose_name="督办时间")),
                ("due_at", models.DateTimeField(verbose_name="反馈时限")),
                ("text", core.fields.EncryptedTextField(verbose_name="督办要求")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="督办文号"),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="反馈时间"),
                ),
                ("answer", core.fields.EncryptedTextField(blank=True, verbose_name="反馈内容")),
                ("reminded", models.PositiveSmallIntegerField(default=0)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supervisions",
                        to="complaints.case",
                    ),
                ),
                (
                    "issued_by",
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
                        verbose_name="督办机关",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办",
                "verbose_name_plural": "督办",
                "ordering": ["issued_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("case",),
                        name="supervision_one_open_per_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nature", "诉求性质"),
                            ("channel", "反映渠道"),
                            ("industry", "行业"),
                            ("category", "业务类别"),
                            ("target", "被反映对象"),
                            ("outcome", "办理结论"),
                            ("urgency", "紧急程度"),
                            ("area_type", "城乡类别"),
                            ("satisfaction", "满意度"),
                            ("refusal_ground", "不予受理理由"),
                            ("extension_ground", "延期理由"),
                            ("return_reason", "退单原因"),
                            ("pause_reason", "暂停原因"),
                            ("safety", "抢修安全措施"),
                        ],
                        max_length=20,
                        verbose_name="目录",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("label", models.CharField(max_length=60, verbose_name="名称")),
                ("label_en", models.CharField(max_length=120, verbose_name="英文名称")),
                ("also", models.JSONField(blank=True, default=list, verbose_name="其他写法")),
                ("sources", models.JSONField(blank=True, default=list, verbose_name="适用来源")),
                ("natures", models.JSONField(blank=True, default=list, verbose_name="适用性质")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="complaints.term",
                    ),
                ),
            ],
            options={
                "verbose_name": "诉求目录",
                "verbose_name_plural": "诉求目录",
                "ordering": ["kind", "order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "code", "valid_from"),
                        name="term_code_once_per_kind_and_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="term_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ViewSubscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("daily", "每天"), ("weekly", "每周一")],
                        max_length=10,
                        verbose_name="频次",
                    ),
                ),
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
                    "last_count",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="上次件数"),
                ),
                (
                    "last_result",
                    models.CharField(blank=True, max_length=200, verbose_name="上次结果"),
                ),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=500, verbose_name="上次错误"),
                ),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="complaints.savedview",
                    ),
                ),
            ],
            options={
                "verbose_name": "视图订阅",
                "verbose_name_plural": "视图订阅",
                "constraints": [
                    models.UniqueConstraint(fields=("view", "user"), name="view_subscription_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("share", models.PositiveSmallIntegerField(verbose_name="回访比例（%）")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("set_at", models.DateTimeField(verbose_name="设定时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "回访比例",
                "verbose_name_plural": "回访比例",
                "ordering": ["organisation", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "valid_from"), name="visit_share_once_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 1), ("share__lte", 100)),
                        name="visit_share_is_a_share",
                    ),
                ],
            },
        ),
    ]
