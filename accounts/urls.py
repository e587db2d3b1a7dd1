"""Doors of organisations, people and one's own account."""

from django.urls import path

from accounts.views import profile, sign_in

app_name = "accounts"

urlpatterns = [
    path("accounts/link/<str:token>/", sign_in.set_password, name="set_password"),
    path("accounts/reset/", sign_in.ask_reset, name="ask_reset"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.change_password, name="change_password"),
    path("profile/sessions/<int:pk>/end/", profile.end_session, name="end_session"),
    path("profile/sessions/end-others/", profile.end_other_sessions, name="end_other_sessions"),
    path("profile/calendar/renew/", profile.renew_calendar, name="renew_calendar"),
    path("profile/language/", profile.choose_language, name="choose_language"),
]
