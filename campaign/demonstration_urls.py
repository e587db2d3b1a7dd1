"""Doors of demonstration units and good practice."""

from django.urls import path

from campaign.views import demonstrations as units
from campaign.views import practices, safeguards, seasons

urlpatterns = [
    path("campaigns/<int:pk>/demonstrations/", units.unit_list, name="demonstrations"),
    path("campaigns/<int:pk>/demonstrations/new/", units.new, name="new_demonstration"),
    path("campaigns/demonstrations/<int:pk>/", units.unit, name="demonstration"),
    path("campaigns/demonstrations/<int:pk>/leader/", units.lead, name="demonstration_lead"),
    path("campaigns/demonstrations/<int:pk>/visit/", units.visit, name="demonstration_visit"),
    path("campaigns/demonstrations/<int:pk>/propose/", units.propose, name="demonstration_propose"),
    path("campaigns/monthly-checks/<int:pk>/", units.check, name="monthly_check"),
    path("campaigns/monthly-checks/<int:pk>/plan/", units.plan, name="monthly_plan"),
    path("campaigns/evaluations/<int:pk>/decide/", units.decide, name="evaluation_decide"),
    path("campaigns/<int:pk>/practices/new/", practices.new, name="new_practice"),
    path("campaigns/practices/<int:pk>/", practices.practice, name="practice"),
    path("campaigns/practices/<int:pk>/submit/", practices.submit, name="practice_submit"),
    path("campaigns/practices/<int:pk>/judge/", practices.judge, name="practice_judge"),
    path("campaigns/practices/<int:pk>/share/", practices.share, name="practice_share"),
    path("campaigns/practices/<int:pk>/withdraw/", practices.withdraw, name="practice_withdraw"),
    path("campaigns/practices/<int:pk>/recall/", practices.recall, name="practice_recall"),
    path("campaigns/<int:pk>/safeguards/", safeguards.overview, name="safeguards"),
    path("campaigns/<int:pk>/safeguards/upload/", safeguards.upload, name="safeguard_upload"),
    path("campaigns/safeguards/<int:pk>/", safeguards.document, name="safeguard"),
    path("campaigns/safeguards/<int:pk>/return/", safeguards.send_back, name="safeguard_return"),
    path("campaigns/<int:pk>/phases/<int:number>/season/", seasons.link, name="season_link"),
    path("public/practices/", practices.public_list, name="public_practices"),
    path("public/practices/<int:pk>/", practices.public, name="public_practice"),
]
