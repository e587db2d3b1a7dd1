"""Doors of the linkage desk and of events."""

from django.urls import path

from complaints.views import incidents, linkage, meetings

urlpatterns = [
    path("cases/linkage/", linkage.desk, name="linkage"),
    path("cases/linkage/reject/", linkage.reject_many, name="reject_many"),
    path("cases/linkage/<int:link_pk>/", linkage.compare, name="compare"),
    path("cases/linkage/<int:link_pk>/answer/", linkage.answer, name="answer_link"),
    path("cases/linkage/<int:link_pk>/back/", linkage.take_back, name="take_back"),
    path("cases/incidents/", incidents.incident_list, name="incidents"),
    path("cases/incidents/open/", incidents.open_incident, name="open_incident"),
    path("cases/incidents/<int:incident_pk>/", incidents.incident, name="incident"),
    path("cases/incidents/<int:incident_pk>/add/", incidents.add, name="incident_add"),
    path(
        "cases/incidents/<int:incident_pk>/cases/<int:pk>/", incidents.member, name="incident_case"
    ),
    path("cases/incidents/<int:incident_pk>/lead/", incidents.lead, name="incident_lead"),
    path("cases/incidents/<int:incident_pk>/close/", incidents.close, name="incident_close"),
    path("cases/meetings/", meetings.meeting_list, name="meetings"),
    path("cases/meetings/new/", meetings.new, name="meeting_new"),
    path("cases/meetings/<int:meeting_pk>/", meetings.meeting, name="meeting"),
    path("cases/meetings/<int:meeting_pk>/decide/", meetings.decide, name="meeting_decide"),
    path("cases/meetings/<int:meeting_pk>/issue/", meetings.issue, name="meeting_issue"),
    path("cases/meetings/<int:meeting_pk>/discard/", meetings.discard, name="meeting_discard"),
    path(
        "cases/meetings/<int:meeting_pk>/tasks/<int:task_pk>/withdraw/",
        meetings.withdraw,
        name="task_withdraw",
    ),
    path(
        "cases/meetings/<int:meeting_pk>/tasks/<int:task_pk>/", meetings.finish, name="task_finish"
    ),
]
