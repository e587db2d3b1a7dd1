"""What signed enforcement documents say of their items, kept as it stood; recalls of public
texts, which two people decide on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("campaign", "0004_livelihood_tags"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EnforcementPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("items", models.JSONField(verbose_name="整改事项")),
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paper",
                        to="campaign.enforcementstep",
                        verbose_name="执法文书",
                    ),
                ),
            ],
            options={
                "verbose_name": "执法文书附表",
                "verbose_name_plural": "执法文书附表",
            },
        ),
        migrations.CreateModel(
            name="EnforcementRecall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="撤回理由")),
                ("asked_at", models.DateTimeField(verbose_name="提请时间")),
                ("granted", models.BooleanField(null=True, verbose_name="同意撤回")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="办理时间"),
                ),
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
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recalls",
                        to="campaign.enforcementdisclosure",
                    ),
                ),
            ],
            options={
                "verbose_name": "执法公开撤回提请",
                "verbose_name_plural": "执法公开撤回提请",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("granted__isnull", True)),
                        fields=("disclosure",),
                        name="enforcement_recall_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="enforcement_recalled_by_a_second_person",
                    ),
                ],
            },
        ),
    ]
