"""Doors of campaign templates."""

from django.urls import path

from campaign.views import template_drafts as drafts
from campaign.views import templates

DRAFT = "campaigns/template-drafts/<int:pk>/"
urlpatterns = [
    path("campaigns/templates/", templates.template_list, name="templates"),
    path("campaigns/templates/new/", templates.new, name="template_new"),
    path("campaigns/templates/<int:pk>/", templates.released, name="template"),
    path("campaigns/templates/<int:pk>/file.yaml", templates.released_file, name="template_file"),
    path(DRAFT, drafts.draft, name="template_draft"),
    path(f"{DRAFT}basics/", drafts.basics, name="template_basics"),
    path(f"{DRAFT}versions/", drafts.versions, name="template_versions"),
    path(f"{DRAFT}timeline/", drafts.timeline, name="template_timeline"),
    path(f"{DRAFT}file.yaml", drafts.source, name="template_source"),
    path(f"{DRAFT}undo/", drafts.undo, name="template_undo"),
    path(f"{DRAFT}redate/", drafts.redate, name="template_redate"),
    path(f"{DRAFT}check/", drafts.check, name="template_check"),
    path(f"{DRAFT}reopen/", drafts.reopen, name="template_reopen"),
    path(f"{DRAFT}approve/", drafts.approve, name="template_approve"),
    path(f"{DRAFT}discard/", drafts.discard, name="template_discard"),
    path(f"{DRAFT}versions/<int:number>/restore/", drafts.restore, name="template_restore"),
    path(f"{DRAFT}<slug:section>/<int:place>/", drafts.row, name="template_row"),
    path(f"{DRAFT}<slug:section>/<int:place>/act/", drafts.row_act, name="template_row_act"),
]
