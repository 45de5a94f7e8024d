"""Failing examples are printed as code that runs: it evaluates to an equal value."""

import datetime  # noqa: ICN001  # as printed code calls it
import zoneinfo
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import Phase, given, settings
from hypothesis.vendor.pretty import pretty

import mic_core as mic
from mic_core.checked import checked
from mic_core.model import NOUNS
from mic_core.portfolio import Batch
from mic_core.testing import nouns, portfolios, seasons_to_plan, slots, values, weekly_hours
from mic_core.testing.entry import register
from mic_core.testing.printing import print_as_code
from tests.budget import one_in

WORLD: dict[str, Any] = {
    "Decimal": Decimal, "datetime": datetime, "mic": mic, "zoneinfo": zoneinfo
}  # fmt: skip
"""The names that the documentation asks for."""

UTC = datetime.UTC
BRUSSELS = mic.zone("Europe/Brussels")
NOON = datetime.datetime(2014, 9, 10, 12, tzinfo=UTC)

register()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class HiddenHall:
    """A checked class that is no public name."""

    seats: int


def _evaluated(code: str) -> Any:
    return eval(code, dict(WORLD))  # the code is that of a drawn value


@one_in(2)
@given(portfolios(coherent=True) | portfolios(values=3) | seasons_to_plan())
def test_a_portfolio_is_code(portfolio: mic.Portfolio) -> None:
    """The printed form of a portfolio, whatever its history, evaluates to an equal one."""
    assert _evaluated(pretty(portfolio)) == portfolio


@given(nouns() | slots() | weekly_hours() | values(mic.Recurrence) | values(mic.Period))
def test_a_value_is_code(value: Any) -> None:
    """The printed form of a noun or of a time evaluates to an equal value."""
    assert _evaluated(pretty(value)) == value


@pytest.mark.parametrize("cls", NOUNS.values(), ids=NOUNS)
def test_every_noun_is_printed_by_its_public_name(cls: Any) -> None:
    """Whatever a strategy records about its calls, a noun is printed as a call of its class."""
    found: list[str] = []

    @given(values(cls))
    def collect(value: object) -> None:
        found.append(pretty(value))

    collect()
    assert all(each.startswith(f"mic.{cls.__name__}(") for each in found)


def test_internal_calls_are_not_shown() -> None:
    """A failing test of portfolios shows `Portfolio.of`, not what the strategy calls to make it."""

    @settings(phases=[Phase.generate], database=None, derandomize=True)
    @given(portfolios(values=2, batches=1).filter(bool))
    def fails(portfolio: mic.Portfolio) -> None:
        assert not portfolio

    with pytest.raises(AssertionError) as caught:
        fails()
    notes = "\n".join(caught.value.__notes__)
    assert "portfolio=mic.Portfolio.of(" in notes
    assert "replay" not in notes


def test_later_records_follow_the_first() -> None:
    """A history is printed as calls of `record`, and an empty beginning as one of `of`."""
    room = mic.Room(id="r", center_id="c", name="Hall")
    later = mic.Portfolio.of(room).record(
        mic.Room(id="r", center_id="c", name="Lab"), recorded_at=NOON, actor="desk"
    )
    assert pretty(later).startswith("mic.Portfolio.of(")
    assert "actor='desk'" in pretty(later)
    assert _evaluated(pretty(later)) == later
    fresh = mic.Portfolio.of().record(room, recorded_at=NOON)
    assert pretty(fresh).startswith("mic.Portfolio.of().record(")
    assert _evaluated(pretty(fresh)) == fresh


def test_what_record_would_refuse_is_printed_as_a_log() -> None:
    """A history with an illegal step, or with two values of one id, is printed as its batches."""
    step = mic.Transition(id="t", subject="session:s", after="held", effective_at=NOON)
    illegal = mic.Portfolio.replay([Batch(recorded_at=NOON, values=(step,))])
    rooms = tuple(mic.Room(id="r", center_id="c", name=name) for name in ("a", "b"))
    known = mic.Room(id="r", center_id="c", name="a")
    same = mic.Portfolio.replay([Batch(values=(known,)), Batch(recorded_at=NOON, values=(known,))])
    for each in (illegal, mic.Portfolio.replay([Batch(recorded_at=NOON, values=rooms)]), same):
        assert pretty(each).startswith("mic.Portfolio.replay(")
        assert _evaluated(pretty(each)) == each
    always = mic.Portfolio.replay([Batch(actor="desk", values=rooms[:1])])
    assert _evaluated(pretty(always)) == always


def test_personal_fields_are_written_out_for_hypothesis_alone() -> None:
    """A drawn name is part of the code; for IPython the method shows the usual representation."""
    ada: Any = mic.Person(id="p", name="Ada")
    assert pretty(ada) == "mic.Person(id='p', name='Ada')"

    class Other:
        """The printer of somebody else."""

        shown = ""

        def text(self, text: str) -> None:
            """Keep the text."""
            self.shown += text

    other = Other()
    print_as_code(ada, other, False)  # as IPython calls it
    assert other.shown == repr(ada) == "Person(id='p', name=...)"


def test_what_is_not_public_has_its_plain_name() -> None:
    """A class that is not a public name is printed without the name of the package."""
    found = pretty(HiddenHall(seats=3))
    assert found == "HiddenHall(seats=3)"


def test_a_slot_of_an_age_is_printed_by_its_ends() -> None:
    """A slot that lasts longer than a length can say is printed as its start and end."""
    start, end = (datetime.datetime(year, 1, 1, tzinfo=BRUSSELS) for year in (2, 9990))
    assert _evaluated(pretty(mic.Slot(start, end))) == mic.Slot(start, end)


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        (datetime.datetime(2014, 9, 10, 18, tzinfo=BRUSSELS), "mic.Slot.at("),
        (datetime.datetime(2014, 9, 10, 18, 0, 5, tzinfo=BRUSSELS), "'18:00:05'"),
        (datetime.datetime(2014, 9, 10, 18, 0, 0, 1, tzinfo=BRUSSELS), "mic.Slot("),
        (datetime.datetime(2014, 10, 26, 2, 30, fold=0, tzinfo=BRUSSELS), "ambiguous='first'"),
        (datetime.datetime(2014, 10, 26, 2, 30, fold=1, tzinfo=BRUSSELS), "ambiguous='second'"),
    ],
)
def test_slots_are_printed_shortly(start: datetime.datetime, shown: str) -> None:
    """A slot is printed as day, time, length and zone, and by its ends where those do not do."""
    end = (start.astimezone(UTC) + datetime.timedelta(hours=3)).astimezone(BRUSSELS)
    slot = mic.Slot(start, end)
    assert shown in pretty(slot)
    assert _evaluated(pretty(slot)) == slot
