from django.urls import path

from quality.views import checks, deeds, pace

app_name = "quality"
urlpatterns = [
    path("", checks.checks, name="checks"),
    path("rates/", checks.rates, name="rates"),
    path("dial/", checks.dial, name="dial"),
    path("pace/", pace.pace, name="pace"),
    path("pace/<int:person>/<slug:what>/", pace.pace_rows, name="pace_rows"),
    path("mine/", checks.mine, name="mine"),
    path("mine/<int:pk>/", deeds.my_check, name="my_check"),
    path("<int:pk>/", checks.check, name="check"),
    path("<int:pk>/take/", deeds.take, name="take"),
    path("<int:pk>/unreached/", deeds.unreached, name="unreached"),
    path("<int:pk>/recall/", deeds.recall, name="recall"),
    path("<int:pk>/drop/", deeds.drop, name="drop"),
    path("<int:pk>/decide/", deeds.decide, name="decide"),
]
