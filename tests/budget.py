"""How many examples a property gets: the fewer, the more one example of it costs."""

from hypothesis import HealthCheck, settings

LEAST = 5
"""Examples that every property gets: from fewer, shrinking tells nothing of what is common."""


def one_in(share: int) -> settings:
    """Settings for one in so many of the examples of the chosen profile, so that it still scales.

    An example that takes longer than ten milliseconds is worth more than most, because it holds
    many cases: all placements of a session, all rules, all steps of a search.
    """
    return settings(max_examples=max(LEAST, settings().max_examples // share))


def one_machine_in(share: int) -> settings:
    """The same for state machines, whose rules may draw much, and refuse much of it."""
    lenient = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
    return settings(one_in(share), suppress_health_check=lenient)
