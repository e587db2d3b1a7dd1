"""Django's wiring of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

FILER_PAGES = (
    "filing_list",
    "filing_edit",
    "filing_part",
    "filing_check",
    "filing_certify",
    "part_upload",
)
PLAN_PAGES = (
    *("plans", "plan", "plan_figures", "plan_quotas", "plan_rows", "plan_row"),
    *("plan_import", "plan_imported", "plan_changes", "plan_rollup"),
)
SUPPLY_PAGES = (
    *("forecasts", "forecast", "forecast_accuracy", "activations", "activation"),
    *("execution_statistics", "emergency_plans", "emergency_plan", "emergency_edit"),
    *("mixed_lines", "load_controls", "responses", "briefings", "briefing"),
)
OUTAGE_PAGES = (
    *("outages", "outage", "outage_new", "outage_edit", "outage_import"),
    *("outage_monitor", "outage_yearly", "outage_frequent", "outage_rules"),
    *("outage_leads", "outage_lead"),
)


def _names(pages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"reporting:{page}" for page in pages)


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("报送与报告")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campaign import inside, numbers, template_catalogue
        from campaign import rehearsal as campaign_rehearsal
        from core import files, help, search
        from reporting import (
            access,
            evidence,
            finders,
            ledger_sources,
            rehearsal,
            seasons,
            template_choices,
        )
        from reporting.inside import group_lists, report_parts
        from reporting.services.papers import take_document_number
        from reporting.services.reports.issuing import is_taken

        inside.register("report-parts", report_parts)
        inside.register_groups(group_lists)
        numbers.register_series(is_taken)
        numbers.register_counter(take_document_number)
        evidence.register()
        ledger_sources.register()
        seasons.register()
        campaign_rehearsal.register_source(rehearsal.subscribed_reports)
        campaign_rehearsal.register_source(rehearsal.return_reminders)
        template_catalogue.register(template_catalogue.PARTS, template_choices.parts)
        template_catalogue.register(template_catalogue.REPORTS, template_choices.reports)
        files.register_owner("filing", access.may_open_attachment)
        files.register_owner("workbook", access.may_open_workbook)
        files.register_owner("return-upload", access.may_open_return_upload)
        files.register_owner("plan-import", access.may_open_plan_import)
        files.register_owner("plan-import-copy", access.may_open_plan_import)
        files.register_owner("outage-import-copy", access.may_open_own_copy)
        files.register_owner("plan-approval", access.may_open_approval)
        help.register(
            help.Topic(
                "filing",
                _("填报和报送"),
                tuple(f"reporting:{name}" for name in FILER_PAGES),
            ),
            help.Topic(
                "review",
                _("接收和审核"),
                ("reporting:review_desk", "reporting:filing"),
            ),
            help.Topic(
                "receipt",
                _("回执和核验"),
                ("reporting:receipt", "reporting:verify", "reporting:verify_search"),
            ),
            help.Topic("plans", _("有序用电方案"), _names(PLAN_PAGES)),
            help.Topic("supply", _("有序用电执行和应急预案"), _names(SUPPLY_PAGES)),
            help.Topic("outages", _("停限电信息"), _names(OUTAGE_PAGES)),
        )
        search.register("filings", finders.filings, label=_("报送"))
        search.register("receipts", finders.receipts, label=_("回执"))
        search.register("plans", finders.plans, label=_("有序用电方案"))
        search.register("supply", finders.supply, label=_("有序用电执行"))
        search.register("emergency_plans", finders.emergency_plans, label=_("应急预案"))
        search.register("outages", finders.outages, label=_("停限电信息"))
        search.register("stage_reports", finders.stage_reports, label=_("阶段报告"))
