from tests.doors import Door

DOORS = [
    Door("reports:day", "reports.view_figures"),
    Door("reports:rows", "reports.view_figures", data={"figure": "due", "period": "today"}),
]
