"""Checked values: one generated constructor that checks all fields at once.

`@checked(...)` stands above `@attrs.frozen(weakref_slot=False)` and replaces the constructor
that attrs wrote. The new one runs a single fused expression over all fields; only when that is
false does it settle the fields one by one, which either yields canonical values or explains every
problem. attrs validators are not used: they stop at the first problem, can be switched off for the
whole process, and print values.
"""

from collections.abc import Callable
from inspect import signature
from typing import Any, TypeVar

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Field, describe, fields_of

T = TypeVar("T")

Law = Callable[..., Problem | None]
"""A function of some fields, by their names: None where they agree, or the problem."""


def checked(
    *laws: Law, derive: Callable[..., tuple[Any, ...] | None] | None = None
) -> Callable[[type[T]], type[T]]:
    """Make the class below refuse fields that cannot mean anything, all problems at once.

    A law relates several fields and is asked only when each of them is sound by itself.
    `derive` computes the `init=False` fields, in their order, from the fields it names; where it
    returns None for fields that passed the fused check, they are settled first. It must return
    None wherever a law is broken, since it is asked instead of the laws.

    >>> from typing import Annotated
    >>> from mic_core.fields import Whole
    >>> @checked()
    ... @attrs.frozen(kw_only=True, weakref_slot=False)
    ... class Hall:
    ...     name: str
    ...     seats: Annotated[int, Whole(least=1)] = 20
    >>> Hall(name="Montoyer")
    Hall(name='Montoyer')
    >>> Hall(name="", seats=True)
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Hall: 2 problems
      name: must be one line of text of 1 to 200 characters, not blank; had text of 0 characters
      seats: must be a whole number from 1 to 9007199254740991; had a flag
    """

    def decorate(cls: type[T]) -> type[T]:
        fields = fields_of(cls)
        settle = _settler(cls, fields, laws)
        written: Any = cls
        written.__init__ = _constructor(cls, fields, laws, derive, settle)
        written.__repr__ = _repr
        written.__setstate__ = _set_state
        return cls

    return decorate


_SOURCES: dict[type[Any], tuple[str, dict[str, Any]]] = {}
"""Of each checked class, the source of its maker and the names that the source uses."""


def maker(cls: type[T]) -> Callable[..., T]:
    """The constructor of a checked class as a function of all its fields, in order, none by name.

    Quicker than calling the class, for readers that make very many values. Each call compiles it
    anew: keep it.
    """
    source, world = _SOURCES[cls]
    exec(source, world)  # noqa: S102  # made of declarations only
    make: Callable[..., T] = world["make"]
    return make


def _settler(
    cls: type[Any], fields: tuple[Field, ...], laws: tuple[Law, ...]
) -> Callable[..., tuple[object, ...]]:
    """The slow path, which defines what is right: canonical values, or every problem."""
    needs = [(law, tuple(signature(law).parameters)) for law in laws]

    def settle(*values: object) -> tuple[object, ...]:
        found: list[Problem] = []
        settled: dict[str, object] = {}
        for field, value in zip(fields, values, strict=True):
            mine: list[Problem] = []
            result = field.shape.settle(value, field.name, mine)
            if mine:
                found += _redacted(mine, value) if field.personal else mine
            else:
                settled[field.name] = result
        for law, names in needs:
            if all(name in settled for name in names):
                problem = law(**{name: settled[name] for name in names})
                found += [problem] if problem else []
        if found:
            raise InvariantError(cls.__name__, found)
        return tuple(settled.values())

    return settle


def _redacted(problems: list[Problem], value: object) -> list[Problem]:
    """Problems of a personal field, told by the shape of the whole field only."""
    return [attrs.evolve(problem, had=describe(value), mend="") for problem in problems]


def _constructor(
    cls: type[Any],
    fields: tuple[Field, ...],
    laws: tuple[Law, ...],
    derive: Callable[..., tuple[Any, ...] | None] | None,
    settle: Callable[..., tuple[object, ...]],
) -> Callable[..., None]:
    """Write and compile the constructor, and write the same as a function for `maker`.

    Fields are set through a mutable twin of the same layout: an object is a `twin` while it is
    filled and a `cls` before anybody sees it. Setting the fields of a frozen attrs object one by
    one would cost more than checking them.
    """
    world: dict[str, Any] = {
        "settle": settle,
        "frozen": cls,
        "twin": type(cls.__name__, (), {"__slots__": tuple(cls.__slots__)}),
        "become": object.__dict__["__class__"].__set__,
        "new": object.__new__,
    }

    def bind(constant: object) -> str:
        name = f"_{len(world)}"
        world[name] = constant
        return name

    names = [field.name for field in fields]
    listed = ", ".join(names)
    fused = " and ".join(field.shape.test(field.name, bind) for field in fields)
    derived = [each.name for each in attrs.fields(cls) if not each.init]
    call, lines = "", list[str]()
    if derive is not None:
        call = f"{bind(derive)}({_arguments(derive)})"
        lines.append(f"derived = {call} if {fused} else None")
        fused = "derived is not None"
        laws = ()  # derive has asked them
    broken = [f"{bind(law)}({_arguments(law)}) is not None" for law in laws]
    doubts = " or ".join([f"not ({fused})", *broken])
    lines += [f"if {doubts}:", f"    {listed}, = settle({listed})"]
    if derive is not None:
        lines += [f"    derived = {call}", f"{', '.join(derived)}, = derived"]
    fill = [f"self.{name} = {name}" for name in names + derived]
    fill.append("self.__class__ = frozen")
    header = f"def __init__(self, {_parameters(fields, bind)}):"
    exec("\n    ".join([header, *lines, "become(self, twin)", *fill]), world)  # noqa: S102
    made = [f"def make({listed}):", *lines, "self = new(twin)", *fill, "return self"]
    _SOURCES[cls] = "\n    ".join(made), world
    constructor: Callable[..., None] = world["__init__"]
    constructor.__qualname__ = f"{cls.__qualname__}.__init__"
    constructor.__annotations__ = dict(cls.__init__.__annotations__)
    return constructor


def _arguments(function: Callable[..., object]) -> str:
    return ", ".join(signature(function).parameters)


def _parameters(fields: tuple[Field, ...], bind: Callable[[object], str]) -> str:
    def parameter(field: Field) -> str:
        return field.name if field.required else f"{field.name}={bind(field.default)}"

    positional = [parameter(field) for field in fields if field.positional]
    named = [parameter(field) for field in fields if not field.positional]
    return ", ".join([*positional, *(["*"] if named else []), *named])


def _repr(self: Any) -> str:
    """Show the fields that differ from their defaults; personal ones as `...`."""
    cls = self.__class__
    shown: list[str] = []
    for field in fields_of(cls):
        value = getattr(self, field.name)
        if field.required or value != field.default:
            shown.append(f"{field.name}={'...' if field.personal else repr(value)}")
    return f"{cls.__name__}({', '.join(shown)})"


def _set_state(self: Any, state: dict[str, object]) -> None:
    """Check again what comes out of a copy or a pickle; derived fields are derived again."""
    cls = self.__class__
    self.__init__(**{field.name: state[field.name] for field in fields_of(cls)})
