"""Checked values: one generated constructor that checks all fields at once.

`@checked(...)` stands above `@attrs.frozen(weakref_slot=False)` and replaces the constructor
that attrs wrote. The new one runs a single fused expression over all fields; only when that is
false does it settle the fields one by one, which either yields canonical values or explains every
problem. attrs validators are not used: they stop at the first problem, can be switched off for the
whole process, and print values.
"""

from collections.abc import Callable
from inspect import signature
from typing import Any, NoReturn, TypeVar, get_type_hints

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Field, describe, fields_of, settle_safely

T = TypeVar("T")

Law = Callable[..., Problem | None]
"""A function of some fields, by their names: None where they agree, or the problem."""

Derive = Callable[..., tuple[Any, ...] | None]
"""A function of some fields, by their names, to the derived ones; None where it has a doubt."""


@attrs.frozen
class Given:
    """A law that is asked only where one field is neither None nor empty nor zero.

    Most values leave such a field alone; then the law costs next to nothing.
    """

    field: str
    law: Law


def checked(*laws: Law | Given, derive: Derive | None = None) -> Callable[[type[T]], type[T]]:
    """Make the class below refuse fields that cannot mean anything, all problems at once.

    A law relates several fields and is asked only when each of them is sound by itself.
    `derive` computes the `init=False` fields, in their order, from the fields it names; where it
    returns None for fields that passed the fused check, they are settled first. It must return
    None wherever a law is broken, since it is asked instead of the laws. Defaults are canonical
    values, and are not checked again. The class takes no subclasses.

    >>> from typing import Annotated
    >>> from mic_core.fields import Whole
    >>> @checked()
    ... @attrs.frozen(kw_only=True, weakref_slot=False)
    ... class Hall:
    ...     name: str
    ...     seats: Annotated[int, Whole(least=1, most=500, unit="persons")] = 20
    >>> Hall(name="Montoyer")
    Hall(name='Montoyer')
    >>> Hall(name="", seats=501)
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Hall: 2 problems
      name: must be one line of text of 1 to 200 characters, not blank; had text of 0 characters
      seats: must be a whole number of persons, from 1 to 500; had a whole number; it is too large
    """

    def decorate(cls: type[T]) -> type[T]:
        written: Any = cls
        fields = fields_of(written)
        asked = tuple(each if isinstance(each, Given) else Given("", each) for each in laws)
        settle = _settler(cls, fields, asked)
        written.__init__ = _constructor(cls, fields, asked, derive, settle)
        written.__repr__ = _repr
        written.__setstate__ = _set_state
        written.__init_subclass__ = classmethod(_refuse_subclass)
        for told in _WATCHING:
            told(cls)
        return cls

    return decorate


_SOURCES: dict[type[Any], tuple[str, dict[str, Any]]] = {}
"""Of each checked class, the source of its maker and the names that the source uses."""


_WATCHING: list[Callable[[type[Any]], None]] = []


def watch(told: Callable[[type[Any]], None]) -> None:
    """Tell a function of every checked class: of those there are, and of each still to come.

    So classes can be known to others without their modules being loaded for it.
    """
    if told not in _WATCHING:
        _WATCHING.append(told)
        for cls in tuple(_SOURCES):
            told(cls)


def maker(cls: type[T]) -> Callable[..., T]:
    """The constructor of a checked class as a function of all its fields, in order, none by name.

    Quicker than calling the class, for readers that make very many values. Each call compiles it
    anew: keep it.
    """
    source, world = _SOURCES[cls]
    exec(source, world)  # noqa: S102  # made of declarations only
    make: Callable[..., T] = world["_make"]
    return make


def _settler(
    cls: type[Any], fields: tuple[Field, ...], laws: tuple[Given, ...]
) -> Callable[..., tuple[object, ...]]:
    """The slow path, which defines what is right: canonical values, or every problem."""
    taking = [(each, tuple(signature(each.law).parameters)) for each in laws]
    asked = [(each, names, {*names, each.field} - {""}) for each, names in taking]

    def settle(*values: object) -> tuple[object, ...]:
        found: list[Problem] = []
        sound: dict[str, object] = {}
        for field, value in zip(fields, values, strict=True):
            mine: list[Problem] = []
            result = settle_safely(field.shape, value, field.name, mine)
            if mine:
                found += _redacted(mine, value) if field.personal else mine
            else:
                sound[field.name] = result
        for each, names, needed in asked:
            if sound.keys() >= needed and (not each.field or sound[each.field]):
                problem = each.law(**{name: sound[name] for name in names})
                found += [problem] if problem else []
        if found:
            raise InvariantError(cls.__name__, found)
        return tuple(sound.values())

    return settle


def _redacted(problems: list[Problem], value: object) -> list[Problem]:
    """Problems of a personal field, told by the shape of the whole field only."""
    return [attrs.evolve(problem, had=describe(value), mend="") for problem in problems]


