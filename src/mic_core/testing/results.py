"""Strategies for results of verbs (findings, reports, breaches, sections) and for batches."""

from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mic_core.findings import SEVERITIES, Fact, Finding, Report, Waiver, in_order
from mic_core.ids import cite
from mic_core.impact.tables.build import FactTables
from mic_core.markup import Section, element
from mic_core.model import NOUNS
from mic_core.portfolio import Batch
from mic_core.rules import Breach, ScheduleRule
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.testing.classes import nouns, values
from mic_core.testing.declared import Strategy, ids, texts

_NAMES = texts(20)
_CODES = st.from_regex("[a-z]{1,8}(-[a-z]{1,8}){0,2}", fullmatch=True)
_CITED = st.builds(cite, st.sampled_from(tuple(NOUNS)), ids())


def batches(most: int = 6) -> SearchStrategy[Batch]:
    """Batches of at most `most` nouns of any kind, with and without an instant and an actor."""
    moments = st.just(datetime(2014, 9, 10, tzinfo=UTC)) | st.datetimes(timezones=st.just(UTC))
    return st.builds(
        Batch,
        recorded_at=st.none() | moments,
        actor=st.none() | ids(),
        values=st.lists(nouns(), max_size=most).map(tuple),
    )


def facts() -> SearchStrategy[Fact]:
    """Facts of findings: texts, whole numbers, flags, None, or several of these."""
    one: Strategy = st.none() | st.booleans() | st.integers() | texts(40, least=0)
    return one | st.lists(one, max_size=3).map(tuple)


def findings() -> SearchStrategy[Finding]:
    """Findings as rules make them: subjects and facts sorted, each once."""
    return st.builds(
        Finding,
        code=_CODES,
        severity=st.sampled_from(SEVERITIES),
        subjects=st.sets(_CITED, max_size=3).map(lambda cited: tuple(sorted(cited))),
        path=st.just("") | _NAMES,
        facts=st.dictionaries(_NAMES, facts(), max_size=3).map(
            lambda held: tuple(sorted(held.items(), key=lambda pair: pair[0]))
        ),
        message=texts(),
        mend=texts(least=0),
    )


def reports() -> SearchStrategy[Report]:
    """Reports of a few findings, some of them waived, with rules that were skipped or cut."""
    reasons = st.sampled_from(("needs as_of", "off by policy"))
    return st.builds(
        Report,
        findings=st.lists(findings(), max_size=4).map(in_order),
        waived=st.lists(st.tuples(findings(), values(Waiver)), max_size=2).map(tuple),
        skipped=st.lists(st.tuples(_CODES, reasons), max_size=2).map(tuple),
        cut=st.sets(_CODES, max_size=2).map(lambda codes: tuple(sorted(codes))),
    )


def breaches() -> SearchStrategy[Breach]:
    """Breaches of a rule, with a few subjects."""
    return st.builds(
        Breach,
        subjects=st.lists(_CITED, max_size=3).map(tuple),
        path=st.just("") | _NAMES,
        facts=st.dictionaries(_NAMES, facts(), max_size=3),
        cost=st.integers(1, 100),
    )


def schedule_rules() -> SearchStrategy[ScheduleRule]:
    """The standard rules of the timetable."""
    return st.sampled_from(SCHEDULE_RULES)


def sections() -> SearchStrategy[Section]:
    """Sections of a page: texts and paragraphs under a heading."""
    parts = texts(60, lines=True) | texts(20).map(lambda text: element("p", text))
    return st.builds(Section, heading=_NAMES, parts=st.lists(parts, max_size=3))


def fact_tables() -> SearchStrategy[FactTables]:
    """Fact tables of a few visits, as an app may hand them in."""
    visits = st.fixed_dictionaries(
        {"fact": texts(20), "person_id": st.none() | ids(), "heads": st.integers(1, 9)},
        optional={"status": st.sampled_from(("present", "partial", "absent"))},
    )
    return st.lists(visits, max_size=4).map(lambda rows: FactTables.of({"visits": rows}))
