"""Doors of circulars on grave cases and situations: the workshop and the public page."""

from django.urls import path

from reporting.views import circular_redress, circulars, situations

urlpatterns = [
    path("circulars/", circulars.circular_list, name="circulars"),
    path("circulars/draft/", circulars.draft, name="circular_draft"),
    path("circulars/situation/new/", situations.new, name="situation_new"),
    path("circulars/situation/draft/", situations.draft, name="situation_draft"),
    path("circulars/<int:pk>/situation/", situations.edit, name="situation_edit"),
    path("circulars/<int:pk>/facts/<int:place>/", situations.fact, name="situation_fact"),
    path("circulars/<int:pk>/sign/", circulars.sign, name="circular_sign"),
    path("circulars/<int:pk>/", circulars.circular, name="circular"),
    path("circulars/<int:pk>/edit/", circulars.edit, name="circular_edit"),
    path("circulars/<int:pk>/submit/", circulars.submit, name="circular_submit"),
    path("circulars/<int:pk>/recall/", circulars.recall, name="circular_recall"),
    path("circulars/<int:pk>/send-back/", circulars.send_back, name="circular_send_back"),
    path("circulars/<int:pk>/approve/", circulars.approve, name="circular_approve"),
    path("circulars/<int:pk>/issue/", circulars.issue, name="circular_issue"),
    path("circulars/<int:pk>/publish/", circulars.publish, name="circular_publish"),
    path("circulars/<int:pk>/correct/", circular_redress.correct, name="circular_correct"),
    path("circulars/<int:pk>/withdraw/", circular_redress.withdraw, name="circular_withdraw"),
    path("circulars/<int:pk>/withdrawal/", circular_redress.edit, name="withdrawal_edit"),
    path("circulars/<int:pk>/drop/", circular_redress.drop, name="circular_drop"),
    path("public/circulars/", circulars.public_list, name="public_circulars"),
    path("public/circulars/<int:pk>/", circulars.public_page, name="public_circular"),
    path("public/circulars/<int:pk>/file.pdf", circulars.public_file, name="public_circular_file"),
]
