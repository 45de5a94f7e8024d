"""Public, bank and school holidays of a country as closures of a center: the extra `holidays`.

The dates come from the library of that name, which is imported on first use.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from mic_core.chrono import Period
from mic_core.errors import InvariantError, MissingExtra, Problem
from mic_core.fields import Choice, Coded, Each, Flag, Maybe, Text, Whole, describe, sound

__all__ = ["closures"]

_COUNTRY = Coded("[A-Z]{2}", "a country code of two capitals (ISO 3166-1)")
_YEARS, _CATEGORIES = Each(Whole(1, 9998), "years"), Each(Text(most=60), "categories")
_REGION = Maybe(Text(most=60))
_NO_REGION = Coded("(?!)", "None, as no part of this country has holidays of its own")  # no match
_DAY = timedelta(days=1)


def closures(
    country: str,
    years: Iterable[int],
    *,
    region: str | None = None,
    categories: Iterable[str] = ("public",),
    observed: bool = True,
) -> tuple[Period, ...]:
    """The holidays of a country in some calendar years, as periods that `Center.closures` takes.

    `country` is a code of ISO 3166-1, such as BE. `region` is a part of it, by its code in ISO
    3166-2 without the country, or by a name that the library knows; None leaves out what only parts
    of the country observe. `categories` say why a day is a holiday: `public`, `bank`, `school`,
    `government` and so on, different ones in each country. Every day of them is a full day here, a
    `half_day` too. With `observed`, the days on which a country makes up for holidays on a weekend
    are among them, where the library knows them.

    Periods are sorted and apart: consecutive days are one period, also over New Year. Names of
    holidays are left out, as a center keeps none. Neither clock nor locale plays a part; another
    release of the library may know other days, so record the closures. The library warns of years
    of which it knows some holidays only.

    Raises InvariantError for a country, a region or a category that the library does not know, and
    for years before or after those that it knows of the country; MissingExtra where it is not
    installed. O(d log d) for d days.
    """
    country, years, region, categories, observed = sound(
        "closures",
        country=(country, _COUNTRY),
        years=(years, _YEARS),
        region=(region, _REGION),
        categories=(categories, _CATEGORIES),
        observed=(observed, Flag()),
    )
    calendar = _calendar(country)
    regions = (*calendar.subdivisions, *calendar.subdivisions_aliases)
    years, region, categories = sound(
        "closures",
        years=(years, Each(Whole(calendar.start_year, calendar.end_year), "years")),
        region=(region, Maybe(Choice(regions)) if regions or region is None else _NO_REGION),
        categories=(categories, Each(Choice(calendar.supported_categories), "categories")),
    )
    if not categories:  # the library would go by its default category
        return ()
    # In a language of the country: without one, the library reads the locale of the machine.
    language = calendar.default_language
    return _merged(
        calendar(
            years=years, subdiv=region, categories=categories, observed=observed, language=language
        )
    )


def _calendar(country: str) -> Any:
    """The class of a country's holidays. Raises MissingExtra and InvariantError as `closures`."""
    try:
        import holidays as library  # noqa: PLC0415  # an extra
    except ImportError:
        raise MissingExtra("holidays", "holidays") from None
    found = getattr(library, country, None)  # it has an attribute for each code, and no others
    if found is None:
        rule = "must be a country whose holidays the library knows"
        mend = "write the closures of the center yourself"
        problem = Problem(path="country", rule=rule, had=describe(country), mend=mend)
        raise InvariantError("closures", [problem])
    return found


def _merged(days: Iterable[date]) -> tuple[Period, ...]:
    """Days as periods, sorted, as few as there can be."""
    ordered = sorted(days)
    held = set(ordered)
    firsts = (day for day in ordered if day - _DAY not in held)
    lasts = (day for day in ordered if day + _DAY not in held)
    return tuple(map(Period.days, firsts, lasts))
