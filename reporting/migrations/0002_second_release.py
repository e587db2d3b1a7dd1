"""All that came after the first release, for a database that has none of it yet; one that has
some goes on by the small steps beside. See docs/adr/0010.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
from core.migrating import NewTables


class Migration(NewTables):
    replaces = [
        ("reporting", "0002_circulars_on_situations"),
        ("reporting", "0003_outages_and_findings"),
        ("reporting", "0004_shortage_emergency_activations"),
        ("reporting", "0005_indicators"),
        ("reporting", "0006_ordered_use_plans"),
        ("reporting", "0007_returns_as_data"),
        ("reporting", "0008_plans_of_events_and_briefings"),
        ("reporting", "0009_targets_evaluations_disclosure"),
        ("reporting", "0010_outages_searched_and_told_later"),
        ("reporting", "0011_plans_checked_in_the_background"),
        ("reporting", "0012_kinds_of_reports"),
        ("reporting", "0013_workbooks_of_returns_and_rechecks"),
        ("reporting", "0014_reminders_of_returns"),
        ("reporting", "0015_service_checks"),
        ("reporting", "0016_receipts_of_plans_verified"),
        ("reporting", "0017_lateness_kept_and_acts_taken_back"),
        ("reporting", "0018_outages_kept_as_found"),
        ("reporting", "0019_when_a_line_was_said_to_be_parted"),
        ("reporting", "0020_hours_of_the_gap"),
        ("reporting", "0021_receipts_of_returns_verified"),
        ("reporting", "0022_keep_changes_of_definitions"),
        ("reporting", "0023_remember_who_saved_returns"),
    ]

    dependencies = [
        ("accounts", "0003_grid_managers"),
        ("campaign", "0002_the_whole_campaign"),
        ("complaints", "0005_livelihood_of_categories"),
        ("core", "0001_first_release"),
        ("reporting", "0001_first_release"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Tables that stand already are changed first, while few others point to them.
        migrations.AlterModelOptions(
            name="circular",
            options={
                "ordering": ["-created_at", "-pk"],
                "verbose_name": "通报",
                "verbose_name_plural": "通报",
            },
        ),
        migrations.AlterModelOptions(
            name="circularversion",
            options={
                "ordering": ["circular", "number"],
                "verbose_name": "通报版本",
                "verbose_name_plural": "通报版本",
            },
        ),
        migrations.RemoveConstraint(
            model_name="reporttemplate",
            name="report_template_one_per_version",
        ),
        migrations.AddField(
            model_name="circular",
            name="first_day",
            field=models.DateField(blank=True, null=True, verbose_name="起始日期"),
        ),
        migrations.AddField(
            model_name="circular",
            name="kind",
            field=models.CharField(
                choices=[("cases", "案件通报"), ("situation", "情况通报")],
                default="cases",
                max_length=10,
                verbose_name="类别",
            ),
        ),
        migrations.AddField(
            model_name="circular",
            name="last_day",
            field=models.DateField(blank=True, null=True, verbose_name="截止日期"),
        ),
        migrations.AddField(
            model_name="circular",
            name="region",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.region",
            ),
        ),
        migrations.AddField(
            model_name="reporttemplate",
            name="adopted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="启用时间"),
        ),
        migrations.AddField(
            model_name="reporttemplate",
            name="adopted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reporttemplate",
            name="draft",
            field=models.BooleanField(default=False, verbose_name="试用"),
        ),
        migrations.AddField(
            model_name="reporttemplate",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="编辑时间"),
        ),
        migrations.AddField(
            model_name="reporttemplate",
            name="edited_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reporttemplate",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="编制单位",
            ),
        ),
        migrations.AddField(
            model_name="reporttemplate",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="stagereport",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="公开时间"),
        ),
        migrations.AddField(
            model_name="stagereport",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="circular",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "situation"), ("last_day__gte", models.F("first_day"))),
                    models.Q(
                        ("first_day__isnull", True), ("kind", "cases"), ("last_day__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="circular_situation_has_its_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="reporttemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation__isnull", True)),
                fields=("code", "version"),
                name="report_template_one_per_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="reporttemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation__isnull", False)),
                fields=("organisation", "code", "version"),
                name="report_template_one_per_office_and_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="reporttemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("draft", True)),
                fields=("organisation", "code"),
                name="report_template_one_draft_per_office",
            ),
        ),
        migrations.AddConstraint(
            model_name="reporttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("draft", False), ("organisation__isnull", False), _connector="OR"
                ),
                name="report_template_common_ones_are_no_drafts",
            ),
        ),
        migrations.AddConstraint(
            model_name="reporttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("adopted_by__isnull", True),
                    models.Q(("adopted_by", models.F("edited_by")), _negated=True),
                    _connector="OR",
                ),
                name="report_template_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                    models.Q(
                        ("published_at__isnull", False),
                        ("published_by__isnull", False),
                        ("state", "issued"),
                    ),
                    _connector="OR",
                ),
                name="report_published_only_when_issued",
            ),
        ),
        migrations.CreateModel(
            name="Activation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("grade", models.CharField(max_length=10, verbose_name="等级")),
                ("colour", models.CharField(blank=True, max_length=10, verbose_name="颜色")),
                (
                    "gap_mw",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="最大缺口"),
                ),
                (
                    "peak_mw",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="最大用电需求"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("announced", "已预警"),
                            ("active", "执行中"),
                            ("released", "已解除"),
                            ("reported", "已报送执行情况"),
                        ],
                        default="announced",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="原因")),
                ("announced_at", models.DateTimeField(verbose_name="预警时间")),
                ("announced_body", models.CharField(max_length=80, verbose_name="预警发布单位")),
                (
                    "approval_body",
                    models.CharField(blank=True, max_length=80, verbose_name="批准单位"),
                ),
                (
                    "approval_number",
                    models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="启动时间"),
                ),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="批准执行至")),
                (
                    "released_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="解除时间"),
                ),
                (
                    "release_body",
                    models.CharField(blank=True, max_length=80, verbose_name="解除决定单位"),
                ),
                (
                    "release_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="解除原因"),
                ),
                (
                    "report_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送期限"),
                ),
                ("report_due_explanation", models.JSONField(default=list)),
                (
                    "reported_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送时间"),
                ),
                ("editors", models.JSONField(default=list)),
                ("revision", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "有序用电事件",
                "verbose_name_plural": "有序用电事件",
                "ordering": ["-announced_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ActivationMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("move", models.CharField(max_length=10, verbose_name="动作")),
                ("at", models.DateTimeField(verbose_name="生效时间")),
                ("body", models.CharField(blank=True, max_length=80, verbose_name="决定单位")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("grade", models.CharField(blank=True, max_length=10, verbose_name="等级")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="批准执行至")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="原因")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "有序用电事件记录",
                "verbose_name_plural": "有序用电事件记录",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CircularReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signed_at", models.DateTimeField(verbose_name="签收时间")),
            ],
            options={
                "verbose_name": "通报签收",
                "verbose_name_plural": "通报签收",
                "ordering": ["signed_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DefinitionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("indicator", "监管指标"),
                            ("outage_rule", "停限电规则"),
                            ("return_form", "报表定义"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("base", models.PositiveBigIntegerField()),
                ("values", models.JSONField(default=dict, verbose_name="新内容")),
                ("changes", models.JSONField(default=dict, verbose_name="改动")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("reason", models.CharField(max_length=200, verbose_name="改动理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待核准"),
                            ("adopted", "已核准"),
                            ("returned", "已退回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_at", models.DateTimeField(verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="办理时间")),
                ("comment", models.CharField(blank=True, max_length=200, verbose_name="意见")),
            ],
            options={
                "verbose_name": "定义改动",
                "verbose_name_plural": "定义改动",
                "ordering": ["-drafted_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("published_on", models.DateField(verbose_name="公开日期")),
                ("place", models.CharField(max_length=120, verbose_name="公开渠道")),
                ("url", models.URLField(blank=True, max_length=300, verbose_name="网址")),
                ("summary", models.CharField(blank=True, max_length=300, verbose_name="内容摘要")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤下时间")),
                (
                    "withdrawn_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤下理由"),
                ),
            ],
            options={
                "verbose_name": "信息公开记录",
                "verbose_name_plural": "信息公开记录",
                "ordering": ["-published_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DisclosureItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=120, verbose_name="公开事项")),
                ("every_days", models.PositiveSmallIntegerField(verbose_name="更新周期（天）")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("order", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "信息公开事项",
                "verbose_name_plural": "信息公开事项",
                "ordering": ["order", "code"],
            },
        ),
        migrations.CreateModel(
            name="EmergencyDrill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("held_on", models.DateField(verbose_name="演练日期")),
                ("scenario", models.CharField(max_length=200, verbose_name="演练情景")),
                ("participants", models.PositiveIntegerField(verbose_name="参加人数")),
                ("findings", models.TextField(blank=True, verbose_name="发现的问题")),
                ("measures", models.TextField(blank=True, verbose_name="改进措施")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "应急演练",
                "verbose_name_plural": "应急演练",
                "ordering": ["-held_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="EmergencyPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="预案名称")),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
            ],
            options={
                "verbose_name": "应急预案",
                "verbose_name_plural": "应急预案",
                "ordering": ["organisation", "title"],
            },
        ),
        migrations.CreateModel(
            name="EmergencyPlanFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="上传时间")),
            ],
            options={
                "verbose_name": "应急预案附件",
                "verbose_name_plural": "应急预案附件",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="EmergencyPlanVersion",
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
                            ("draft", "编制中"),
                            ("filed", "已报备"),
                            ("received", "已接收"),
                            ("returned", "已退回"),
                            ("accepted", "已备案"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("sections", models.JSONField(default=dict, verbose_name="内容")),
                ("revision", models.PositiveIntegerField(default=0)),
                ("editors", models.JSONField(default=list)),
                ("drafted_at", models.DateTimeField(verbose_name="编制时间")),
                (
                    "approval_body",
                    models.CharField(blank=True, max_length=80, verbose_name="批准单位"),
                ),
                (
                    "approval_number",
                    models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                ),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="报备期限")),
                ("due_explanation", models.JSONField(default=list)),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="报备时间")),
                ("is_late", models.BooleanField(default=False, verbose_name="逾期")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="内容摘要")),
                ("receipt_year", models.PositiveIntegerField(blank=True, null=True)),
                ("receipt_serial", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "receipt_number",
                    models.CharField(blank=True, max_length=60, verbose_name="回执编号"),
                ),
                (
                    "verify_code",
                    models.CharField(
                        blank=True, max_length=32, null=True, unique=True, verbose_name="核验码"
                    ),
                ),
                (
                    "review_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="办理期限"),
                ),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="审核时间"),
                ),
                ("review_comment", models.TextField(blank=True, verbose_name="审核意见")),
                ("deficient", models.JSONField(default=list, verbose_name="退回问题")),
                (
                    "new_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="补正期限"),
                ),
            ],
            options={
                "verbose_name": "应急预案版本",
                "verbose_name_plural": "应急预案版本",
                "ordering": ["plan", "number"],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("first_day", models.DateField(verbose_name="起始日期")),
                ("last_day", models.DateField(verbose_name="截止日期")),
                ("weights", models.JSONField(verbose_name="维度权重")),
                ("results", models.JSONField(default=dict, verbose_name="评价结果")),
                ("conclusion", models.TextField(blank=True, verbose_name="评价意见")),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "concluded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="完成时间"),
                ),
            ],
            options={
                "verbose_name": "试点评价",
                "verbose_name_plural": "试点评价",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ExecutionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="序号")),
                ("user_no", models.CharField(blank=True, max_length=40, verbose_name="户号")),
                ("user_name", models.CharField(blank=True, max_length=80, verbose_name="用户名称")),
                ("line_code", models.CharField(blank=True, max_length=40, verbose_name="线路编号")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("错峰", "错峰"),
                            ("避峰", "避峰"),
                            ("限电", "限电"),
                            ("拉闸", "拉闸"),
                        ],
                        max_length=6,
                        verbose_name="措施",
                    ),
                ),
                (
                    "means",
                    models.CharField(
                        choices=[
                            ("用户自控", "用户自控"),
                            ("负控终端", "负控终端"),
                            ("线路开关", "线路开关"),
                        ],
                        max_length=8,
                        verbose_name="控制方式",
                    ),
                ),
                (
                    "ordered_kw",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="下达负荷"),
                ),
                (
                    "executed_kw",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="执行负荷"),
                ),
                ("from_at", models.DateTimeField(verbose_name="开始时间")),
                ("to_at", models.DateTimeField(verbose_name="结束时间")),
                ("feeder_cut", models.BooleanField(default=False, verbose_name="拉闸")),
                (
                    "resident_lines",
                    models.PositiveIntegerField(default=0, verbose_name="涉及居民线路条次"),
                ),
                ("households", models.PositiveIntegerField(default=0, verbose_name="影响居民户数")),
                (
                    "energy_kwh",
                    models.DecimalField(
                        decimal_places=3, default=0, max_digits=16, verbose_name="影响电量"
                    ),
                ),
            ],
            options={
                "verbose_name": "执行记录",
                "verbose_name_plural": "执行记录",
                "ordering": ["activation", "number"],
            },
        ),
        migrations.CreateModel(
            name="FindingProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=20, verbose_name="来源")),
                ("key", models.CharField(max_length=120, unique=True)),
                ("clause", models.CharField(max_length=20, verbose_name="条款")),
                ("title", models.CharField(max_length=120, verbose_name="线索")),
                ("facts", models.TextField(verbose_name="事实")),
                ("url", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待处理"),
                            ("accepted", "已采纳"),
                            ("dismissed", "未采纳"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="处理意见")),
                ("created_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="处理时间"),
                ),
            ],
            options={
                "verbose_name": "问题线索",
                "verbose_name_plural": "问题线索",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="GapForecast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("from_minute", models.PositiveSmallIntegerField(verbose_name="时段起")),
                ("to_minute", models.PositiveSmallIntegerField(verbose_name="时段止")),
                (
                    "gap_mw",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="预测缺口"),
                ),
                (
                    "peak_mw",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="最大用电需求"
                    ),
                ),
                ("basis", models.CharField(max_length=300, verbose_name="预测依据")),
                ("published_at", models.DateTimeField(verbose_name="发布时间")),
                (
                    "replaced_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="修订时间"),
                ),
                (
                    "actual_gap_mw",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="实际缺口",
                    ),
                ),
                (
                    "actual_peak_mw",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="实际最大用电需求",
                    ),
                ),
                (
                    "actual_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="实际值登记时间"),
                ),
                (
                    "report_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报告期限"),
                ),
                ("report_due_explanation", models.JSONField(default=list)),
                (
                    "reported_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报告时间"),
                ),
                ("report_words", models.TextField(blank=True, verbose_name="报告内容")),
            ],
            options={
                "verbose_name": "负荷缺口预测",
                "verbose_name_plural": "负荷缺口预测",
                "ordering": ["-day", "from_minute", "organisation", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ImprovementTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("problem", models.CharField(max_length=300, verbose_name="薄弱环节")),
                ("demand", models.CharField(max_length=300, verbose_name="改进要求")),
                ("due_on", models.DateField(verbose_name="完成期限")),
                ("measure", models.TextField(blank=True, verbose_name="改进措施")),
                ("result", models.TextField(blank=True, verbose_name="完成情况")),
                (
                    "state",
                    models.CharField(
                        choices=[("set", "待改进"), ("done", "待核查"), ("checked", "已核查")],
                        default="set",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("set_at", models.DateTimeField(verbose_name="下达时间")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="核查时间"),
                ),
                ("opinion", models.CharField(blank=True, max_length=300, verbose_name="核查意见")),
            ],
            options={
                "verbose_name": "改进任务",
                "verbose_name_plural": "改进任务",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("formula", models.CharField(max_length=400, verbose_name="计算公式")),
                ("inputs", models.JSONField(verbose_name="计算数据")),
                ("unit", models.CharField(max_length=20, verbose_name="单位")),
                ("decimals", models.PositiveSmallIntegerField(default=2, verbose_name="小数位数")),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "threshold",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        verbose_name="规定值",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("up", "越高越好"), ("down", "越低越好"), ("none", "不评价")],
                        max_length=4,
                        verbose_name="方向",
                    ),
                ),
                (
                    "zero_at",
                    models.DecimalField(
                        decimal_places=4, max_digits=14, null=True, verbose_name="零分值"
                    ),
                ),
                (
                    "full_at",
                    models.DecimalField(
                        decimal_places=4, max_digits=14, null=True, verbose_name="满分值"
                    ),
                ),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=6, verbose_name="权重"
                    ),
                ),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("D1", "守法和准入"),
                            ("D2", "市场和公平"),
                            ("D3", "成本和效率"),
                            ("D4", "质量和服务"),
                            ("D5", "安全和应急"),
                            ("D6", "环境和能效"),
                            ("D7", "发展和风险防控"),
                        ],
                        max_length=2,
                        verbose_name="评价维度",
                    ),
                ),
                (
                    "goal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("a", "保障居民生活用电"),
                            ("b", "规范供电服务行为和政风行风"),
                            ("c", "建立保障基本用电权益的公共服务体系"),
                            ("d", "提供优质、高效、便捷的服务"),
                        ],
                        max_length=1,
                        verbose_name="目标",
                    ),
                ),
                (
                    "area_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "不分城乡"),
                            ("urban", "城市"),
                            ("rural", "农村"),
                            ("remote", "边远"),
                        ],
                        max_length=8,
                        verbose_name="城乡类别",
                    ),
                ),
                ("periods", models.JSONField(default=list, verbose_name="统计期")),
                ("public", models.BooleanField(default=False, verbose_name="可以公开")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("retired", models.BooleanField(default=False, verbose_name="停用")),
                ("order", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "监管指标",
                "verbose_name_plural": "监管指标",
                "ordering": ["order", "code", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="IndicatorValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="起始日期")),
                ("last_day", models.DateField(verbose_name="截止日期")),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=6, max_digits=20, null=True, verbose_name="数值"
                    ),
                ),
                ("inputs", models.JSONField(verbose_name="计算数据")),
                ("computed_at", models.DateTimeField(verbose_name="计算时间")),
                ("cause", models.CharField(blank=True, max_length=200, verbose_name="重算原因")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="公开时间"),
                ),
            ],
            options={
                "verbose_name": "指标值",
                "verbose_name_plural": "指标值",
                "ordering": ["-last_day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LoadControl",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counted_on", models.DateField(verbose_name="统计日期")),
                (
                    "peak_mw",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="最大用电负荷"
                    ),
                ),
                (
                    "monitored_mw",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="可监测负荷"),
                ),
                (
                    "controlled_mw",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="可控制负荷"),
                ),
                ("users", models.PositiveIntegerField(verbose_name="应纳入管理用户数")),
                ("managed_users", models.PositiveIntegerField(verbose_name="已纳入管理用户数")),
                ("basis", models.CharField(max_length=200, verbose_name="数据来源")),
                (
                    "correction",
                    models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                ),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "负荷管理能力",
                "verbose_name_plural": "负荷管理能力",
                "ordering": ["-counted_on", "-entered_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MixedLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="线路编号")),
                ("name", models.CharField(max_length=60, verbose_name="线路名称")),
                ("substation", models.CharField(blank=True, max_length=60, verbose_name="变电站")),
                ("residents", models.PositiveIntegerField(verbose_name="居民户数")),
                ("enterprises", models.PositiveIntegerField(verbose_name="企业户数")),
                ("separable", models.BooleanField(default=False, verbose_name="可分离")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="加装期限")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="加装完成日期")),
                (
                    "separated_on",
                    models.DateField(blank=True, null=True, verbose_name="分离完成日期"),
                ),
                ("separation_entered_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "企业居民共线线路",
                "verbose_name_plural": "企业居民共线线路",
                "ordering": ["organisation", "code"],
            },
        ),
        migrations.CreateModel(
            name="OrderedUsePlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "编制中"),
                            ("certified", "已复核"),
                            ("approved", "政府已批准"),
                            ("filed", "已报送"),
                            ("received", "已接收"),
                            ("returned", "已退回"),
                            ("accepted", "已通过"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("in_force", models.BooleanField(default=False, verbose_name="现行")),
                (
                    "listing",
                    models.CharField(
                        choices=[
                            ("once", "每户列一次（从所列等级起执行）"),
                            ("each", "逐级单列（各等级分别列全）"),
                        ],
                        default="once",
                        max_length=4,
                        verbose_name="列表方式",
                    ),
                ),
                (
                    "peak_demand_kw",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="预计最大负荷"
                    ),
                ),
                (
                    "historic_peak_kw",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="历史最大负荷"
                    ),
                ),
                (
                    "supply_kw",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="可供电力"),
                ),
                ("gap_from", models.CharField(blank=True, max_length=5, verbose_name="缺口时段起")),
                ("gap_to", models.CharField(blank=True, max_length=5, verbose_name="缺口时段止")),
                ("sections", models.JSONField(default=dict, verbose_name="方案正文")),
                (
                    "gap_report_number",
                    models.CharField(blank=True, max_length=60, verbose_name="缺口报告文号"),
                ),
                (
                    "gap_reported_on",
                    models.DateField(blank=True, null=True, verbose_name="缺口报告日期"),
                ),
                ("row_count", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("user_count", models.PositiveIntegerField(default=0, verbose_name="用户数")),
                (
                    "reducible_kw",
                    models.PositiveBigIntegerField(default=0, verbose_name="可压限负荷"),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="检查时间"),
                ),
                ("findings", models.JSONField(default=list, verbose_name="检查结果")),
                ("finding_counts", models.JSONField(default=dict)),
                ("confirmed", models.JSONField(default=dict, verbose_name="已说明的提示")),
                ("editors", models.JSONField(default=list)),
                ("drafted_at", models.DateTimeField(verbose_name="编制时间")),
                (
                    "certified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="复核时间"),
                ),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="内容摘要")),
                (
                    "approval_body",
                    models.CharField(blank=True, max_length=80, verbose_name="批准机关"),
                ),
                (
                    "approval_number",
                    models.CharField(blank=True, max_length=60, verbose_name="批准文号"),
                ),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="报送期限")),
                ("due_explanation", models.JSONField(default=list)),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="报送时间")),
                ("is_late", models.BooleanField(default=False, verbose_name="逾期")),
                (
                    "review_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="办理期限"),
                ),
                ("review_due_explanation", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(verbose_name="开始编制时间")),
            ],
            options={
                "verbose_name": "有序用电方案",
                "verbose_name_plural": "有序用电方案",
                "ordering": ["-year", "organisation", "-number"],
            },
        ),
        migrations.CreateModel(
            name="OrderedUseRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
                ("content", models.JSONField(verbose_name="内容")),
            ],
            options={
                "verbose_name": "有序用电规则",
                "verbose_name_plural": "有序用电规则",
                "ordering": ["valid_from", "code"],
            },
        ),
        migrations.CreateModel(
            name="OutageFlag",
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
                        choices=[
                            ("late", "公告提前量不足"),
                            ("missing", "停电前未公告"),
                            ("important", "重要用户未按时通知"),
                            ("reason", "没有法定停电原因"),
                            ("document", "没有经批准的方案"),
                            ("fields", "公告内容不全"),
                            ("early", "早于公告时间停电"),
                            ("overrun", "超过公告时间未复电"),
                            ("restore", "原因消除后未按时复电"),
                            ("repair", "抢修到场超时"),
                            ("duration", "连续停电时间过长"),
                            ("violation", "随意停居民用电"),
                            ("unreported", "未填报实际停复电时间"),
                            ("corrected", "公告时间事后改早"),
                            ("unmatched", "依据文件与平台所存方案不符"),
                            ("gaps", "填报不全，复电、到场时限无法核对"),
                        ],
                        max_length=12,
                        verbose_name="问题",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("kept_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "停限电问题",
                "verbose_name_plural": "停限电问题",
                "ordering": ["notice", "code"],
            },
        ),
        migrations.CreateModel(
            name="OutageLead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("feeder", "线路"),
                            ("transformer_area", "台区"),
                            ("address", "地址"),
                        ],
                        max_length=20,
                        verbose_name="范围",
                    ),
                ),
                ("place", models.CharField(max_length=120, verbose_name="位置")),
                ("starts_at", models.DateTimeField(verbose_name="最早反映时间")),
                ("ends_at", models.DateTimeField(verbose_name="最晚反映时间")),
                ("count", models.PositiveIntegerField(verbose_name="诉求件数")),
                ("callers", models.PositiveIntegerField(verbose_name="反映人数")),
                (
                    "nearest",
                    models.JSONField(blank=True, default=list, verbose_name="最近的停限电信息"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待核实"),
                            ("accepted", "已采纳"),
                            ("dismissed", "未采纳"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="处理意见")),
                ("created_at", models.DateTimeField(verbose_name="发现时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="处理时间"),
                ),
            ],
            options={
                "verbose_name": "疑似未公告停电",
                "verbose_name_plural": "疑似未公告停电",
                "ordering": ["-starts_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="OutageNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("planned", "计划停电"),
                            ("temporary", "临时停电"),
                            ("fault", "故障停电"),
                            ("shortage", "超供电能力停限电"),
                            ("ordered_use", "有序用电"),
                            ("arrears", "欠费停电"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="原因")),
                (
                    "reason_text",
                    models.CharField(blank=True, max_length=200, verbose_name="原因说明"),
                ),
                ("document", models.CharField(blank=True, max_length=80, verbose_name="依据文件")),
                ("area", models.CharField(max_length=300, verbose_name="停电区域")),
                (
                    "area_type",
                    models.CharField(
                        blank=True,
                        choices=[("urban", "城区"), ("rural", "农村"), ("remote", "边远")],
                        max_length=10,
                        verbose_name="城乡类别",
                    ),
                ),
                ("substation", models.CharField(blank=True, max_length=60, verbose_name="变电站")),
                ("lines", models.JSONField(blank=True, default=list, verbose_name="停电线路")),
                (
                    "transformer_areas",
                    models.JSONField(blank=True, default=list, verbose_name="停电台区"),
                ),
                ("households", models.PositiveIntegerField(default=0, verbose_name="居民户数")),
                (
                    "important_users",
                    models.PositiveIntegerField(default=0, verbose_name="重要用户数"),
                ),
                (
                    "dedicated_users",
                    models.PositiveIntegerField(default=0, verbose_name="专变用户数"),
                ),
                (
                    "sensitive_users",
                    models.PositiveIntegerField(default=0, verbose_name="敏感用户数"),
                ),
                ("planned_start", models.DateTimeField(verbose_name="计划停电时间")),
                ("planned_end", models.DateTimeField(verbose_name="计划复电时间")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="公告时间"),
                ),
                ("counts_from", models.DateTimeField(blank=True, null=True)),
                (
                    "told_first",
                    models.DateTimeField(blank=True, null=True, verbose_name="改早前的公告时间"),
                ),
                ("channels", models.JSONField(blank=True, default=list, verbose_name="公告渠道")),
                (
                    "important_told_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="通知重要用户时间"),
                ),
                (
                    "important_record",
                    models.CharField(blank=True, max_length=200, verbose_name="重要用户通知记录"),
                ),
                (
                    "actual_start",
                    models.DateTimeField(blank=True, null=True, verbose_name="实际停电时间"),
                ),
                (
                    "actual_end",
                    models.DateTimeField(blank=True, null=True, verbose_name="实际复电时间"),
                ),
                (
                    "arrived_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="抢修到场时间"),
                ),
                (
                    "cause_ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="停电原因消除时间"),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("outage", "停电作业"),
                            ("live_working", "带电作业"),
                            ("live_detection", "带电检测"),
                            ("bypass", "旁路作业"),
                            ("mobile_generator", "移动发电"),
                        ],
                        default="outage",
                        max_length=20,
                        verbose_name="作业方式",
                    ),
                ),
                (
                    "avoided_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=6,
                        null=True,
                        verbose_name="减少停电时间（小时）",
                    ),
                ),
                (
                    "avoided_households",
                    models.PositiveIntegerField(default=0, verbose_name="减少停电户数"),
                ),
                ("words", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("standing", "有效"), ("cancelled", "已取消")],
                        default="standing",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "change_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="变更、取消原因"),
                ),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="取消时间"),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("digest", models.CharField(max_length=64)),
                (
                    "lead_seconds",
                    models.BigIntegerField(blank=True, null=True, verbose_name="提前量"),
                ),
                ("lead_ok", models.BooleanField(blank=True, null=True)),
                ("explanation", models.JSONField(blank=True, default=list)),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                ("judge_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
            ],
            options={
                "verbose_name": "停限电信息",
                "verbose_name_plural": "停限电信息",
                "ordering": ["-planned_start", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="OutageRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                (
                    "family",
                    models.CharField(
                        choices=[
                            ("kind", "停限电类型"),
                            ("reason", "停限电原因"),
                            ("notice", "公告提前量"),
                            ("important", "重要用户通知"),
                            ("restore", "恢复供电"),
                            ("duration", "连续停电时间"),
                            ("yearly", "全年停电时间"),
                            ("frequent", "频繁停电"),
                            ("detect", "未公告停电识别"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                ("kinds", models.JSONField(blank=True, default=list, verbose_name="适用类型")),
                ("value", models.PositiveIntegerField(blank=True, null=True, verbose_name="限值")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单位")),
                ("content", models.JSONField(blank=True, default=dict, verbose_name="内容")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "停限电规则",
                "verbose_name_plural": "停限电规则",
                "ordering": ["family", "code", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="OutageVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("file", "登记"),
                            ("change", "变更"),
                            ("cancel", "取消"),
                            ("report", "填报实际情况"),
                        ],
                        max_length=10,
                        verbose_name="事项",
                    ),
                ),
                ("content", models.JSONField(verbose_name="内容")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "停限电信息版本",
                "verbose_name_plural": "停限电信息版本",
                "ordering": ["notice", "number"],
            },
        ),
        migrations.CreateModel(
            name="PlanEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("move", models.CharField(max_length=20, verbose_name="事项")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("comment", models.TextField(blank=True, verbose_name="意见")),
                ("deficient", models.JSONField(default=list, verbose_name="退回问题")),
                (
                    "new_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="补正期限"),
                ),
                ("new_due_explanation", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "方案办理记录",
                "verbose_name_plural": "方案办理记录",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PlanGrade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(verbose_name="次序")),
                ("grade", models.CharField(max_length=10, verbose_name="等级")),
                ("name", models.CharField(blank=True, max_length=20, verbose_name="名称")),
                ("colour", models.CharField(blank=True, max_length=4, verbose_name="预警颜色")),
                (
                    "gap_from",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="缺口下限"),
                ),
                (
                    "gap_to",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, null=True, verbose_name="缺口上限"
                    ),
                ),
                ("target_kw", models.PositiveBigIntegerField(default=0, verbose_name="调控指标")),
                (
                    "reducible_kw",
                    models.PositiveBigIntegerField(default=0, verbose_name="可压限负荷"),
                ),
                ("user_count", models.PositiveIntegerField(default=0, verbose_name="用户数")),
            ],
            options={
                "verbose_name": "方案等级",
                "verbose_name_plural": "方案等级",
                "ordering": ["plan", "order"],
            },
        ),
        migrations.CreateModel(
            name="PlanImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="文件名")),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "处理中"),
                            ("entered", "已导入"),
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
                ("faults", models.PositiveIntegerField(default=0, verbose_name="错误")),
                ("problems", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "方案导入",
                "verbose_name_plural": "方案导入",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PlanQuota",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("supply_kw", models.PositiveBigIntegerField(verbose_name="电力指标")),
                ("resident_kw", models.PositiveBigIntegerField(verbose_name="居民生活用电负荷")),
                (
                    "energy_mwh",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="电量指标"),
                ),
                (
                    "resident_mwh",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="居民生活用电量"
                    ),
                ),
                ("cut_kw", models.PositiveBigIntegerField(default=0, verbose_name="调控指标")),
            ],
            options={
                "verbose_name": "地区指标",
                "verbose_name_plural": "地区指标",
                "ordering": ["plan", "region"],
            },
        ),
        migrations.CreateModel(
            name="PlanReceipt",
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
            ],
            options={
                "verbose_name": "方案回执",
                "verbose_name_plural": "方案回执",
                "ordering": ["recipient", "year", "serial"],
            },
        ),
        migrations.CreateModel(
            name="PlanRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="序号")),
                ("region", models.CharField(max_length=40, verbose_name="地区")),
                ("supply_unit", models.CharField(max_length=60, verbose_name="供电单位")),
                ("substation", models.CharField(blank=True, max_length=60, verbose_name="变电站")),
                ("line_name", models.CharField(blank=True, max_length=60, verbose_name="供电线路")),
                ("line_code", models.CharField(blank=True, max_length=40, verbose_name="线路编号")),
                ("transformer", models.CharField(blank=True, max_length=60, verbose_name="变压器")),
                ("user_no", models.CharField(max_length=30, verbose_name="户号")),
                ("user_name", models.CharField(max_length=80, verbose_name="用户名称")),
                ("industry", models.CharField(blank=True, max_length=40, verbose_name="行业")),
                ("user_class", models.CharField(max_length=10, verbose_name="用户类别")),
                (
                    "protected",
                    models.CharField(blank=True, max_length=20, verbose_name="优先保障类别"),
                ),
                ("capacity_kva", models.PositiveIntegerField(verbose_name="报装容量")),
                ("max_load_kw", models.PositiveIntegerField(verbose_name="最大负荷")),
                (
                    "security_load_kw",
                    models.PositiveIntegerField(default=0, verbose_name="保安负荷"),
                ),
                ("reducible_kw", models.PositiveIntegerField(verbose_name="可压限负荷")),
                ("grade", models.CharField(max_length=10, verbose_name="方案等级")),
                ("grade_order", models.PositiveSmallIntegerField(default=0)),
                ("measure", models.CharField(max_length=10, verbose_name="措施")),
                ("time_from", models.CharField(max_length=5, verbose_name="起始时段")),
                ("time_to", models.CharField(max_length=5, verbose_name="终止时段")),
                ("rest_day", models.CharField(blank=True, max_length=4, verbose_name="轮休日")),
                ("control_means", models.CharField(max_length=10, verbose_name="控制方式")),
                ("mixed_line", models.BooleanField(default=False, verbose_name="企业居民共线")),
                ("separable", models.BooleanField(default=False, verbose_name="可分离")),
                ("cutoff_device", models.BooleanField(default=False, verbose_name="断电设施")),
                ("contact", core.fields.EncryptedTextField(blank=True, verbose_name="联系人")),
                ("phone", core.fields.EncryptedTextField(blank=True, verbose_name="联系电话")),
                ("phone_index", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "方案明细",
                "verbose_name_plural": "方案明细",
                "ordering": ["plan", "line"],
            },
        ),
        migrations.CreateModel(
            name="PortalOutage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始时间")),
                ("ends_at", models.DateTimeField(verbose_name="恢复时间")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("noted_at", models.DateTimeField(verbose_name="登记时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                (
                    "undone_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤销理由"),
                ),
                ("moved", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "平台停用记录",
                "verbose_name_plural": "平台停用记录",
                "ordering": ["-starts_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("text", models.CharField(max_length=300, verbose_name="承诺内容")),
                (
                    "indicator_code",
                    models.CharField(blank=True, max_length=40, verbose_name="对应指标"),
                ),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        verbose_name="承诺值",
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("order", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "服务承诺",
                "verbose_name_plural": "服务承诺",
                "ordering": ["organisation", "order", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="ResponseResource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("grid", models.CharField(max_length=60, verbose_name="网格")),
                ("user_no", models.CharField(max_length=40, verbose_name="户号")),
                ("user_name", models.CharField(max_length=80, verbose_name="用户名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("industry", "工业可调节负荷"),
                            ("cooling", "空调及制冷负荷"),
                            ("storage", "储能"),
                            ("charging", "充电设施"),
                            ("lighting", "景观照明"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="资源类别",
                    ),
                ),
                (
                    "capacity_kw",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="可响应负荷"),
                ),
                ("notice_minutes", models.PositiveIntegerField(verbose_name="提前通知")),
                ("agreed_on", models.DateField(verbose_name="签约日期")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="退出日期")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "需求响应资源",
                "verbose_name_plural": "需求响应资源",
                "ordering": ["organisation", "grid", "user_no"],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="报表")),
                ("period_start", models.DateField(verbose_name="报告期起")),
                ("period_end", models.DateField(verbose_name="报告期止")),
                ("due_at", models.DateTimeField(verbose_name="截止时间")),
                ("due_explanation", models.JSONField(default=list)),
                (
                    "first_due_at",
                    models.DateTimeField(null=True, verbose_name="首次报送时的截止时间"),
                ),
                ("first_late", models.BooleanField(null=True, verbose_name="首次报送逾期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待填报"),
                            ("draft", "填报中"),
                            ("certifying", "待复核认证"),
                            ("submitted", "已报送"),
                            ("returned", "已退回"),
                            ("accepted", "已通过"),
                            ("waived", "免报"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="开启时间")),
                (
                    "recheck",
                    core.fields.EncryptedJSONField(default=list, verbose_name="因前期更正需要核对"),
                ),
                ("recheck_at", models.DateTimeField(null=True, verbose_name="提出核对的时间")),
            ],
            options={
                "verbose_name": "报表报送",
                "verbose_name_plural": "报表报送",
                "ordering": ["due_at", "code", "organisation"],
            },
        ),
        migrations.CreateModel(
            name="ReturnCollection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="报表")),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("created_at", models.DateTimeField(verbose_name="设立时间")),
            ],
            options={
                "verbose_name": "报表收集",
                "verbose_name_plural": "报表收集",
                "ordering": ["code", "starts_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReturnForm",
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
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="启用日期")),
                ("content", models.JSONField(verbose_name="定义")),
                ("created_at", models.DateTimeField(verbose_name="上传时间")),
                ("published_at", models.DateTimeField(null=True, verbose_name="发布时间")),
            ],
            options={
                "verbose_name": "报表定义",
                "verbose_name_plural": "报表定义",
                "ordering": ["code", "version"],
            },
        ),
        migrations.CreateModel(
            name="ReturnReceiptCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveIntegerField(verbose_name="年度")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="末号")),
            ],
            options={
                "verbose_name": "报表回执编号",
                "verbose_name_plural": "报表回执编号",
            },
        ),
        migrations.CreateModel(
            name="ReturnReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.SmallIntegerField(verbose_name="催报步骤")),
                ("due_at", models.DateTimeField(verbose_name="截止时间")),
                ("at", models.DateTimeField(verbose_name="发出时间")),
            ],
            options={
                "verbose_name": "报表催报记录",
                "verbose_name_plural": "报表催报记录",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReturnReview",
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
                        choices=[("returned", "退回补正"), ("accepted", "审核通过")],
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
            ],
            options={
                "verbose_name": "报表审核",
                "verbose_name_plural": "报表审核",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReturnUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="上传时间")),
            ],
            options={
                "verbose_name": "报表上传文件",
                "verbose_name_plural": "报表上传文件",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReturnVersion",
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
                            ("open", "待填报"),
                            ("draft", "填报中"),
                            ("certifying", "待复核认证"),
                            ("submitted", "已报送"),
                            ("returned", "已退回"),
                            ("accepted", "已通过"),
                            ("waived", "免报"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("rows", core.fields.EncryptedJSONField(default=dict, verbose_name="内容")),
                ("revision", models.PositiveIntegerField(default=0)),
                ("savers", models.JSONField(default=list)),
                ("confirmed", models.JSONField(default=dict, verbose_name="已说明的提示")),
                ("editors", models.JSONField(default=list)),
                (
                    "correction_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="更正原因"),
                ),
                (
                    "sent_back_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="退回填报人的理由"),
                ),
                ("created_at", models.DateTimeField(verbose_name="开始填报时间")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="报送时间")),
                (
                    "due_at_submission",
                    models.DateTimeField(null=True, verbose_name="报送时的截止时间"),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="逾期报送")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="内容摘要")),
                (
                    "receipt_number",
                    models.CharField(blank=True, max_length=60, verbose_name="回执编号"),
                ),
                (
                    "verify_code",
                    models.CharField(
                        blank=True, db_index=True, max_length=32, verbose_name="核验码"
                    ),
                ),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="审核通过时间")),
            ],
            options={
                "verbose_name": "报表版本",
                "verbose_name_plural": "报表版本",
                "ordering": ["entry", "number"],
            },
        ),
        migrations.CreateModel(
            name="ReturnWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="报表")),
                (
                    "check_name",
                    models.CharField(blank=True, max_length=120, verbose_name="校验规则"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("expires_on", models.DateField(verbose_name="有效期至")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待批准"),
                            ("approved", "已批准"),
                            ("refused", "未批准"),
                            ("revoked", "已撤销"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="批复时间")),
                ("decision", models.CharField(blank=True, max_length=300, verbose_name="批复意见")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                (
                    "revoked_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="撤销理由"),
                ),
            ],
            options={
                "verbose_name": "报表豁免",
                "verbose_name_plural": "报表豁免",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ServiceCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.CharField(max_length=80, verbose_name="窗口")),
                (
                    "manner",
                    models.CharField(
                        choices=[("open", "明查"), ("covert", "暗访")],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("checked_on", models.DateField(verbose_name="检查日期")),
                ("points", models.JSONField(verbose_name="得分")),
                (
                    "remarks",
                    models.CharField(blank=True, max_length=500, verbose_name="发现的问题"),
                ),
                ("got", models.PositiveIntegerField(verbose_name="得分合计")),
                ("possible", models.PositiveIntegerField(verbose_name="应得分合计")),
                ("up_to_standard", models.BooleanField(verbose_name="达标")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤销时间"),
                ),
                (
                    "withdrawn_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤销原因"),
                ),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "规范服务检查",
                "verbose_name_plural": "规范服务检查",
                "ordering": ["-checked_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ServiceStandard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(unique=True, verbose_name="版本")),
                ("title", models.CharField(max_length=80, verbose_name="检查表")),
                ("items", models.JSONField(verbose_name="检查项目")),
                ("passed_from", models.PositiveSmallIntegerField(verbose_name="达标分")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
            ],
            options={
                "verbose_name": "规范服务检查表",
                "verbose_name_plural": "规范服务检查表",
                "ordering": ["version"],
            },
        ),
        migrations.CreateModel(
            name="ShortageRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("content", models.JSONField(verbose_name="内容")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
            ],
            options={
                "verbose_name": "缺电管理规则",
                "verbose_name_plural": "缺电管理规则",
                "ordering": ["code", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="SupplyBriefing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="起始日期")),
                ("last_day", models.DateField(verbose_name="截止日期")),
                ("addressee", models.CharField(max_length=80, verbose_name="主送机关")),
                ("content", models.JSONField(verbose_name="数据")),
                ("advice", models.TextField(blank=True, verbose_name="工作建议")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "编制中"), ("issued", "已报出")],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="文号"),
                ),
                ("edited_at", models.DateTimeField(verbose_name="编制时间")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="报出时间")),
            ],
            options={
                "verbose_name": "供需形势报告",
                "verbose_name_plural": "供需形势报告",
                "ordering": ["-last_day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator_code", models.CharField(max_length=40, verbose_name="指标")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "value",
                    models.DecimalField(decimal_places=4, max_digits=14, verbose_name="目标值"),
                ),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "指标目标值",
                "verbose_name_plural": "指标目标值",
                "ordering": ["year", "region", "indicator_code"],
            },
        ),
        migrations.CreateModel(
            name="TargetPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
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
            ],
            options={
                "verbose_name": "指标目标文件",
                "verbose_name_plural": "指标目标文件",
                "ordering": ["-created_at", "-pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TargetVersion",
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
            ],
            options={
                "verbose_name": "指标目标文件版本",
                "verbose_name_plural": "指标目标文件版本",
                "ordering": ["paper", "number"],
            },
        ),
        migrations.AddField(
            model_name="activation",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="activation",
            name="reported_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="activationmove",
            name="activation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="moves",
                to="reporting.activation",
            ),
        ),
        migrations.AddField(
            model_name="activationmove",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="circularreceipt",
            name="circular",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="receipts",
                to="reporting.circular",
            ),
        ),
        migrations.AddField(
            model_name="circularreceipt",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="circularreceipt",
            name="signed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="definitionchange",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="核准人",
            ),
        ),
        migrations.AddField(
            model_name="definitionchange",
            name="drafted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="拟稿人",
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="公开单位",
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureitem",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="disclosure_item_once_per_start"
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disclosures",
                to="reporting.disclosureitem",
            ),
        ),
        migrations.AddField(
            model_name="emergencydrill",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="emergencydrill",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="演练单位",
            ),
        ),
        migrations.AddField(
            model_name="emergencyplan",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="编制单位",
            ),
        ),
        migrations.AddField(
            model_name="emergencyplan",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="备案机构",
            ),
        ),
        migrations.AddField(
            model_name="emergencydrill",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drills",
                to="reporting.emergencyplan",
            ),
        ),
        migrations.AddField(
            model_name="emergencyplanfile",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="emergencyplanfile",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="emergencyplanversion",
            name="filed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="emergencyplanversion",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="reporting.emergencyplan",
            ),
        ),
        migrations.AddField(
            model_name="emergencyplanversion",
            name="receipt_office",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="emergencyplanversion",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="emergencyplanfile",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="reporting.emergencyplanversion",
            ),
        ),
        migrations.AddField(
            model_name="emergencyplan",
            name="current_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.emergencyplanversion",
            ),
        ),
        migrations.AddField(
            model_name="emergencyplan",
            name="filed_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.emergencyplanversion",
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="concluded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="组织单位",
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="units",
            field=models.ManyToManyField(
                related_name="+", to="accounts.organisation", verbose_name="试点单位"
            ),
        ),
        migrations.AddField(
            model_name="executionrow",
            name="activation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="reporting.activation",
            ),
        ),
        migrations.AddField(
            model_name="findingproposal",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="findingproposal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="findingproposal",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="涉及单位",
            ),
        ),
        migrations.AddField(
            model_name="gapforecast",
            name="actual_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="gapforecast",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="gapforecast",
            name="published_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="gapforecast",
            name="reported_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="evaluation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="reporting.evaluation",
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="下达单位",
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="责任单位",
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="indicator_one_version_per_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("full_at__isnull", True), ("zero_at__isnull", True)),
                    models.Q(
                        ("full_at__isnull", False),
                        ("zero_at__isnull", False),
                        models.Q(("zero_at", models.F("full_at")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="indicator_scored_from_zero_to_full",
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="indicator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.indicator",
            ),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="indicator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="values_computed",
                to="reporting.indicator",
            ),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="superseded_by",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supersedes",
                to="reporting.indicatorvalue",
            ),
        ),
        migrations.AddField(
            model_name="improvementtask",
            name="value",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.indicatorvalue",
            ),
        ),
        migrations.AddField(
            model_name="loadcontrol",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="loadcontrol",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="mixedline",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mixedline",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="approval_file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="certified_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="check_job",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="core.job",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="drafted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="编制人",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="filed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ordered_use_plans",
                to="accounts.organisation",
                verbose_name="编制单位",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received_ordered_use_plans",
                to="accounts.organisation",
                verbose_name="受理单位",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.region",
                verbose_name="地区",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="activation",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="ordereduserule",
            name="region",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.region",
            ),
        ),
        migrations.AddField(
            model_name="ordereduseplan",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                to="reporting.ordereduserule",
                verbose_name="适用规则",
            ),
        ),
        migrations.AddField(
            model_name="outagelead",
            name="cases",
            field=models.ManyToManyField(
                related_name="+", to="complaints.case", verbose_name="诉求"
            ),
        ),
        migrations.AddField(
            model_name="outagelead",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="outagelead",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="outagelead",
            name="proposal",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.findingproposal",
            ),
        ),
        migrations.AddField(
            model_name="outagenotice",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="outagenotice",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="outagelead",
            name="told_later",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.outagenotice",
            ),
        ),
        migrations.AddField(
            model_name="outageflag",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="flags",
                to="reporting.outagenotice",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagerule",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="outage_rule_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="outagerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="outage_rule_ends_after_it_starts",
            ),
        ),
        migrations.AddField(
            model_name="outagelead",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.outagerule",
            ),
        ),
        migrations.AddField(
            model_name="outageflag",
            name="rule",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.outagerule",
            ),
        ),
        migrations.AddField(
            model_name="outageversion",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="outageversion",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="reporting.outagenotice",
            ),
        ),
        migrations.AddField(
            model_name="planevent",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="planevent",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="plangrade",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grades",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="planimport",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="planimport",
            name="copy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="planimport",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="core.job",
            ),
        ),
        migrations.AddField(
            model_name="planimport",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="imports",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="planimport",
            name="upload",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="planquota",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="quotas",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="planquota",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.region"
            ),
        ),
        migrations.AddField(
            model_name="planreceipt",
            name="plan",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipt",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="planreceipt",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="planrow",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="reporting.ordereduseplan",
            ),
        ),
        migrations.AddField(
            model_name="portaloutage",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="portaloutage",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="portaloutage",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promises",
                to="accounts.organisation",
                verbose_name="承诺单位",
            ),
        ),
        migrations.AddField(
            model_name="responseresource",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="responseresource",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="accounts.organisation",
                verbose_name="报送单位",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received_returns",
                to="accounts.organisation",
                verbose_name="受理单位",
            ),
        ),
        migrations.AddField(
            model_name="returncollection",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="收集单位",
            ),
        ),
        migrations.AddField(
            model_name="returncollection",
            name="started_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="collection",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="reporting.returncollection",
            ),
        ),
        migrations.AddField(
            model_name="returnform",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnform",
            name="published_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="form",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="reporting.returnform",
            ),
        ),
        migrations.AddField(
            model_name="returnreceiptcounter",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="returnreminder",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="reporting.return",
            ),
        ),
        migrations.AddField(
            model_name="returnreminder",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnreview",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnupload",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnupload",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="returnversion",
            name="certified_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnversion",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="reporting.return",
            ),
        ),
        migrations.AddField(
            model_name="returnupload",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="uploads",
                to="reporting.returnversion",
            ),
        ),
        migrations.AddField(
            model_name="returnreview",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="reporting.returnversion",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="accepted_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.returnversion",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="current_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.returnversion",
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="filed_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.returnversion",
            ),
        ),
        migrations.AddField(
            model_name="returnwaiver",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnwaiver",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="returnwaiver",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            model_name="returnwaiver",
            name="revoked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="servicecheck",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="servicecheck",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="检查机构",
            ),
        ),
        migrations.AddField(
            model_name="servicecheck",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="供电单位",
            ),
        ),
        migrations.AddField(
            model_name="servicecheck",
            name="standard",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="reporting.servicestandard",
                verbose_name="检查表",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortagerule",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="shortage_rule_once_per_start"
            ),
        ),
        migrations.AddField(
            model_name="supplybriefing",
            name="edited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supplybriefing",
            name="issued_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supplybriefing",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="报告单位",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.region",
                verbose_name="地区",
            ),
        ),
        migrations.AddField(
            model_name="targetpaper",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="targetpaper",
            name="issued_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="targetpaper",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="编制单位",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="paper",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="targets",
                to="reporting.targetpaper",
            ),
        ),
        migrations.AddField(
            model_name="targetversion",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="targetversion",
            name="docx",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="targetversion",
            name="edited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="targetversion",
            name="paper",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="reporting.targetpaper",
            ),
        ),
        migrations.AddField(
            model_name="targetversion",
            name="pdf",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="targetpaper",
            name="current_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.targetversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="circularreceipt",
            constraint=models.UniqueConstraint(
                fields=("circular", "organisation"), name="circular_signed_for_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="definitionchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("subject", "code"),
                name="definition_change_one_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="definitionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="definition_change_decided_or_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="definitionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "adopted"), _negated=True),
                    models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="definition_change_adopted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("organisation", "item", "published_on"),
                name="disclosure_once_per_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencydrill",
            constraint=models.UniqueConstraint(
                fields=("plan", "held_on", "scenario"), name="emergency_drill_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyplanversion",
            constraint=models.UniqueConstraint(
                fields=("plan", "number"), name="emergency_version_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyplanversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("receipt_serial__isnull", False)),
                fields=("receipt_office", "receipt_year", "receipt_serial"),
                name="emergency_receipt_serial_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyplanversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("filed_at__isnull", True), ("receipt_number", ""), ("state", "draft")
                    ),
                    models.Q(
                        ("approved_on__isnull", False),
                        ("filed_at__isnull", False),
                        ("filed_by__isnull", False),
                        ("state__in", ["filed", "received", "returned", "accepted"]),
                        models.Q(("receipt_number", ""), _negated=True),
                        models.Q(("digest", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="emergency_filed_with_approval_and_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyplan",
            constraint=models.UniqueConstraint(
                fields=("organisation", "title"), name="emergency_plan_title_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day__gte", models.F("first_day"))),
                name="evaluation_period_right_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="executionrow",
            constraint=models.UniqueConstraint(
                fields=("activation", "number"), name="execution_row_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="executionrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_at__gt", models.F("from_at"))),
                name="execution_row_ends_after_begin",
            ),
        ),
        migrations.AddConstraint(
            model_name="executionrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("executed_kw__gte", 0), ("ordered_kw__gte", 0)),
                name="execution_row_loads_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="executionrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("measure", "拉闸"), _negated=True),
                    ("feeder_cut", True),
                    _connector="OR",
                ),
                name="execution_row_cut_is_feeder_cut",
            ),
        ),
        migrations.AddIndex(
            model_name="findingproposal",
            index=models.Index(fields=["state", "-created_at", "-id"], name="proposal_by_state"),
        ),
        migrations.AddIndex(
            model_name="findingproposal",
            index=models.Index(
                fields=["organisation", "-created_at"], name="proposal_by_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="findingproposal",
            constraint=models.CheckConstraint(
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
                    ),
                    _connector="OR",
                ),
                name="proposal_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="findingproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dismissed"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="proposal_dismissed_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="gapforecast",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("organisation", "day", "from_minute", "to_minute"),
                name="gap_forecast_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="gapforecast",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_minute__lt", models.F("to_minute")), ("to_minute__lte", 1440)
                ),
                name="gap_forecast_band_within_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="gapforecast",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gap_mw__gte", 0), ("gap_mw__lte", models.F("peak_mw")), ("peak_mw__gt", 0)
                ),
                name="gap_forecast_gap_of_peak",
            ),
        ),
        migrations.AddConstraint(
            model_name="gapforecast",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("actual_gap_mw__isnull", True), ("actual_peak_mw__isnull", True)),
                    models.Q(
                        ("actual_at__isnull", False),
                        ("actual_gap_mw__gte", 0),
                        ("actual_peak_mw__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="gap_forecast_actual_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="indicatorvalue",
            index=models.Index(fields=["last_day", "first_day"], name="indicator_value_by_period"),
        ),
        migrations.AddConstraint(
            model_name="indicatorvalue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_by__isnull", True)),
                fields=("indicator", "organisation", "first_day", "last_day"),
                name="indicator_value_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicatorvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day__gte", models.F("first_day"))),
                name="indicator_value_period_right_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="improvementtask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at__isnull", True), ("state", "set")),
                    models.Q(
                        ("checked_at__isnull", True), ("done_at__isnull", False), ("state", "done")
                    ),
                    models.Q(
                        ("checked_at__isnull", False),
                        ("done_at__isnull", False),
                        ("state", "checked"),
                    ),
                    _connector="OR",
                ),
                name="improvement_checked_only_when_done",
            ),
        ),
        migrations.AddConstraint(
            model_name="loadcontrol",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("organisation", "counted_on"),
                name="load_control_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="loadcontrol",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("controlled_mw__gte", 0),
                    ("controlled_mw__lte", models.F("monitored_mw")),
                    ("managed_users__lte", models.F("users")),
                    ("monitored_mw__lte", models.F("peak_mw")),
                    ("peak_mw__gt", 0),
                ),
                name="load_control_parts_of_peak",
            ),
        ),
        migrations.AddConstraint(
            model_name="mixedline",
            constraint=models.UniqueConstraint(
                fields=("organisation", "code"), name="mixed_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="mixedline",
            constraint=models.CheckConstraint(
                condition=models.Q(("enterprises__gt", 0), ("residents__gt", 0)),
                name="mixed_line_has_residents_and_enterprises",
            ),
        ),
        migrations.AddConstraint(
            model_name="mixedline",
            constraint=models.CheckConstraint(
                condition=models.Q(("separable", True), ("due_on__isnull", False), _connector="OR"),
                name="mixed_line_inseparable_has_its_day",
            ),
        ),
        migrations.AddIndex(
            model_name="activation",
            index=models.Index(fields=["organisation", "-announced_at"], name="activation_by_unit"),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gap_mw__gt", 0), ("gap_mw__lte", models.F("peak_mw")), ("peak_mw__gt", 0)
                ),
                name="activation_gap_of_peak",
            ),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("started_at__isnull", True),
                    models.Q(
                        ("started_at__gte", models.F("announced_at")),
                        ("until__gt", models.F("started_at")),
                        models.Q(("approval_body", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="activation_started_only_when_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("released_at__isnull", False), ("state__in", ["released", "reported"])
                    ),
                    models.Q(
                        models.Q(("state__in", ["released", "reported"]), _negated=True),
                        ("released_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="activation_released_exactly_when_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_at__isnull", True),
                    models.Q(
                        ("released_at__gte", models.F("announced_at")), ("started_at__isnull", True)
                    ),
                    ("released_at__gte", models.F("started_at")),
                    _connector="OR",
                ),
                name="activation_released_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereduserule",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="ordered_use_rule_one_per_start"
            ),
        ),
        migrations.AddIndex(
            model_name="ordereduseplan",
            index=models.Index(fields=["recipient", "year", "state"], name="plan_by_recipient"),
        ),
        migrations.AddConstraint(
            model_name="ordereduseplan",
            constraint=models.UniqueConstraint(
                fields=("organisation", "region", "year", "number"), name="plan_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereduseplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("in_force", True)),
                fields=("region", "year"),
                name="plan_one_in_force_per_area_and_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereduseplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "certified"])),
                fields=("organisation", "region", "year"),
                name="plan_one_open_per_area_and_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereduseplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_force", False),
                    ("state__in", ["approved", "filed", "received", "returned", "accepted"]),
                    _connector="OR",
                ),
                name="plan_in_force_only_when_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereduseplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["approved", "filed", "received", "returned", "accepted"]),
                        _negated=True,
                    ),
                    models.Q(
                        ("approved_on__isnull", False),
                        models.Q(("approval_body", ""), _negated=True),
                        models.Q(("approval_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="plan_approved_with_body_number_and_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereduseplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("filed_at__isnull", False),
                        ("state__in", ["filed", "received", "returned", "accepted"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["filed", "received", "returned", "accepted"]),
                            _negated=True,
                        ),
                        ("filed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="plan_filed_with_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordereduseplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("certified_by__isnull", True),
                    models.Q(("certified_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="plan_four_eyes",
            ),
        ),
        migrations.AddIndex(
            model_name="outagenotice",
            index=models.Index(fields=["-planned_start", "-id"], name="outage_by_start"),
        ),
        migrations.AddIndex(
            model_name="outagenotice",
            index=models.Index(
                fields=["organisation", "-planned_start", "-id"], name="outage_by_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="outagenotice",
            index=models.Index(
                condition=models.Q(("judge_at__isnull", False)),
                fields=["judge_at"],
                name="outage_to_judge",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagenotice",
            constraint=models.UniqueConstraint(
                fields=("organisation", "number"), name="outage_number_once_per_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="outagenotice",
            constraint=models.CheckConstraint(
                condition=models.Q(("planned_end__gt", models.F("planned_start"))),
                name="outage_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagenotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("actual_end__isnull", True),
                    ("actual_end__gte", models.F("actual_start")),
                    _connector="OR",
                ),
                name="outage_restored_after_it_went_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagenotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("change_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="outage_cancelled_with_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="outagelead",
            index=models.Index(fields=["state", "-starts_at", "-id"], name="outage_lead_by_state"),
        ),
        migrations.AddIndex(
            model_name="outagelead",
            index=models.Index(fields=["organisation", "-starts_at"], name="outage_lead_by_unit"),
        ),
        migrations.AddConstraint(
            model_name="outagelead",
            constraint=models.CheckConstraint(
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
                    ),
                    _connector="OR",
                ),
                name="outage_lead_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagelead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dismissed"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="outage_lead_dismissed_with_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="outageflag",
            index=models.Index(fields=["code", "notice"], name="outage_flag_by_code"),
        ),
        migrations.AddConstraint(
            model_name="outageflag",
            constraint=models.UniqueConstraint(fields=("notice", "code"), name="outage_flag_once"),
        ),
        migrations.AddConstraint(
            model_name="outageversion",
            constraint=models.UniqueConstraint(
                fields=("notice", "number"), name="outage_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="plangrade",
            constraint=models.UniqueConstraint(fields=("plan", "grade"), name="plan_grade_once"),
        ),
        migrations.AddConstraint(
            model_name="plangrade",
            constraint=models.UniqueConstraint(
                fields=("plan", "order"), name="plan_grade_order_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="planquota",
            constraint=models.UniqueConstraint(fields=("plan", "region"), name="plan_quota_once"),
        ),
        migrations.AddConstraint(
            model_name="planreceipt",
            constraint=models.UniqueConstraint(
                fields=("recipient", "year", "serial"), name="plan_receipt_serial_once"
            ),
        ),
        migrations.AddIndex(
            model_name="planrow",
            index=models.Index(fields=["plan", "user_no"], name="plan_row_by_user"),
        ),
        migrations.AddIndex(
            model_name="planrow",
            index=models.Index(fields=["plan", "grade_order", "line"], name="plan_row_by_grade"),
        ),
        migrations.AddConstraint(
            model_name="planrow",
            constraint=models.UniqueConstraint(fields=("plan", "line"), name="plan_row_line_once"),
        ),
        migrations.AddConstraint(
            model_name="portaloutage",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="portal_outage_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="promise_once_per_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="responseresource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("organisation", "user_no"),
                name="response_resource_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="responseresource",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity_kw__gt", 0)), name="response_resource_yields"
            ),
        ),
        migrations.AddConstraint(
            model_name="returncollection",
            constraint=models.UniqueConstraint(
                fields=("code", "office", "starts_on"), name="return_collection_one_per_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnform",
            constraint=models.UniqueConstraint(
                fields=("code", "version"), name="return_form_one_per_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnform",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True), ("valid_from__isnull", False), _connector="OR"
                ),
                name="return_form_published_with_first_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnreceiptcounter",
            constraint=models.UniqueConstraint(
                fields=("recipient", "year"), name="return_receipt_counter_once"
            ),
        ),
        migrations.AddIndex(
            model_name="returnreminder",
            index=models.Index(fields=["person", "at"], name="return_reminder_by_person"),
        ),
        migrations.AddConstraint(
            model_name="returnreminder",
            constraint=models.UniqueConstraint(
                fields=("entry", "due_at", "step", "person"), name="return_reminder_once_per_step"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnversion",
            constraint=models.UniqueConstraint(
                fields=("entry", "number"), name="return_version_number_once"
            ),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["code", "period_start"], name="return_by_period"),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["state", "due_at"], name="return_by_state"),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.UniqueConstraint(
                fields=("code", "organisation", "period_start"),
                name="return_one_per_unit_and_period",
            ),
        ),
        migrations.AddIndex(
            model_name="servicecheck",
            index=models.Index(fields=["-checked_on", "-id"], name="service_check_by_day"),
        ),
        migrations.AddIndex(
            model_name="servicecheck",
            index=models.Index(
                fields=["organisation", "-checked_on"], name="service_check_by_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("organisation", "place", "checked_on"),
                name="service_check_once_per_place_and_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("got__lte", models.F("possible")), ("possible__gt", 0)),
                name="service_check_points_within_the_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplybriefing",
            constraint=models.UniqueConstraint(
                fields=("organisation", "first_day", "last_day", "addressee"),
                name="supply_briefing_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplybriefing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issued_by__isnull", True),
                    models.Q(("issued_by", models.F("edited_by")), _negated=True),
                    _connector="OR",
                ),
                name="supply_briefing_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplybriefing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("document_number", ""), ("issued_at__isnull", True), ("state", "draft")
                    ),
                    models.Q(
                        ("issued_at__isnull", False),
                        ("issued_by__isnull", False),
                        ("state", "issued"),
                        models.Q(("document_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="supply_briefing_issued_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("indicator_code", "region", "year"),
                name="target_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetversion",
            constraint=models.UniqueConstraint(
                fields=("paper", "number"), name="target_version_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="targetversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("edited_by")), _negated=True),
                    _connector="OR",
                ),
                name="target_version_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetpaper",
            constraint=models.CheckConstraint(
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
                name="targetpaper_numbered_exactly_when_issued",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetpaper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("document_number", ""), _negated=True),
                fields=("document_number",),
                name="targetpaper_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at__isnull", False), ("state", "published")),
                    models.Q(
                        models.Q(("state", "published"), _negated=True),
                        ("published_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="target_paper_published_with_time",
            ),
        ),
    ]
