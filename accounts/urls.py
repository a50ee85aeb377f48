from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.forms import LoginForm
from accounts.views import absences, calendar, own, people, stores, teams

app_name = "accounts"
urlpatterns = [
    path("", own.home, name="home"),
    path(
        "login/",
        own.Login.as_view(
            template_name="accounts/login.html", authentication_form=LoginForm, redirect_authenticated_user=True
        ),
        name="login",
    ),
    path("logout/", LogoutView.as_view(http_method_names=["post", "options"]), name="logout"),
    path("language/", own.language, name="language"),
    path("me/", own.me, name="me"),
    path("me/password/", own.password, name="password"),
    path("settings/", own.settings_page, name="settings"),
    path("settings/calendar/", calendar.calendar, name="calendar"),
    path("settings/calendar/<int:year>/", calendar.calendar, name="calendar_year"),
    path("settings/calendar/<int:year>/day/", calendar.day_enter, name="day_enter"),
    path("settings/calendar/<int:year>/file/", calendar.day_file, name="day_file"),
    path("settings/calendar/<int:year>/sheet/", calendar.day_sheet, name="day_sheet"),
    path("settings/calendar/<int:year>/copy/", calendar.days_copy, name="days_copy"),
    path("settings/calendar/rest/", calendar.rest_days, name="rest_days"),
    path("settings/calendar/<int:pk>/remove/", calendar.day_remove, name="day_remove"),
    path("settings/absences/", absences.absence_list, name="absences"),
    path("settings/absences/new/", absences.absence_new, name="absence_new"),
    path("settings/absences/<int:pk>/", absences.absence_edit, name="absence_edit"),
    path("settings/absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
    path("settings/stores/", stores.store_list, name="stores"),
    path("settings/stores/new/", stores.store_new, name="store_new"),
    path("settings/stores/<int:pk>/", stores.store_edit, name="store_edit"),
    path("settings/people/", people.person_list, name="people"),
    path("settings/people/new/", people.person_new, name="person_new"),
    path("settings/people/<int:pk>/", people.person_edit, name="person_edit"),
    path("settings/people/<int:pk>/password/", people.person_password, name="person_password"),
    path("settings/people/<int:pk>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("settings/people/<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("settings/teams/", teams.team_list, name="teams"),
    path("settings/teams/new/", teams.team_new, name="team_new"),
    path("settings/teams/<int:pk>/", teams.team_edit, name="team_edit"),
]
