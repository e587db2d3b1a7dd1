"""A dry run of a campaign: every reminder, escalation and report to come. Writes nothing."""

import json

from django.core.management.base import BaseCommand, CommandError

from campaign.models import Campaign
from campaign.rehearsal import rehearse
from core import clock


class Command(BaseCommand):
    help = "List every reminder, escalation and report to come: when, to whom, by what rule."

    def add_arguments(self, parser):
        parser.add_argument("--campaign", required=True, help="number or code of the campaign")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *, campaign, **options):
        found = self._find(campaign)
        now = clock.now()
        lines = rehearse(found, now=now)
        if options["json"]:
            self.stdout.write(self._json(found, now, lines))
            return
        for line in lines:
            when = line.when.astimezone(clock.ZONE)
            self.stdout.write(
                f"{when:%Y-%m-%d %H:%M}\t{line.kind}\t{line.to}\t{line.organisation}"
                f"\t{line.subject}\t{line.rule_text}"
            )

    @staticmethod
    def _find(key):
        lookup = {"pk": key} if key.isascii() and key.isdigit() else {"code": key}
        found = Campaign.objects.filter(**lookup).first()
        if found is None:
            raise CommandError(f"没有编号或代码为“{key}”的专项行动。")
        return found

    @staticmethod
    def _json(campaign, now, lines):
        document = {
            "campaign": {"id": campaign.pk, "code": campaign.code, "name": campaign.name},
            "now": now.astimezone(clock.ZONE).isoformat(),
            "count": len(lines),
            "lines": [line.as_json() for line in lines],
        }
        return json.dumps(document, ensure_ascii=False, indent=1)
