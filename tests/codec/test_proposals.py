"""Proposals in JSON: the same after a round trip, shown, and refused where they are malformed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

import mic_core as mic
from mic_core.catalog.check import CATALOG
from mic_core.errors import InvariantError, ParseError
from mic_core.findings import Policy, Waiver
from mic_core.model import Center, Noun, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.rules import SCHEDULE_RULES

HOUR, PLACE = timedelta(hours=1), "Europe/Brussels"
NOW = datetime(2014, 9, 1, 8, tzinfo=UTC)
WORLD = Portfolio.of(
    Center(id="mic", name="MIC", country="BE", time_zone=PLACE),
    Room(id="r", center_id="mic", name="Montoyer", seats=20),
    Session(id="a", center_id="mic", title="<b>Pitch</b>", length=HOUR),
)
DAY = mic.Period.days(NOW.date(), NOW.date())
MADE = mic.suggest(WORLD, "a", window=DAY, most=1)[0]
TEXT = mic.dumps_proposal(MADE)


def test_a_proposal_is_the_same_after_a_round_trip() -> None:
    """Changes, replaced values, ground and text are kept; written again the text is the same."""
    read = mic.loads_proposal(TEXT)
    assert (read.changes, read.replaces, read.ground) == (MADE.changes, MADE.replaces, MADE.ground)
    assert (str(read), read.verb) == (str(MADE), "suggest")
    assert mic.dumps_proposal(read) == TEXT
    assert mic.loads_proposal(mic.dumps_proposal(MADE, indent=2).encode()) == read
    assert WORLD.record(read, recorded_at=NOW) == WORLD.record(MADE, recorded_at=NOW)
    assert isinstance(read, mic.Proposal)


def test_the_ground_of_a_policy_and_an_instant_is_kept() -> None:
    """Severities, waivers, the instant that a fix was judged by, and known clashes are written."""
    policy = Policy(
        severities={"preferences": "error", "closures": "off"},
        waivers=(Waiver(code="room-overlap", reason="a large hall", until=NOW),),
    )
    known = WORLD.record(attrs.evolve(WORLD.get(Session, "a"), room_id="gone"), recorded_at=NOW)
    plan = mic.plan(known, "session:a", window=DAY, policy=policy)
    assert mic.loads_proposal(mic.dumps_proposal(plan)).ground == plan.ground
    late = NOW + timedelta(days=90)
    slot = mic.Slot.at("2014-09-01", "09:00", HOUR, PLACE)
    held = attrs.evolve(WORLD.get(Session, "a"), slot=slot)
    old = Portfolio.of(*(each for each in WORLD.values() if each.id != "a"), held)
    fix = mic.fixes(old, mic.check(old, as_of=late).of("session-still-planned")[0], as_of=late)[0]
    read = mic.loads_proposal(mic.dumps_proposal(fix))
    assert read.ground == fix.ground
    assert read.ground.as_of == late
    assert old.record(read, recorded_at=late) == old.record(fix, recorded_at=late)


def test_it_is_shown() -> None:
    """A stored proposal has a row for each value, an escaped table, and its text."""
    read = mic.loads_proposal(TEXT)
    start, end = (f"{each:%Y-%m-%dT%H:%M}+02:00" for each in (MADE.slot.start, MADE.slot.end))
    assert read.rows() == (
        {
            "subject": "session:a", "change": "changed", "room": "r",
            "start": start, "end": end,
        },
    )  # fmt: skip
    assert "session:a" in str(read.html())
    assert vars(type(read))["_repr_html_"](read)
    tampered = attrs.evolve(read, changes=(Room(id="x", center_id="mic", name="X"),))
    assert tampered.rows()[0] == {
        "subject": "room:x", "change": "new", "start": None, "end": None, "room": None,
    }  # fmt: skip
    assert "<b>" not in str(read.html())


def test_own_rules_are_given_again() -> None:
    """A document names the rules by code; a rule that is not given is refused by name."""

    @mic.rule("own-rule", "hard", law="No session is odd.")
    def own(session: Session) -> bool:
        return session.title == "odd"

    rules = (*SCHEDULE_RULES, own)
    text = mic.dumps_proposal(mic.plan(WORLD, "session:a", window=DAY, rules=rules))
    with pytest.raises(InvariantError, match="none for own-rule"):
        mic.loads_proposal(text)
    assert mic.loads_proposal(text, rules=rules).ground.rules[-1] is own
    softened = attrs.evolve(own, entry=own.entry.at("soft"))
    with pytest.raises(InvariantError, match="at the same levels"):
        mic.loads_proposal(text, rules=(*CATALOG, softened))


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(TEXT).items() if key != name}


def _with(path: str, value: Any) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(TEXT)
    *parents, last = path.split(".")
    at: Any = tree
    for each in parents:
        at = at[each]
    at[last] = value
    return tree


WRONG: list[tuple[Any, str]] = [
    ([], "$"),
    (_without("format"), "$.format"),
    (_with("format", "mic_core.portfolio"), "$.format"),
    (_with("schema", 1), "$.schema"),
    (_with("schema", True), "$.schema"),
    (_with("verb", "check"), "$.verb"),
    (_with("verb", ["plan"]), "$.verb"),
    (_without("text"), "$.text"),
    (_without("changes"), "$.changes"),
    (_with("changes", []), "$.changes"),
    (_with("changes.sessions", []), "$.changes"),
    (_with("changes.session", {}), "$.changes.session"),
    (_with("changes.session", [{"id": 3}]), "$.changes.session[0].id"),
    (_with("replaces", None), "$.replaces"),
    (_without("ground"), "$.ground"),
    (_with("ground", 3), "$.ground"),
    (_with("ground.spare", 3), "$.ground"),
    (_with("ground.seen", "yesterday"), "$.ground.seen"),
    (_with("ground.as_of", 3), "$.ground.as_of"),
    (_with("ground.rules", "all"), "$.ground.rules"),
    (_with("ground.rules", [3]), "$.ground.rules[0]"),
    (_with("ground.rules", ["no id"]), "$.ground.rules[0]"),
    (_with("ground.policy", []), "$.ground.policy"),
    (_with("ground.policy", {"waivers": [{"code": "x"}]}), "$.ground.policy.waivers[0].reason"),
    (_with("ground.known", 3), "$.ground.known"),
    (_with("ground.known", [[]]), "$.ground.known[0]"),
    (_with("ground.known", [["c", [], "", "1"]]), "$.ground.known[0][3]"),
    (_with("ground.known", [["c", [], "", -1]]), "$.ground.known[0][3]"),
    (_with("ground.known", [["c", "s", "", 1]]), "$.ground.known[0][1]"),
    (_with("spare", 3), "$"),
]


@pytest.mark.parametrize(("tree", "path"), WRONG)
def test_a_malformed_document_is_refused_with_paths(tree: Any, path: str) -> None:
    """All that is wrong raises ParseError, with the path of each problem and no text of it."""
    with pytest.raises(ParseError) as caught:
        mic.loads_proposal(json.dumps(tree))
    assert path in {each.path for each in caught.value.problems}
    assert "yesterday" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100, "{} {}", "\ud800", TEXT.encode("utf-16")])
def test_what_is_no_json_is_refused(text: Any) -> None:
    """A text that is no document raises ParseError, and nothing else."""
    with pytest.raises(ParseError):
        mic.loads_proposal(text)


def test_limits_and_arguments_are_checked() -> None:
    """A document beyond the limits, rules that are none and an odd indent are refused."""
    with pytest.raises(ParseError):
        mic.loads_proposal(TEXT, limits=mic.Limits(size=10))
    wrong: Any = 3
    with pytest.raises(InvariantError):
        mic.loads_proposal(TEXT, rules=wrong)
    with pytest.raises(InvariantError):
        mic.dumps_proposal(MADE, indent=-1)


@attrs.frozen
class _Own:
    changes: tuple[Noun, ...] = ()


@pytest.mark.parametrize("wrong", [WORLD, None, _Own(), mic.check(WORLD), "plan"])
def test_only_proposals_of_verbs_are_written(wrong: Any) -> None:
    """A portfolio, a report or a proposal without a ground is refused."""
    with pytest.raises(InvariantError, match="must be a proposal of a verb"):
        mic.dumps_proposal(wrong)
