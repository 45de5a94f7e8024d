"""Mutants of a module: small changes of its code that some test should notice."""

import ast
import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import cast

import attrs

Change = tuple[str, ast.AST]
"""A mutation: its description, and the node that replaces the original."""

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
TRADED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
PROSE = {"Entry", "cast", "TypeVar"}
"""Calls of words for people, which a page repeats, and of types."""


@attrs.frozen(kw_only=True)
class Mutant:
    """One change: where, what, the module compiled with it, and whether a function holds it."""

    path: Path
    line: int
    lines: tuple[int, int]
    statement: str
    what: str
    code: CodeType
    inside: bool

    @property
    def key(self) -> str:
        """Its name without line numbers: the statement and the change."""
        return f"{self.statement} | {self.what}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its text."""
    tree = ast.parse(path.read_text("utf-8"))
    for site in _sites(tree):
        for what, node in _changes(site.node):
            site.put(ast.copy_location(node, site.node))
            ast.fix_missing_locations(tree)
            try:
                code = compile(tree, str(path), "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                code = None
            site.put(site.node)
            if code is not None:
                yield Mutant(
                    path=path, line=site.node.lineno, lines=site.lines, code=code,
                    statement=site.statement, what=what, inside=site.inside,
                )  # fmt: skip


@attrs.frozen(eq=False)
class _Site:
    """A node that may change, how to put another in its place, and the statement around it."""

    node: ast.expr | ast.stmt
    put: Callable[[ast.AST], None]
    around: ast.stmt
    inside: bool

    @property
    def lines(self) -> tuple[int, int]:
        """The lines of its statement; of one with a body, those of its head."""
        body = getattr(self.around, "body", None)
        last = body[0].lineno - 1 if body else self.around.end_lineno
        return self.around.lineno, max(self.around.lineno, last or 0)

    @property
    def statement(self) -> str:
        """The head of its statement, no longer than a line."""
        return ast.unparse(self.around).split("\n")[0][:80]


def _sites(tree: ast.Module) -> Iterator[_Site]:
    """Every node that may change, without what is no behavior."""

    def walk(node: ast.AST, around: ast.stmt | None, *, inside: bool) -> Iterator[_Site]:
        for name, value in ast.iter_fields(node):
            held = cast("list[object]", value if isinstance(value, list) else [value])
            if name in {"annotation", "returns", "decorator_list", "type_params"}:
                continue
            below = inside or (name == "body" and isinstance(node, ast.FunctionDef | ast.Lambda))
            for place, child in enumerate(held):
                if not isinstance(child, ast.AST) or _is_silent(child, inside=below):
                    continue
                at = place if isinstance(value, list) else None
                own = child if isinstance(child, ast.stmt) else around
                if isinstance(child, ast.expr | ast.stmt) and own is not None:
                    yield _Site(child, _putter(node, name, at), own, below)
                yield from walk(child, own, inside=below)

    return walk(tree, None, inside=False)


def _putter(parent: ast.AST, name: str, at: int | None) -> Callable[[ast.AST], None]:
    def put(node: ast.AST) -> None:
        if at is None:
            setattr(parent, name, node)
        else:
            getattr(parent, name)[at] = node

    return put


def _is_silent(node: ast.AST, *, inside: bool) -> bool:
    """True if no mutation of a node changes behavior: docstrings, types, prose of a rule."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return True  # a guard that never falls
    if isinstance(node, ast.Assign) and not inside:
        return isinstance(node.value, ast.BinOp | ast.Subscript)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in PROSE:
        return True
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """The same node with other fields."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _changes(node: ast.AST) -> Iterator[Change]:
    """The mutations of a node."""
    match node:
        case ast.Compare(ops=[op], left=left, comparators=[right]):
            for other in COMPARED[type(op)]:
                yield (
                    f"{_name(op)} {_name(other())} {_text(left, right)}",
                    _with(node, ops=[other()]),
                )
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                for other in COMPARED[type(op)][:1]:
                    changed = [*ops[:place], other(), *ops[place + 1 :]]
                    yield f"{_name(op)} {_name(other())} at {place}", _with(node, ops=changed)
        case ast.BoolOp(op=op, values=values):
            other_op = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"{_name(op)} {_name(other_op)} {_text(node)}", _with(node, op=other_op)
            for place, value in enumerate(values):
                others = [*values[:place], *values[place + 1 :]]
                fewer = _with(node, values=others) if len(others) > 1 else others[0]
                yield f"without {_text(value)}", fewer
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield f"without the sign of {_text(node)}", operand
        case ast.BinOp(op=op) if type(op) in COMPUTED:
            yield f"{_name(op)} turned {_text(node)}", _with(node, op=COMPUTED[type(op)]())
        case ast.Constant(value=bool() as value):
            yield f"not {value}", ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield f"{value} plus 1", ast.Constant(value + 1)
            yield f"{value} minus 1", ast.Constant(value - 1)
        case ast.Constant(value=str() as value):
            yield f"{value!r} marked", ast.Constant(f"{value}~")
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield f"arms of {_text(test)}", _with(node, body=orelse, orelse=body)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            yield from _comprehended(node)
        case ast.Call():
            yield from _called(node)
        case ast.stmt():
            yield from _stated(node)
        case _:
            pass


def _comprehended(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
) -> Iterator[Change]:
    for place, part in enumerate(node.generators):
        for at, test in enumerate(part.ifs):
            tests = [*part.ifs[:at], *part.ifs[at + 1 :]]
            parts = [*node.generators]
            parts[place] = ast.comprehension(part.target, part.iter, tests, part.is_async)
            yield f"without if {_text(test)}", _with(node, generators=parts)


def _called(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in TRADED:
        other = TRADED[node.func.id]
        keywords = [] if other == "list" else node.keywords
        yield (
            f"{other} for {_text(node)}",
            _with(node, func=ast.Name(other, ast.Load()), keywords=keywords),
        )
    plain = not any(isinstance(each, ast.Starred) for each in node.args)
    if len(node.args) > 1 and plain and ast.unparse(node.func) not in {"max", "min"}:
        first, second, *rest = node.args
        if ast.dump(first) != ast.dump(second):
            yield f"arguments swapped {_text(node)}", _with(node, args=[second, first, *rest])
    for place, each in enumerate(node.keywords):
        if each.arg in {"key", "reverse", "default"}:
            fewer = [*node.keywords[:place], *node.keywords[place + 1 :]]
            yield f"without {each.arg} {_text(node)}", _with(node, keywords=fewer)


def _stated(node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.If(test=test) | ast.While(test=test) if not isinstance(test, ast.Compare):
            yield "condition turned", _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.expr() as value) if not (
            isinstance(value, ast.Constant) and value.value is None
        ):
            yield "returns None", ast.Return(ast.Constant(None))
        case ast.AugAssign(op=op) if type(op) in COMPUTED:
            yield "operator turned", _with(node, op=COMPUTED[type(op)]())
            yield "dropped", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "dropped", ast.Pass()
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield "dropped", ast.Pass()
        case ast.Raise() | ast.Delete():
            yield "dropped", ast.Pass()
        case ast.Continue():
            yield "breaks", ast.Break()
        case ast.Break():
            yield "goes on", ast.Continue()
        case _:
            pass


def _name(op: ast.AST) -> str:
    return type(op).__name__


def _text(*nodes: ast.AST) -> str:
    return ", ".join(ast.unparse(each) for each in nodes)