def _constructor(
    cls: type[Any],
    fields: tuple[Field, ...],
    laws: tuple[Given, ...],
    derive: Derive | None,
    settle: Callable[..., tuple[object, ...]],
) -> Callable[..., None]:
    """Write and compile the constructor, and write the same as a function for `maker`.

    Fields are set through a mutable twin of the same layout: an object is a `twin` while it is
    filled and a `cls` before anybody sees it. Setting the fields of a frozen attrs object one by
    one would cost more than checking them. No field starts with an underscore, every other name
    in the source does.
    """
    world: dict[str, Any] = {
        "_settle": settle,
        "_frozen": cls,
        "_twin": type(cls.__name__, (), {"__slots__": tuple(cls.__slots__)}),
        "_become": object.__dict__["__class__"].__set__,
        "_new": object.__new__,
        "__name__": cls.__module__,
    }

    def bind(constant: object) -> str:
        name = f"_{len(world)}"
        world[name] = constant
        return name

    parameters = _parameters(fields, bind)
    lines = _checks(fields, laws, derive, bind)
    names = [field.name for field in fields]
    derived = [each.name for each in attrs.fields(cls) if not each.init]
    if derived:
        lines.append(f"{', '.join(derived)}, = _derived")
    fill = [f"self.{name} = {name}" for name in names + derived]
    fill.append("self.__class__ = _frozen")
    header = f"def __init__(self, {parameters}):"
    exec("\n    ".join([header, *lines, "_become(self, _twin)", *fill]), world)  # noqa: S102
    made = [f"def _make({', '.join(names)}):", *lines, "self = _new(_twin)", *fill, "return self"]
    _SOURCES[cls] = "\n    ".join(made), world
    constructor: Callable[..., None] = world["__init__"]
    constructor.__qualname__ = f"{cls.__qualname__}.__init__"
    # Without the shapes within `Annotated`, which would bury the types in `help`.
    hints = get_type_hints(cls.__init__, localns={cls.__name__: cls})
    constructor.__annotations__ = hints | {"return": None}
    return constructor


def _checks(
    fields: tuple[Field, ...],
    laws: tuple[Given, ...],
    derive: Derive | None,
    bind: Callable[[object], str],
) -> list[str]:
    """Source that leaves every field canonical, and the derived ones in `_derived`.

    What a value raises when the quick test looks at it is left to the slow path to tell.
    """
    fused = " and ".join(_test(field, bind) for field in fields)
    listed = ", ".join(field.name for field in fields)
    settle = f"{listed}, = _settle({listed})"
    if derive is not None:
        call = f"{bind(derive)}({_arguments(derive)})"
        return [
            f"try: _derived = {call} if {fused} else None",
            "except Exception: _derived = None",
            f"if _derived is None: {settle}; _derived = {call}",
        ]
    broken = [
        f"{f'{each.field} and ' if each.field else ''}{bind(each.law)}({_arguments(each.law)})"
        for each in laws
    ]
    return [
        f"try: _doubt = {' or '.join([f'not ({fused})', *broken])}",
        "except Exception: _doubt = True",
        f"if _doubt: {settle}",
    ]


def _test(field: Field, bind: Callable[[object], str]) -> str:
    """Source that is true only of a canonical value; a default is one."""
    test = field.shape.test(field.name, bind)
    if field.required or field.default is None:
        return test
    return f"({field.name} is {bind(field.default)} or {test})"


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


def _set_state(self: Any, state: Any) -> None:
    """Check again what comes out of a copy or a pickle; derived fields are derived again.

    A field that an older pickle does not know yet has its default.
    """
    cls = self.__class__
    given: dict[str, object] = state if state.__class__ is dict else {}
    derived = [each.name for each in attrs.fields(cls) if not each.init]
    names = [field.name for field in fields_of(cls)]
    found = [
        Problem(path=field.name, rule="must be given")
        for field in fields_of(cls)
        if field.required and field.name not in given
    ]
    if given is not state or not {*names, *derived}.issuperset(given):
        rule = f"must hold, by name, no fields but {', '.join([*names, *derived])}"
        found.append(Problem(path="", rule=rule, had=describe(state)))
    if not found:
        self.__init__(**{name: given[name] for name in names if name in given})
        # Python itself drops the fold of a datetime below protocol 4, an hour of difference.
        found = [
            Problem(path=name, rule="must follow from the other fields", mend=_PROTOCOL)
            for name in derived
            if name in given and given[name] != getattr(self, name)
        ]
    if found:
        raise InvariantError(cls.__name__, found)


_PROTOCOL = "pickle with protocol 4 or later"


def _refuse_subclass(cls: type[Any]) -> NoReturn:
    """A subclass could hold more than what is checked, compared and written."""
    msg = f"{cls.__name__} cannot extend {cls.__mro__[1].__name__}: hold one in it instead"
    raise TypeError(msg)
