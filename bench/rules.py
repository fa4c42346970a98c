"""Rules that come back: those that must never be expanded, and those that people mean."""

from dataclasses import dataclass
from datetime import date

TODAY = date(2027, 1, 4)
FIRST_DAY = date(2027, 1, 6)


@dataclass(frozen=True)
class Hostile:
    """A rule that is refused, why, and from which day it would begin."""

    rule: str
    code: str
    first_day: date = FIRST_DAY


HOSTILE = (
    # Parts of a day: millions of steps for one week.
    Hostile("FREQ=SECONDLY", "frequency"),
    Hostile("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "frequency"),
    Hostile("FREQ=MINUTELY", "frequency"),
    Hostile("FREQ=HOURLY", "frequency"),
    Hostile("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12", "unknown"),
    Hostile("FREQ=DAILY;BYHOUR=0,1,2;BYMINUTE=0,1,2;BYSECOND=0,1,2", "unknown"),
    # Days that never come: the search goes on to the year 9999.
    Hostile("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "combination"),
    Hostile("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never"),
    Hostile("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30,31", "never"),
    Hostile("FREQ=MONTHLY;BYMONTH=4,6,9,11;BYMONTHDAY=31", "never"),
    Hostile("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-31", "never"),
    Hostile("FREQ=MONTHLY;BYMONTH=2", "never", date(2027, 1, 30)),
    Hostile("FREQ=YEARLY;BYMONTH=2", "never", date(2027, 1, 30)),
    Hostile("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "never", date(2027, 1, 6)),
    Hostile("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "never", date(2027, 1, 1)),
    Hostile("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "never"),
    Hostile("FREQ=MONTHLY;BYMONTH=2;BYDAY=5MO", "never"),
    Hostile("FREQ=MONTHLY;BYDAY=6MO", "never"),
    Hostile("FREQ=MONTHLY;BYDAY=-6MO", "never"),
    Hostile("FREQ=YEARLY;BYDAY=53MO", "never"),
    Hostile("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "never"),
    Hostile("FREQ=DAILY;INTERVAL=365;BYMONTH=6", "combination"),
    Hostile("FREQ=MONTHLY;BYDAY=1TU,MO", "combination"),
    Hostile("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=13", "combination"),
    Hostile("FREQ=WEEKLY;BYDAY=1MO", "combination"),
    Hostile("FREQ=WEEKLY;BYMONTHDAY=13", "combination"),
    Hostile("FREQ=DAILY;BYDAY=1MO", "combination"),
    Hostile("FREQ=DAILY;BYSETPOS=2", "combination"),
    Hostile("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", "combination"),
    Hostile("FREQ=MONTHLY;BYSETPOS=1", "combination"),
    Hostile("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "position"),
    Hostile("FREQ=MONTHLY;BYDAY=MO,TH;BYSETPOS=10", "position"),
    Hostile("FREQ=MONTHLY;BYMONTHDAY=1,2,3;BYSETPOS=-4", "position"),
    Hostile("FREQ=MONTHLY;BYMONTHDAY=31,-1;BYSETPOS=3", "position"),
    Hostile("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=1;BYDAY=MO;BYSETPOS=2", "position"),
    Hostile("FREQ=YEARLY;BYDAY=MO;BYSETPOS=366", "position"),
    # Numbers out of all measure.
    Hostile("FREQ=DAILY;COUNT=999999999", "count"),
    Hostile("FREQ=DAILY;COUNT=751", "count"),
    Hostile("FREQ=DAILY;COUNT=0", "count"),
    Hostile("FREQ=DAILY;COUNT=-1", "count"),
    Hostile("FREQ=DAILY;COUNT=" + "9" * 400, "count"),
    Hostile("FREQ=DAILY;COUNT=1E3", "count"),
    Hostile("FREQ=DAILY;COUNT=0X10", "count"),
    Hostile("FREQ=DAILY;INTERVAL=0", "interval"),
    Hostile("FREQ=DAILY;INTERVAL=-1", "interval"),
    Hostile("FREQ=DAILY;INTERVAL=999999999", "interval"),
    Hostile("FREQ=WEEKLY;INTERVAL=54", "interval"),
    Hostile("FREQ=YEARLY;INTERVAL=11", "interval"),
    Hostile("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "number"),
    Hostile("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "number"),
    Hostile("FREQ=MONTHLY;BYDAY=99MO", "number"),
    Hostile("FREQ=MONTHLY;BYDAY=0MO", "number"),
    Hostile("FREQ=MONTHLY;BYMONTHDAY=0", "number"),
    Hostile("FREQ=MONTHLY;BYMONTHDAY=32", "number"),
    Hostile("FREQ=YEARLY;BYMONTH=13", "number"),
    Hostile("FREQ=YEARLY;BYMONTH=-1", "number"),
    Hostile("FREQ=YEARLY;BYMONTH=1,,2", "number"),
    # Ends.
    Hostile("FREQ=DAILY;UNTIL=20260101", "until"),
    Hostile("FREQ=DAILY;UNTIL=20290108", "until"),
    Hostile("FREQ=DAILY;UNTIL=99991231T235959Z", "until"),
    Hostile("FREQ=DAILY;UNTIL=00010101T000000Z", "until"),
    Hostile("FREQ=DAILY;UNTIL=00000000", "until"),
    Hostile("FREQ=DAILY;UNTIL=20270231", "until"),
    Hostile("FREQ=DAILY;UNTIL=20270301T250000Z", "until"),
    Hostile("FREQ=DAILY;UNTIL=2027-03-01", "until"),
    Hostile("FREQ=DAILY;COUNT=3;UNTIL=20270301", "two_ends"),
    Hostile("FREQ=DAILY", "start", date(2036, 1, 1)),
    Hostile("FREQ=DAILY", "start", date(1970, 1, 1)),
    Hostile("FREQ=DAILY", "start", date.max),
    # Parts and signs that do not belong there.
    Hostile("", "malformed"),
    Hostile("RRULE:", "malformed"),
    Hostile("DAILY", "malformed"),
    Hostile("FREQ", "malformed"),
    Hostile("FREQ=", "malformed"),
    Hostile("=DAILY", "malformed"),
    Hostile("FREQ=DAILY;", "malformed"),
    Hostile("FREQ==DAILY", "malformed"),
    Hostile(";" * 500, "malformed"),
    Hostile("FREQ=WEEKLY;BYDAY=MONDAY", "malformed"),
    Hostile("FREQ=WEEKLY;BYDAY=,", "malformed"),
    Hostile("FREQ=WEEKLY;WKST=1", "malformed"),
    Hostile("FREQ=DAILY;" + "BYDAY=MO;" * 100, "too_long"),
    Hostile("FREQ=DAILY;BYMONTHDAY=" + "1," * 1_000_000 + "1", "too_long"),
    Hostile("FREQ=DAILY;FREQ=SECONDLY", "duplicate"),
    Hostile("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "duplicate"),
    Hostile("INTERVAL=2", "frequency"),
    Hostile("FREQ=FORTNIGHTLY", "frequency"),
    Hostile("FREQ=WEEKLY;BYWEEKNO=53", "unknown"),
    Hostile("FREQ=YEARLY;BYYEARDAY=366", "unknown"),
    Hostile("FREQ=YEARLY;BYEASTER=0", "unknown"),
    Hostile("FREQ=DAILY;X-NAME=1", "unknown"),
    Hostile("RSCALE=GREGORIAN;FREQ=DAILY;SKIP=OMIT", "unknown"),
    Hostile("FREQ=DAILY\nRRULE:FREQ=SECONDLY", "characters"),
    Hostile("FREQ=DAILY\r\n EXRULE:FREQ=SECONDLY", "characters"),
    Hostile("DTSTART:20270101T000000\nRRULE:FREQ=DAILY", "characters"),
    Hostile("RRULE:RRULE:FREQ=DAILY", "characters"),
    Hostile("FREQ=DAILY\x00", "characters"),
    Hostile("FREQ=DAILY;COUNT= 3", "characters"),
    Hostile("FREQ=DAILY;COUNT=+3", "characters"),
    Hostile("FREQ=DAILY;COUNT=1_0", "characters"),
    Hostile("FREQ=DAILY;COUNT=\u0663", "characters"),
    Hostile("FREQ=DAILY;COUNT=\uff13", "characters"),
    Hostile("FREQ=DA\u0131LY", "characters"),
    Hostile("FREQ=WEEKLY;BYDAY=\u017fU", "characters"),
)

HONEST = (
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
    "FREQ=DAILY;COUNT=10",
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=WEEKLY;BYDAY=TU;BYMONTH=9,10,11",
    "FREQ=WEEKLY;BYDAY=TH;UNTIL=20270715T215959Z",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15;COUNT=8",
)
