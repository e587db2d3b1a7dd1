"""Doors of hazards, joint checks and patrols."""

from django.urls import path

from grids.api import hazards as api
from grids.hazard_forms import FORMS
from grids.views import hazards as views
from grids.views import patrols

urlpatterns = [
    path("hazards/", views.hazards, name="hazards"),
    path("hazards.xlsx", views.export, name="hazards_export"),
    path("hazards/new/", views.new, name="hazard_new"),
    path("hazards/board/", views.board, name="hazards_board"),
    path("hazards/terms/", views.terms, name="hazard_terms"),
    path("hazards/<int:pk>/", views.hazard, name="hazard"),
    path("hazards/<int:pk>/reveal/", views.reveal, name="hazard_reveal"),
    *(
        path(
            f"hazards/<int:pk>/{move.value}/",
            views.act,
            {"move": move},
            name=f"hazard_{move.value}",
        )
        for move in FORMS
    ),
    path("patrols/", patrols.patrols, name="patrols"),
    path("patrols.xlsx", patrols.export, name="patrols_export"),
    path("patrols/plans/", patrols.plans, name="patrol_plans"),
    path("patrols/plans/new/", patrols.plan_new, name="patrol_plan_new"),
    path("patrols/plans/<int:pk>/", patrols.plan, name="patrol_plan"),
    *(
        path(
            f"patrols/plans/<int:pk>/{what}/",
            patrols.plan_act,
            {"what": what},
            name=f"patrol_plan_{what}",
        )
        for what in ("agree", "decline", "cancel")
    ),
    path("patrols/<int:pk>/", patrols.patrol, name="patrol"),
    path("patrols/<int:pk>/sign/", patrols.sign, name="patrol_sign"),
    path("api/v1/grids/hazards/", api.Hazards.as_view(), name="api_hazards"),
    path("api/v1/grids/hazards/<path:number>/", api.OneHazard.as_view(), name="api_hazard"),
]
