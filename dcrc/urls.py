"""Which app answers under which path. Apps own everything below their prefix."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("customers/", include("customers.urls")),
    path("import/", include("dms.urls")),
    path("calls/", include("followups.urls")),
    path("complaints/", include("complaints.urls")),
    path("surveys/", include("cvp.urls")),
    path("reception/", include("reception.urls")),
    path("figures/", include("reports.urls")),
    path("", include("office.house_urls")),
    path("quality/", include("quality.urls")),
    path("notices/", include("office.urls")),
    path("exports/", include("office.exports.urls")),
    path("admin/", admin.site.urls),
]
