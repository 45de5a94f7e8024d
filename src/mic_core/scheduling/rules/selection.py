"""Which sessions a rule is about, and how much of something it allows."""

from collections.abc import Callable, Mapping
from typing import Annotated, cast

import attrs

from mic_core.checked import checked
from mic_core.fields import Bind, Found, Id, Labels, Pairs, Shape, Text, Whole, refuse
from mic_core.model import Session

SessionFilter = Callable[[Session], bool] | None
"""Which sessions a rule is about; None means all. It must not look at what a plan decides: slot and
room."""

Limit = int | Mapping[str, int] | tuple[tuple[str, int], ...]
"""How much is allowed: one number for all, or one for each id; ids that are not named are free."""


@attrs.frozen
class Several:
    """The shape of one text or several, of which any will do; none at all means any whatever."""

    labels: Labels = Labels(Text(most=200), most=10_000)

    @property
    def rule(self) -> str:
        return "must be a text, or several"

    def test(self, name: str, bind: Bind) -> str:
        return self.labels.test(name, bind)

    def settle(self, value: object, path: str, found: Found) -> object:
        return self.labels.settle((value,) if isinstance(value, str) else value, path, found)


_Texts = Annotated[str | tuple[str, ...], Several()]


_Wanted = tuple[tuple[str, frozenset[str]], ...]


def _wanted(
    id: tuple[str, ...],
    center_id: tuple[str, ...],
    edition_id: tuple[str, ...],
    module_id: tuple[str, ...],
    series_id: tuple[str, ...],
    audience: tuple[str, ...],
    kind: tuple[str, ...],
    mode: tuple[str, ...],
    topics: tuple[str, ...],
) -> tuple[_Wanted]:
    """The fields that are given, for quick look-ups."""
    given = {
        "id": id, "center_id": center_id, "edition_id": edition_id, "module_id": module_id,
        "series_id": series_id, "audience": audience, "kind": kind, "mode": mode,
        "topics": topics,
    }  # fmt: skip
    return (tuple((name, frozenset(texts)) for name, texts in given.items() if texts),)


@checked(derive=_wanted)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Only:
    """Selects sessions by what they are: every field that is given holds one of its values.

    A field is one text or several of which any will do; an empty one selects nothing away.

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
    wanted: _Wanted = attrs.field(init=False, repr=False, eq=False)

    def __call__(self, session: Session) -> bool:
        """Whether a session is selected."""
        return all(_holds(getattr(session, name), texts) for name, texts in self.wanted)


def _holds(had: str | tuple[str, ...] | None, texts: frozenset[str]) -> bool:
    return not texts.isdisjoint(had) if isinstance(had, tuple) else had in texts


@attrs.frozen
class Predicate:
    """The shape of what selects sessions."""

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
    """The shape of a whole number that holds for all, or of such numbers by name."""

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
"""A field that says which sessions a rule is about."""

Weight = Annotated[int, Whole(least=1)]
"""A field that says what one unit of cost counts in the score of a level."""

Most = Annotated[Limit, OneOrEach(Whole(), Id())]
"""A field that says how much is allowed at most."""

Least = Annotated[Limit, OneOrEach(Whole(least=1), Id())]
"""A field that says how much there must be at least."""

Minutes = Annotated[int, Whole(unit="minutes")]
"""A field that holds a length of time in minutes."""

Unit = Annotated[int, Whole(least=1, unit="minutes")]
"""A field that says how many minutes make one unit of cost."""


def limits(limit: Limit) -> Callable[[str], int | None]:
    """What a limit says of each id; None where it says nothing.

    >>> limits(3)("boostcamp-6"), limits({"boostcamp-6": 2})("boostcamp-5")
    (3, None)
    """
    return (lambda _: limit) if isinstance(limit, int) else dict(limit).get
