from django.urls import path

from complaints.views import boards, cases, clocks, emergencies, files, intake, steps

app_name = "complaints"
urlpatterns = [
    path("", cases.index, name="list"),
    path("mine/", boards.mine, name="mine"),
    path("department/", boards.department, name="department"),
    path("glance/", boards.glance, name="glance"),
    path("clocks/", clocks.clocks, name="clocks"),
    path("new/", intake.new, name="new"),
    path("stranger/", intake.stranger, name="stranger"),
    path("<int:pk>/", cases.detail, name="detail"),
    path("<int:pk>/note/", steps.note, name="note"),
    path("<int:pk>/take-over/", steps.take_over, name="take_over"),
    path("<int:pk>/assign/", steps.assign, name="assign"),
    path("<int:pk>/wait/", steps.wait, name="wait"),
    path("<int:pk>/resume/", steps.resume, name="resume"),
    path("<int:pk>/extend/", steps.extend, name="extend"),
    path("<int:pk>/solve/", steps.solve, name="solve"),
    path("<int:pk>/asked/", steps.asked, name="asked"),
    path("<int:pk>/close/", steps.close, name="close"),
    path("<int:pk>/reject/", steps.reject, name="reject"),
    path("<int:pk>/force/", steps.force, name="force"),
    path("<int:pk>/reopen/", steps.reopen, name="reopen"),
    path("<int:pk>/appeal/", steps.appeal, name="appeal"),
    path("<int:pk>/grant/", steps.grant, name="grant"),
    path("<int:pk>/dismiss/", steps.dismiss, name="dismiss"),
    path("<int:pk>/files/", files.add, name="files"),
    path("files/<int:pk>/", files.file, name="file"),
    path("<int:pk>/emergency/", emergencies.emergency, name="emergency"),
    path("<int:pk>/callout/", emergencies.callout, name="callout"),
    path("callouts/<int:pk>/arrival/", emergencies.arrival, name="arrival"),
    path("escalations/<int:pk>/told/", emergencies.oem_told, name="oem_told"),
    path("customers/<int:customer_id>/panel/", cases.customer_panel, name="customer_panel"),
]
