"""What two people decide: closings of enforcement matters with unfinished items, and the withdrawal
of good practice that others have read."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("campaign", "0005_enforcement_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EnforcementClosing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("conclusion", models.TextField(verbose_name="结论")),
                ("why", models.CharField(max_length=300, verbose_name="未销号而结案的理由")),
                ("unfinished", models.JSONField(verbose_name="未销号的整改事项")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "结案待批准"),
                            ("approved", "已批准结案"),
                            ("refused", "不予结案"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="提请时间")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="办理时间"),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="不予结案的理由"),
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
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closings",
                        to="campaign.enforcementmatter",
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
                "verbose_name": "执法结案提请",
                "verbose_name_plural": "执法结案提请",
                "ordering": ["-proposed_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("matter",),
                        name="enforcement_closing_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("approved", "refused")), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="enforcement_closing_by_a_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PracticeRecall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="撤回理由")),
                ("asked_at", models.DateTimeField(verbose_name="提请时间")),
                ("granted", models.BooleanField(null=True, verbose_name="同意撤回")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="办理时间"),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="办理意见")),
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
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recalls",
                        to="campaign.goodpractice",
                    ),
                ),
            ],
            options={
                "verbose_name": "经验材料撤回提请",
                "verbose_name_plural": "经验材料撤回提请",
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("granted__isnull", True)),
                        fields=("practice",),
                        name="practice_recall_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="practice_recalled_by_a_second_person",
                    ),
                ],
            },
        ),
    ]
