"""What the campaign got beyond its first release: legal articles, inspections, the ledger of
rectification, enforcement, demonstration units, safeguards and seasons, made at once.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("accounts", "0003_grid_managers"),
        ("campaign", "0001_first_release"),
        ("complaints", "0005_livelihood_of_categories"),
        ("core", "0001_first_release"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Checklist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=80, verbose_name="检查表")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
            ],
            options={
                "verbose_name": "检查表",
                "verbose_name_plural": "检查表",
                "ordering": ["code", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="checklist_once_per_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=10, verbose_name="序号")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("group", models.CharField(max_length=60, verbose_name="类别")),
                ("clause", models.CharField(max_length=20, verbose_name="条款")),
                ("articles", models.JSONField(default=list, verbose_name="法律依据")),
                ("content", models.CharField(max_length=200, verbose_name="检查内容")),
                ("method", models.CharField(max_length=200, verbose_name="检查方法")),
                ("sample_size", models.PositiveSmallIntegerField(default=0, verbose_name="抽样数")),
                (
                    "checklist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="campaign.checklist",
                    ),
                ),
            ],
            options={
                "verbose_name": "检查项目",
                "verbose_name_plural": "检查项目",
                "ordering": ["checklist", "order"],
            },
        ),
        migrations.CreateModel(
            name="DemonstrationCriteria",
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
                            ("point", "示范点"),
                            ("area", "示范区"),
                            ("window", "示范营业窗口"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                (
                    "checks",
                    models.PositiveSmallIntegerField(default=12, verbose_name="年度检查次数"),
                ),
                ("named_from", models.PositiveSmallIntegerField(verbose_name="命名得分")),
                ("items", models.JSONField(verbose_name="标准")),
            ],
            options={
                "verbose_name": "示范标准",
                "verbose_name_plural": "示范标准",
                "ordering": ["kind", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "valid_from"), name="criteria_once_per_kind_and_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Demonstration",
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
                            ("point", "示范点"),
                            ("area", "示范区"),
                            ("window", "示范营业窗口"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("city", "市级"), ("county", "县级")],
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "government",
                    models.CharField(blank=True, max_length=80, verbose_name="联合政府部门"),
                ),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="确定文号"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="选定理由")),
                ("selected_on", models.DateField(verbose_name="确定日期")),
                ("selected_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("building", "创建中"),
                            ("named", "已命名"),
                            ("not_named", "不予命名"),
                        ],
                        default="building",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="demonstrations",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "founder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="确定单位",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="负责监管机构",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="创建单位",
                    ),
                ),
                (
                    "selected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "criteria",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.demonstrationcriteria",
                        verbose_name="示范标准",
                    ),
                ),
            ],
            options={
                "verbose_name": "示范单位",
                "verbose_name_plural": "示范单位",
                "ordering": ["kind", "selected_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DemonstrationLeader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("unit", "主管领导"), ("office", "驻点领导")],
                        max_length=10,
                        verbose_name="职责",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("post", models.CharField(max_length=60, verbose_name="职务")),
                ("since", models.DateField(verbose_name="起始日期")),
                ("until", models.DateField(blank=True, null=True, verbose_name="截止日期")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leaders",
                        to="campaign.demonstration",
                    ),
                ),
            ],
            options={
                "verbose_name": "示范单位负责人",
                "verbose_name_plural": "示范单位负责人",
                "ordering": ["side", "since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="EnforcementMatter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="事由")),
                ("cause", models.TextField(verbose_name="事实和理由")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "办理中"), ("closed", "已办结")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="立项时间")),
                ("conclusion", models.TextField(blank=True, verbose_name="结论")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enforcement_matters",
                        to="campaign.campaign",
                        verbose_name="专项行动",
                    ),
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
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enforcement_matters",
                        to="accounts.organisation",
                        verbose_name="企业",
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
                    "regulator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="监管机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "执法处理",
                "verbose_name_plural": "执法处理",
                "ordering": ["-opened_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="EnforcementDisclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("text", models.TextField(verbose_name="公开内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待批准公开"),
                            ("published", "已公开"),
                            ("dropped", "已撤回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="拟稿时间")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="公开时间"),
                ),
                (
                    "dropped_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="撤回理由")),
                (
                    "dropped_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disclosures",
                        to="campaign.enforcementmatter",
                    ),
                ),
            ],
            options={
                "verbose_name": "执法信息公开",
                "verbose_name_plural": "执法信息公开",
                "ordering": ["-proposed_at", "-pk"],
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
                (
                    "result",
                    models.CharField(
                        choices=[("named", "命名"), ("not_named", "不予命名")],
                        max_length=10,
                        verbose_name="建议结果",
                    ),
                ),
                ("opinion", models.TextField(verbose_name="评价意见")),
                (
                    "score",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="得分"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待审定"),
                            ("approved", "已审定"),
                            ("returned", "已退回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="审定时间"),
                ),
                (
                    "decision_note",
                    models.CharField(blank=True, max_length=300, verbose_name="审定意见"),
                ),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="命名文号"),
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
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evaluations",
                        to="campaign.demonstration",
                    ),
                ),
            ],
            options={
                "verbose_name": "示范单位评价",
                "verbose_name_plural": "示范单位评价",
                "ordering": ["-proposed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="GoodPractice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                ("body", models.TextField(verbose_name="正文")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "起草中"),
                            ("submitted", "待审定"),
                            ("approved", "已审定"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_at", models.DateTimeField(verbose_name="起草时间")),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="提交时间"),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="审定时间"),
                ),
                (
                    "decision_note",
                    models.CharField(blank=True, max_length=300, verbose_name="审定意见"),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="公开时间"),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="起草单位",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="practices",
                        to="campaign.campaign",
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
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="审定单位",
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
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="practices",
                        to="campaign.demonstration",
                        verbose_name="示范单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "经验材料",
                "verbose_name_plural": "经验材料",
                "ordering": ["-drafted_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="InspectionRound",
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
                        choices=[("concentrated", "集中检查"), ("special", "专项稽查")],
                        max_length=14,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="名称")),
                ("reason", models.TextField(verbose_name="事由")),
                ("first_day", models.DateField(verbose_name="开始日期")),
                ("last_day", models.DateField(verbose_name="结束日期")),
                ("peak_season", models.BooleanField(default=False, verbose_name="结合迎峰度夏")),
                ("source_key", models.CharField(blank=True, max_length=60, null=True, unique=True)),
                ("source_url", models.CharField(blank=True, max_length=300)),
                ("conclusion", models.TextField(blank=True, verbose_name="检查总结")),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspection_rounds",
                        to="campaign.campaign",
                        verbose_name="专项行动",
                    ),
                ),
                (
                    "checklist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.checklist",
                    ),
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
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="组织机构",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.inspectionproposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "检查计划",
                "verbose_name_plural": "检查计划",
                "ordering": ["-first_day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="InspectionDraw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="次序")),
                ("seed", models.CharField(max_length=80, verbose_name="随机种子")),
                ("inputs", models.JSONField(verbose_name="抽取范围")),
                ("result", models.JSONField(verbose_name="抽取结果")),
                ("seal", models.CharField(max_length=64, verbose_name="封存值")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="事由")),
                ("drawn_at", models.DateTimeField(verbose_name="抽取时间")),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draws",
                        to="campaign.inspectionround",
                    ),
                ),
            ],
            options={
                "verbose_name": "抽取",
                "verbose_name_plural": "抽取",
                "ordering": ["round", "number"],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
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
                            ("planned", "待通知"),
                            ("announced", "已通知"),
                            ("on_site", "现场检查"),
                            ("facts", "待确认事实"),
                            ("concluded", "已作结论"),
                            ("cancelled", "已取消"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("first_day", models.DateField(blank=True, null=True, verbose_name="进场日期")),
                ("last_day", models.DateField(blank=True, null=True, verbose_name="离场日期")),
                (
                    "notice_number",
                    models.CharField(blank=True, max_length=60, verbose_name="通知文号"),
                ),
                (
                    "announced_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="通知时间"),
                ),
                (
                    "facts_sent_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="送交确认时间"),
                ),
                (
                    "answer_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="确认期限"),
                ),
                ("conclusion", models.TextField(blank=True, verbose_name="检查结论")),
                (
                    "concluded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="结论时间"),
                ),
                (
                    "cancelled_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="取消理由"),
                ),
                (
                    "concluded_by",
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
                        verbose_name="被检查单位",
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="campaign.inspectiondraw",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inspections",
                        to="campaign.inspectionround",
                    ),
                ),
            ],
            options={
                "verbose_name": "检查",
                "verbose_name_plural": "检查",
                "ordering": ["round", "organisation__code"],
            },
        ),
        migrations.CreateModel(
            name="Inspector",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "certificate",
                    models.CharField(max_length=30, unique=True, verbose_name="执法证号"),
                ),
                ("enrolled_at", models.DateTimeField(verbose_name="列入时间")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="移出日期")),
                (
                    "enrolled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="所在机构",
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspector",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="姓名",
                    ),
                ),
            ],
            options={
                "verbose_name": "检查人员",
                "verbose_name_plural": "检查人员",
                "ordering": ["certificate"],
            },
        ),
        migrations.CreateModel(
            name="InspectorTie",
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
                            ("employed", "现任职"),
                            ("former", "曾任职"),
                            ("avoid", "申请回避"),
                        ],
                        max_length=10,
                        verbose_name="原因",
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="回避至")),
                ("declared_at", models.DateTimeField(verbose_name="申报时间")),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inspector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ties",
                        to="campaign.inspector",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="回避单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "回避事项",
                "verbose_name_plural": "回避事项",
                "ordering": ["inspector", "organisation__code"],
            },
        ),
        migrations.CreateModel(
            name="LeaderVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(verbose_name="到达日期")),
                ("until", models.DateField(verbose_name="离开日期")),
                ("name", models.CharField(max_length=40, verbose_name="领导姓名")),
                ("post", models.CharField(max_length=60, verbose_name="职务")),
                ("seen", models.TextField(verbose_name="督导情况")),
                ("asked", models.TextField(blank=True, verbose_name="提出的要求")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "entered_by",
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
                        verbose_name="来访单位",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="campaign.demonstration",
                    ),
                ),
            ],
            options={
                "verbose_name": "领导驻点督导记录",
                "verbose_name_plural": "领导驻点督导记录",
                "ordering": ["-since", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LegalArticle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="代码")),
                ("law", models.CharField(max_length=80, verbose_name="法律法规名称")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=80, verbose_name="文号"),
                ),
                ("article", models.CharField(max_length=40, verbose_name="条款")),
                (
                    "kind",
                    models.CharField(
                        choices=[("duty", "义务"), ("power", "监管措施"), ("penalty", "法律责任")],
                        max_length=10,
                        verbose_name="性质",
                    ),
                ),
                ("subject", models.CharField(max_length=60, verbose_name="主题")),
                ("text", models.TextField(verbose_name="内容")),
                ("obligation", models.CharField(blank=True, max_length=300, verbose_name="要求")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("entered_at", models.DateTimeField(verbose_name="录入时间")),
                (
                    "entered_by",
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
                "verbose_name": "法律条款",
                "verbose_name_plural": "法律条款",
                "ordering": ["law", "code", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="EnforcementStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("talk", "约谈"),
                            ("order", "责令整改"),
                            ("circular", "通报"),
                            ("penalty", "行政处罚"),
                            ("investigation", "立案调查"),
                        ],
                        max_length=15,
                        verbose_name="措施",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待签发"),
                            ("issued", "已送达"),
                            ("answered", "已反馈"),
                            ("dropped", "已作废"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "skip_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="越级理由"),
                ),
                ("facts", models.TextField(verbose_name="事实")),
                ("demands", models.TextField(verbose_name="要求")),
                ("due_at", models.DateTimeField(verbose_name="反馈期限")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="发文字号"),
                ),
                ("drafted_at", models.DateTimeField(verbose_name="起草时间")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="签发时间")),
                ("answer", models.TextField(blank=True, verbose_name="企业反馈")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="反馈时间"),
                ),
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
                    "drafted_by",
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
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="campaign.enforcementmatter",
                    ),
                ),
                (
                    "articles",
                    models.ManyToManyField(
                        related_name="enforcement_steps",
                        to="campaign.legalarticle",
                        verbose_name="法律依据",
                    ),
                ),
            ],
            options={
                "verbose_name": "执法文书",
                "verbose_name_plural": "执法文书",
                "ordering": ["drafted_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MonthlyCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("planned_on", models.DateField(verbose_name="计划日期")),
                ("due_at", models.DateTimeField(verbose_name="检查期限")),
                ("due_provisional", models.BooleanField(default=False, verbose_name="期限待确认")),
                ("plan", models.CharField(blank=True, max_length=200, verbose_name="本月重点")),
                ("results", models.JSONField(default=dict, verbose_name="逐项结果")),
                ("remarks", models.TextField(blank=True, verbose_name="检查情况")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="检查日期")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="登记时间")),
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
                    "photos",
                    models.ManyToManyField(blank=True, related_name="+", to="core.storedfile"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="campaign.demonstration",
                    ),
                ),
            ],
            options={
                "verbose_name": "示范单位检查",
                "verbose_name_plural": "示范单位检查",
                "ordering": ["unit", "number"],
            },
        ),
        migrations.CreateModel(
            name="PhaseSeason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=30, verbose_name="季节性督导")),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(verbose_name="结束日期")),
                ("focus", models.TextField(verbose_name="督导重点")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
                ),
                ("linked_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "linked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "phase",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="season",
                        to="campaign.phase",
                    ),
                ),
            ],
            options={
                "verbose_name": "阶段与季节性督导",
                "verbose_name_plural": "阶段与季节性督导",
            },
        ),
        migrations.CreateModel(
            name="PracticeShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shared_at", models.DateTimeField(verbose_name="推广时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="推广单位",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="campaign.goodpractice",
                    ),
                ),
            ],
            options={
                "verbose_name": "经验推广",
                "verbose_name_plural": "经验推广",
                "ordering": ["organisation__code"],
            },
        ),
        migrations.CreateModel(
            name="RecordEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_id", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("item", "检查项目"), ("interview", "询问"), ("note", "其他情况")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("sample", models.CharField(blank=True, max_length=40, verbose_name="样本编号")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("pass", "符合"), ("fail", "不符合"), ("na", "不适用")],
                        max_length=5,
                        verbose_name="结果",
                    ),
                ),
                ("post", models.CharField(blank=True, max_length=40, verbose_name="被询问人职务")),
                ("text", models.TextField(blank=True, verbose_name="检查情况")),
                ("digest", models.CharField(max_length=64)),
                ("happened_at", models.DateTimeField(verbose_name="记录时间")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤销时间"),
                ),
                (
                    "withdrawn_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤销原因"),
                ),
                (
                    "files",
                    models.ManyToManyField(
                        related_name="+", to="core.storedfile", verbose_name="附件"
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="campaign.inspection",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.checklistitem",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "现场记录",
                "verbose_name_plural": "现场记录",
                "ordering": ["inspection", "happened_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("problem", models.CharField(max_length=200, verbose_name="问题")),
                ("facts", models.TextField(verbose_name="事实")),
                ("happened_on", models.DateField(verbose_name="事实发生日期")),
                (
                    "severity",
                    models.CharField(
                        choices=[("minor", "一般"), ("major", "较重"), ("grave", "严重")],
                        max_length=6,
                        verbose_name="严重程度",
                    ),
                ),
                ("requirement", models.CharField(max_length=300, verbose_name="整改要求")),
                ("rectify_on", models.DateField(verbose_name="整改期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草拟"),
                            ("sent", "待确认"),
                            ("confirmed", "已确认"),
                            ("objected", "有异议"),
                            ("upheld", "异议不成立"),
                            ("dropped", "不予认定"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="被检查单位意见")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                ("decision", models.TextField(blank=True, verbose_name="认定意见")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="认定时间"),
                ),
                ("created_at", models.DateTimeField(verbose_name="提出时间")),
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
                    "created_by",
                    models.ForeignKey(
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
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.checklistitem",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="campaign.inspection",
                    ),
                ),
                (
                    "articles",
                    models.ManyToManyField(
                        related_name="+", to="campaign.legalarticle", verbose_name="法律依据"
                    ),
                ),
                (
                    "evidence",
                    models.ManyToManyField(
                        related_name="+", to="campaign.recordentry", verbose_name="证据"
                    ),
                ),
            ],
            options={
                "verbose_name": "检查发现",
                "verbose_name_plural": "检查发现",
                "ordering": ["inspection", "number"],
            },
        ),
        migrations.CreateModel(
            name="RectificationItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=30, verbose_name="编号")),
                (
                    "source_kind",
                    models.CharField(
                        choices=[
                            ("inspection", "监督检查"),
                            ("self_inspection", "企业自查"),
                            ("case", "诉求"),
                            ("plan", "计划和方案"),
                            ("outage", "停限电"),
                            ("bulletin", "通报"),
                            ("requirement", "整改要求"),
                            ("indicator", "监管指标"),
                        ],
                        max_length=20,
                        verbose_name="来源",
                    ),
                ),
                (
                    "source_ref",
                    models.CharField(blank=True, max_length=80, verbose_name="来源编号"),
                ),
                ("source_key", models.CharField(blank=True, max_length=120)),
                ("source_url", models.CharField(blank=True, max_length=200)),
                ("problem", models.TextField(verbose_name="存在问题")),
                ("requirement", models.TextField(blank=True, verbose_name="整改要求")),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="依据")),
                ("feeder", models.CharField(blank=True, max_length=60, verbose_name="线路")),
                (
                    "transformer_area",
                    models.CharField(blank=True, max_length=60, verbose_name="台区"),
                ),
                ("feeder_key", models.CharField(blank=True, db_index=True, max_length=60)),
                ("area_key", models.CharField(blank=True, db_index=True, max_length=60)),
                ("measure", models.TextField(blank=True, verbose_name="整改措施")),
                ("percent", models.PositiveSmallIntegerField(default=0, verbose_name="完成进度")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待落实"),
                            ("working", "整改中"),
                            ("reported", "待核查"),
                            ("verified", "待销号"),
                            ("closed", "已销号"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="列入时间")),
                ("first_due_at", models.DateTimeField(verbose_name="原定期限")),
                ("due_at", models.DateTimeField(verbose_name="整改期限")),
                ("due_provisional", models.BooleanField(default=False)),
                ("due_explanation", models.JSONField(default=list)),
                (
                    "reported_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报告完成时间"),
                ),
                (
                    "verified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="核查时间"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="销号时间")),
                (
                    "look_back_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="回头看日期"),
                ),
                (
                    "looked_back_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="回头看时间"),
                ),
                (
                    "reopen_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="重新整改次数"),
                ),
                (
                    "return_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="退回次数"),
                ),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("overdue_told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "urge_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="催办次数"),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification_items",
                        to="campaign.campaign",
                        verbose_name="专项行动",
                    ),
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
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "regulator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="监管机构",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "responsible_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="责任人",
                    ),
                ),
                (
                    "responsible_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="责任单位",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification_items",
                        to="accounts.organisation",
                        verbose_name="整改单位",
                    ),
                ),
                (
                    "verified_by",
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
                "verbose_name": "整改事项",
                "verbose_name_plural": "整改事项",
                "ordering": ["due_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RectificationExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("due_on", models.DateField(verbose_name="申请延至")),
                ("reason", models.TextField(verbose_name="延期理由")),
                ("old_due_at", models.DateTimeField(verbose_name="原期限")),
                ("granted", models.BooleanField(blank=True, null=True, verbose_name="是否批准")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="决定时间"),
                ),
                ("opinion", models.CharField(blank=True, max_length=300, verbose_name="审批意见")),
                (
                    "asked_by",
                    models.ForeignKey(
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
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extensions",
                        to="campaign.rectificationitem",
                    ),
                ),
            ],
            options={
                "verbose_name": "整改延期",
                "verbose_name_plural": "整改延期",
                "ordering": ["asked_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RectificationEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("opened", "列入台账"),
                            ("plan", "落实措施"),
                            ("progress", "填报进展"),
                            ("report", "报告完成"),
                            ("verify", "核查通过"),
                            ("return", "退回整改"),
                            ("close", "销号"),
                            ("look_back", "回头看"),
                            ("reopen", "重新整改"),
                            ("withdraw", "撤销"),
                            ("ask_extension", "申请延期"),
                            ("grant_extension", "批准延期"),
                            ("refuse_extension", "不予延期"),
                            ("comment", "监管意见"),
                            ("urge", "催办"),
                        ],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("text", models.TextField(blank=True, verbose_name="内容")),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="完成进度"
                    ),
                ),
                ("data", models.JSONField(default=dict)),
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
                    "files",
                    models.ManyToManyField(
                        blank=True, related_name="rectification_entries", to="core.storedfile"
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
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="campaign.rectificationitem",
                    ),
                ),
            ],
            options={
                "verbose_name": "整改记录",
                "verbose_name_plural": "整改记录",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Safeguard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="safeguards",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safeguards",
                        to="campaign.duty",
                        verbose_name="所服务的任务",
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safeguards",
                        to="campaign.objective",
                        verbose_name="目标任务",
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
                "verbose_name": "制度和措施",
                "verbose_name_plural": "制度和措施",
                "ordering": ["organisation__code", "objective__order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SafeguardVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=100, verbose_name="文件名称")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="文号"),
                ),
                ("issued_on", models.DateField(verbose_name="印发日期")),
                ("summary", models.TextField(verbose_name="主要内容")),
                ("uploaded_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "returned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="退回时间"),
                ),
                (
                    "return_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="退回原因"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="文件",
                    ),
                ),
                (
                    "returned_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "safeguard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="campaign.safeguard",
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
            ],
            options={
                "verbose_name": "制度和措施版本",
                "verbose_name_plural": "制度和措施版本",
                "ordering": ["safeguard", "-number"],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("leads", models.BooleanField(default=False, verbose_name="组长")),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="team",
                        to="campaign.inspection",
                    ),
                ),
                (
                    "inspector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="campaign.inspector",
                    ),
                ),
            ],
            options={
                "verbose_name": "检查组成员",
                "verbose_name_plural": "检查组成员",
                "ordering": ["inspection", "-leads", "pk"],
            },
        ),
        migrations.AddField(
            model_name="enforcementmatter",
            name="items",
            field=models.ManyToManyField(
                related_name="enforcement_matters",
                to="campaign.rectificationitem",
                verbose_name="整改事项",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
            constraint=models.UniqueConstraint(
                fields=("checklist", "number"), name="checklist_item_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="demonstration",
            constraint=models.UniqueConstraint(
                fields=("campaign", "kind", "name"),
                name="demonstration_name_once_per_campaign_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="demonstration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "area"),
                        models.Q(("level", ""), _negated=True),
                        models.Q(("government", ""), _negated=True),
                    ),
                    models.Q(models.Q(("kind", "area"), _negated=True), ("level", "")),
                    _connector="OR",
                ),
                name="demonstration_area_has_level_and_government",
            ),
        ),
        migrations.AddConstraint(
            model_name="demonstrationleader",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("unit", "side"),
                name="one_leader_of_a_side_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="demonstrationleader",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="leader_until_after_since",
            ),
        ),
        migrations.AddConstraint(
            model_name="enforcementdisclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(("published_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="enforcement_published_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("unit",),
                name="one_evaluation_waits_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by__isnull", True), ("state", "proposed")),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="evaluation_decided_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodpractice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "withdrawn")), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                        models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="practice_approved_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodpractice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True), ("state", "approved"), _connector="OR"
                ),
                name="practice_public_only_when_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionround",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day__gte", models.F("first_day"))),
                name="round_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="round_closed_at_and_by_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectiondraw",
            constraint=models.UniqueConstraint(fields=("round", "number"), name="draw_number_once"),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.UniqueConstraint(
                fields=("round", "organisation"), name="unit_inspected_once_per_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["planned", "cancelled"]),
                    ("announced_at__isnull", False),
                    _connector="OR",
                ),
                name="inspection_announced_before_it_goes_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectortie",
            constraint=models.UniqueConstraint(
                fields=("inspector", "organisation", "kind"),
                name="tie_once_per_inspector_company_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="leadervisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))),
                name="visit_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalarticle",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="article_once_per_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalarticle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="article_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="enforcementstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issued_by__isnull", True),
                    models.Q(("issued_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="enforcement_signed_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="enforcementstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "dropped")),
                    models.Q(
                        ("issued_at__isnull", False),
                        models.Q(("document_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="enforcement_out_has_its_number",
            ),
        ),
        migrations.AddIndex(
            model_name="monthlycheck",
            index=models.Index(fields=["done_at", "due_at"], name="monthly_check_by_due"),
        ),
        migrations.AddConstraint(
            model_name="monthlycheck",
            constraint=models.UniqueConstraint(
                fields=("unit", "number"), name="check_number_once_per_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("checked_on__isnull", True),
                        ("done_at__isnull", True),
                        ("done_by__isnull", True),
                    ),
                    models.Q(
                        ("checked_on__isnull", False),
                        ("done_at__isnull", False),
                        ("done_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="check_done_with_day_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="phaseseason",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="season_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceshare",
            constraint=models.UniqueConstraint(
                fields=("practice", "organisation"), name="practice_shared_once_per_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "item"), _negated=True),
                    models.Q(("item__isnull", False), models.Q(("result", ""), _negated=True)),
                    _connector="OR",
                ),
                name="entry_of_an_item_has_item_and_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                fields=("inspection", "number"), name="finding_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="finding_answered_at_and_by_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["objected", "upheld", "dropped"]), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                    models.Q(("decision", ""), _negated=True),
                    _connector="OR",
                ),
                name="finding_objected_with_words",
            ),
        ),
        migrations.AddIndex(
            model_name="rectificationitem",
            index=models.Index(fields=["unit", "state", "due_at"], name="rectification_by_unit"),
        ),
        migrations.AddIndex(
            model_name="rectificationitem",
            index=models.Index(
                fields=["campaign", "state", "due_at"], name="rectification_by_campaign"
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationitem",
            constraint=models.UniqueConstraint(
                fields=("regulator", "number"), name="rectification_number_once_per_regulator"
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_key", ""), _negated=True),
                fields=("source_kind", "source_key"),
                name="rectification_one_per_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("reported_at__isnull", False),
                        ("verified_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="rectification_closed_was_verified",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_by__isnull", True),
                    ("reported_by__isnull", True),
                    models.Q(("verified_by", models.F("reported_by")), _negated=True),
                    _connector="OR",
                ),
                name="rectification_verified_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__lte", 100)), name="rectification_percent_of_a_hundred"
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationextension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("granted__isnull", True)),
                fields=("item",),
                name="rectification_one_extension_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("granted__isnull", True)),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("granted__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="rectification_extension_decided_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="enforcementmatter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state", "open")),
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="enforcement_closed_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="safeguard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("duty__isnull", False)),
                fields=("objective", "organisation", "duty"),
                name="safeguard_once_per_node_and_duty",
            ),
        ),
        migrations.AddConstraint(
            model_name="safeguard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("duty__isnull", True)),
                fields=("objective", "organisation"),
                name="safeguard_once_per_node",
            ),
        ),
        migrations.AddConstraint(
            model_name="safeguardversion",
            constraint=models.UniqueConstraint(
                fields=("safeguard", "number"), name="safeguard_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="safeguardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("return_reason", ""),
                        ("returned_at__isnull", True),
                        ("returned_by__isnull", True),
                    ),
                    models.Q(
                        ("returned_at__isnull", False),
                        ("returned_by__isnull", False),
                        models.Q(("return_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="safeguard_returned_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.UniqueConstraint(
                fields=("inspection", "inspector"), name="inspector_once_per_team"
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("leads", True)),
                fields=("inspection",),
                name="one_leader_per_team",
            ),
        ),
    ]
