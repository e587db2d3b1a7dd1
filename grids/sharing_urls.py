"""Doors of sharing with government platforms and of archives."""

from django.urls import path

from grids.api import archives as api
from grids.sharing.moves import AgreementMove
from grids.views import archives, quality, sharing

urlpatterns = [
    path("sharing/", sharing.agreements, name="agreements"),
    path("sharing/new/", sharing.agreement_new, name="agreement_new"),
    path("sharing/<int:pk>/", sharing.agreement, name="agreement"),
    *(
        path(
            f"sharing/<int:pk>/{move.value}/",
            sharing.decide,
            {"move": move},
            name=f"agreement_{move.value}",
        )
        for move in AgreementMove
    ),
    path("sharing/<int:pk>/jobs/", sharing.job_new, name="exchange_job_new"),
    path("sharing/jobs/<int:pk>/", sharing.job, name="exchange_job"),
    path("sharing/jobs/<int:pk>/run/", sharing.run, name="exchange_run"),
    path("sharing/jobs/<int:pk>/give/", sharing.give, name="exchange_give"),
    path("sharing/exchanges/", sharing.exchanges, name="exchanges"),
    path("sharing/exchanges.xlsx", sharing.exchanges_export, name="exchanges_export"),
    path("sharing/records/", sharing.records, name="shared_records"),
    path("sharing/records.xlsx", sharing.records_export, name="shared_export"),
    path("sharing/records/<int:pk>/", sharing.record, name="shared_record"),
    path("sharing/records/<int:pk>/settle/", sharing.settle, name="shared_settle"),
    path("archives/", archives.archive_list, name="archives"),
    path("archives.xlsx", archives.export, name="archives_export"),
    path("archives/import/", archives.import_file, name="archive_import"),
    path("archives/import/template.xlsx", archives.template, name="archive_template"),
    path("archives/<int:pk>/", archives.archive, name="archive"),
    path("archives/<int:pk>/change/", archives.change, name="archive_change"),
    path("archives/<int:pk>/confirm/", archives.confirm, name="archive_confirm"),
    path("archives/<int:pk>/reveal/", archives.reveal, name="archive_reveal"),
    path("archives/quality/", quality.board, name="quality"),
    path("archives/quality/check/", quality.check, name="quality_check"),
    path("archives/problems/", quality.problems, name="problems"),
    path("archives/problems.xlsx", quality.problems_export, name="problems_export"),
    path("archives/tasks/", quality.tasks, name="fix_tasks"),
    path("archives/tasks/new/", quality.issue, name="fix_issue"),
    path("archives/tasks/<int:pk>/", quality.task, name="fix_task"),
    path("archives/tasks/<int:pk>/recheck/", quality.recheck, name="fix_recheck"),
    path("archives/samples/", quality.samples, name="samples"),
    path("archives/samples/<int:pk>/", quality.sample, name="sample"),
    path("archives/samples/items/<int:pk>/judge/", quality.judge, name="sample_judge"),
    path("api/v1/grids/archives/", api.Archives.as_view(), name="api_archives"),
    path("api/v1/grids/archives/received/", api.Received.as_view(), name="api_archives_received"),
]
