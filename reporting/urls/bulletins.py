"""Doors of bulletins: the workshop and the public page."""

from django.urls import path

from reporting.views import bulletins

urlpatterns = [
    path("bulletins/", bulletins.bulletin_list, name="bulletins"),
    path("bulletins/draft/", bulletins.draft, name="bulletin_draft"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/bulletin.json", bulletins.as_json, name="bulletin_json"),
    path("bulletins/<int:pk>/edit/", bulletins.edit, name="bulletin_edit"),
    path("bulletins/<int:pk>/submit/", bulletins.submit, name="bulletin_submit"),
    path("bulletins/<int:pk>/recall/", bulletins.recall, name="bulletin_recall"),
    path("bulletins/<int:pk>/send-back/", bulletins.send_back, name="bulletin_send_back"),
    path("bulletins/<int:pk>/approve/", bulletins.approve, name="bulletin_approve"),
    path("bulletins/<int:pk>/issue/", bulletins.issue, name="bulletin_issue"),
    path("bulletins/<int:pk>/correct/", bulletins.correct, name="bulletin_correct"),
    path("bulletins/<int:pk>/publish/", bulletins.publish, name="bulletin_publish"),
    path("public/bulletins/", bulletins.public_list, name="public_bulletins"),
    path("public/bulletins/<int:pk>/", bulletins.public_page, name="public_bulletin"),
    path("public/bulletins/<int:pk>/file.pdf", bulletins.public_file, name="public_bulletin_file"),
]
