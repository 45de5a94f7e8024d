"""Argument validation of the views: view, title, number of sessions, names, report."""

from typing import Any, get_args

import attrs

from mic_core.fields import Choice, Flag, Maybe, Shape, Value, Whole, sound
from mic_core.findings import Report
from mic_core.scheduling.arguments import TEXT
from mic_core.scheduling.views.grid import View

_VIEW, _MOST, _NAMES, _REPORT = Choice(get_args(View)), Whole(), Flag(), Maybe(Value(Report))


@attrs.frozen(kw_only=True)
class Look:
    """The checked arguments of a view; see `Agenda.html`. `most` is a number of sessions."""

    view: View = "days"
    most: int = 1000
    names: bool = False
    title: str = ""
    report: Report | None = None


def look(
    verb: str,
    *,
    view: object = "days",
    most: object = 1000,
    names: object = False,
    title: object = "",
    report: object = None,
) -> Look:
    """The checked arguments of a view.

    `most` is 0 or more. Raises InvariantError with all problems, by the names of arguments.

    >>> look("html", view="weeks", most=-1)
    Traceback (most recent call last):
    mic_core.errors.InvariantError: html: 2 problems
      view: must be one of days, rooms, list; had text of 5 characters
      most: must be a whole number, 0 or more; had a whole number; it is too small
    """
    given: dict[str, tuple[object, Shape]] = {
        "view": (view, _VIEW),
        "most": (most, _MOST),
        "names": (names, _NAMES),
        "title": (title, TEXT),
        "report": (report, _REPORT),
    }
    checked: dict[str, Any] = dict(zip(given, sound(verb, **given), strict=True))
    return Look(**checked)
