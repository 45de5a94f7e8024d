"""Judging a requirement: Kleene's three-valued logic over the facts of a participant on a day."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

import attrs

from mic_core.admission.requirements.arguments import NamedValues
from mic_core.admission.requirements.facts import (
    ANSWER,
    ATTRIBUTE,
    FACTS,
    FactsAbout,
    last_instant_of,
)
from mic_core.admission.requirements.presence import Known
from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import Day, Either, Id, Instant, Maybe, describe, sound
from mic_core.impact.aggregation.columns import (
    FALSE,
    MILLION,
    TRUE,
    UNKNOWN,
    ColumnKind,
    ColumnShape,
    FactColumn,
    operand,
    truths,
)
from mic_core.impact.tables.places import Places
from mic_core.markup import MOST_ROWS, Html, Tone, badge, html_table, notebook
from mic_core.model import Center, Edition, Leaf, Organization, Participant, Person, Requirement
from mic_core.model.expressions.measures import Where
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import extent
from mic_core.wording import unit_text

TruthValue = Literal["met", "not met", "unknown"]
"""The truth values of three-valued logic, as words."""

FactValue = str | int | bool | date | Fraction | tuple[str, ...] | None
"""The value of a fact: one, several, or None for unknown."""

CustomFact = Callable[[Participant], bool | None]
"""A custom fact: true, false, or None for unknown. It must be pure."""

_WORDS: Mapping[int, TruthValue] = {FALSE: "not met", UNKNOWN: "unknown", TRUE: "met"}
_TONES: Mapping[TruthValue, Tone] = {"met": "good", "not met": "error", "unknown": "warning"}
_HEADERS = ("requirement", "verdict", "by")
_NUMBERS = frozenset({"whole", "number", "day"})


@attrs.frozen(kw_only=True)
class LeafJudgement:
    """The verdict on one leaf: met, not met, or unknown, and how much is missing.

    `low` and `high` are the bounds of the fact, both the same where it is known, None where nothing
    is known. `short` is how far the value that certainly holds is from the one that is required, in
    the unit of the fact (days for dates); None where the leaf is met, where the fact is not known,
    and for comparisons without a distance. `is_personal` facts are printed only on request.
    """

    leaf: Leaf
    verdict: TruthValue
    unit: str | None = None
    low: FactValue = attrs.field(default=None, repr=False)
    high: FactValue = attrs.field(default=None, repr=False)
    short: Fraction | None = attrs.field(default=None, repr=False)
    is_personal: bool = False

    def __str__(self) -> str:
        return self.text()

    def text(self, *, personal: bool = False) -> str:
        """The leaf and its verdict in words; personal values only on request."""
        words = f"{self.leaf}: {self.verdict}"
        if self.short is None or (self.is_personal and not personal):
            return words
        return f"{words}, {self.shortage}"

    @property
    def shortage(self) -> str:
        """The amount that is missing, in words; empty where nothing can be said."""
        if self.short is None:
            return ""
        if self.unit == "share":
            return f"by {digits(self.short * 100)} points of percentage"
        words = f"by {digits(self.short)}"
        return f"{words} {unit_text(self.short, self.unit)}" if self.unit else words


@attrs.frozen(kw_only=True)
class Judgement:
    """The verdict on a requirement about one participant on a day, with those on its parts.

    Unknown is never taken for met or for not met: a conjunction is not met as soon as one part is
    not, and unknown where the rest depends on what is not known.
    """

    requirement: Requirement | Leaf
    participant_id: str
    on: date
    verdict: TruthValue
    parts: tuple["Judgement | LeafJudgement", ...]

    def __bool__(self) -> bool:
        """Judgements have three values; raises TypeError, ask `verdict`."""
        msg = "a judgement may be unknown; compare its `verdict` with 'met'"
        raise TypeError(msg)

    def leaves(self) -> Iterator[LeafJudgement]:
        """The rulings on the leaves, from left to right."""
        for part in self.parts:
            if isinstance(part, LeafJudgement):
                yield part
            else:
                yield from part.leaves()

    def causes(self) -> Iterator[LeafJudgement]:
        """The leaves that decide the verdict, from left to right.

        Where it is not met, those that would have to change; where it is unknown, those of which
        more would have to be known.
        """
        is_negation = isinstance(self.requirement, Requirement) and self.requirement.rule == "not_"
        for part in self.parts:
            if is_negation or part.verdict == self.verdict:
                yield from (part,) if isinstance(part, LeafJudgement) else part.causes()

    def explain(self, *, personal: bool = False) -> tuple[str, ...]:
        """Each requirement and leaf in words, parts indented under their requirement.

        The shortage of personal facts, such as an age, is shown only with `personal`.
        """
        return tuple(f"{'  ' * depth}{text}" for depth, text, _ in _lines(self, personal=personal))

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each leaf; the values of personal facts are left out."""
        return tuple(
            {
                "leaf": str(each.leaf), "fact": each.leaf.fact, "verdict": each.verdict,
                "least": None if each.is_personal else _flat(each.low),
                "most": None if each.is_personal else _flat(each.high),
                "short": None if each.is_personal or each.short is None else digits(each.short),
                "unit": each.unit,
            }
            for each in self.leaves()
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join(self.explain())

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The requirement as a table of its parts, each verdict in words; without personal data."""
        rows: list[tuple[str | Html, ...]] = [
            (text.partition(": ")[0], badge(each.verdict, _TONES[each.verdict]), by)
            for _, text, each in _lines(self, personal=False)
            for by in (_by(each),)
        ]
        return html_table(rows, _HEADERS, caption="Requirement", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


attrs.resolve_types(Judgement)  # a judgement holds judgements: tools read its types


def _by(each: Judgement | LeafJudgement) -> str:
    return each.shortage if isinstance(each, LeafJudgement) and not each.is_personal else ""


def _lines(
    judgement: Judgement | LeafJudgement, depth: int = 0, *, personal: bool
) -> Iterator[tuple[int, str, Judgement | LeafJudgement]]:
    if isinstance(judgement, LeafJudgement):
        yield depth, judgement.text(personal=personal), judgement
        return
    if isinstance(judgement.requirement, Requirement):
        words = {"all_of": "all of", "any_of": "any of", "not_": "not"}
        rule = words.get(judgement.requirement.rule, f"{judgement.requirement.n} of")
        yield depth, f"{rule}: {judgement.verdict}", judgement
        depth += 1
    for part in judgement.parts:
        yield from _lines(part, depth, personal=personal)


def digits(value: Fraction) -> str:
    """A number with at most two decimals, half to even, in exact arithmetic."""
    cents = round(value * 100)
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100}.{cents % 100:02}".rstrip("0").rstrip(".")


def _flat(value: FactValue) -> str | int | None:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Fraction):
        return digits(value)
    return value.isoformat() if isinstance(value, date) else value


_TREE = Either(lambda: (Requirement, Leaf))


def judge(
    portfolio: Portfolio,
    requirement: Requirement | Leaf,
    participant: str,
    *,
    on: date,
    scope: Scope | None = None,
    as_of: datetime | None = None,
    predicates: Mapping[str, CustomFact] = MappingProxyType({}),
    answers: Mapping[str, Any] = MappingProxyType({}),
) -> Judgement:
    """Judge a requirement about a participant on a day: met, not met or unknown, leaf by leaf.

    `participant` is the id of a person or organization; that of a merged record means the one that
    is kept. Facts hold at the end of the day `on`, on the clocks of the center of `scope`. `scope`
    limits the facts of attendance; None: all sessions. `as_of` limits what is known; None: all.
    `predicates` are custom facts by name: a leaf `has_demo == True` calls `has_demo`. `answers` are
    those of an application, for facts `answer:NAME`.

    Raises NotFound for an unknown participant, scope or fact, and InvariantError for a leaf whose
    value its fact cannot have, and for a predicate that answers neither a boolean nor None.
    O(leaves), and O(n log n) once for each portfolio and day.

    >>> from mic_core.model import Person
    >>> known = Portfolio.of(Person(id="p-1", name="Ada", born=date(1998, 5, 1)))
    >>> adult = Leaf(fact="age", op=">=", value=(18,))
    >>> print(judge(known, adult, "p-1", on=date(2014, 9, 1)))
    age >= 18: not met
    >>> judge(known, adult, "p-1", on=date(2014, 9, 1)).explain(personal=True)
    ('age >= 18: not met, by 2 years',)
    """
    portfolio, requirement, participant, on, as_of, predicates, answers = sound(
        "judge", portfolio=(portfolio, PORTFOLIO), requirement=(requirement, _TREE),
        participant=(participant, Id()), on=(on, Day()), as_of=(as_of, Maybe(Instant())),
        predicates=(predicates, NamedValues(functions=True)), answers=(answers, NamedValues()),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    subject = participant_of(known, participant)
    source = FactsAbout(
        known, subject, on, last_instant_of(known, on, _center_of(known, scope)), scope, answers
    )
    found = _judged(source, requirement, predicates)
    if isinstance(found, LeafJudgement):
        return Judgement(
            requirement=requirement, participant_id=subject.id, on=on, verdict=found.verdict,
            parts=(found,),
        )  # fmt: skip
    return found


def participant_of(portfolio: Portfolio, id: str) -> Participant:
    """The person or organization of an id, or the one into which it was merged.

    Raises NotFound where there is none.
    """
    kept = Places(portfolio).participant(id)
    found = portfolio.find(Person, kept) or portfolio.find(Organization, kept)
    if found is None:
        msg = "no person or organization has that id; record it first, or correct the id"
        raise NotFound(msg)
    return found


def _center_of(portfolio: Portfolio, scope: Scope | None) -> str | None:
    """The only center of a scope, or of the portfolio; None where there are several, or none."""
    centers = {each.id for each in portfolio.all(Center)}
    if scope is not None:
        reach = extent(portfolio, scope, None)
        editions = (portfolio.get(Edition, each).center_id for each in sorted(reach.editions))
        centers = {*reach.centers, *editions, *(each.center_id for each in reach.sessions)}
    return centers.pop() if len(centers) == 1 else None


def _judged(
    source: FactsAbout, node: Requirement | Leaf, predicates: Mapping[str, CustomFact]
) -> Judgement | LeafJudgement:
    if isinstance(node, Leaf):
        return _leaf(source, node, predicates)
    parts = tuple(_judged(source, each, predicates) for each in node.parts)
    return Judgement(
        requirement=node, participant_id=source.participant.id, on=source.on,
        verdict=combined(node, [each.verdict for each in parts]), parts=parts,
    )  # fmt: skip


def combined(node: Requirement, rulings: list[TruthValue]) -> TruthValue:
    """The verdict on a requirement, given those on its parts: Kleene's strong connectives.

    >>> from mic_core.model import n_of
    >>> parts = [Leaf(fact="age", op="known")] * 3
    >>> combined(n_of(2, *parts), ["met", "unknown", "not met"])
    'unknown'
    """
    met, open_ones = rulings.count("met"), rulings.count("unknown")
    if node.rule == "not_":
        return {"met": "not met", "not met": "met", "unknown": "unknown"}[rulings[0]]  # type: ignore[return-value]
    needed = {"all_of": len(rulings), "any_of": 1}.get(node.rule, node.n or 1)
    if met >= needed:
        return "met"
    return "unknown" if met + open_ones >= needed else "not met"


def _leaf(source: FactsAbout, leaf: Leaf, predicates: Mapping[str, CustomFact]) -> LeafJudgement:
    shape, known = _known(source, leaf, predicates)
    verdict = _WORDS[truth_of(shape, known, leaf)]
    is_number = shape.kind in _NUMBERS and verdict != "met"
    low, high = _plain(shape, known.low), _plain(shape, known.high)
    return LeafJudgement(
        leaf=leaf, verdict=verdict, unit="days" if shape.kind == "day" else shape.unit,
        low=low, high=high, short=_short(shape, known, leaf) if is_number else None,
        is_personal=shape.personal and (shape.name not in _PLAIN or source.is_person),
    )  # fmt: skip


_PLAIN = frozenset({"age", "region"})
"""The facts that are personal of a person, and not of an organization."""


def _known(
    source: FactsAbout, leaf: Leaf, predicates: Mapping[str, CustomFact]
) -> tuple[ColumnShape, Known]:
    name = leaf.fact
    if name in predicates:
        return _predicated(source, leaf, predicates[name])
    if name in FACTS:
        return FACTS[name], source.fact(name)
    value: Any
    if name.startswith(ATTRIBUTE):
        subject = source.participant
        held = dict(subject.attributes) if isinstance(subject, Person) else {}
        value = held.get(name.removeprefix(ATTRIBUTE))
    elif name.startswith(ANSWER):
        value = source.answers.get(name.removeprefix(ANSWER))
    else:
        msg = f"a leaf names a fact that is not known; there are {', '.join(FACTS)}, "
        raise NotFound(f"{msg}{ATTRIBUTE}NAME, {ANSWER}NAME, and the predicates handed in")
    shape = _free_shape(leaf)
    # A value of another type than the one required cannot be compared with it.
    fits = not leaf.value or type(value) is type(leaf.value[0])
    return shape, Known(value, value) if fits else Known(None, None)


def _free_shape(leaf: Leaf) -> ColumnShape:
    """The column of a free value, of the type of the value that it is compared with."""
    kinds: Mapping[type, ColumnKind] = {bool: "flag", int: "whole"}
    kind: ColumnKind = "word"
    if leaf.value:
        kind = kinds.get(type(leaf.value[0]), kind)
    return ColumnShape(name=leaf.fact, kind=kind, about="a free value", personal=True)


def _predicated(source: FactsAbout, leaf: Leaf, predicate: CustomFact) -> tuple[ColumnShape, Known]:
    answer: object = predicate(source.participant)
    if answer is not None and type(answer) is not bool:
        rule = "must answer True, False, or None for unknown"
        raise InvariantError("judge", [Problem(path="predicates", rule=rule, had=describe(answer))])
    # The name of a column may have a meaning of its own, such as evidence.
    name = f"predicate:{leaf.fact}"
    shape = ColumnShape(name=name, kind="flag", about="a custom fact", personal=True)
    return shape, Known(answer, answer)


def truth_of(shape: ColumnShape, known: Known, leaf: Leaf) -> int:
    """The truth value of a leaf, given the bounds of its fact, by the conditions of fact tables.

    Raises InvariantError where the fact cannot have the value that is required.
    """
    condition = Where(column=leaf.fact, op=leaf.op, value=leaf.value)
    try:
        wanted = [operand(shape, each) for each in leaf.value]
    except (ArithmeticError, ValueError):
        rule = f"must hold values that {shape.kind} facts can have"
        raise InvariantError("Leaf", [Problem(path="value", rule=rule)]) from None
    low, high = truths(FactColumn(shape, shape.name, (), (known.low, known.high)), condition)
    if shape.many or known.low == known.high or leaf.op in _ORDERED:
        return low if low == high else UNKNOWN
    # A number between bounds: only a value outside of them is certainly not it.
    if leaf.op == "known" or any(known.low <= each <= known.high for each in wanted):
        return UNKNOWN
    return TRUE if leaf.op == "!=" else FALSE


_ORDERED = frozenset({"<", "<=", ">", ">="})


def _short(shape: ColumnShape, known: Known, leaf: Leaf) -> Fraction | None:
    """The distance of the value that certainly holds from the one required; None without one."""
    if known.low is None or leaf.op not in {*_ORDERED, "=="}:
        return None
    wanted = operand(shape, leaf.value[0])
    had = known.high if leaf.op in {"<", "<="} else known.low
    gap = abs(wanted - had)
    if shape.kind == "number":
        return Fraction(gap) / MILLION
    # A strict comparison of whole numbers and days asks for one more.
    return Fraction(gap.days if shape.kind == "day" else gap) + (leaf.op in {"<", ">"})


def _plain(shape: ColumnShape, value: Any) -> Any:
    return Fraction(value) / MILLION if shape.kind == "number" and value is not None else value
