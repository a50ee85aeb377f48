"""A store lived day by day on simulated days (`manage.py simulate_month`), and an auditor who keeps no faith in what it did.

`town` what happens outside: cars, owners, DMS files · `staff` two or more specialists at the queue · `office` the manager and what comes
by itself · `month` puts the days together · `clock` moves real stamps to simulated days · `cuts` runs that die half way · `reckoning` which windows
ought to have opened · `evening` the rows of an evening and the auditor's memory · `auditor` the laws, read from rows only, `courtesy` those
of how customers are treated · `scratch` a database of its own · `telling` the month in words.
"""
