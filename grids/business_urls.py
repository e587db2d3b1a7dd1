"""Doors of business passed on by government grids."""

from django.urls import path

from grids.api import business as api
from grids.business_forms import FORMS
from grids.views import adapting
from grids.views import business as views
from grids.views import business_board as board

urlpatterns = [
    path("business/", views.business_list, name="business_list"),
    path("business.xlsx", views.export, name="business_export"),
    path("business/new/", views.new, name="business_new"),
    path("business/board/", board.board, name="business_board"),
    path("business/types/", board.types, name="business_types"),
    path("business/types/proposals/", adapting.proposals, name="business_proposals"),
    path("business/types/proposals/<int:pk>/", adapting.proposal, name="business_proposal"),
    path(
        "business/types/proposals/<int:pk>/decide/",
        adapting.decide,
        name="business_proposal_decide",
    ),
    path(
        "business/types/proposals/<int:pk>/withdraw/",
        adapting.withdraw,
        name="business_proposal_withdraw",
    ),
    path("business/types/<int:pk>/adapt/", adapting.adapt, name="business_type_adapt"),
    path("business/types/<int:pk>/", board.type_page, name="business_type"),
    path("business/types/<int:pk>/revise/", board.revise, name="business_type_revise"),
    path("business/<int:pk>/", views.business, name="business"),
    path("business/<int:pk>/explained/", views.explained, name="business_explained"),
    path("business/<int:pk>/reveal/", views.reveal, name="business_reveal"),
    *(
        path(
            f"business/<int:pk>/{move.value.replace('_', '-')}/",
            views.act,
            {"move": move},
            name=f"business_{move.value}",
        )
        for move in FORMS
    ),
    path("api/v1/grids/business/", api.Requests.as_view(), name="api_business_list"),
    path(
        "api/v1/grids/business/<path:number>/events/",
        api.Events.as_view(),
        name="api_business_event",
    ),
    path("api/v1/grids/business/<path:number>/", api.OneRequest.as_view(), name="api_business"),
]
