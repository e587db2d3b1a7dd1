"""All tables of the app, made at once."""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
from core.migrating import NewTables


class Migration(NewTables):
    initial = True

    dependencies = [
        ("accounts", "0003_grid_managers"),
        ("core", "0001_first_release"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BusinessType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=60, verbose_name="业务类型")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("new", "新装"),
                            ("capacity", "增容"),
                            ("temporary", "临时用电"),
                            ("change", "变更用电"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("content", models.JSONField(verbose_name="内容")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="适用企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "涉电业务类型",
                "verbose_name_plural": "涉电业务类型",
                "ordering": ["code", "version"],
            },
        ),
        migrations.CreateModel(
            name="Feeder",
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
                ("voltage", models.CharField(blank=True, max_length=20, verbose_name="电压等级")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="供电企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "线路",
                "verbose_name_plural": "线路",
                "ordering": ["enterprise", "code"],
            },
        ),
        migrations.CreateModel(
            name="GovernmentGrid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("boundary", models.JSONField(blank=True, null=True, verbose_name="边界")),
                ("west", models.FloatField(blank=True, null=True)),
                ("south", models.FloatField(blank=True, null=True)),
                ("east", models.FloatField(blank=True, null=True)),
                ("north", models.FloatField(blank=True, null=True)),
                ("code", models.CharField(max_length=30, unique=True, verbose_name="网格编码")),
                ("name", models.CharField(max_length=60, verbose_name="网格名称")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("county", "县（市、区）"),
                            ("town", "乡镇（街道）"),
                            ("community", "社区（村）"),
                            ("grid", "基础网格"),
                        ],
                        max_length=10,
                        verbose_name="层级",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("urban", "城市社区"),
                            ("village", "行政村"),
                            ("special", "专属网格"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="范围")),
                ("households", models.PositiveIntegerField(default=0, verbose_name="户数")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="值班电话")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="主管部门",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="登记企业",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="grids.governmentgrid",
                        verbose_name="上级网格",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="所在区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "政府网格",
                "verbose_name_plural": "政府网格",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="BusinessRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="编号")),
                (
                    "external_number",
                    models.CharField(blank=True, max_length=40, verbose_name="政府平台编号"),
                ),
                ("customer_name", core.fields.EncryptedTextField(verbose_name="客户名称")),
                ("customer_phone", core.fields.EncryptedTextField(verbose_name="联系电话")),
                ("account_no", core.fields.EncryptedTextField(blank=True, verbose_name="户号")),
                ("address", core.fields.EncryptedTextField(verbose_name="用电地址")),
                (
                    "capacity",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=10,
                        null=True,
                        verbose_name="用电容量（千伏安）",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("passed_on", "待受理"),
                            ("in_progress", "办理中"),
                            ("materials", "待补材料"),
                            ("finished", "已办结待告知"),
                            ("informed", "已告知客户"),
                            ("returned", "已退回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="passed_on",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("materials", models.JSONField(blank=True, default=list, verbose_name="已收材料")),
                ("missing", models.JSONField(blank=True, default=list, verbose_name="应补材料")),
                (
                    "notified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="一次性告知时间"),
                ),
                ("handovers", models.PositiveSmallIntegerField(default=0, verbose_name="移交次数")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="当前时限")),
                ("passed_at", models.DateTimeField(verbose_name="转办时间")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="受理时间")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="办结时间"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("result", models.CharField(blank=True, max_length=300, verbose_name="办理结果")),
                (
                    "satisfaction",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("good", "满意"),
                            ("fair", "基本满意"),
                            ("bad", "不满意"),
                            ("unreached", "无法联系"),
                        ],
                        max_length=12,
                        verbose_name="客户评价",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="应收费用（元）",
                    ),
                ),
                (
                    "reduction",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="减免费用（元）",
                    ),
                ),
                (
                    "reduction_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="减免依据"),
                ),
                (
                    "days",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="全程工作日"),
                ),
                (
                    "company_days",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="供电企业工作日"
                    ),
                ),
                ("in_time", models.BooleanField(blank=True, null=True, verbose_name="按时办结")),
                (
                    "government_in_time",
                    models.BooleanField(blank=True, null=True, verbose_name="政府会签按时"),
                ),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
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
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="承办人",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="网格员",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="承办单位",
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="会签部门",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="转办的政府网格",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="grids.businesstype",
                        verbose_name="业务类型",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.governmentgrid",
                        verbose_name="政府网格",
                    ),
                ),
            ],
            options={
                "verbose_name": "涉电业务",
                "verbose_name_plural": "涉电业务",
                "ordering": ["-passed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="GridMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("staff_number", models.CharField(blank=True, max_length=30, verbose_name="工号")),
                (
                    "work_phone",
                    models.CharField(blank=True, max_length=30, verbose_name="工作电话"),
                ),
                ("named", models.BooleanField(default=False, verbose_name="本人同意公示姓名")),
                ("joined_on", models.DateField(verbose_name="到岗日期")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="离岗日期")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="所在单位",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grid_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "网格人员",
                "verbose_name_plural": "网格人员",
                "ordering": ["organisation", "pk"],
            },
        ),
        migrations.CreateModel(
            name="GridRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("value", models.PositiveIntegerField(verbose_name="限值")),
                ("unit", models.CharField(max_length=20, verbose_name="单位")),
                ("most", models.BooleanField(default=True, verbose_name="不得高于")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="适用单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格规则",
                "verbose_name_plural": "网格规则",
                "ordering": ["code", "valid_from", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PowerGrid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("boundary", models.JSONField(blank=True, null=True, verbose_name="边界")),
                ("west", models.FloatField(blank=True, null=True)),
                ("south", models.FloatField(blank=True, null=True)),
                ("east", models.FloatField(blank=True, null=True)),
                ("north", models.FloatField(blank=True, null=True)),
                ("code", models.CharField(max_length=40, verbose_name="网格编号")),
                ("name", models.CharField(max_length=60, verbose_name="网格名称")),
                (
                    "business_area",
                    models.CharField(blank=True, max_length=200, verbose_name="营业区域"),
                ),
                ("places", models.JSONField(blank=True, default=list, verbose_name="地名")),
                ("words", models.TextField(blank=True)),
                ("households", models.PositiveIntegerField(default=0, verbose_name="户数")),
                (
                    "duty_phone",
                    models.CharField(blank=True, max_length=30, verbose_name="服务电话"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="备注")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
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
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="供电企业",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="供电所",
                    ),
                ),
            ],
            options={
                "verbose_name": "电力网格",
                "verbose_name_plural": "电力网格",
                "ordering": ["code", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="交接原因")),
                ("effective_at", models.DateTimeField(verbose_name="交接时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待接收"),
                            ("accepted", "已接收"),
                            ("declined", "未接收"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("remark", models.CharField(blank=True, max_length=200, verbose_name="接收意见")),
                ("open_work", models.JSONField(blank=True, default=list, verbose_name="未结工作")),
                ("proposed_at", models.DateTimeField(verbose_name="发起时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="接收时间"),
                ),
                (
                    "moved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="工作移交时间"),
                ),
                (
                    "former",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridmember",
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
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridmember",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_overs",
                        to="grids.powergrid",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格交接",
                "verbose_name_plural": "网格交接",
                "ordering": ["-proposed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="GridPairing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "share",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="占比（%）"),
                ),
                (
                    "agreement",
                    models.CharField(blank=True, max_length=120, verbose_name="共建协议"),
                ),
                (
                    "government_contact",
                    models.CharField(blank=True, max_length=80, verbose_name="政府方联系岗位"),
                ),
                (
                    "power_contact",
                    models.CharField(blank=True, max_length=80, verbose_name="企业方联系岗位"),
                ),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "government_grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to="grids.governmentgrid",
                    ),
                ),
                (
                    "power_grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to="grids.powergrid",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格对接",
                "verbose_name_plural": "网格对接",
                "ordering": ["power_grid", "government_grid", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="GridFeeder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "feeder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_grids",
                        to="grids.feeder",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeders",
                        to="grids.powergrid",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格线路",
                "verbose_name_plural": "网格线路",
                "ordering": ["grid", "feeder", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="GridChannel",
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
                            ("group", "网络服务群"),
                            ("account", "公众号、小程序"),
                            ("station", "便民服务点"),
                            ("counter", "政务服务窗口"),
                            ("hotline", "服务电话"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="地址、号码")),
                ("hours", models.CharField(blank=True, max_length=60, verbose_name="服务时间")),
                ("owner", models.CharField(max_length=60, verbose_name="责任部门")),
                ("opened_on", models.DateField(verbose_name="开通日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="grids.powergrid",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务渠道",
                "verbose_name_plural": "服务渠道",
                "ordering": ["grid", "kind", "name"],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("manager", "网格经理"),
                            ("deputy", "副网格经理"),
                            ("customer_high", "高压客户经理"),
                            ("customer_low", "低压客户经理"),
                            ("officer", "政府网格员"),
                            ("head", "政府网格长"),
                        ],
                        max_length=14,
                        verbose_name="岗位",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始时间")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="事由")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
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
                    "government_grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="grids.governmentgrid",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="grids.gridmember",
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridmember",
                    ),
                ),
                (
                    "power_grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="grids.powergrid",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格任职",
                "verbose_name_plural": "网格任职",
                "ordering": ["starts_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=60, verbose_name="台账")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("content", models.TextField(verbose_name="内容")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "台账定义",
                "verbose_name_plural": "台账定义",
                "ordering": ["position", "code", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version"), name="register_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="台账代码")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("values", models.JSONField(default=dict, verbose_name="内容")),
                (
                    "private",
                    core.fields.EncryptedJSONField(blank=True, null=True, verbose_name="个人信息"),
                ),
                ("ending", models.JSONField(blank=True, default=dict, verbose_name="办结内容")),
                ("words", models.TextField(blank=True)),
                ("identity", models.CharField(blank=True, max_length=200)),
                ("series", models.CharField(blank=True, max_length=120)),
                ("day", models.DateField(verbose_name="日期")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待批准"),
                            ("standing", "在册"),
                            ("refused", "未批准"),
                            ("closed", "已办结"),
                            ("struck", "已注销"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("review_due_on", models.DateField(blank=True, null=True, verbose_name="复核期限")),
                ("alerted_for", models.DateField(blank=True, null=True)),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="复核时间"),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_entries",
                        to="grids.powergrid",
                        verbose_name="电力网格",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridmember",
                        verbose_name="网格人员",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="登记单位",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="grids.registerentry",
                        verbose_name="所属条目",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="grids.register",
                        verbose_name="台账",
                    ),
                ),
                (
                    "written_by",
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
                "verbose_name": "台账条目",
                "verbose_name_plural": "台账条目",
                "ordering": ["code", "-day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="RegisterChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "move",
                    models.CharField(
                        choices=[
                            ("enter", "登记"),
                            ("change", "修改"),
                            ("review", "复核"),
                            ("approve", "批准"),
                            ("refuse", "不批准"),
                            ("close", "办结"),
                            ("attach", "上传文件"),
                            ("strike", "注销"),
                        ],
                        max_length=10,
                        verbose_name="事项",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("values", models.JSONField(blank=True, default=dict)),
                ("changed", models.JSONField(blank=True, default=list)),
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="grids.registerentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账变更",
                "verbose_name_plural": "台账变更",
                "ordering": ["entry", "sequence"],
            },
        ),
        migrations.CreateModel(
            name="RegisterFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at_end", models.BooleanField(default=False, verbose_name="办结材料")),
                ("added_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="grids.registerentry",
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
            ],
            options={
                "verbose_name": "台账文件",
                "verbose_name_plural": "台账文件",
                "ordering": ["entry", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TransformerArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="台区编号")),
                ("name", models.CharField(max_length=60, verbose_name="台区名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("public", "公变"), ("dedicated", "专变")],
                        default="public",
                        max_length=10,
                        verbose_name="公变、专变",
                    ),
                ),
                (
                    "capacity_kva",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="容量（千伏安）"
                    ),
                ),
                ("households", models.PositiveIntegerField(default=0, verbose_name="户数")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="供电企业",
                    ),
                ),
                (
                    "feeder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="areas",
                        to="grids.feeder",
                        verbose_name="所属线路",
                    ),
                ),
            ],
            options={
                "verbose_name": "台区",
                "verbose_name_plural": "台区",
                "ordering": ["enterprise", "code"],
            },
        ),
        migrations.CreateModel(
            name="GridArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="areas",
                        to="grids.powergrid",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_grids",
                        to="grids.transformerarea",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格台区",
                "verbose_name_plural": "网格台区",
                "ordering": ["grid", "area", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="AccountPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_index", models.CharField(db_index=True, max_length=64)),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="供电企业",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="grids.transformerarea",
                    ),
                ),
            ],
            options={
                "verbose_name": "户号所在台区",
                "verbose_name_plural": "户号所在台区",
            },
        ),
        migrations.CreateModel(
            name="BusinessEvent",
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
                            ("pass_on", "转办"),
                            ("take", "受理"),
                            ("notify", "一次性告知材料"),
                            ("receive", "收到材料"),
                            ("hand_over", "内部移交"),
                            ("complete", "完成环节"),
                            ("sign", "会签同意"),
                            ("object", "会签不同意"),
                            ("finish", "办结并回告"),
                            ("return", "退回"),
                            ("inform", "告知客户"),
                            ("withdraw", "撤回"),
                        ],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("step", models.CharField(blank=True, max_length=60, verbose_name="环节")),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="说明")),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="grids.businessrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "涉电业务记录",
                "verbose_name_plural": "涉电业务记录",
                "ordering": ["request", "sequence"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "sequence"), name="business_event_place_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BusinessStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="顺序")),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("title", models.CharField(max_length=60, verbose_name="环节")),
                ("actor", models.CharField(max_length=12, verbose_name="办理方")),
                ("joint", models.BooleanField(default=False, verbose_name="会签")),
                (
                    "started_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="开始时间"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="时限")),
                ("provisional", models.BooleanField(default=False)),
                ("explanation", models.JSONField(blank=True, default=list)),
                ("pauses", models.JSONField(blank=True, default=list)),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="办理意见")),
                (
                    "company_signed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="供电企业会签时间"),
                ),
                (
                    "government_signed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="政府部门会签时间"),
                ),
                (
                    "company_signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
                    "government_signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="grids.businessrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "涉电业务环节",
                "verbose_name_plural": "涉电业务环节",
                "ordering": ["request", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "position"), name="business_step_place_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", True),
                            ("done_at__gte", models.F("started_at")),
                            _connector="OR",
                        ),
                        name="business_step_done_after_it_started",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joint", False),
                            ("done_at__isnull", True),
                            models.Q(
                                ("company_signed_at__isnull", False),
                                ("government_signed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="business_joint_step_signed_by_both",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="businesstype",
            constraint=models.UniqueConstraint(
                fields=("code", "version"), name="business_type_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="businesstype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="business_type_ends_after_it_starts",
            ),
        ),
        migrations.AddIndex(
            model_name="feeder",
            index=models.Index(fields=["name"], name="feeder_by_name"),
        ),
        migrations.AddConstraint(
            model_name="feeder",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "code"), name="feeder_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="governmentgrid",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="government_grid_ends_after_it_starts",
            ),
        ),
        migrations.AddIndex(
            model_name="businessrequest",
            index=models.Index(fields=["-passed_at", "-id"], name="business_by_time"),
        ),
        migrations.AddIndex(
            model_name="businessrequest",
            index=models.Index(
                fields=["organisation", "-passed_at", "-id"], name="business_by_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="businessrequest",
            index=models.Index(fields=["source", "-passed_at", "-id"], name="business_by_source"),
        ),
        migrations.AddIndex(
            model_name="businessrequest",
            index=models.Index(fields=["finished_at"], name="business_by_end"),
        ),
        migrations.AddIndex(
            model_name="businessrequest",
            index=models.Index(fields=["updated_at", "id"], name="business_by_change"),
        ),
        migrations.AddIndex(
            model_name="businessrequest",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["due_at"],
                name="business_by_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="businessrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_number", ""), _negated=True),
                fields=("source", "external_number"),
                name="business_external_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="businessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["finished", "informed"]), _negated=True),
                    models.Q(
                        ("fee__isnull", False),
                        ("finished_at__isnull", False),
                        ("reduction__isnull", False),
                        ("days__isnull", False),
                        ("in_time__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="business_done_has_its_figures",
            ),
        ),
        migrations.AddConstraint(
            model_name="businessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fee__isnull", True),
                    models.Q(("fee__gte", models.F("reduction")), ("reduction__gte", 0)),
                    _connector="OR",
                ),
                name="business_reduced_by_no_more_than_the_fee",
            ),
        ),
        migrations.AddConstraint(
            model_name="gridmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_on__isnull", True)),
                fields=("user", "organisation"),
                name="grid_member_once_per_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="gridmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_on__isnull", True),
                    ("left_on__gte", models.F("joined_on")),
                    _connector="OR",
                ),
                name="grid_member_left_after_joined",
            ),
        ),
        migrations.AddConstraint(
            model_name="gridrule",
            constraint=models.UniqueConstraint(
                fields=("code", "organisation", "valid_from"), name="grid_rule_once_per_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="gridrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation__isnull", True)),
                fields=("code", "valid_from"),
                name="grid_rule_base_once",
            ),
        ),
        migrations.AddIndex(
            model_name="powergrid",
            index=models.Index(fields=["region", "code"], name="power_grid_by_region"),
        ),
        migrations.AddConstraint(
            model_name="powergrid",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "code"), name="power_grid_code_once_per_enterprise"
            ),
        ),
        migrations.AddConstraint(
            model_name="powergrid",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="power_grid_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("grid",),
                name="hand_over_one_open_per_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("former", models.F("successor")), _negated=True),
                name="hand_over_to_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="gridpairing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="grid_pairing_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="gridpairing",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__gt", Decimal("0")), ("share__lte", Decimal("100"))),
                name="grid_pairing_share_of_hundred",
            ),
        ),
        migrations.AddIndex(
            model_name="gridfeeder",
            index=models.Index(fields=["feeder", "valid_from"], name="grid_feeder_by_feeder"),
        ),
        migrations.AddConstraint(
            model_name="gridfeeder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="grid_feeder_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="gridchannel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True),
                    ("closed_on__gte", models.F("opened_on")),
                    _connector="OR",
                ),
                name="grid_channel_closed_after_opened",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                fields=["power_grid", "post", "starts_at"], name="assignment_by_grid"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["member", "starts_at"], name="assignment_by_member"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("government_grid__isnull", True),
                        ("post__in", ["manager", "deputy", "customer_high", "customer_low"]),
                        ("power_grid__isnull", False),
                    ),
                    models.Q(
                        ("government_grid__isnull", False),
                        ("post__in", ["officer", "head"]),
                        ("power_grid__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="assignment_of_one_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="assignment_ends_after_it_starts",
            ),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["code", "-day", "-id"], name="register_entry_by_day"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(
                fields=["organisation", "code", "state"], name="register_entry_by_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["grid", "code", "state"], name="register_entry_by_grid"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(
                condition=models.Q(("state", "standing")),
                fields=["review_due_on"],
                name="register_entry_by_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("identity", ""), _negated=True),
                    models.Q(("state", "struck"), _negated=True),
                ),
                fields=("organisation", "code", "identity"),
                name="register_entry_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("starts_at__isnull", True),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="register_entry_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerchange",
            constraint=models.UniqueConstraint(
                fields=("entry", "sequence"), name="register_change_place_once"
            ),
        ),
        migrations.AddIndex(
            model_name="transformerarea",
            index=models.Index(fields=["name"], name="transformer_area_by_name"),
        ),
        migrations.AddConstraint(
            model_name="transformerarea",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "code"), name="transformer_area_once"
            ),
        ),
        migrations.AddIndex(
            model_name="gridarea",
            index=models.Index(fields=["area", "valid_from"], name="grid_area_by_area"),
        ),
        migrations.AddConstraint(
            model_name="gridarea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="grid_area_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountplace",
            constraint=models.UniqueConstraint(
                fields=("enterprise", "account_index"), name="account_place_once"
            ),
        ),
    ]
