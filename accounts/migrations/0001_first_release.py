"""All tables of the app as they stood at the first release; what a database had been led through
before (``replaces``) need not be gone through again. See docs/adr/0010.
"""

import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models.people
import core.fields
from core.migrating import NewTables


class Migration(NewTables):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_delegations_and_ways_of_signing_in"),
        ("accounts", "0004_nobody_is_superuser"),
        ("accounts", "0005_second_factor_under_field_keys"),
        ("accounts", "0006_count_days_without_use"),
        ("accounts", "0007_api_clients"),
        ("accounts", "0008_webhook_endpoints"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                ("window_from", models.DateTimeField()),
                ("used", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "登录尝试计数",
                "verbose_name_plural": "登录尝试计数",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("post", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                ("session_epoch", models.PositiveIntegerField(default=0)),
                ("calendar_token", models.CharField(blank=True, db_index=True, max_length=64)),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="界面语言")),
                (
                    "password_set_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="口令设置时间"),
                ),
                ("counted_from", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员",
                "verbose_name_plural": "人员",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_staff", False), ("is_superuser", False)),
                        name="user_is_never_superuser",
                    )
                ],
            },
            bases=(accounts.models.people.Standing, models.Model),
            managers=[
                ("objects", accounts.models.people.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="PasswordHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("encoded", models.CharField(max_length=128)),
                ("set_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "历史口令",
                "verbose_name_plural": "历史口令",
                "ordering": ["-set_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=6, primary_key=True, serialize=False, verbose_name="行政区划代码"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("short_name", models.CharField(max_length=20, verbose_name="简称")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.region",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政区划",
                "verbose_name_plural": "行政区划",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=255, unique=True)),
                ("depth", models.PositiveIntegerField()),
                ("numchild", models.PositiveIntegerField(default=0)),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="单位代码")),
                ("name", models.CharField(max_length=80, verbose_name="单位名称")),
                ("short_name", models.CharField(max_length=30, verbose_name="简称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("national_regulator", "国家监管机构"),
                            ("regional_office", "区域派出机构"),
                            ("provincial_office", "省级派出机构"),
                            ("grid_group", "电网集团"),
                            ("provincial_company", "省级电网企业"),
                            ("prefecture_enterprise", "地市供电企业"),
                            ("county_enterprise", "县级供电企业"),
                            ("supply_station", "供电所"),
                            ("government_department", "政府网格主管部门"),
                        ],
                        max_length=24,
                        verbose_name="单位类型",
                    ),
                ),
                (
                    "licence_number",
                    models.CharField(blank=True, max_length=40, verbose_name="供电业务许可证编号"),
                ),
                (
                    "document_prefix",
                    models.CharField(blank=True, max_length=20, verbose_name="机关代字"),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="收文邮箱")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="accounts.organisation",
                        verbose_name="并入",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.region",
                        verbose_name="所在区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "组织机构",
                "verbose_name_plural": "组织机构",
                "permissions": [("deputise", "代行职责")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into__isnull", True),
                            ("closed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="organisation_merged_only_when_closed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiClient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="客户端名称")),
                ("key_id", models.CharField(max_length=16, unique=True, verbose_name="令牌编号")),
                ("token_digest", models.CharField(max_length=64)),
                ("scopes", models.JSONField(default=list, verbose_name="接口权限")),
                (
                    "purpose",
                    models.CharField(blank=True, max_length=200, verbose_name="使用个人信息的用途"),
                ),
                (
                    "addresses",
                    models.JSONField(blank=True, default=list, verbose_name="允许的来源地址"),
                ),
                ("signed", models.BooleanField(default=False, verbose_name="请求须签名")),
                ("secret", core.fields.EncryptedTextField(blank=True, verbose_name="签名密钥")),
                (
                    "per_minute",
                    models.PositiveIntegerField(default=600, verbose_name="每分钟请求上限"),
                ),
                ("expires_on", models.DateField(verbose_name="有效期至")),
                (
                    "suspended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="停用时间"),
                ),
                (
                    "rotated_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="令牌更换时间"),
                ),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_clients",
                        to="accounts.organisation",
                        verbose_name="所属单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口客户端",
                "verbose_name_plural": "接口客户端",
                "ordering": ["organisation", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "name"),
                        name="api_client_name_once_per_organisation",
                    )
                ],
            },
            bases=(accounts.models.people.Standing, models.Model),
        ),
        migrations.CreateModel(
            name="ApiUsage",
            fields=[
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="usage",
                        serialize=False,
                        to="accounts.apiclient",
                    ),
                ),
                ("minute", models.PositiveBigIntegerField(default=0)),
                ("used", models.PositiveIntegerField(default=0)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "接口使用计数",
                "verbose_name_plural": "接口使用计数",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("regulator_lead", "监管机构领导"),
                            ("regulator_officer", "监管专员"),
                            ("regulator_viewer", "监管机构查阅人员"),
                            ("company_lead", "企业负责人"),
                            ("company_filer", "企业填报人员"),
                            ("company_viewer", "企业查阅人员"),
                            ("grid_officer", "政府网格员"),
                            ("system_administrator", "系统管理员"),
                            ("security_administrator", "安全管理员"),
                            ("audit_administrator", "审计管理员"),
                        ],
                        max_length=32,
                        verbose_name="角色",
                    ),
                ),
                ("department", models.CharField(blank=True, max_length=60, verbose_name="部门")),
                ("starts_on", models.DateField(verbose_name="起始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
                "verbose_name_plural": "任职",
                "ordering": ["starts_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("user", "organisation", "role"),
                        name="membership_one_open_per_person_organisation_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="membership_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("regulator_lead", "监管机构领导"),
                            ("regulator_officer", "监管专员"),
                            ("regulator_viewer", "监管机构查阅人员"),
                            ("company_lead", "企业负责人"),
                            ("company_filer", "企业填报人员"),
                            ("company_viewer", "企业查阅人员"),
                            ("grid_officer", "政府网格员"),
                            ("system_administrator", "系统管理员"),
                            ("security_administrator", "安全管理员"),
                            ("audit_administrator", "审计管理员"),
                        ],
                        max_length=32,
                        verbose_name="代行角色",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="起始日期")),
                ("ends_on", models.DateField(verbose_name="终止日期")),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_given",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="委托人",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_held",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代理人",
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "委托代理",
                "verbose_name_plural": "委托代理",
                "ordering": ["-starts_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="delegation_ends_after_it_starts",
                    )
                ],
                "unique_together": {("user", "permission", "content_object", "role", "starts_on")},
            },
        ),
        migrations.CreateModel(
            name="OrganisationName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("short_name", models.CharField(max_length=30, verbose_name="简称")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "曾用名称",
                "verbose_name_plural": "曾用名称",
                "ordering": ["valid_from"],
            },
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("invitation", "邀请"), ("reset", "重设口令")], max_length=12
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_in_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "口令设置链接",
                "verbose_name_plural": "口令设置链接",
            },
        ),
        migrations.CreateModel(
            name="TerritoryRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "copy_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copied_territory",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                    ),
                ),
                (
                    "regulator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="territory",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "辖区规则",
                "verbose_name_plural": "辖区规则",
                "ordering": ["region", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region", "valid_from"),
                        name="territory_rule_one_per_region_and_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="用途")),
                ("url", core.fields.EncryptedTextField(verbose_name="推送地址")),
                ("kinds", models.JSONField(blank=True, default=list, verbose_name="推送事项")),
                ("secret", core.fields.EncryptedTextField(verbose_name="签名密钥")),
                (
                    "former_secret",
                    core.fields.EncryptedTextField(blank=True, verbose_name="原签名密钥"),
                ),
                (
                    "former_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="原密钥有效期至"),
                ),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="endpoints",
                        to="accounts.apiclient",
                        verbose_name="接口客户端",
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
            ],
            options={
                "verbose_name": "推送地址",
                "verbose_name_plural": "推送地址",
                "ordering": ["client", "pk"],
            },
        ),
    ]
