import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("accounts", "0003_grid_managers"),
        ("core", "0001_first_release"),
        ("grids", "0002_special_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Hazard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="编号")),
                ("content", models.CharField(max_length=300, verbose_name="隐患情况")),
                ("place", core.fields.EncryptedTextField(blank=True, verbose_name="地点")),
                (
                    "transformer_area",
                    models.CharField(blank=True, max_length=60, verbose_name="台区"),
                ),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="经度")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="纬度")),
                (
                    "side",
                    models.CharField(
                        choices=[("company", "供电企业"), ("government", "政府网格")],
                        max_length=12,
                        verbose_name="上报方",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("report", "随手上报"),
                            ("joint", "联合排查"),
                            ("daily", "网格日常巡视"),
                            ("active", "主动运维巡视"),
                        ],
                        default="report",
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("unlocated", models.CharField(blank=True, max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "待定级"),
                            ("graded", "待认领"),
                            ("owned", "治理中"),
                            ("rectified", "待核验"),
                            ("verified", "待销号"),
                            ("closed", "已销号"),
                            ("dismissed", "不予列入"),
                        ],
                        default="reported",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "company_accepted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="企业认领时间"),
                ),
                (
                    "government_accepted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="政府认领时间"),
                ),
                ("reported_at", models.DateTimeField(verbose_name="上报时间")),
                ("graded_at", models.DateTimeField(blank=True, null=True, verbose_name="定级时间")),
                ("limit", models.JSONField(blank=True, default=dict)),
                ("extensions", models.JSONField(blank=True, default=list, verbose_name="延期")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="治理期限")),
                ("provisional", models.BooleanField(default=False)),
                ("explanation", models.JSONField(blank=True, default=list)),
                ("measure", models.CharField(blank=True, max_length=300, verbose_name="治理情况")),
                (
                    "rectified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="治理完成时间"),
                ),
                ("in_time", models.BooleanField(blank=True, null=True, verbose_name="按期治理")),
                (
                    "verified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="核验时间"),
                ),
                ("verified_side", models.CharField(blank=True, max_length=12)),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="销号时间")),
                ("reminded_for", models.DateTimeField(blank=True, null=True)),
                ("alerted_for", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                (
                    "company_owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="企业责任人",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="政府网格主管部门",
                    ),
                ),
                (
                    "government_owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="政府责任人",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hazards",
                        to="grids.powergrid",
                        verbose_name="电力网格",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="供电单位",
                    ),
                ),
                (
                    "rectified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="治理人",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上报人",
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
                        verbose_name="核验人",
                    ),
                ),
            ],
            options={
                "verbose_name": "隐患",
                "verbose_name_plural": "隐患",
                "ordering": ["-reported_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HazardEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("report", "上报"),
                            ("locate", "确定网格"),
                            ("grade", "定级、派单"),
                            ("dismiss", "不予列入"),
                            ("accept", "认领"),
                            ("decline", "退回改派"),
                            ("reassign", "改派"),
                            ("rectify", "治理完成"),
                            ("extend", "延期"),
                            ("verify", "核验通过"),
                            ("return", "退回治理"),
                            ("close", "销号"),
                        ],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "hazard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="grids.hazard",
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
                "verbose_name": "隐患记录",
                "verbose_name_plural": "隐患记录",
                "ordering": ["hazard", "sequence"],
            },
        ),
        migrations.CreateModel(
            name="HazardPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("proof", models.BooleanField(default=False, verbose_name="治理后")),
                ("at", models.DateTimeField(verbose_name="拍摄时间")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="经度")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="纬度")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="grids.hazardevent",
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
                    "hazard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="grids.hazard",
                    ),
                ),
            ],
            options={
                "verbose_name": "隐患照片",
                "verbose_name_plural": "隐患照片",
                "ordering": ["hazard", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HazardTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sort",
                    models.CharField(
                        choices=[("kind", "隐患类别"), ("grade", "隐患等级")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("code", models.CharField(max_length=30, verbose_name="代码")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "group",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("hazard", "安全隐患"),
                            ("illegal_use", "违约用电、窃电"),
                            ("quality", "供电质量"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("joint", models.BooleanField(default=False, verbose_name="共同治理")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "隐患目录",
                "verbose_name_plural": "隐患目录",
                "ordering": ["sort", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sort", "code", "valid_from"), name="hazard_term_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="hazard_term_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="hazard",
            name="grade",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.hazardterm",
                verbose_name="隐患等级",
            ),
        ),
        migrations.AddField(
            model_name="hazard",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.hazardterm",
                verbose_name="隐患类别",
            ),
        ),
        migrations.CreateModel(
            name="Patrol",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("due_on", models.DateField(verbose_name="应完成日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待开展"),
                            ("filed", "待对方确认"),
                            ("done", "已完成"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("results", models.JSONField(blank=True, default=dict, verbose_name="结果")),
                ("findings", models.PositiveSmallIntegerField(default=0, verbose_name="发现隐患")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "filed_side",
                    models.CharField(
                        blank=True,
                        choices=[("company", "供电企业"), ("government", "政府网格")],
                        max_length=12,
                        verbose_name="填写方",
                    ),
                ),
                (
                    "happened_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="开展时间"),
                ),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="填写时间")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="对方确认时间"),
                ),
                ("in_time", models.BooleanField(blank=True, null=True, verbose_name="按期完成")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="经度")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="纬度")),
                ("alerted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "government_grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patrols",
                        to="grids.governmentgrid",
                        verbose_name="政府网格",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patrols",
                        to="grids.powergrid",
                        verbose_name="电力网格",
                    ),
                ),
            ],
            options={
                "verbose_name": "排查、巡视",
                "verbose_name_plural": "排查、巡视",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="hazard",
            name="patrol",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hazards",
                to="grids.patrol",
                verbose_name="排查、巡视",
            ),
        ),
        migrations.CreateModel(
            name="PatrolList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, verbose_name="代码")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("joint", "联合排查"),
                            ("daily", "网格日常巡视"),
                            ("active", "主动运维巡视"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("items", models.JSONField(default=list, verbose_name="项目")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "巡视项目表",
                "verbose_name_plural": "巡视项目表",
                "ordering": ["kind", "code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "valid_from"), name="patrol_list_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="patrol_list_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatrolPlan",
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
                            ("joint", "联合排查"),
                            ("daily", "网格日常巡视"),
                            ("active", "主动运维巡视"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="计划名称")),
                (
                    "every",
                    models.CharField(
                        choices=[
                            ("once", "期内一次"),
                            ("quarter", "每季度一次"),
                            ("month", "每月一次"),
                            ("week", "每周一次"),
                            ("day", "每个工作日"),
                        ],
                        max_length=8,
                        verbose_name="频次",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(verbose_name="结束日期")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="工作要求")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待对方确认"),
                            ("standing", "执行中"),
                            ("declined", "未同意"),
                            ("cancelled", "已终止"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "proposed_side",
                    models.CharField(
                        choices=[("company", "供电企业"), ("government", "政府网格")],
                        max_length=12,
                        verbose_name="编制方",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="编制时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="确认时间"),
                ),
                ("remark", models.CharField(blank=True, max_length=300, verbose_name="意见")),
                (
                    "checklist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.patrollist",
                        verbose_name="项目表",
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
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="政府网格主管部门",
                    ),
                ),
                (
                    "government_grids",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="grids.governmentgrid",
                        verbose_name="政府网格",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="供电单位",
                    ),
                ),
                (
                    "power_grids",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="grids.powergrid", verbose_name="电力网格"
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
            ],
            options={
                "verbose_name": "排查、巡视计划",
                "verbose_name_plural": "排查、巡视计划",
                "ordering": ["-starts_on", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="patrol",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patrols",
                to="grids.patrolplan",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazardevent",
            constraint=models.UniqueConstraint(
                fields=("hazard", "sequence"), name="hazard_event_place_once"
            ),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(fields=["-reported_at", "-id"], name="hazard_by_time"),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                fields=["organisation", "-reported_at", "-id"], name="hazard_by_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(fields=["department", "-reported_at"], name="hazard_by_department"),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(fields=["grid", "state"], name="hazard_by_grid"),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("state__in", ["graded", "owned", "reported"])),
                fields=["due_at"],
                name="hazard_by_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["reported", "dismissed"]),
                    models.Q(
                        ("due_at__isnull", False),
                        ("grade__isnull", False),
                        models.Q(
                            ("company_owner__isnull", False),
                            ("government_owner__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="hazard_in_hand_has_grade_day_and_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("rectified_at__isnull", False),
                        ("verified_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hazard_closed_after_it_was_verified",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_by__isnull", True),
                    ("rectified_by__isnull", True),
                    models.Q(("verified_by", models.F("rectified_by")), _negated=True),
                    _connector="OR",
                ),
                name="hazard_verified_by_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="patrolplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="patrol_plan_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="patrolplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "active"), ("department__isnull", False), _connector="OR"
                ),
                name="patrol_plan_joint_has_both_sides",
            ),
        ),
        migrations.AddIndex(
            model_name="patrol",
            index=models.Index(fields=["due_on", "id"], name="patrol_by_due"),
        ),
        migrations.AddIndex(
            model_name="patrol",
            index=models.Index(fields=["grid", "state", "due_on"], name="patrol_by_grid"),
        ),
        migrations.AddIndex(
            model_name="patrol",
            index=models.Index(
                fields=["government_grid", "state", "due_on"], name="patrol_by_cell"
            ),
        ),
        migrations.AddConstraint(
            model_name="patrol",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("government_grid__isnull", True), ("grid__isnull", False)),
                    models.Q(("government_grid__isnull", False), ("grid__isnull", True)),
                    _connector="OR",
                ),
                name="patrol_of_one_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="patrol",
            constraint=models.UniqueConstraint(
                condition=models.Q(("grid__isnull", False)),
                fields=("plan", "grid", "due_on"),
                name="patrol_of_power_grid_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="patrol",
            constraint=models.UniqueConstraint(
                condition=models.Q(("government_grid__isnull", False)),
                fields=("plan", "government_grid", "due_on"),
                name="patrol_of_government_grid_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="patrol",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(("confirmed_by", models.F("filed_by")), _negated=True),
                    _connector="OR",
                ),
                name="patrol_signed_by_somebody_else",
            ),
        ),
    ]
