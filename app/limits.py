"""How much of anything is taken in at most: every figure of the edge in one place."""

MB = 1024 * 1024

BODY_BYTES = MB
"""A body in JSON."""
FORM_BYTES = 64 * 1024
"""What a page sends, and what stands around an uploaded list."""
UPLOAD_BYTES = 10 * MB
"""All files of one upload."""
UPLOADS = ("/api/v1/imports", "/api/v1/bank-statements")
"""Where files are uploaded."""
BODY_SECONDS = 120.0
"""How long a body may take to arrive; 10 MB take that long on a slow line."""
JSON_DEPTH = 20
"""Lists and objects inside of each other."""
JSON_VALUES = 20_000
"""Members of all objects and elements of all lists together."""

TARGET_BYTES = 4096
"""Path and query."""
PARAMETERS = 40
"""Parameters of a query."""
HEADER_BYTES = 16 * 1024
HEADERS = 100

ROWS = 200
"""Rows of a page."""
PERIOD_DAYS = 400
"""From the first to the last day of what is asked for, both included."""
PLAN_DAYS = 62
PLAN_SEATS = 10_000
PLAN_VOLUNTEERS = 25_000

UNPACKED_BYTES = 50 * MB
"""What a workbook may hold inside."""
UNPACKED_RATIO = 200
"""How many times larger a workbook may become, once it is larger than one upload."""

WINDOW_SECONDS = 60
"""The time in which requests are counted; how many are allowed are settings."""
COUNTED = 50_000
"""Accounts and places that are counted at once; who asked longest ago is forgotten first."""

COSTLY = frozenset({
    ("POST", "/plans"),
    ("POST", "/plans/what-if"),
    ("GET", "/plans/{plan_id}/scarcity"),
    ("GET", "/seats/{seat_id}/candidates"),
    ("GET", "/seats/{seat_id}/candidates/{volunteer_id}"),
    ("GET", "/seats/{seat_id}/explanation"),
    ("POST", "/imports"),
    ("GET", "/reports/{name}"),
    ("GET", "/reports/{name}/picture"),
    ("GET", "/assignments/{assignment_id}/code.svg"),
    ("GET", "/assignments/{assignment_id}/event.ics"),
    ("GET", "/grant-notices/{notice_id}/picture"),
    ("GET", "/volunteers/{volunteer_id}/certificate.pdf"),
    ("GET", "/programme/aggregates"),
    ("POST", "/privacy/export"),
    ("GET", "/payruns/{payrun_id}/paylist"),
    ("GET", "/grant-notices/{notice_id}/budget"),
    ("GET", "/payruns/{payrun_id}/paylist.xlsx"),
    ("GET", "/payruns/{payrun_id}/pain001.xml"),
    ("GET", "/payments/{payment_id}/statement.pdf"),
    ("POST", "/bank-statements"),
    ("GET", "/parents-days/{parents_day_id}/timetable"),
    ("GET", "/courses/{course_id}/participants/{volunteer_id}/certificate.pdf"),
})  # fmt: skip
"""Operations that take a processor for long or carry much away at once."""


def body_bytes(path: str) -> int:
    """How large a body may be that is sent to this path."""
    if path in UPLOADS:
        return UPLOAD_BYTES + FORM_BYTES
    return BODY_BYTES if path.startswith("/api/") else FORM_BYTES


def in_words(size: int) -> str:
    """A number of bytes as people say it."""
    return f"{size // MB} MB" if size >= MB else f"{size // 1024} kB"
