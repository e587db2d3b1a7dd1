"""Doors of shortage: forecasts, events, executed rows, emergency plans, registers, briefings."""

from django.urls import path

from reporting.views import activations, briefings, emergency, executions, forecasts, registers

FORECASTS = [
    path("supply/forecasts/", forecasts.forecasts, name="forecasts"),
    path("supply/forecasts/new/", forecasts.new, name="forecast_new"),
    path("supply/forecasts/template.xlsx", forecasts.template, name="forecast_template"),
    path("supply/forecasts/import/", forecasts.take_in, name="forecast_import"),
    path("supply/forecasts/accuracy/", forecasts.accuracy, name="forecast_accuracy"),
    path("supply/forecasts/export.xlsx", forecasts.export, name="forecasts_export"),
    path("supply/forecasts/<int:pk>/", forecasts.forecast, name="forecast"),
    path("supply/forecasts/<int:pk>/actual/", forecasts.actual, name="forecast_actual"),
    path("supply/forecasts/<int:pk>/report/", forecasts.report, name="forecast_report"),
]
EVENTS = [
    path("supply/events/", activations.activations, name="activations"),
    path("supply/events/new/", activations.new, name="activation_new"),
    path("supply/events/<int:pk>/", activations.activation, name="activation"),
    path("supply/events/<int:pk>/start/", activations.start, name="activation_start"),
    path("supply/events/<int:pk>/adjust/", activations.adjust, name="activation_adjust"),
    path("supply/events/<int:pk>/release/", activations.release, name="activation_release"),
    path("supply/events/<int:pk>/report/", activations.report, name="activation_report"),
    path("supply/events/<int:pk>/reopen/", activations.reopen, name="activation_reopen"),
    path("supply/events/<int:pk>/rows/new/", activations.add_row, name="execution_new"),
    path(
        "supply/events/<int:pk>/rows/template.xlsx",
        activations.row_template,
        name="execution_template",
    ),
    path("supply/events/<int:pk>/rows/import/", activations.import_rows, name="execution_import"),
    path("supply/events/<int:pk>/rows/<int:row_pk>/", activations.edit_row, name="execution_edit"),
    path("supply/executions/", executions.rows, name="executions"),
    path("supply/executions/export.xlsx", executions.export, name="executions_export"),
    path("supply/statistics/", executions.statistics, name="execution_statistics"),
    path("supply/statistics/export.xlsx", executions.statistics_export, name="statistics_export"),
]
EMERGENCY = [
    path("supply/emergency/", emergency.plans, name="emergency_plans"),
    path("supply/emergency/new/", emergency.new, name="emergency_new"),
    path("supply/emergency/export.xlsx", emergency.export, name="emergency_export"),
    path("supply/emergency/<int:pk>/", emergency.plan, name="emergency_plan"),
    path("supply/emergency/<int:pk>/edit/", emergency.edit, name="emergency_edit"),
    path("supply/emergency/<int:pk>/file/", emergency.file, name="emergency_file"),
    path("supply/emergency/<int:pk>/receive/", emergency.receive, name="emergency_receive"),
    path("supply/emergency/<int:pk>/decide/", emergency.decide, name="emergency_decide"),
    path("supply/emergency/<int:pk>/revise/", emergency.revise, name="emergency_revise"),
    path("supply/emergency/<int:pk>/drills/", emergency.drill, name="emergency_drill"),
    path("supply/emergency/<int:pk>/files/", emergency.attach, name="emergency_attach"),
    path(
        "supply/emergency/<int:pk>/files/<int:file_pk>/remove/",
        emergency.detach,
        name="emergency_detach",
    ),
    path("supply/emergency/<int:pk>/versions/", emergency.diff, name="emergency_diff"),
]
REGISTERS = [
    path("supply/lines/", registers.mixed_lines, name="mixed_lines"),
    path("supply/lines/new/", registers.mixed_line_new, name="mixed_line_new"),
    path("supply/lines/export.xlsx", registers.mixed_lines_export, name="mixed_lines_export"),
    path("supply/lines/<int:pk>/done/", registers.mixed_line_done, name="mixed_line_done"),
    path("supply/control/", registers.load_controls, name="load_controls"),
    path("supply/control/new/", registers.load_control_new, name="load_control_new"),
    path("supply/control/export.xlsx", registers.load_controls_export, name="load_controls_export"),
    path("supply/response/", registers.responses, name="responses"),
    path("supply/response/new/", registers.response_new, name="response_new"),
    path("supply/response/export.xlsx", registers.responses_export, name="responses_export"),
    path("supply/response/<int:pk>/end/", registers.response_end, name="response_end"),
]
BRIEFINGS = [
    path("supply/briefings/", briefings.briefings, name="briefings"),
    path("supply/briefings/draft/", briefings.draft, name="briefing_draft"),
    path("supply/briefings/<int:pk>/", briefings.briefing, name="briefing"),
    path("supply/briefings/<int:pk>/issue/", briefings.issue, name="briefing_issue"),
    *[
        path(
            f"supply/briefings/<int:pk>/briefing.{kind}",
            briefings.file,
            {"kind": kind},
            name=f"briefing_{kind}",
        )
        for kind in ("docx", "pdf")
    ],
]
urlpatterns = [*FORECASTS, *EVENTS, *EMERGENCY, *REGISTERS, *BRIEFINGS]
