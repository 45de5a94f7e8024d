"""The season of MIC Brussels, its JSON, and the table that explains it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mic_core import model
from mic_core.catalog.check import check
from mic_core.codec import dumps, loads
from mic_core.ids import cite, kind_of, split
from mic_core.impact.claims import claims
from mic_core.impact.counts import head_count
from mic_core.model import NOUNS, Attendance, Edition, Person, Session
from mic_core.portfolio import Portfolio, status_of
from mic_core.portfolio.log import key_of
from mic_core.samples import brussels_2014
from mic_core.scheduling.views.agenda import agenda

DOCS = Path(__file__).parents[2] / "docs"
SME_WEEK = datetime(2014, 10, 5, 19, tzinfo=UTC)
SEASON = brussels_2014()
THEN = SEASON.as_of(SME_WEEK)


def test_the_season_is_the_same_every_time() -> None:
    """Nothing in the sample comes from chance or a clock."""
    assert brussels_2014() == SEASON


def test_the_example_file_is_the_sample() -> None:
    """docs/examples/brussels_2014.json is what make_brussels_2014.py beside it writes."""
    written = (DOCS / "examples" / "brussels_2014.json").read_text(encoding="utf-8")
    assert written == dumps(SEASON, indent=2) + "\n"
    assert loads(written) == SEASON


def test_the_plan_of_october_has_three_slips() -> None:
    """On 5 October a room, a trainer and the closing time clash with the plan, nothing else."""
    report = check(THEN, as_of=SME_WEEK)
    assert [finding.code for finding in report.findings] == [
        "opening-hours",
        "person-overlap",
        "room-overlap",
    ]
    assert not report.ok


def test_the_slips_were_mended() -> None:
    """From 6 October on nothing is wrong, at any time until the end of the year."""
    instants = [batch.recorded_at for batch in SEASON.log if batch.recorded_at is not None]
    for instant in instants:
        if instant > SME_WEEK:
            assert check(SEASON.as_of(instant), as_of=instant).findings == ()


def test_the_sixth_boostcamp_has_sixteen_entrepreneurs() -> None:
    """Sixteen are enrolled in SME Week, also after one has declined and another moved up."""
    enrolled = [
        each
        for each in THEN.where(model.Enrollment, into="boostcamp-6")
        if status_of(THEN, cite("enrollment", each.id)) == "enrolled"
    ]
    assert len(enrolled) == 16
    assert head_count(THEN, "boostcamp-6").enrolled == {each.participant_id for each in enrolled}


def test_the_season_has_a_history() -> None:
    """Seats, plans and attendance became known one after the other."""
    summer = SEASON.as_of(datetime(2014, 8, 1, tzinfo=UTC))
    assert summer.find(Edition, "boostcamp-6") is not None
    assert summer.all(Session) == ()
    assert len(THEN.all(Attendance)) < len(SEASON.all(Attendance))
    assert status_of(SEASON, "edition:boostcamp-6") == "completed"
    assert status_of(THEN, "edition:boostcamp-6") == "open"


def test_claims_of_the_article_are_beside_the_data() -> None:
    """The sixteen and the two camps are supported; thousands of visitors cannot be seen here."""
    verdicts = {row["subject"]: row["verdict"] for row in claims(THEN).rows()}
    assert verdicts["observation:claim-entrepreneurs"] == "supported"
    assert verdicts["target:target-boost-camps"] == "supported"
    assert verdicts["observation:claim-visitors"] == "not contradicted"
    assert verdicts["observation:claim-network"] == "not contradicted"
    assert verdicts["target:target-jobs"] == "not counted here"
    assert "contradicted" not in verdicts.values()


def test_no_person_is_named() -> None:
    """Agenda, findings, counts and claims show ids of persons at most, never a name."""
    shown = "\n".join(
        str(each)
        for each in (
            agenda(SEASON), check(THEN, as_of=SME_WEEK), head_count(SEASON), claims(SEASON),
            repr(SEASON), SEASON.log,
        )
    )  # fmt: skip
    assert [person.id for person in SEASON.all(Person) if person.name in shown] == []


ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (DOCS / "article.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| The article says")
]


def entities(cell: str) -> list[str]:
    """The citations in a cell of the table."""
    return re.findall(r"`([^`]+)`", cell)


def tellers(portfolio: Portfolio) -> dict[str, set[str | None]]:
    """The actors of all batches of each entity."""
    found: dict[str, set[str | None]] = {}
    for batch in portfolio.log:
        for value in batch.values:
            found.setdefault(cite(*key_of(value)), set()).add(batch.actor)
    return found


TELLERS = tellers(SEASON)
MODULES = {
    cite("module", module.id): cite("program", program.id)
    for program in SEASON.all(model.Program)
    for module in program.modules
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_thing_in_the_article_is_in_the_sample(row: list[str]) -> None:
    """Each entity in a row exists, is of a noun of the row, and has the actor of the row."""
    _, nouns, cited, told_by, _ = row
    kinds = {kind_of(getattr(model, noun.strip())) for noun in nouns.split(",")}
    assert {split(each)[0] for each in entities(cited)} == kinds
    for each in entities(cited):
        assert TELLERS[MODULES.get(each, each)] == {told_by}


def test_all_that_the_article_tells_is_in_the_table() -> None:
    """The table of docs/article.md has everything that the actor `article` recorded."""
    told = {each for each, actors in TELLERS.items() if "article" in actors}
    told |= {module for module, home in MODULES.items() if home in told}
    assert told - {each for row in ROWS for each in entities(row[2])} == set()


def test_every_entity_has_a_teller() -> None:
    """Each entity was recorded by the actor `article` or `invented`, never by both."""
    assert {frozenset(actors) for actors in TELLERS.values()} == {
        frozenset({"article"}),
        frozenset({"invented"}),
    }
    assert {split(each)[0] for each in TELLERS} <= set(NOUNS)
