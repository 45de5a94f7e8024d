"""Proposals as JSON documents: written in one request, shown, and recorded in a later one.

A document holds the changes, the values they replace, the ground that `record` validates, and the
text in which people saw it. Rules are functions and stay with the app: a document names the hard
ones by their codes, and the app gives the same rules again. The document is an object:

    {"format": "mic_core.proposal", "schema": 2, "verb": "suggest", "text": "Mon 5 Jan 2015 ...",
     "changes": {"session": [...]}, "replaces": {"session": [...]},
     "ground": {"rules": ["room-overlap"], "seen": "2014-12-22T09:00:00Z"}}
"""

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, cast, get_args

import attrs

from mic_core.catalog.check import CATALOG, RULES
from mic_core.codec.explain import BAD, check_keys, is_list, is_object, read, read_class
from mic_core.codec.explain_document import SCHEMA
from mic_core.codec.limits import Limits
from mic_core.codec.parse import (
    bracket_outline,
    check_outline,
    document_error,
    parse_for_explanation,
    to_utf8,
)
from mic_core.codec.text import write_instant
from mic_core.codec.write import quoted, writer
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import (
    Choice,
    Found,
    Id,
    Instant,
    Labels,
    Many,
    Maybe,
    Text,
    Value,
    Whole,
    describe,
    refuse,
    sound,
)
from mic_core.findings import Fact, Finding, Policy
from mic_core.ids import cite
from mic_core.markup import MOST_ROWS, Html, html_table, notebook
from mic_core.model import KINDS, NOUNS, Noun, Session
from mic_core.portfolio import Portfolio, Proposal
from mic_core.portfolio.log import key_of, sorted_values
from mic_core.rules import Rule
from mic_core.scheduling.ground.clashes import ClashKey
from mic_core.scheduling.ground.ground import Ground, ProposingVerb
from mic_core.scheduling.views.items import iso

_FORMAT = "mic_core.proposal"
_KEYS = ["changes", "format", "ground", "replaces", "schema", "text", "verb"]
_GROUND = ["as_of", "known", "policy", "rules", "seen"]
_VERB, _INDENT, _LIMITS = Choice(get_args(ProposingVerb)), Maybe(Whole(most=100)), Limits()
_MOMENT, _POLICY, _CODES = Maybe(Instant()), Value(Policy), Many(Id())
_TEXT = Text(most=10**9, least=0, lines=True)
_NAME, _SUBJECTS = Text(most=1000, least=0, lines=True), Labels(Text(most=1000))

_Known = tuple[ClashKey, int]


