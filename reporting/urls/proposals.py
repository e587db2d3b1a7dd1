"""Doors of proposals of findings."""

from django.urls import path

from reporting.views import proposals

urlpatterns = [
    path("findings/proposals/", proposals.proposal_list, name="proposals"),
    path("findings/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("findings/proposals/<int:pk>/decide/", proposals.decide, name="proposal_decide"),
    path("findings/proposals/<int:pk>/inspect/", proposals.inspect, name="proposal_inspect"),
]
