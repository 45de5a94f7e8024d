"""Code generation of constructors that validate all fields of a value at once.

`@checked(...)` is written above `@attrs.frozen(weakref_slot=False)` and replaces the constructor
that attrs generated. The new one has two paths:

- Fast path: one fused boolean expression, true only if every field is in its canonical form.
- Slow path, if that is false or raises: `Shape.settle` field by field, which either converts all
  values to their canonical form or collects every problem into one InvariantError.

The slow path is the definition; the fast path may only accept what the slow path leaves unchanged.
Source is generated and compiled on the first use of a class: a program uses few of them.
attrs validators are not used: they stop at the first problem, can be switched off for the whole
process, and print values.
"""

from collections.abc import Callable
from functools import cache
from inspect import signature
from typing import Any, NoReturn, TypeVar, get_type_hints

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Bind, Field, binder, describe, fields_of, settle_safely

T = TypeVar("T")

Law = Callable[..., Problem | None]
"""An invariant between fields. Its parameters are names of fields; it returns None or a problem."""

Derive = Callable[..., tuple[Any, ...] | None]
"""Computes the derived fields. Its parameters are names of fields; None asks for the slow path."""


@attrs.frozen
class Given:
    """A conditional law: it applies only if `field` is truthy (not None, empty, zero or False).

    Most values leave such a field at its default; then the law costs one truth test.
    """

    field: str
    law: Law


def checked(*laws: Law | Given, derive: Derive | None = None) -> Callable[[type[T]], type[T]]:
    """Class decorator: validate all fields on construction and report every problem at once.

    A law relates several fields; it is evaluated only if each of them is valid by itself.
    `derive` computes the `init=False` fields, in their order, from the fields that it names. On the
    fast path it replaces the laws, so it must return None wherever a law is broken; None leads to
    the slow path. Defaults must be canonical values and are not checked again. Subclassing is
    refused with TypeError.

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
        given = tuple(each if isinstance(each, Given) else Given("", each) for each in laws)
        of_attrs = written.__init__

        @cache
        def generate() -> _Source:
            return _generate(cls, fields, given, derive)

        _GENERATORS[cls] = generate
        written.__init__ = _LazyConstructor(lambda: _compile(cls, generate(), of_attrs))
        written.__repr__ = _repr
        written.__setstate__ = _set_state
        written.__init_subclass__ = classmethod(_refuse_subclass)
        for observer in _OBSERVERS:
            observer(cls)
        return cls

    return decorate


@attrs.frozen(eq=False)
class _Source:
    """The generated source of the constructor of a class and of its maker, and their globals."""

    constructor: str
    maker: str
    world: dict[str, Any]


_GENERATORS: dict[type[Any], Callable[[], _Source]] = {}
"""For each checked class: the function that generates its source, once."""


class _LazyConstructor:
    """Descriptor in place of a constructor that is not compiled: its first use compiles it.

    Compiling replaces it in the class, so that later calls cost nothing more.
    """

    def __init__(self, compiled: Callable[[], Callable[..., None]]) -> None:
        self._compiled = compiled

    def __get__(self, instance: object, owner: Any) -> Callable[..., None]:
        constructor: Any = self._compiled()
        owner.__init__ = constructor
        bound: Callable[..., None] = constructor.__get__(instance, owner)
        return bound


_OBSERVERS: list[Callable[[type[Any]], None]] = []


def watch(observer: Callable[[type[Any]], None]) -> None:
    """Register an observer of checked classes; it is called once per class, past and future.

    This lets an edge, such as the Hypothesis strategies, register classes without importing the
    modules that define them. Registering the same observer again does nothing.
    """
    if observer not in _OBSERVERS:
        _OBSERVERS.append(observer)
        for cls in tuple(_GENERATORS):
            observer(cls)


def maker(cls: type[T]) -> Callable[..., T]:
    """Compile the constructor of a checked class as a function of all its fields, by position.

    Faster than calling the class, for parsers that construct many values. Every call compiles it
    again, so keep the result.
    """
    source = _GENERATORS[cls]()
    exec(source.maker, source.world)  # noqa: S102  # made of declarations only
    make: Callable[..., T] = source.world["_make"]
    return make


def _slow_path(
    cls: type[Any], fields: tuple[Field, ...], laws: tuple[Given, ...]
) -> Callable[..., tuple[object, ...]]:
    """The function that defines validity: it returns canonical values or raises every problem."""
    parameters = [(each, tuple(signature(each.law).parameters)) for each in laws]
    conditions = [(each, names, {*names, each.field} - {""}) for each, names in parameters]

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
        for each, names, needed in conditions:
            if sound.keys() >= needed and (not each.field or sound[each.field]):
                problem = each.law(**{name: sound[name] for name in names})
                found += [problem] if problem else []
        if found:
            raise InvariantError(cls.__name__, found)
        return tuple(sound.values())

    return settle


def _redacted(problems: list[Problem], value: object) -> list[Problem]:
    """Redaction of a personal field: problems describe the field, not the part that is wrong."""
    return [attrs.evolve(problem, had=describe(value), mend="") for problem in problems]


def _generate(
    cls: type[Any],
    fields: tuple[Field, ...],
    laws: tuple[Given, ...],
    derive: Derive | None,
) -> _Source:
    """Generate the source of the constructor, and of the same as a function for `maker`.

    Fields are assigned through a class swap: the new object belongs to `_twin`, a mutable class of
    the same slots, while it is filled, and to `cls` before it is visible to anybody.
    `object.__setattr__`, the way around a frozen attrs class, costs more per object than the whole
    validation. No field starts with an underscore; every other name in the source does, so they
    cannot collide.
    """
    world: dict[str, Any] = {
        "_settle": _slow_path(cls, fields, laws),
        "_frozen": cls,
        "_twin": type(cls.__name__, (), {"__slots__": tuple(cls.__slots__)}),
        "_become": object.__dict__["__class__"].__set__,
        "_new": object.__new__,
        "__name__": cls.__module__,
    }

    bind = binder(world)
    parameters = _parameters(fields, bind)
    lines = _checks(fields, laws, derive, bind)
    names = [field.name for field in fields]
    derived = [each.name for each in attrs.fields(cls) if not each.init]
    if derived:
        lines.append(f"{', '.join(derived)}, = _derived")
    fill = [f"self.{name} = {name}" for name in names + derived]
    fill.append("self.__class__ = _frozen")
    header = f"def __init__(self, {parameters}):"
    init = [header, *lines, "_become(self, _twin)", *fill]
    made = [f"def _make({', '.join(names)}):", *lines, "self = _new(_twin)", *fill, "return self"]
    return _Source("\n    ".join(init), "\n    ".join(made), world)


def _compile(cls: type[Any], source: _Source, of_attrs: Callable[..., None]) -> Callable[..., None]:
    """Compile the constructor, with the annotations of the one that attrs generated."""
    exec(source.constructor, source.world)  # noqa: S102  # made of declarations only
    constructor: Callable[..., None] = source.world["__init__"]
    constructor.__qualname__ = f"{cls.__qualname__}.__init__"
    # Without the shapes within `Annotated`, which would bury the types in `help`.
    hints = get_type_hints(of_attrs, localns={cls.__name__: cls})
    constructor.__annotations__ = hints | {"return": None}
    return constructor


def _checks(
    fields: tuple[Field, ...],
    laws: tuple[Given, ...],
    derive: Derive | None,
    bind: Bind,
) -> list[str]:
    """Source that validates: afterwards all fields are canonical, `_derived` holds derived ones.

    A value whose class raises during the fast test goes to the slow path, which reports that.
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


