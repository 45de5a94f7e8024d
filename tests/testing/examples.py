"""Some hundred examples of a strategy, the same in every run."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def examples(strategy: SearchStrategy[T], count: int = 200) -> list[T]:
    """Draw examples of a strategy, with every health check that a user's test has."""
    found: list[T] = []

    @settings(
        max_examples=count, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.nested_given],
    )  # fmt: skip
    @given(strategy)
    def keep(value: T) -> None:
        found.append(value)

    keep()
    return found
