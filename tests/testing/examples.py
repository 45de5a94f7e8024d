"""Examples of a strategy, the same in every run: some hundred of them, or the least."""

from functools import cache
from typing import TypeVar

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.strategies import SearchStrategy

from mic_core.portfolio import Portfolio
from mic_core.testing import portfolios

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


@cache
def coherent_examples() -> list[Portfolio]:
    """Many coherent portfolios, drawn once for all tests."""
    return examples(portfolios(coherent=True), 200)


def least(strategy: SearchStrategy[T]) -> T:
    """What a strategy shrinks to, without the phase that explains a failure: it takes 20 times."""
    phases = (Phase.generate, Phase.shrink)
    return find(strategy, lambda _: True, settings=settings(phases=phases, database=None))
