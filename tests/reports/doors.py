from tests.doors import Door

DOORS = [
    Door("reports:day", "reports.view_figures"),
    Door("reports:rows", "reports.view_figures", data={"figure": "due", "period": "today"}),
    Door("reports:callback", "reports.view_own_callbacks"),
    Door("reports:callback_export", "reports.view_callback_report", method="post"),
]
