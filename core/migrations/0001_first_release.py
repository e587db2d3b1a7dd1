"""All tables of the app as they stood at the first release; what a database had been led through
before (``replaces``) need not be gone through again. See docs/adr/0010.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.fields
from core.migrating import NewTables


class Migration(NewTables):
    replaces = [
        ("core", "0001_audit_outbox_jobs"),
        ("core", "0002_stored_file"),
        ("core", "0003_calendar_versions"),
        ("core", "0004_encrypt_letters"),
        ("core", "0005_encrypt_letters_of_before"),
        ("core", "0006_webhook_channel"),
        ("core", "0007_keyed_requests"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisation",
                    models.CharField(max_length=32, unique=True, verbose_name="单位代码"),
                ),
                ("length", models.PositiveBigIntegerField(default=0)),
                ("head", models.CharField(blank=True, max_length=120)),
                ("anchored", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "审计链",
                "verbose_name_plural": "审计链",
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="进程")),
                ("at", models.DateTimeField(verbose_name="最近一次")),
                ("error", models.TextField(blank=True, verbose_name="最近错误")),
                ("turn_until", models.DateTimeField(blank=True, null=True)),
                ("holder", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "verbose_name": "运行心跳",
                "verbose_name_plural": "运行心跳",
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=180, unique=True)),
                ("kind", models.CharField(max_length=60, verbose_name="类别")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="名称")),
                ("started_by_id", models.BigIntegerField(db_index=True, null=True)),
                ("payload", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "处理中"),
                            ("done", "已完成"),
                            ("failed", "未成功"),
                            ("cancelled", "已取消"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="进度说明")),
                ("error", models.TextField(blank=True, verbose_name="未成功原因")),
                ("result_url", models.CharField(blank=True, max_length=300)),
                ("cancel_requested", models.BooleanField(default=False)),
                ("fence", models.PositiveBigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "后台任务",
                "verbose_name_plural": "后台任务",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisation",
                    models.CharField(blank=True, max_length=32, verbose_name="单位代码"),
                ),
                ("number", models.PositiveBigIntegerField(verbose_name="序号")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("kind", models.CharField(max_length=60, verbose_name="事项")),
                ("actor_id", models.BigIntegerField(db_index=True, null=True)),
                ("actor", models.CharField(blank=True, max_length=150, verbose_name="操作人")),
                (
                    "target_model",
                    models.CharField(blank=True, max_length=80, verbose_name="对象类型"),
                ),
                ("target_id", models.CharField(blank=True, max_length=64, verbose_name="对象编号")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="来源")),
                ("details", models.JSONField(default=dict, verbose_name="内容")),
                ("seal", models.CharField(max_length=120, verbose_name="封印")),
            ],
            options={
                "verbose_name": "审计记录",
                "verbose_name_plural": "审计记录",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["target_model", "target_id"], name="audit_by_target"),
                    models.Index(fields=["kind", "at"], name="audit_by_kind"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "number"), name="audit_one_event_per_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                ("number", models.PositiveSmallIntegerField(verbose_name="版次")),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
                ("announced_on", models.DateField(blank=True, null=True, verbose_name="公布日期")),
                ("provisional", models.BooleanField(default=False, verbose_name="待确认")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="启用日期")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="发布说明")),
                ("from_catalogue", models.BooleanField(default=False, verbose_name="系统预置")),
                ("digest", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField(verbose_name="发布时间")),
            ],
            options={
                "verbose_name": "工作日历版本",
                "verbose_name_plural": "工作日历版本",
                "ordering": ["year", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "number"), name="calendar_version_unique_in_year"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyedRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_index=True, verbose_name="收到时间")),
                ("lease_until", models.DateTimeField()),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("content_type", models.CharField(blank=True, max_length=60)),
                ("body", core.fields.EncryptedTextField(blank=True)),
            ],
            options={
                "verbose_name": "带幂等键的请求",
                "verbose_name_plural": "带幂等键的请求",
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "key"), name="keyed_request_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True, verbose_name="事由键")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "电子邮件"),
                            ("notice", "站内通知"),
                            ("job", "后台任务"),
                            ("webhook", "接口推送"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="类别")),
                (
                    "to",
                    core.fields.EncryptedJSONField(
                        blank=True, default=list, verbose_name="收件地址"
                    ),
                ),
                ("to_index", models.TextField(blank=True, editable=False)),
                (
                    "recipient_id",
                    models.BigIntegerField(blank=True, null=True, verbose_name="收件人"),
                ),
                (
                    "organisation",
                    models.CharField(blank=True, max_length=32, verbose_name="单位代码"),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="标题")),
                ("body", core.fields.EncryptedTextField(blank=True, verbose_name="正文")),
                ("url", models.CharField(blank=True, max_length=300, verbose_name="链接")),
                ("attachments", models.JSONField(blank=True, default=list, verbose_name="附件")),
                ("payload", models.JSONField(blank=True, default=dict, verbose_name="数据")),
                ("repeat_when_unknown", models.BooleanField(default=False)),
                ("message_id", models.CharField(blank=True, max_length=160)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "待发"),
                            ("in_flight", "发送中"),
                            ("sent", "已发"),
                            ("parked", "搁置"),
                            ("unknown", "结果不明"),
                            ("dropped", "不再发送"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("not_before", models.DateTimeField(verbose_name="最早发送")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="已试次数")),
                ("fence", models.PositiveBigIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("holder", models.CharField(blank=True, max_length=120)),
                ("error", models.TextField(blank=True, verbose_name="未发原因")),
                ("created_at", models.DateTimeField(verbose_name="生成时间")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="发出时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="阅读时间")),
            ],
            options={
                "verbose_name": "信件",
                "verbose_name_plural": "信件",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "not_before"], name="letter_waiting"),
                    models.Index(
                        fields=["recipient_id", "channel", "sent_at"], name="letter_by_recipient"
                    ),
                    models.Index(fields=["kind", "created_at"], name="letter_by_kind"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(
                                models.Q(("state", "sent"), _negated=True),
                                ("sent_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="letter_sent_at_set_exactly_when_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "in_flight")),
                            models.Q(
                                models.Q(("state", "in_flight"), _negated=True),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="letter_lease_set_exactly_when_in_flight",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["parked", "unknown"]), _negated=True),
                            models.Q(("error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="letter_parked_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeenMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=64)),
                ("message_id", models.CharField(max_length=100)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "已收到的签名消息",
                "verbose_name_plural": "已收到的签名消息",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scope", "message_id"), name="seen_message_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[("holiday", "放假"), ("makeup", "调休上班")],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="节假日")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="core.calendarversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作日历日期",
                "verbose_name_plural": "工作日历日期",
                "ordering": ["day"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "day"), name="calendar_day_once_in_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["holiday", "makeup"])),
                        name="calendar_day_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="编号"
                    ),
                ),
                (
                    "sha256",
                    models.CharField(db_index=True, max_length=64, verbose_name="摘要（SHA-256）"),
                ),
                ("size", models.PositiveBigIntegerField(verbose_name="大小（字节）")),
                ("name", models.CharField(max_length=150, verbose_name="文件名")),
                ("kind", models.CharField(max_length=10, verbose_name="类型")),
                ("content_type", models.CharField(max_length=100, verbose_name="内容类型")),
                ("purpose", models.CharField(max_length=40, verbose_name="用途")),
                (
                    "organisation",
                    models.CharField(blank=True, max_length=32, verbose_name="单位代码"),
                ),
                (
                    "scan",
                    models.CharField(default="unscanned", max_length=10, verbose_name="病毒扫描"),
                ),
                ("created_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "文件",
                "verbose_name_plural": "文件",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("size__gt", 0), models.Q(("sha256", ""), _negated=True)
                        ),
                        name="stored_file_has_content",
                    )
                ],
            },
        ),
    ]
