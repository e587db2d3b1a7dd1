import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("reporting", "0021_receipts_of_returns_verified"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核准人",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟稿人",
                    ),
                ),
            ],
            options={
                "verbose_name": "定义改动",
                "verbose_name_plural": "定义改动",
                "ordering": ["-drafted_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("subject", "code"),
                        name="definition_change_one_waiting",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "adopted"), _negated=True),
                            models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="definition_change_adopted_by_another",
                    ),
                ],
            },
        ),
    ]
