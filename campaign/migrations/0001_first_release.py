"""All tables of the app as they stood at the first release; what a database had been led through
before (``replaces``) need not be gone through again. See docs/adr/0010.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    replaces = [
        ("campaign", "0001_campaigns_duties_groups"),
        ("campaign", "0002_how_reminders_are_bundled"),
        ("campaign", "0003_meeting_files_and_notice_time"),
        ("campaign", "0004_attachments_of_documents"),
        ("campaign", "0005_rule_sheets"),
        ("campaign", "0006_extensions_can_be_corrected"),
        ("campaign", "0007_supervision_notes_and_decisions"),
        ("campaign", "0008_duties_carry_the_tag_livelihood"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_first_release"),
        ("core", "0001_first_release"),
    ]

    operations = [
        migrations.CreateModel(
            name="CampaignTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="模板代码")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("content", models.JSONField(verbose_name="内容")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
            ],
            options={
                "verbose_name": "专项行动模板",
                "verbose_name_plural": "专项行动模板",
                "ordering": ["code", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version"), name="campaign_template_one_of_each_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="发文字号"),
                ),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="印发日期")),
                ("full_text", models.TextField(blank=True, verbose_name="方案全文")),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(verbose_name="结束日期")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("launched", "实施中"), ("closed", "已结束")],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "launched_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="启动时间"),
                ),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                ("reminder_digest", models.BooleanField(default=True, verbose_name="合并催报")),
                (
                    "letters_per_day",
                    models.PositiveSmallIntegerField(
                        default=1, verbose_name="每人每日催报封数上限"
                    ),
                ),
                (
                    "issuing_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issued_campaigns",
                        to="accounts.organisation",
                        verbose_name="发文机关",
                    ),
                ),
                (
                    "launched_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="campaign.campaign",
                        verbose_name="上级专项行动",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="campaign.campaigntemplate",
                        verbose_name="模板",
                    ),
                ),
            ],
            options={
                "verbose_name": "专项行动",
                "verbose_name_plural": "专项行动",
                "ordering": ["-starts_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("launched_at__isnull", True), ("state", "draft")),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                ("launched_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_launched_at_set_unless_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="campaign_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentIssue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="文件标题")),
                ("document_number", models.CharField(max_length=60, verbose_name="发文字号")),
                ("body", models.TextField(verbose_name="正文")),
                ("issued_at", models.DateTimeField(verbose_name="印发时间")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="issues",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "files",
                    models.ManyToManyField(
                        blank=True,
                        related_name="document_issues",
                        to="core.storedfile",
                        verbose_name="附件",
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
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="发文机关",
                    ),
                ),
            ],
            options={
                "verbose_name": "印发文件",
                "verbose_name_plural": "印发文件",
                "ordering": ["-issued_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuer", "document_number"), name="document_number_once_per_issuer"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="签收时间")),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="campaign.documentissue",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "read_by",
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
                "verbose_name": "收文单位",
                "verbose_name_plural": "收文单位",
                "ordering": ["organisation__code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "organisation"),
                        name="document_goes_to_an_organisation_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("read_at__isnull", True), ("read_by__isnull", True)),
                            models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="document_read_at_and_by_together",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
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
                        choices=[("leading", "工作领导小组"), ("joint", "联合行动工作领导小组")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                ("duties", models.TextField(verbose_name="主要职责")),
                (
                    "office_department",
                    models.CharField(blank=True, max_length=60, verbose_name="办公室设在"),
                ),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="成立文号"),
                ),
                ("set_up_on", models.DateField(blank=True, null=True, verbose_name="成立日期")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="设立单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "领导小组",
                "verbose_name_plural": "领导小组",
                "ordering": ["campaign", "organisation__code", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "organisation", "kind"),
                        name="group_one_of_a_kind_per_organisation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("post", models.CharField(max_length=60, verbose_name="职务")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("head", "组长"),
                            ("deputy", "副组长"),
                            ("member", "成员"),
                            ("office", "办公室人员"),
                        ],
                        max_length=10,
                        verbose_name="组内职务",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="退出日期")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="campaign.group",
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
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="平台账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "小组成员",
                "verbose_name_plural": "小组成员",
                "ordering": ["group", "order", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on__isnull", True), ("role", "head")),
                        fields=("group",),
                        name="group_has_one_head",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LadderStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="代码")),
                ("offset", models.SmallIntegerField(verbose_name="距截止日（工作日）")),
                ("unit", models.CharField(default="working_days", max_length=16)),
                ("hour", models.TimeField(verbose_name="发送时间")),
                (
                    "audience",
                    models.CharField(
                        choices=[("person", "责任人"), ("leader", "单位负责人")],
                        max_length=10,
                        verbose_name="对象",
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="措辞")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ladder",
                        to="campaign.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "催报规则",
                "verbose_name_plural": "催报规则",
                "ordering": ["campaign", "offset"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "code"), name="ladder_step_code_once_per_campaign"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="会议名称")),
                ("starts_at", models.DateTimeField(verbose_name="开始时间")),
                ("ends_at", models.DateTimeField(verbose_name="结束时间")),
                ("place", models.CharField(max_length=100, verbose_name="地点")),
                ("agenda", models.TextField(verbose_name="议程")),
                ("minutes", models.TextField(blank=True, verbose_name="会议纪要")),
                (
                    "minutes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="纪要时间"),
                ),
                ("convened_at", models.DateTimeField(null=True, verbose_name="通知时间")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meetings",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "files",
                    models.ManyToManyField(
                        blank=True, related_name="meetings", to="core.storedfile"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="campaign.group",
                    ),
                ),
                (
                    "organiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="召集单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "会议",
                "verbose_name_plural": "会议",
                "ordering": ["starts_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="meeting_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="议定事项")),
                ("due_at", models.DateTimeField(verbose_name="完成时限")),
                ("created_at", models.DateTimeField(verbose_name="议定时间")),
                ("result", models.CharField(blank=True, max_length=300, verbose_name="落实情况")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        related_name="actions",
                        to="campaign.meeting",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="牵头单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "议定事项",
                "verbose_name_plural": "议定事项",
                "ordering": ["due_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="action_done_at_and_by_together",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingInvitee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attended", models.BooleanField(blank=True, null=True, verbose_name="到会")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitees",
                        to="campaign.meeting",
                    ),
                ),
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
                "verbose_name": "参会单位",
                "verbose_name_plural": "参会单位",
                "ordering": ["organisation__code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "organisation"),
                        name="meeting_invites_an_organisation_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Objective",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("protection", "一个维护"),
                            ("guarantee", "四个保障"),
                            ("implementation", "六个落实"),
                            ("measure", "措施"),
                        ],
                        max_length=14,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="内容")),
                ("clause", models.CharField(max_length=40, verbose_name="条款")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objectives",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="campaign.objective",
                    ),
                ),
            ],
            options={
                "verbose_name": "目标任务",
                "verbose_name_plural": "目标任务",
                "ordering": ["campaign", "order"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "code"), name="objective_code_once_per_campaign"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("executor", "实施主体"),
                            ("supervisor", "监督检查主体"),
                            ("point", "示范点"),
                        ],
                        max_length=10,
                        verbose_name="角色",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "copy_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "supervisor",
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
                "verbose_name": "参加单位",
                "verbose_name_plural": "参加单位",
                "ordering": ["organisation__code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "organisation", "part"),
                        name="participant_once_per_campaign_and_part",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Phase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(verbose_name="结束日期")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "未开始"), ("open", "进行中"), ("closed", "已结束")],
                        default="planned",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="启动时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="campaign.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "阶段",
                "verbose_name_plural": "阶段",
                "ordering": ["campaign", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "number"), name="phase_number_once_per_campaign"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="phase_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("opened_at__isnull", True),
                                ("state", "planned"),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("opened_at__isnull", False),
                                ("state", "open"),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("state", "closed"),
                            ),
                            _connector="OR",
                        ),
                        name="phase_times_fit_its_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyDefinition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=80, verbose_name="任务")),
                ("short_title", models.CharField(max_length=20, verbose_name="简称")),
                ("clauses", models.JSONField(default=list, verbose_name="条款")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("report", "报告"),
                            ("task", "工作"),
                            ("meeting", "会议"),
                            ("document", "文件"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("parts", models.JSONField(default=list, verbose_name="必备内容")),
                ("opens_on", models.DateField(verbose_name="起始日期")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                ("due_source", models.CharField(max_length=300, verbose_name="期限依据")),
                ("party", models.CharField(max_length=20, verbose_name="承办规则")),
                ("recipient_rule", models.CharField(max_length=20, verbose_name="主送规则")),
                ("copy_rule", models.CharField(max_length=20, verbose_name="抄送规则")),
                (
                    "certified_by",
                    models.CharField(blank=True, max_length=80, verbose_name="认证要求"),
                ),
                ("livelihood", models.BooleanField(default=False, verbose_name="民生")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="definitions",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "objectives",
                    models.ManyToManyField(
                        blank=True, related_name="definitions", to="campaign.objective"
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="definitions",
                        to="campaign.phase",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务定义",
                "verbose_name_plural": "任务定义",
                "ordering": ["campaign", "phase__number", "order"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "code"), name="definition_code_once_per_campaign"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("opens_on"))),
                        name="definition_due_after_it_opens",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
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
                            ("waiting", "未启动"),
                            ("open", "进行中"),
                            ("submitted", "已报送"),
                            ("returned", "已退回"),
                            ("accepted", "已完成"),
                            ("exempted", "已免报"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opens_at", models.DateTimeField(verbose_name="启动时间")),
                ("due_at", models.DateTimeField(db_index=True, verbose_name="截止时间")),
                ("due_provisional", models.BooleanField(default=False, verbose_name="期限待确认")),
                ("due_explanation", models.JSONField(default=list, verbose_name="期限说明")),
                ("due_basis", models.JSONField(blank=True, default=dict)),
                ("due_set_at", models.DateTimeField()),
                (
                    "responsible_department",
                    models.CharField(blank=True, max_length=60, verbose_name="责任部门"),
                ),
                (
                    "first_submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="首次报送时间"),
                ),
                (
                    "due_at_submission",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="首次报送时的截止时间"
                    ),
                ),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送时间"),
                ),
                (
                    "accepted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="通过时间"),
                ),
                (
                    "return_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="退回次数"),
                ),
                (
                    "copy_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copied_duties",
                        to="accounts.organisation",
                        verbose_name="抄送单位",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="accounts.organisation",
                        verbose_name="承办单位",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received_duties",
                        to="accounts.organisation",
                        verbose_name="受理单位",
                    ),
                ),
                (
                    "responsible_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="责任人",
                    ),
                ),
                (
                    "definition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duties",
                        to="campaign.dutydefinition",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务",
                "verbose_name_plural": "任务",
                "ordering": ["due_at", "organisation__code", "pk"],
                "indexes": [models.Index(fields=["state", "due_at"], name="duty_by_state_and_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("definition", "organisation"),
                        name="duty_once_per_definition_and_organisation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", False), ("state", "accepted")),
                            models.Q(
                                models.Q(("state", "accepted"), _negated=True),
                                ("accepted_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="duty_accepted_at_set_exactly_when_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("submitted", "returned", "accepted")), _negated=True
                            ),
                            models.Q(
                                ("due_at_submission__isnull", False),
                                ("first_submitted_at__isnull", False),
                                ("submitted_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="duty_submitted_has_its_times",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyExemption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
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
                    "duty",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exemption",
                        to="campaign.duty",
                    ),
                ),
            ],
            options={
                "verbose_name": "免报",
                "verbose_name_plural": "免报",
            },
        ),
        migrations.CreateModel(
            name="DutyExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("old_due_at", models.DateTimeField(verbose_name="原截止时间")),
                ("new_due_at", models.DateTimeField(verbose_name="新截止时间")),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
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
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="corrected_by",
                        to="campaign.dutyextension",
                        verbose_name="更正的延期",
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extensions",
                        to="campaign.duty",
                    ),
                ),
            ],
            options={
                "verbose_name": "延期",
                "verbose_name_plural": "延期",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new_due_at__gt", models.F("old_due_at")),
                            ("corrects__isnull", False),
                            _connector="OR",
                        ),
                        name="extension_moves_the_deadline_later",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhaseCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("text", models.CharField(max_length=200, verbose_name="事项")),
                ("clause", models.CharField(blank=True, max_length=40, verbose_name="条款")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
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
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="campaign.phase",
                    ),
                ),
            ],
            options={
                "verbose_name": "阶段检查项",
                "verbose_name_plural": "阶段检查项",
                "ordering": ["phase", "order", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="phase_check_done_at_and_by_together",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="截止时间")),
                ("scheduled_at", models.DateTimeField(verbose_name="应发时间")),
                ("letter_key", models.CharField(max_length=120)),
                ("at", models.DateTimeField(verbose_name="发出时间")),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="campaign.duty",
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
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="campaign.ladderstep",
                    ),
                ),
            ],
            options={
                "verbose_name": "催报记录",
                "verbose_name_plural": "催报记录",
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(fields=["person", "at"], name="reminder_by_person_and_time")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("duty", "due_at", "step", "person"),
                        name="reminder_once_per_deadline_step_and_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("values", models.JSONField(default=dict, verbose_name="规定")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="依据文号"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("set_at", models.DateTimeField(verbose_name="制定时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rule_sheets",
                        to="accounts.organisation",
                        verbose_name="制定机关",
                    ),
                ),
                (
                    "set_by",
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
                "verbose_name": "监管细则",
                "verbose_name_plural": "监管细则",
                "ordering": ["organisation__code", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "valid_from"),
                        name="rule_sheet_one_per_office_and_start",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("organisation__isnull", True)),
                        fields=("valid_from",),
                        name="rule_sheet_for_all_one_per_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupervisionNote",
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
                        choices=[("opinion", "督导意见"), ("order", "督办单")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="文号")),
                ("subject", models.CharField(max_length=100, verbose_name="事由")),
                ("body", models.TextField(verbose_name="内容和要求")),
                ("due_at", models.DateTimeField(verbose_name="答复期限")),
                ("issued_at", models.DateTimeField(verbose_name="发出时间")),
                ("answer", models.TextField(blank=True, verbose_name="答复")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
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
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="campaign.campaign",
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
                    "duty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="campaign.duty",
                        verbose_name="任务",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="campaign.group",
                        verbose_name="小组",
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
                        verbose_name="接收单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "督导督办",
                "verbose_name_plural": "督导督办",
                "ordering": ["-issued_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group", "number"), name="note_number_once_per_group"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", False), ("answered_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="note_answered_at_and_by_together",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="note_closed_after_its_answer",
                    ),
                ],
            },
        ),
    ]
