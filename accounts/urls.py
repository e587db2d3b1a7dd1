"""Doors of organisations, people and one's own account."""

from django.urls import path

from accounts import api_views
from accounts.views import (
    clients,
    delegations,
    endpoints,
    organisations,
    people,
    profile,
    sign_in,
)

app_name = "accounts"

urlpatterns = [
    path("accounts/link/<str:token>/", sign_in.set_password, name="set_password"),
    path("accounts/reset/", sign_in.ask_reset, name="ask_reset"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.change_password, name="change_password"),
    path("profile/sessions/<int:pk>/end/", profile.end_session, name="end_session"),
    path("profile/sessions/end-others/", profile.end_other_sessions, name="end_other_sessions"),
    path("profile/calendar/renew/", profile.renew_calendar, name="renew_calendar"),
    path("profile/calendar/drop/", profile.drop_calendar, name="drop_calendar"),
    path("profile/language/", profile.choose_language, name="choose_language"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.found, name="found"),
    path("organisations/<slug:code>/", organisations.organisation, name="organisation"),
    path("organisations/<slug:code>/rename/", organisations.rename, name="rename"),
    path("organisations/<slug:code>/merge/", organisations.merge, name="merge"),
    path("organisations/<slug:code>/move/", organisations.move, name="move"),
    path("roles/", organisations.roles, name="roles"),
    path("people/", people.people, name="people"),
    path("people/export/", people.export, name="export_people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/memberships/<int:pk>/end/", people.end_membership, name="end_membership"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/appoint/", people.appoint, name="appoint"),
    path("people/<int:pk>/invite/", people.invite_again, name="invite_again"),
    path("people/<int:pk>/reset/", people.send_reset, name="send_reset"),
    path("people/<int:pk>/unlock/", people.unlock, name="unlock"),
    path("people/<int:pk>/sessions/end/", people.kill_sessions, name="kill_sessions"),
    path("people/<int:pk>/suspend/", people.suspend, name="suspend"),
    path("people/<int:pk>/reinstate/", people.reinstate, name="reinstate"),
    path("people/<int:pk>/factor/drop/", people.drop_factor, name="drop_factor"),
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", clients.new_client, name="new_client"),
    path("clients/<int:pk>/", clients.client, name="client"),
    path("clients/<int:pk>/token/", clients.new_token, name="client_token"),
    path("clients/<int:pk>/secret/", clients.new_secret, name="client_secret"),
    path("clients/<int:pk>/suspend/", clients.suspend, name="client_suspend"),
    path("clients/<int:pk>/reinstate/", clients.reinstate, name="client_reinstate"),
    path("clients/<int:pk>/webhooks/", endpoints.endpoints, name="endpoints"),
    path("clients/webhooks/<int:endpoint_pk>/secret/", endpoints.renew, name="endpoint_secret"),
    path("clients/webhooks/<int:endpoint_pk>/close/", endpoints.close, name="endpoint_close"),
    path("clients/webhooks/<int:endpoint_pk>/ping/", endpoints.ping, name="endpoint_ping"),
    path("api/v1/client/", api_views.ClientDoor.as_view(), name="api_client"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<int:pk>/revoke/", delegations.revoke, name="revoke"),
]
