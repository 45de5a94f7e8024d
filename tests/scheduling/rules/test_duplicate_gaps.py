"""Duplicates at the edges: sessions without a slot, and sessions that a filter leaves out."""

from datetime import timedelta

from mic_core.catalog.check import CATALOG, check
from mic_core.chrono import Period
from mic_core.findings import Policy
from mic_core.model import Organization, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Exclusive, Group, PortfolioRule
from mic_core.scheduling.evaluation.conflicts import breaches_of
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.candidates import weighted_terms
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.overlap import DuplicateSession
from mic_core.timetable import timetable_of
from tests.scheduling.nouns import DAY, MIC, flat, room, session, slot

TODAY = Period.days(DAY, DAY)


def test_a_group_of_equal_starts_passes_over_sessions_without_a_slot() -> None:
    """Only placed sessions of one start coincide; one alone, or without a slot, breaks nothing."""
    twins = [session(id, slot("10:00")) for id in ("a", "b")]
    others = [session("c", slot("12:00")), session("d", None)]
    timetable = timetable_of(Portfolio.of(*flat([MIC, room("r"), *twins, *others])))
    term = Exclusive(groups=(Group(label="session:a", sessions=(0, 1, 2, 3)),), same_start=True)
    (breach,) = breaches_of(term, timetable)
    assert breach.sessions == (0, 1)


def test_a_rule_of_duplicates_with_a_filter_judges_the_selected_alone() -> None:
    """A session that the filter leaves out is no duplicate of anything, for no verb."""
    twins = [session(id, slot("10:00"), room_id="r", title="T") for id in ("a", "b")]
    loose = [session(id, None, title="T") for id in ("c", "d")]
    portfolio = Portfolio.of(*flat([MIC, room("r"), *twins, *loose]))

    def is_first(each: Session) -> bool:
        return each.id == "a"

    rule = DuplicateSession(where=is_first)
    (term, *_) = rule.terms(timetable_of(portfolio))
    assert isinstance(term, Exclusive)
    assert term.groups == ()
    answer = why_not(portfolio, "b", rules=(rule,), step=timedelta(hours=1))
    assert answer.rules == ()
    made = plan(portfolio, "mic", rules=(rule,), window=TODAY)
    assert {each.id for each in made.changes if isinstance(each, Session)} == {"c", "d"}


def test_rules_of_the_portfolio_have_no_terms() -> None:
    """Of the whole catalog only the schedule rules have terms to plan by."""
    assert any(isinstance(rule, PortfolioRule) for rule in CATALOG)
    timetable = timetable_of(Portfolio.of(*flat([MIC, room("r"), session("a", None)])))
    codes = {each.code for each in weighted_terms(CATALOG, timetable, Policy())}
    assert codes == {each.code for each in weighted_terms(SCHEDULE_RULES, timetable, Policy())}


def test_a_name_of_marks_alone_is_no_duplicate() -> None:
    """Organizations whose names have no letters and no digits are not compared."""
    firms = [
        Organization(id=id, name=name, kind="venture", country="BE")
        for id, name in (("a", "!!!"), ("b", "!!!"), ("c", "Oh-Chef"), ("d", "Oh-Chef NV"))
    ]
    found = check(Portfolio.of(*firms)).of("same-organization")
    assert [each.subjects for each in found] == [("organization:c", "organization:d")]
