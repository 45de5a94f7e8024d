"""Three examples of each rule, as data: firing, silent, and at the boundary.

The tests run them, and the catalog page shows them. `check` never loads them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mic_core.errors import NotFound
from mic_core.samples.rules.attendance import ATTENDANCE, CREDENTIALS
from mic_core.samples.rules.editions import EDITIONS, MODULES
from mic_core.samples.rules.form import Example, Examples
from mic_core.samples.rules.impact import IMPACT, MONEY
from mic_core.samples.rules.people import CONSENT, DUPLICATES
from mic_core.samples.rules.references import REFERENCES, WORDS
from mic_core.samples.rules.seats import CALLS, SEATS
from mic_core.samples.rules.sessions import SERIES, SESSIONS
from mic_core.samples.rules.timetable import AVAILABILITY, OVERLAPS, PLACES, TIMES
from mic_core.samples.rules.vocabulary import LOADS, PATTERNS

THEMES: Mapping[str, Mapping[str, Examples]] = MappingProxyType(
    {
        "References and histories": REFERENCES,
        "Sessions at the same time": OVERLAPS,
        "Rooms": PLACES,
        "Times and order": TIMES,
        "Programs and editions": EDITIONS,
        "Modules": MODULES,
        "Sessions": SESSIONS,
        "Series": SERIES,
        "Availability": AVAILABILITY,
        "Calls": CALLS,
        "Seats and enrollments": SEATS,
        "Attendance": ATTENDANCE,
        "Credentials": CREDENTIALS,
        "People": CONSENT,
        "Likely duplicates": DUPLICATES,
        "Words of open lists": WORDS,
        "Parts of a whole": MONEY,
        "What came of it": IMPACT,
        "To add: load and days": LOADS,
        "To add: spread and rooms": PATTERNS,
    }
)
"""All examples by theme, then by the code of their rule. Rules under "To add" are not in the
catalog, since they need a limit that the user sets."""


def examples_of(code: str) -> Examples:
    """Return the three examples of a rule; raises NotFound for a code without any.

    >>> examples_of("over-seats").firing.story
    'Two persons are enrolled in a camp with one seat.'
    """
    for theme in THEMES.values():
        if code in theme:
            return theme[code]
    msg = "no rule of that code has examples"
    raise NotFound(msg)


__all__ = ["THEMES", "Example", "Examples", "examples_of"]