@attrs.frozen(kw_only=True)
class StoredProposal:
    """A proposal that was read from JSON: `record` takes or refuses it as it would the original.

    `text` is how the original showed itself.
    """

    # In quotes, so that `help` does not spell out all nouns.
    changes: "tuple[Noun, ...]"
    replaces: "tuple[Noun, ...]"
    text: str = attrs.field(repr=False)
    ground: Ground = attrs.field(repr=False)

    @property
    def verb(self) -> ProposingVerb:
        """The verb that proposed it."""
        return self.ground.verb

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The clashes that recording it would now make and that its ground did not have.

        `record` refuses it if there are any. See `Portfolio.record`. O(n log n + breaches).
        """
        return self.ground.new_conflicts(portfolio, self.changes)

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each value that it changes or adds; times as local ISO 8601 texts."""
        replaced = set(map(key_of, self.replaces))
        return tuple(_row(each, is_new=key_of(each) not in replaced) for each in self.changes)

    def __str__(self) -> str:
        return self.text

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The rows as a table; of more than `most` the first are shown."""
        headers = ("subject", "change", "start", "end", "room")
        cells = [[str(row[name] or "") for name in headers] for row in self.rows()]
        return html_table(cells, headers, caption=f"Proposed by {self.verb}", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _row(noun: Noun, *, is_new: bool) -> dict[str, Fact]:
    slot = noun.slot if isinstance(noun, Session) else None
    return {
        "subject": cite(*key_of(noun)),
        "change": "new" if is_new else "changed",
        "start": iso(None if slot is None else slot.start),
        "end": iso(None if slot is None else slot.end),
        "room": noun.room_id if isinstance(noun, Session) else None,
    }


def dumps_proposal(proposal: Proposal, *, indent: int | None = None) -> str:
    """Serialise a proposal of a verb, or one that was read before, as canonical JSON.

    `indent` is the number of spaces per level; None writes one line without spaces. Raises
    InvariantError for what is no proposal of a verb of this library. O(n) over its values.

    >>> from mic_core.samples import brussels_2014
    >>> from mic_core.scheduling.outline import outline
    >>> text = dumps_proposal(outline(brussels_2014(), "boostcamp-6"))
    >>> loads_proposal(text).verb
    'outline'
    """
    sound("dumps_proposal", indent=(indent, _INDENT))
    ground = _ground_within(proposal)
    if ground is None:
        rule = "must be a proposal of a verb, such as a Plan, a Repair or a Suggestion"
        problem = Problem(path="proposal", rule=rule, had=describe(proposal))
        raise InvariantError("dumps_proposal", [problem])
    replaces = cast("tuple[Noun, ...]", getattr(proposal, "replaces", ()))
    members = {
        "changes": _nouns_text(proposal.changes),
        "format": quoted(_FORMAT),
        "ground": _ground_text(ground),
        "replaces": _nouns_text(replaces),
        "schema": str(SCHEMA),
        "text": quoted(str(proposal)),
        "verb": quoted(ground.verb),
    }
    text = _object(members)
    if indent is None:
        return text
    return json.dumps(json.loads(text), ensure_ascii=False, indent=indent)


def _ground_within(value: object) -> Ground | None:
    """The ground of a proposal of a verb; None for anything else, as an app may give."""
    ground: object = getattr(value, "ground", None)
    return ground if isinstance(value, Proposal) and isinstance(ground, Ground) else None


def _object(members: dict[str, str]) -> str:
    return f"{{{','.join(f'{quoted(key)}:{members[key]}' for key in sorted(members))}}}"


def _nouns_text(nouns: Iterable[Noun]) -> str:
    return _object(
        {
            KINDS[kind]: f"[{','.join(map(writer(kind), values))}]"
            for kind, values in groupby(sorted_values(nouns), type)
        }
    )


def _ground_text(ground: Ground) -> str:
    known = [[*key, cost] for key, cost in ground.known]
    members = {
        "rules": json.dumps(sorted({each.entry.code for each in ground.rules})),
        "known": json.dumps(known, ensure_ascii=False, separators=(",", ":")),
        "policy": writer(Policy)(ground.policy),
    }
    for name, moment in (("seen", ground.seen), ("as_of", ground.as_of)):
        if moment is not None:
            members[name] = quoted(write_instant(moment))
    return _object(members)


def loads_proposal(
    document: str | bytes, *, rules: Iterable[Rule] = CATALOG, limits: Limits = _LIMITS
) -> StoredProposal:
    """Parse a proposal from its JSON document, to show and to record it.

    `rules` are those that its verb was given, or more; they judge, when it is recorded, whether it
    still fits. Strict, as `loads` is. Raises ParseError for a document that is none, with all
    problems and their paths, and InvariantError where `rules` lack one that the document names.
    O(n).
    """
    rules, limits = sound("loads_proposal", rules=(rules, RULES), limits=(limits, Value(Limits)))
    raw = to_utf8(document, limits)
    check_outline(bracket_outline(raw), limits)
    tree = parse_for_explanation(raw)
    if not is_object(tree):
        raise document_error("must be an object", describe(tree))
    found: Found = []
    proposal = _proposal(tree, tuple(rules), found)
    if found or proposal is None:
        raise ParseError("document", found)
    codes = {each.entry.code for each in proposal.ground.rules}
    missing = sorted(set(_codes_of(tree)) - codes)
    if missing:
        rule = "must hold the rules that the proposal was made with, at the same levels"
        problem = Problem(path="rules", rule=rule, had=f"none for {', '.join(missing)}")
        raise InvariantError("loads_proposal", [problem])
    return proposal


def _codes_of(tree: dict[str, Any]) -> list[str]:
    codes: list[str] = tree["ground"].get("rules", [])
    return codes


def _proposal(
    members: dict[str, object], rules: tuple[Rule, ...], found: Found
) -> StoredProposal | None:
    """The proposal of a parsed document; None after adding problems to `found`."""
    check_keys(members, _KEYS, "$", found)
    for name, wanted in (("format", _FORMAT), ("schema", SCHEMA)):
        if members.get(name) != wanted or isinstance(members.get(name), bool):
            refuse(found, f"$.{name}", f"must be {wanted}", members.get(name))
    verb = _VERB.settle(members.get("verb"), "$.verb", found)
    text = _TEXT.settle(members.get("text"), "$.text", found)
    changes = _nouns(members.get("changes"), "$.changes", found)
    replaces = _nouns(members.get("replaces", {}), "$.replaces", found)
    ground = _ground(members.get("ground"), cast("ProposingVerb", verb), rules, found)
    if found or ground is None:
        return None
    return StoredProposal(changes=changes, replaces=replaces, text=str(text), ground=ground)


def _nouns(value: object, path: str, found: Found) -> tuple[Noun, ...]:
    """The nouns of an object of lists of rows under their kinds."""
    if not is_object(value):
        refuse(found, path, "must be an object", value)
        return ()
    check_keys(value, [*NOUNS], path, found)
    nouns: list[Noun] = []
    for kind, rows in value.items():
        where = f"{path}.{kind}"
        if kind in NOUNS and not is_list(rows):
            refuse(found, where, "must be a list", rows)
        elif kind in NOUNS and is_list(rows):
            read_rows = [
                read_class(NOUNS[kind], row, f"{where}[{n}]", found) for n, row in enumerate(rows)
            ]
            nouns += [cast("Noun", each) for each in read_rows if each is not BAD]
    return tuple(nouns)


def _ground(
    value: object, verb: ProposingVerb, rules: tuple[Rule, ...], found: Found
) -> Ground | None:
    path = "$.ground"
    if not is_object(value):
        refuse(found, path, "must be an object", value)
        return None
    check_keys(value, _GROUND, path, found)
    moments = [
        read(_MOMENT, value.get(each), f"{path}.{each}", found) for each in ("seen", "as_of")
    ]
    policy = read(_POLICY, value.get("policy", {}), f"{path}.policy", found)
    codes = _settled(_CODES, value.get("rules", []), f"{path}.rules", found)
    known = _known(value.get("known", []), f"{path}.known", found)
    if found or not isinstance(policy, Policy):
        return None
    seen, as_of = cast("list[Any]", moments)
    wanted = frozenset(codes)
    hard = tuple(
        each
        for each in rules
        if each.entry.code in wanted
        and policy.severity(each.entry.code, each.entry.severity) == "error"
    )
    return Ground(verb=verb, seen=seen, rules=hard, policy=policy, as_of=as_of, known=known)


def _known(value: object, path: str, found: Found) -> tuple[_Known, ...]:
    """The clashes of a ground: lists of code, subjects, bucket and cost."""
    if not is_list(value):
        refuse(found, path, "must be a list", value)
        return ()
    known: list[_Known] = []
    for n, each in enumerate(value):
        where = f"{path}[{n}]"
        if not is_list(each) or len(each) != 4:  # code, subjects, bucket, cost
            refuse(found, where, "must be a list of a code, subjects, a bucket and a cost", each)
            continue
        shapes = (Id(), _SUBJECTS, _NAME, Whole())
        code, subjects, bucket, cost = (
            _settled(shape, part, f"{where}[{at}]", found)
            for at, (shape, part) in enumerate(zip(shapes, each, strict=True))
        )
        known.append(((code, subjects, bucket), cost))
    return tuple(known)


def _settled(shape: Any, value: object, path: str, found: Found) -> Any:
    result = read(shape, value, path, found)
    return shape.settle(result, path, found) if result is not BAD else None
