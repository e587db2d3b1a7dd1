"""Doors of the campaign pages."""

from django.urls import path

from campaign import views

app_name = "campaign"

urlpatterns = [
    path("campaigns/", views.campaign_list, name="list"),
    path("campaigns/new/", views.new, name="new"),
    path("campaigns/<int:pk>/", views.home, name="home"),
    path("campaigns/<int:pk>/plan/", views.plan, name="plan"),
    path("campaigns/<int:pk>/organisations/", views.organisations, name="organisations"),
    path("campaigns/<int:pk>/dates/", views.dates, name="dates"),
    path("campaigns/<int:pk>/preview/", views.preview, name="preview"),
    path("campaigns/<int:pk>/launch/", views.launch, name="launch"),
    path("campaigns/<int:pk>/close/", views.close, name="close"),
    path("campaigns/<int:pk>/board/", views.board, name="board"),
    path("campaigns/<int:pk>/board.xlsx", views.board_export, name="board_export"),
    path("campaigns/<int:pk>/tree/", views.tree, name="tree"),
    path("campaigns/<int:pk>/tree/<int:node>/", views.objective, name="objective"),
    path("campaigns/<int:pk>/phases/<int:number>/", views.phase, name="phase"),
    path("campaigns/<int:pk>/phases/<int:number>/open/", views.open_phase, name="open_phase"),
    path("campaigns/<int:pk>/phases/<int:number>/close/", views.close_phase, name="close_phase"),
    path("campaigns/checks/<int:pk>/", views.tick_check, name="tick_check"),
    path("campaigns/<int:pk>/reminders/", views.reminders, name="reminders"),
    path("campaigns/<int:pk>/groups/", views.groups, name="groups"),
    path("campaigns/<int:pk>/groups/<slug:kind>/edit/", views.edit_group, name="edit_group"),
    path("campaigns/groups/<int:pk>/", views.group, name="group"),
    path("campaigns/<int:pk>/meetings/", views.meetings, name="meetings"),
    path("campaigns/<int:pk>/meetings/new/", views.new_meeting, name="new_meeting"),
    path("campaigns/meetings/<int:pk>/", views.meeting, name="meeting"),
    path("campaigns/meetings/<int:pk>/decide/", views.decide, name="decide"),
    path("campaigns/actions/<int:pk>/", views.carry_out, name="carry_out"),
    path("campaigns/<int:pk>/notes/", views.notes, name="notes"),
    path("campaigns/<int:pk>/notes/new/", views.new_note, name="new_note"),
    path("campaigns/notes/<int:pk>/", views.note, name="note"),
    path("campaigns/notes/<int:pk>/close/", views.close_note, name="close_note"),
    path("campaigns/<int:pk>/documents/", views.documents, name="documents"),
    path("campaigns/<int:pk>/documents/new/", views.new_document, name="new_document"),
    path("campaigns/documents/<int:pk>/", views.document, name="document"),
    path("campaigns/receipts/<int:pk>/sign/", views.sign, name="sign"),
    path("campaigns/duties/<int:pk>/", views.duty, name="duty"),
    path("campaigns/duties/<int:pk>/assign/", views.assign, name="assign"),
    path("campaigns/duties/<int:pk>/extend/", views.extend, name="extend"),
    path(
        "campaigns/extensions/<int:pk>/correct/", views.correct_extension, name="correct_extension"
    ),
    path("campaigns/duties/<int:pk>/exempt/", views.exempt, name="exempt"),
    path("campaigns/duties/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("campaigns/rules/", views.rules, name="rules"),
    path("calendar/<str:token>.ics", views.calendar_feed, name="calendar_feed"),
]
