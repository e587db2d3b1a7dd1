"""The three separated administrators of a new portal, each with a single-use link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from accounts import services, workflow
from accounts.models import Membership, Organisation, User
from accounts.permissions import ROLES
from accounts.services.links import make_link
from accounts.territory import national_regulator
from core import clock
from core.errors import Refused

ROLE_OPTIONS = {
    "system": "system_administrator",
    "security": "security_administrator",
    "audit": "audit_administrator",
}


class Command(BaseCommand):
    help = "为新平台设立系统、安全、审计三名管理员，打印各自一次性的口令设置链接。"

    def add_arguments(self, parser: CommandParser) -> None:
        for option, role in ROLE_OPTIONS.items():
            parser.add_argument(f"--{option}", required=True, help=f"{ROLES[role].name}的登录名")
        parser.add_argument("--organisation", help="单位代码，缺省为国家监管机构")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            with transaction.atomic():
                organisation = self.organisation(options["organisation"])
                self.refuse_second_time(organisation)
                made = [
                    self.administrator(options[option], role, organisation, now=now)
                    for option, role in ROLE_OPTIONS.items()
                ]
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for user, role, address in made:
            self.stdout.write(f"{ROLES[role].name}  {user.username}\n  {address}")
        self.stdout.write("每个链接只能使用一次，请分别当面交给三个人。")

    def organisation(self, code: str | None) -> Organisation:
        if code is None:
            return national_regulator()
        found = Organisation.objects.in_force().filter(code=code).first()
        if found is None:
            raise CommandError(f"没有代码为 {code} 的单位。")
        return found

    def refuse_second_time(self, organisation: Organisation) -> None:
        """Later administrators are appointed by the security administrator, on the record."""
        there = Membership.objects.filter(
            organisation=organisation, role__in=workflow.ADMINISTRATORS
        )
        if there.in_force_from(on=clock.today()).exists():
            raise CommandError("该单位已有管理员，请由安全管理员在“人员”页任命。")

    def administrator(
        self, username: str, role: str, organisation: Organisation, *, now: Any
    ) -> tuple[User, str, str]:
        user = services.enrol(
            username=username,
            name=str(ROLES[role].name),
            email="",
            organisation=organisation,
            by=None,
            now=now,
        )
        services.appoint(user=user, organisation=organisation, role=role, by=None, now=now)
        _link, token = make_link(user=user, purpose="invitation", now=now)
        address = settings.SITE_URL + reverse("accounts:set_password", args=[token])
        return user, role, address
