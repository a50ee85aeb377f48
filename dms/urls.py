app_name = "dms"
urlpatterns = []
