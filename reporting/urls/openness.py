"""Doors that are open to everybody."""

from django.urls import path

from reporting.views import commitments, openness

urlpatterns = [
    path("commitments/", commitments.any_unit, name="commitments_of"),
    path("commitments/<slug:code>/", commitments.commitments, name="commitments"),
    path("public/", openness.home, name="public_home"),
    path("public/promises/<slug:code>/", openness.promises, name="public_promises"),
    path("public/disclosure/", openness.disclosed, name="public_disclosure"),
    path("public/channels/", openness.channels, name="public_channels"),
    path("public/channels/<slug:slug>.svg", openness.code, name="public_code"),
    path("public/targets/", openness.target_list, name="public_targets"),
    path("public/targets/<int:pk>/", openness.target, name="public_target"),
    path("public/targets/<int:pk>/file.pdf", openness.target_file, name="public_target_file"),
    path("public/data/", openness.data, name="public_data"),
    path("public/data/<slug:slug>.<slug:form>", openness.data_file, name="public_data_file"),
    path("public/feed.json", openness.feed, name="public_feed"),
]
