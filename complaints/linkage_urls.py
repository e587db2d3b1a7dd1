"""Doors of the linkage desk."""

from django.urls import path

from complaints.views import linkage

urlpatterns = [
    path("cases/linkage/", linkage.desk, name="linkage"),
    path("cases/linkage/reject/", linkage.reject_many, name="reject_many"),
    path("cases/linkage/<int:link_pk>/", linkage.compare, name="compare"),
    path("cases/linkage/<int:link_pk>/answer/", linkage.answer, name="answer_link"),
    path("cases/linkage/<int:link_pk>/back/", linkage.take_back, name="take_back"),
]
