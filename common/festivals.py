"""The days of festivals that a dealership greets its customers on; the lunar ones from the lunar calendar. Pure."""

import datetime as dt

from lunar_python import Lunar

# code: (month, day) of the solar calendar, or of the lunar one.
SOLAR = {"new_year": (1, 1), "national": (10, 1)}
LUNAR = {"spring": (1, 1), "lantern": (1, 15), "dragon_boat": (5, 5), "mid_autumn": (8, 15)}


def festival_day(code: str, year: int) -> dt.date:
    """The day of a festival in a solar year; for the lunar ones that of the lunar year that begins in it. KeyError: unknown code."""
    if code in SOLAR:
        return dt.date(year, *SOLAR[code])
    solar = Lunar.fromYmd(year, *LUNAR[code]).getSolar()
    return dt.date(solar.getYear(), solar.getMonth(), solar.getDay())


def next_festivals(today: dt.date, within_days: int) -> list[tuple[dt.date, str]]:
    """(day, code) of the festivals from today on, the next one first."""
    last = today + dt.timedelta(days=within_days)
    days = [(festival_day(code, year), code) for code in (*SOLAR, *LUNAR) for year in (today.year, today.year + 1)]
    return sorted((day, code) for day, code in days if today <= day <= last)
