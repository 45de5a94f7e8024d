"""Projects of a call without an edition: who carries them out, and what is refused."""

from datetime import date
from decimal import Decimal
from operator import methodcaller

import attrs
import pytest

from mic_core import (
    Application,
    InvariantError,
    Membership,
    Money,
    NotFound,
    Organization,
    Period,
    Person,
    Portfolio,
    Project,
    Transition,
    launch_projects,
    select,
)
from tests.admission.calls import NOW, SUBMITTED, forty_applicants, small_call

YEAR = Period.year(2015)


def decided() -> Portfolio:
    """A call for projects with two accepted applications, of an organization and of a founder."""
    season = small_call(
        {"a": {"r": {"team": 9}}, "b": {"r": {"team": 8}}, "c": {"r": {"team": 1}}}, {"team": 1},
        places=2,
    )  # fmt: skip
    founder = Person(id="ada", name="Ada")
    firm = Organization(id="firm", name="Firm", kind="venture", country="BE")
    founded = Membership(
        id="m", person_id="ada", organization_id="firm", role="founder",
        period=Period(date(2014, 1, 1)),
    )  # fmt: skip
    personal = Application(id="b", call_id="call", applicant_id="ada", submitted_at=SUBMITTED)
    season = season.record(founder, firm, founded, personal, recorded_at=NOW)
    return season.record(select(season, "call", at=NOW), recorded_at=NOW)


def test_accepted_applications_become_projects() -> None:
    """Each accepted application has a project of its organization, or of the founder's."""
    season = decided()
    grant = Money(amount=Decimal(5000), currency="EUR")
    found = launch_projects(
        season, "call", at=NOW, period=YEAR, amounts={"a": grant}, partners={"a": ("firm",)}
    )
    assert found.changes == (
        Project(id="a-project", call_id="call", title="Call: a", amount=grant, period=YEAR,
                organizations=("firm", "org-a")),
        Project(id="b-project", call_id="call", title="Call: Firm", period=YEAR,
                organizations=("firm",)),
    )  # fmt: skip
    assert found.explain() == ()
    only = launch_projects(season, "call", at=NOW, period=YEAR)
    after = season.record(only, recorded_at=NOW)
    again = launch_projects(after, "call", at=NOW, period=YEAR)
    assert (again.changes, again.explain()) == ((), ("a: recorded before", "b: recorded before"))
    assert only.rows()[0] == {"application": "a", "project": "a-project", "why": ""}
    assert "a-project" in str(only)
    assert "a-project" in methodcaller("_repr_html_")(only)


def test_a_person_without_an_organization_has_no_project() -> None:
    """A founder who had not founded yet, or left, has nobody to carry it out."""
    season = decided()
    left = attrs.evolve(season.get(Membership, "m"), period=Period(None, date(2015, 1, 1)))
    found = launch_projects(season.record(left, recorded_at=NOW), "call", at=NOW, period=YEAR)
    assert found.explain() == ("b: the applicant has no organization to carry it out",)
    assert "b" in str(found)
    always = launch_projects(season, "call", at=NOW, period=Period())
    assert len(always.changes) == 2


def test_withdrawn_applications_and_taken_ids_are_minded() -> None:
    """A withdrawn application has no project, and an id that is taken is not used."""
    season = decided()
    gone = Transition(
        id="t", subject="application:b", before="submitted", after="withdrawn", effective_at=NOW
    )
    other = Project(
        id="a-project", call_id="other", title="Other", organizations=("org-a",), period=YEAR
    )
    found = launch_projects(season.record(gone, other, recorded_at=NOW), "call", at=NOW,
                            period=YEAR)  # fmt: skip
    assert [each.id for each in found.changes] == ["a-project-2"]


def test_an_unknown_owner_is_named_by_its_id() -> None:
    """The title of a project ends with the id of an organization that is not in the portfolio."""
    season = decided()
    elsewhere = attrs.evolve(season.get(Membership, "m"), organization_id="elsewhere")
    found = launch_projects(season.record(elsewhere, recorded_at=NOW), "call", at=NOW, period=YEAR)
    assert found.changes[1].title == "Call: elsewhere"


def test_unsound_arguments_are_refused() -> None:
    """Calls to an edition, other applications and unknown calls are refused."""
    with pytest.raises(InvariantError, match="without an edition"):
        launch_projects(forty_applicants(), "call-6", at=NOW, period=YEAR)
    with pytest.raises(InvariantError, match="must be by the id of accepted applications"):
        launch_projects(decided(), "call", at=NOW, period=YEAR, partners={"c": ("firm",)})
    with pytest.raises(InvariantError, match="must be ids of organizations"):
        launch_projects(decided(), "call", at=NOW, period=YEAR, partners={"a": 3})  # type: ignore[dict-item]
    with pytest.raises(NotFound):
        launch_projects(decided(), "none", at=NOW, period=YEAR)
