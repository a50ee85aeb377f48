from django.urls import path

from complaints.views import cases, causes, lessons

app_name = "complaints"
urlpatterns = [
    path("", cases.index, name="list"),
    path("new/", cases.new, name="new"),
    path("<int:pk>/", cases.detail, name="detail"),
    path("<int:pk>/note/", cases.note, name="note"),
    path("<int:pk>/take-over/", cases.take_over, name="take_over"),
    path("<int:pk>/solve/", cases.solve, name="solve"),
    path("<int:pk>/asked/", cases.asked, name="asked"),
    path("<int:pk>/close/", cases.close, name="close"),
    path("<int:pk>/reopen/", cases.reopen, name="reopen"),
    path("<int:pk>/lesson/", lessons.lesson, name="lesson"),
    path("<int:pk>/lesson/panel/", lessons.panel, name="lesson_panel"),
    path("<int:pk>/lesson/write/", lessons.write, name="lesson_write"),
    path("<int:pk>/lesson/measures/", lessons.plan, name="measure_plan"),
    path("measures/", lessons.measure_list, name="measures"),
    path("measures/<int:pk>/change/", lessons.change, name="measure_change"),
    path("measures/<int:pk>/done/", lessons.done, name="measure_done"),
    path("measures/<int:pk>/judge/", lessons.judge, name="measure_judge"),
    path("measures/<int:pk>/reopen/", lessons.reopen, name="measure_reopen"),
    path("lessons/dials/", lessons.dials, name="lesson_dials"),
    path("causes/", causes.tree, name="causes"),
    path("causes/new/", causes.new, name="cause_new"),
    path("causes/<int:pk>/", causes.edit, name="cause"),
    path("causes/<int:pk>/move/", causes.move, name="cause_move"),
    path("causes/<int:pk>/retire/", causes.retire, name="cause_retire"),
    path("causes/<int:pk>/revive/", causes.revive, name="cause_revive"),
    path("customers/<int:customer_id>/panel/", cases.customer_panel, name="customer_panel"),
]
