"""Laws of aggregation: merging, bounds under unknown values, and group-by against plain loops."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from statistics import median as middle
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mic_core import Period, change, count, distinct, latest, median, share, total, where
from mic_core.impact.aggregation.columns import MILLION, ColumnShape
from mic_core.impact.aggregation.estimate import Estimate, divided, exactly
from mic_core.impact.aggregation.facts import FactTable, Runs, TableShape, table_of
from mic_core.impact.aggregation.group_by import Selection, Window, states
from mic_core.impact.aggregation.stated import StatedState
from mic_core.impact.aggregation.states import (
    CountState,
    KeyState,
    MeasureState,
    RatioState,
    ShareState,
    StockState,
    SumState,
    ValuesState,
    merged,
)

SHAPE = TableShape(
    name="things", about="Things.", fact="fact", day="day",
    columns=(
        ColumnShape(name="fact", kind="id", about="the fact"),
        ColumnShape(name="key", kind="id", about="the unit"),
        ColumnShape(name="status", about="a word"),
        ColumnShape(name="day", kind="day", about="the day"),
        ColumnShape(name="amount", kind="number", about="an amount", unit="hours", least=0),
        ColumnShape(name="signed", kind="number", about="a change", unit="hours"),
        ColumnShape(name="whole", kind="whole", about="minutes", unit="minutes", least=0),
        ColumnShape(name="tags", about="words", many=True),
        ColumnShape(name="evidence", about="grade of evidence"),
    ),
)  # fmt: skip

DAYS = [date(2014, 1, 5), date(2014, 2, 6), date(2015, 1, 1)]
DOMAINS: dict[str, list[Any]] = {
    "key": ["k", "l", "m"], "status": ["yes", "no"], "day": DAYS,
    "amount": [0, 2 * MILLION, 7 * MILLION], "signed": [-3 * MILLION, 0, 4 * MILLION],
    "whole": [0, 5], "tags": [(), ("a",), ("a", "b")], "evidence": ["claimed", "verified"],
}  # fmt: skip
YES = where("status", "==", "yes")
MEASURES: list[Any] = [
    count("things", YES),
    distinct("things", "key", YES),
    distinct("things", ("key", "status")),
    total("things", "amount", YES),
    total("things", "signed", YES),
    total("things", "whole"),
    share("things", having=YES),
    share("things", where("amount", ">", 0), having=YES),
    share("things", having=YES, key="key"),
    median("things", "amount", YES),
    change("things", "amount", "signed", YES, summary="net"),
    change("things", "amount", "signed", YES, summary="gains"),
    change("things", "amount", "signed", YES, summary="median"),
    change("things", "amount", "signed", YES, summary="improved"),
    latest("things", "amount", "key", YES),
]
EVERYWHERE = Window(period=None, places=None, today=date(2020, 1, 1))

Row = dict[str, Any]


def rows(*, unknown: bool, most: int = 5) -> st.SearchStrategy[list[Row]]:
    """Rows with or without unknown values; facts are their numbers."""

    def one(name: str) -> st.SearchStrategy[Any]:
        values = st.sampled_from(DOMAINS[name])
        return values | st.none() if unknown and name not in {"tags", "day"} else values

    fields = st.fixed_dictionaries({name: one(name) for name in DOMAINS})
    numbered = st.lists(fields, max_size=most)
    return numbered.map(lambda found: [{"fact": f"f:{n}", **row} for n, row in enumerate(found)])


def state_of(table: FactTable, measured: Any) -> MeasureState:
    """The state of the whole of a table."""
    return states(Selection.of(table, EVERYWHERE), measured)[()]


def figure(measured: Any, found: Sequence[Row]) -> Fraction | None:
    """The figure of rows without unknown values, by plain loops; None where it is undefined."""
    chosen = [row for row in found if all(_holds(each, row) for each in measured.where)]
    kind = type(measured).__name__.removesuffix("Measure")
    if kind == "Count":
        return Fraction(len(chosen))
    if kind == "Distinct":
        return Fraction(len({tuple(row[name] for name in measured.key) for row in chosen}))
    if kind == "Total":
        scale = 1 if measured.column == "whole" else MILLION
        return Fraction(sum(row[measured.column] for row in chosen), scale)
    if kind == "Share":
        units = {tuple(row[name] for name in measured.key or ("fact",)) for row in chosen}
        good = {
            tuple(row[name] for name in measured.key or ("fact",))
            for row in chosen if all(_holds(each, row) for each in measured.having)
        }  # fmt: skip
        return Fraction(len(good), len(units)) if units else None
    if kind == "Median":
        values = [row[measured.column] for row in chosen]
        return _middle(values)
    if kind == "Latest":
        last: dict[str, Row] = {}
        for row in sorted(chosen, key=lambda row: (row["day"], row["fact"])):
            last[row["key"]] = row
        return Fraction(sum(row["amount"] for row in last.values()), MILLION)
    values = [row[measured.after] - row[measured.before] for row in chosen]
    summaries: dict[str, Callable[[], Fraction | None]] = {
        "net": lambda: Fraction(sum(values), MILLION),
        "gains": lambda: Fraction(sum(max(0, each) for each in values), MILLION),
        "median": lambda: _middle(values),
        "improved": lambda: (
            Fraction(sum(each > 0 for each in values), len(values)) if values else None
        ),
    }
    return summaries[measured.summary]()


def _middle(values: Sequence[int]) -> Fraction | None:
    return middle([Fraction(each, MILLION) for each in values]) if values else None


def _holds(condition: Any, row: Row) -> bool:
    value = row[condition.column]
    return bool(value > 0 if condition.op == ">" else value == condition.value[0])


def completions(found: Sequence[Row]) -> Iterator[list[Row]]:
    """Every way to fill the unknown values of some rows."""
    gaps = [(n, name) for n, row in enumerate(found) for name in row if row[name] is None]
    for values in product(*(DOMAINS[name] for _, name in gaps)):
        filled = [dict(row) for row in found]
        for (n, name), value in zip(gaps, values, strict=True):
            filled[n][name] = value
        yield filled


@pytest.mark.parametrize("measured", MEASURES, ids=repr)
@given(rows(unknown=False))
def test_known_rows_have_the_figure_of_plain_loops(measured: Any, found: list[Row]) -> None:
    """Without unknown values a figure is exact and that of a plain loop."""
    estimate = state_of(table_of(SHAPE, found), measured).estimate()
    wanted = figure(measured, found)
    assert estimate.value == wanted
    assert estimate.certainty == ("undefined" if wanted is None else "measured")
    if wanted is not None:
        assert estimate.least == estimate.most == wanted


@pytest.mark.parametrize("measured", MEASURES, ids=repr)
@given(rows(unknown=True, most=3))
def test_every_completion_lies_within_the_bounds(measured: Any, found: list[Row]) -> None:
    """However unknown values are filled, the figure lies within the bounds; counts are tight."""
    gaps = sum(row[name] is None for row in found for name in DOMAINS)
    assume(gaps <= 5)
    estimate = state_of(table_of(SHAPE, found), measured).estimate()
    known = [value for each in completions(found) if (value := figure(measured, each)) is not None]
    for value in known:
        assert estimate.least is None or estimate.least <= value
        assert estimate.most is None or value <= estimate.most
    is_count = type(measured).__name__ == "CountMeasure"
    is_share = type(measured).__name__ == "ShareMeasure" and not measured.key
    if known and (is_count or is_share):
        assert (estimate.least, estimate.most) == (min(known), max(known))
    if estimate.certainty == "measured":
        assert set(known) == {estimate.value}


@pytest.mark.parametrize("measured", MEASURES, ids=repr)
@given(rows(unknown=True), st.data())
def test_states_merge_in_any_order(measured: Any, found: list[Row], data: st.DataObject) -> None:
    """The merge of the states of parts is the state of the whole, however they are parted."""
    parts: list[list[Row]] = [[], [], []]
    for row in found:
        parts[data.draw(st.integers(0, 2))].append(row)
    one, two, three = (state_of(table_of(SHAPE, part), measured) for part in parts)
    whole = state_of(table_of(SHAPE, found), measured).estimate()
    assert merged(merged(one, two), three).estimate() == whole
    assert merged(one, merged(two, three)).estimate() == whole
    assert merged(three, merged(two, one)).estimate() == whole


@given(rows(unknown=True), st.sampled_from(MEASURES))
def test_cells_are_the_figures_of_their_rows(found: list[Row], measured: Any) -> None:
    """A cell has the figure of its own rows alone, a row of several tags lies in several cells."""
    table = table_of(SHAPE, found)
    by = ("status", "tags", "month")
    cells = states(Selection.of(table, EVERYWHERE), measured, by)
    for cell, state in cells.items():
        if cell:
            status, tag, month = cell
            mine = [
                row for row in found
                if row["status"] == status and f"{row['day']:%Y-%m}" == month
                and (tag in row["tags"] or (tag is None and not row["tags"]))
            ]  # fmt: skip
            assert mine
            assert state.estimate() == state_of(table_of(SHAPE, mine), measured).estimate()
    assert cells[()].estimate() == state_of(table, measured).estimate()


def test_states_of_different_measures_do_not_merge() -> None:
    """Merging a count with a sum is a mistake of the caller."""
    with pytest.raises(TypeError, match="different measures"):
        merged(CountState(), SumState())


def test_the_state_of_nothing_is_neutral() -> None:
    """Merging with the state of no facts changes nothing, for every kind of state."""
    table = table_of(SHAPE, [{"fact": "f", "key": "k", "status": "yes", "day": DAYS[0],
                              "amount": 5, "signed": 7}])  # fmt: skip
    empty = table_of(SHAPE, [])
    for measured in MEASURES:
        state, nothing = state_of(table, measured), state_of(empty, measured)
        assert merged(state, nothing).estimate() == state.estimate()
        assert merged(nothing, state).estimate() == state.estimate()
    ratio = RatioState(CountState(3), CountState(2))
    assert merged(ratio, RatioState(CountState(), CountState())).estimate().value == Fraction(3, 2)
    assert {type(state_of(table, each)) for each in MEASURES} == {
        CountState, KeyState, SumState, ShareState, ValuesState, StockState
    }  # fmt: skip
    assert StatedState().merge(StatedState()) == StatedState()
    keys = state_of(table, distinct("things", "key"))
    assert isinstance(keys, KeyState)
    assert keys.keys() == {"k"}


def test_ratios_of_figures_say_what_they_cannot_know() -> None:
    """0/0 and x/0 are undefined; a divisor that may be above 0, or an unknown side: unknown."""
    unknown = Estimate(value=None, least=Fraction(0), most=None, n=0, unknown=1)
    maybe = Estimate(value=Fraction(0), least=Fraction(0), most=Fraction(2), n=0, unknown=2)
    for top, bottom, certainty in (
        (exactly(0), exactly(0), "undefined"), (exactly(5), exactly(0), "undefined"),
        (exactly(5), maybe, "unknown"), (unknown, exactly(2), "unknown"),
        (exactly(5), unknown, "unknown"), (exactly(1), exactly(2), "measured"),
    ):  # fmt: skip
        assert divided(top, bottom).certainty == certainty
    found = divided(exactly(3), Estimate(value=Fraction(2), least=Fraction(2), most=Fraction(4),
                                         n=2, unknown=2))  # fmt: skip
    assert (found.value, found.least, found.most) == (
        Fraction(3, 2), Fraction(3, 4), Fraction(3, 2)
    )  # fmt: skip


def test_estimates_show_their_bounds() -> None:
    """Exact figures stand alone; open sides and both bounds are named."""

    def made(value: Fraction | None, least: Fraction | None, most: Fraction | None) -> str:
        return str(Estimate(value=value, least=least, most=most, n=1))

    one, two = Fraction(1), Fraction(2)
    assert made(one, one, one) == "1"
    assert made(one, one, two) == "1 (1 to 2)"
    assert made(one, one, None) == "1 (at least 1)"
    assert made(one, None, None) == "1"
    assert made(None, None, two) == "unknown (any to 2)"


@given(rows(unknown=True))
def test_periods_and_grades_select_rows(found: list[Row]) -> None:
    """A window keeps the rows of its period, and those of its grade of evidence or a stronger."""
    table = table_of(SHAPE, found)
    year = Window(period=Period.year(2014), places=None, today=DAYS[2], grade="documented")
    state = states(Selection.of(table, year), count("things"))[()]
    mine = [row for row in found if row["day"].year == 2014]
    assert isinstance(state, CountState)
    assert state.certain == sum(row["evidence"] == "verified" for row in mine)
    assert state.possible == sum(row["evidence"] is None for row in mine)


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        (where("tags", "known"), {"f:1", "f:2"}),
        (where("tags", "unknown"), {"f:0"}),
        (where("tags", "==", "b"), {"f:2"}),
        (where("day", "<", "2014-02-01"), {"f:0"}),
        (where("day", "!=", "2014-01-05"), {"f:1", "f:2"}),
        (where("amount", ">=", "2"), {"f:1", "f:2"}),
        (where("amount", "in", ("2", "9")), {"f:1"}),
        (where("whole", "<=", 1), {"f:0", "f:1"}),
        (where("key", "unknown"), {"f:2"}),
        (where("evidence", ">", "claimed"), {"f:1"}),
    ],
)  # fmt: skip
def test_conditions_compare_in_the_kind_of_their_column(condition: Any, facts: set[str]) -> None:
    """Days, numbers, words, grades and columns of many values are each compared as they are."""
    found = [
        {"fact": f"f:{n}", "key": key, "tags": tags, "day": DAYS[n], "amount": n * 2 * MILLION,
         "whole": n, "evidence": grade}
        for n, (key, tags, grade) in enumerate(
            [("k", (), "claimed"), ("l", ("a",), "documented"), (None, ("a", "b"), "claimed")]
        )
    ]  # fmt: skip
    table = table_of(SHAPE, found)
    mask = Selection.of(table, EVERYWHERE).meeting((condition,))
    assert {f"f:{n}" for n, truth in enumerate(mask) if truth} == facts


@given(rows(unknown=True, most=12), st.data())
def test_rows_that_lie_together_count_the_same(found: list[Row], data: st.DataObject) -> None:
    """Distinct counts are the same with and without runs, whatever lies behind the last run."""
    split = data.draw(st.integers(0, len(found)))
    ordered = sorted(found[:split], key=lambda row: str(row["status"])) + found[split:]
    table = table_of(SHAPE, ordered)
    column = table.columns["status"]
    starts = [0]
    for code in range(len(column.labels)):
        mine = sum(each == code for each in [*column.codes][starts[-1] : split])
        starts.append(starts[-1] + mine)
    assume(starts[-1] == split)
    runs = FactTable(SHAPE, table.size, table.columns, Runs("status", starts))
    measured = distinct("things", "key", where("amount", ">=", "2"))
    first = column.with_labels(ColumnShape(name="tags", about="words", many=True),
                               [("a", "b") for _ in column.labels])  # fmt: skip
    several = {**table.columns, "tags": first}
    table = FactTable(SHAPE, table.size, several)
    runs = FactTable(SHAPE, table.size, several, Runs("status", starts))
    for by in ((), ("status",), ("key", "status"), ("status", "month"), ("key",), ("tags",)):
        one, other = (
            {cell: state.estimate() for cell, state in
             states(Selection.of(each, EVERYWHERE), measured, by).items()}
            for each in (table, runs)
        )  # fmt: skip
        assert one == other


def test_a_key_of_many_cells_is_split_key_by_key() -> None:
    """With more cells of a key than sets are worth, the count is the same."""
    found = [
        {"fact": f"f:{n}", "key": f"k-{n % 40}", "status": "yes", "day": DAYS[0]} for n in range(90)
    ]
    table = table_of(SHAPE, found)
    runs = FactTable(SHAPE, 90, table.columns, Runs("status", [0, 90]))
    for each in (table, runs):
        cells = states(Selection.of(each, EVERYWHERE), distinct("things", "key"), ("key",))
        assert len(cells) == 41
        assert cells["k-7",].estimate().value == 1


def test_stocks_without_a_key_may_be_of_any_unit() -> None:
    """A value of an unknown unit adds to the upper bound, and may replace a known one."""
    found: list[Row] = [
        {"fact": "f:0", "key": "k", "status": "yes", "day": DAYS[0], "amount": 7 * MILLION},
        {"fact": "f:1", "key": None, "status": "yes", "day": DAYS[1], "amount": 2 * MILLION},
    ]
    estimate = state_of(table_of(SHAPE, found), latest("things", "amount", "key")).estimate()
    assert [estimate.value, estimate.least, estimate.most] == [7, 2, 9]
    found[1]["amount"] = None
    estimate = state_of(table_of(SHAPE, found), latest("things", "amount", "key")).estimate()
    assert [estimate.value, estimate.least, estimate.most] == [7, 0, None]
