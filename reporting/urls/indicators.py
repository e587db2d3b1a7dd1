"""Doors of indicators, targets, evaluations, improvement and disclosure."""

from django.urls import path

from reporting.views import (
    disclosure,
    evaluations,
    indicator_releases,
    indicator_rules,
    indicators,
    scorecard,
    service_checks,
    targets,
)

urlpatterns = [
    path("indicators/", indicators.goals, name="goals"),
    path("indicators/values/", indicators.values, name="indicators"),
    path("indicators/values/<int:pk>/", indicators.value, name="indicator_value"),
    path("indicators/values/export.xlsx", indicators.export, name="indicator_export"),
    path("indicators/compute/", indicators.compute, name="indicator_compute"),
    path("indicators/releases/prepare/", indicator_releases.prepare, name="indicator_prepare"),
    path("indicators/releases/<int:pk>/", indicator_releases.release, name="indicator_release"),
    path(
        "indicators/releases/<int:pk>/publish/",
        indicator_releases.publish,
        name="indicator_release_publish",
    ),
    path(
        "indicators/releases/<int:pk>/send-back/",
        indicator_releases.send_back,
        name="indicator_release_send_back",
    ),
    path(
        "indicators/releases/<int:pk>/withdraw/",
        indicator_releases.withdraw,
        name="indicator_release_withdraw",
    ),
    path("indicators/unpublish/", indicators.unpublish, name="indicator_unpublish"),
    path("indicators/trend/", indicators.trend, name="indicator_trend"),
    path("indicators/catalogue/", indicators.catalogue, name="indicator_catalogue"),
    path("indicators/catalogue/<slug:code>/", indicator_rules.indicator, name="indicator"),
    path(
        "indicators/catalogue/<slug:code>/revise/", indicator_rules.revise, name="indicator_revise"
    ),
    path("indicators/scorecard/", scorecard.scorecard, name="scorecard"),
    path("indicators/grids/", scorecard.grid_score, name="grid_score"),
    path("indicators/targets/", targets.target_list, name="targets"),
    path("indicators/targets/draft/", targets.draft, name="target_draft"),
    path("indicators/targets/<int:pk>/", targets.target, name="target"),
    path("indicators/targets/<int:pk>/edit/", targets.edit, name="target_edit"),
    path("indicators/targets/<int:pk>/submit/", targets.submit, name="target_submit"),
    path("indicators/targets/<int:pk>/send-back/", targets.send_back, name="target_send_back"),
    path("indicators/targets/<int:pk>/approve/", targets.approve, name="target_approve"),
    path("indicators/targets/<int:pk>/issue/", targets.issue, name="target_issue"),
    path("indicators/targets/<int:pk>/publish/", targets.publish, name="target_publish"),
    path("indicators/evaluations/", evaluations.evaluation_list, name="evaluations"),
    path("indicators/evaluations/begin/", evaluations.begin, name="evaluation_begin"),
    path("indicators/evaluations/<int:pk>/", evaluations.evaluation, name="evaluation"),
    path("indicators/evaluations/<int:pk>/conclude/", evaluations.conclude, name="conclude"),
    path("indicators/improvements/", evaluations.improvements, name="improvements"),
    path("indicators/improvements/set/", evaluations.set_task, name="improvement_set"),
    path("indicators/improvements/<int:pk>/", evaluations.improvement, name="improvement"),
    path("indicators/improvements/<int:pk>/report/", evaluations.report, name="improvement_report"),
    path("indicators/improvements/<int:pk>/check/", evaluations.check, name="improvement_check"),
    path("indicators/service-checks/", service_checks.check_list, name="service_checks"),
    path("indicators/service-checks.xlsx", service_checks.export, name="service_checks_export"),
    path("indicators/service-checks/new/", service_checks.new, name="service_check_new"),
    path("indicators/service-checks/<int:pk>/", service_checks.check, name="service_check"),
    path(
        "indicators/service-checks/<int:pk>/withdraw/",
        service_checks.withdraw,
        name="service_check_withdraw",
    ),
    path("indicators/disclosure/", disclosure.disclosures, name="disclosures"),
    path("indicators/disclosure/enter/", disclosure.enter, name="disclosure_enter"),
    path(
        "indicators/disclosure/<int:pk>/withdraw/",
        disclosure.withdraw,
        name="disclosure_withdraw",
    ),
]
