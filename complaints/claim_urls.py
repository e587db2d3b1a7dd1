"""Doors of claims."""

from django.urls import path

from complaints.claim_forms import FORMS
from complaints.views import claim_files as files
from complaints.views import claims as views

urlpatterns = [
    path("claims/", views.claims, name="claims"),
    path("claims/new/", views.new, name="claim_new"),
    path("claims/import/", files.import_claims, name="claim_import"),
    path("claims/import/template.xlsx", files.claim_template, name="claim_template"),
    path("claims/board/", views.board, name="claims_board"),
    path("claims/agenda/", views.agenda, name="claims_agenda"),
    path("claims/agenda/<int:pk>/decide/", views.decide, name="claim_decide"),
    path("claims/offers/<int:pk>/answer/", views.answer_offer, name="claim_answer_offer"),
    path("claims/<int:pk>/", views.claim, name="claim"),
    path("claims/<int:pk>/reveal/", views.reveal, name="claim_reveal"),
    *(
        path(
            f"claims/<int:pk>/{str(what).replace('_', '-')}/",
            views.act,
            {"what": str(what)},
            name=f"claim_{what}",
        )
        for what in FORMS
    ),
]