def _test(field: Field, bind: Bind) -> str:
    """Source of an expression that is true only if a field is canonical.

    The identity test of the default comes first, since most optional fields are left at it.
    """
    test = field.shape.test(field.name, bind)
    if field.required or field.default is None:
        return test
    return f"({field.name} is {bind(field.default)} or {test})"


def _arguments(function: Callable[..., object]) -> str:
    """Source of the arguments of a law: fields under the names of its parameters."""
    return ", ".join(signature(function).parameters)


def _parameters(fields: tuple[Field, ...], bind: Bind) -> str:
    """Source of the parameters of the constructor, as attrs declares them."""

    def parameter(field: Field) -> str:
        return field.name if field.required else f"{field.name}={bind(field.default)}"

    positional = [parameter(field) for field in fields if field.positional]
    named = [parameter(field) for field in fields if not field.positional]
    return ", ".join([*positional, *(["*"] if named else []), *named])


def _repr(self: Any) -> str:
    """Representation with the fields that differ from their defaults; personal ones as `...`."""
    cls = self.__class__
    shown: list[str] = []
    for field in fields_of(cls):
        value = getattr(self, field.name)
        if field.required or value != field.default:
            shown.append(f"{field.name}={'...' if field.personal else repr(value)}")
    return f"{cls.__name__}({', '.join(shown)})"


def _set_state(self: Any, state: Any) -> None:
    """Restore from a copy or a pickle: validate all fields again and recompute the derived ones.

    A field that an older pickle lacks gets its default.
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
        # Below protocol 4, pickle drops the fold of a datetime, which shifts it by an hour.
        found = [
            Problem(path=name, rule="must follow from the other fields", mend=_PROTOCOL)
            for name in derived
            if name in given and given[name] != getattr(self, name)
        ]
    if found:
        raise InvariantError(cls.__name__, found)


_PROTOCOL = "pickle with protocol 4 or later"


def _refuse_subclass(cls: type[Any]) -> NoReturn:
    """Refuse subclassing: fields of a subclass would not be validated, compared or serialised."""
    msg = f"{cls.__name__} cannot extend {cls.__mro__[1].__name__}: hold one in it instead"
    raise TypeError(msg)
