app_name = "cvp"
urlpatterns = []
