"""Parameters of schedule rules: session filters, limits, and the shapes that validate them."""

from collections.abc import Callable, Mapping
from typing import Annotated, cast

import attrs

from mic_core.checked import checked
from mic_core.fields import Bind, Found, Id, Labels, Pairs, Shape, Text, Whole, refuse
from mic_core.model import Session

SessionFilter = Callable[[Session], bool] | None
"""A predicate that selects the sessions of a rule; None selects all. It must not read slot or room,
which a plan decides."""

Limit = int | Mapping[str, int] | tuple[tuple[str, int], ...]
"""A limit: one number for all ids, or one for each id; other ids have no limit."""


@attrs.frozen
class Several:
    """The shape of one text or several alternatives; none means that every text matches."""

    labels: Labels = Labels(Text(most=200), most=10_000)

    @property
    def rule(self) -> str:
        return "must be a text, or several"

    def test(self, name: str, bind: Bind) -> str:
        return self.labels.test(name, bind)

    def settle(self, value: object, path: str, found: Found) -> object:
        return self.labels.settle((value,) if isinstance(value, str) else value, path, found)


_Texts = Annotated[str | tuple[str, ...], Several()]


_FieldSets = tuple[tuple[str, frozenset[str]], ...]


def _constrained_fields(
    id: tuple[str, ...],
    center_id: tuple[str, ...],
    edition_id: tuple[str, ...],
    module_id: tuple[str, ...],
    series_id: tuple[str, ...],
    audience: tuple[str, ...],
    kind: tuple[str, ...],
    mode: tuple[str, ...],
    topics: tuple[str, ...],
) -> tuple[_FieldSets]:
    """The nonempty fields as sets, for fast membership tests."""
    given = {
        "id": id, "center_id": center_id, "edition_id": edition_id, "module_id": module_id,
        "series_id": series_id, "audience": audience, "kind": kind, "mode": mode,
        "topics": topics,
    }  # fmt: skip
    return (tuple((name, frozenset(texts)) for name, texts in given.items() if texts),)


@checked(derive=_constrained_fields)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Only:
    """A session filter by field values: a conjunction of fields, each a disjunction of texts.

    A field is one text or several alternatives; an empty one does not restrict.

    >>> from datetime import timedelta
    >>> evening = Session(
    ...     id="s-1", center_id="mic", title="Pitch", kind="pitch", length=timedelta(hours=1)
    ... )
    >>> Only(kind=("pitch", "talk"))(evening), Only(kind="pitch", mode="online")(evening)
    (True, False)
    """

    id: _Texts = ()
    center_id: _Texts = ()
    edition_id: _Texts = ()
    module_id: _Texts = ()
    series_id: _Texts = ()
    audience: _Texts = ()
    kind: _Texts = ()
    mode: _Texts = ()
    topics: _Texts = ()
    wanted: _FieldSets = attrs.field(init=False, repr=False, eq=False)

    def __call__(self, session: Session) -> bool:
        """True if a session is selected."""
        return all(_matches(getattr(session, name), texts) for name, texts in self.wanted)


def _matches(had: str | tuple[str, ...] | None, texts: frozenset[str]) -> bool:
    return not texts.isdisjoint(had) if isinstance(had, tuple) else had in texts


@attrs.frozen
class Predicate:
    """The shape of a session filter."""

    @property
    def rule(self) -> str:
        return "must be a function of a session, such as Only(...), or None"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name} is None or {name}.__class__ is {bind(Only)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if value is not None and not callable(value):
            refuse(found, path, self.rule, value)
        return value


@attrs.frozen
class OneOrEach:
    """The shape of a limit: one whole number, or one for each name."""

    number: Whole
    name: Shape

    @property
    def rule(self) -> str:
        return f"{self.number.rule}, or such numbers by name"

    def test(self, name: str, bind: Bind) -> str:
        return self.number.test(name, bind)

    def settle(self, value: object, path: str, found: Found) -> object:
        if isinstance(value, Mapping | tuple | list):
            named = Pairs(self.name, self.number, most=100_000)
            return named.settle(cast("object", value), path, found)
        return self.number.settle(value, path, found)


Selects = Annotated[SessionFilter, Predicate()]
"""A field that selects the sessions of a rule."""

Weight = Annotated[int, Whole(least=1)]
"""A field for the weight of one unit of cost in the score of a level."""

Most = Annotated[Limit, OneOrEach(Whole(), Id())]
"""A field for an upper limit."""

Least = Annotated[Limit, OneOrEach(Whole(least=1), Id())]
"""A field for a lower limit."""

Minutes = Annotated[int, Whole(unit="minutes")]
"""A field for a length of time in minutes."""

Unit = Annotated[int, Whole(least=1, unit="minutes")]
"""A field for the number of minutes that make one unit of cost."""


def limit_by_id(limit: Limit) -> Callable[[str], int | None]:
    """A function from an id to its limit; None for an id without one.

    >>> limit_by_id(3)("boostcamp-6"), limit_by_id({"boostcamp-6": 2})("boostcamp-5")
    (3, None)
    """
    return (lambda _: limit) if isinstance(limit, int) else dict(limit).get
