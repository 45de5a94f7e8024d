"""Projects of a call without an edition: the work that its accepted applications lead to."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from mic_core.admission.requirements.arguments import NamedValues
from mic_core.chrono import Period
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Each, Id, Instant, Value, sound
from mic_core.ids import numbered_ids
from mic_core.impact.tables.decisions import last_decisions
from mic_core.impact.tables.places import Places
from mic_core.markup import MOST_ROWS, Html, html_table, notebook, table
from mic_core.model import (
    Application,
    Call,
    Membership,
    Money,
    Organization,
    Project,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.status import status_histories

_HEADERS = ("application", "project", "why")
_MOST_TITLE = 200


@attrs.frozen(kw_only=True)
class CallProjects:
    """A proposal of projects for the accepted applications of a call, to be recorded or not.

    `changes` are the new projects. `applications` pair each accepted application with the id of its
    project, or with None and the reason why there is none.
    """

    call_id: str
    applications: tuple[tuple[str, str | None, str], ...]
    changes: tuple[Project, ...]

    @property
    def replaces(self) -> tuple[Project, ...]:
        """Nothing: projects are added, and recording one under a known id is refused."""
        return ()

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each accepted application."""
        names = ("application", "project", "why")
        return tuple(dict(zip(names, each, strict=True)) for each in self.applications)

    def explain(self) -> tuple[str, ...]:
        """Each accepted application that leads to no new project, with the reason."""
        return tuple(f"{id}: {why}" for id, _, why in self.applications if why)

    def _cells(self) -> list[tuple[str, ...]]:
        return [(id, project or "", why) for id, project, why in self.applications]

    def __str__(self) -> str:
        return table(self._cells(), _HEADERS)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The accepted applications with their projects as a table."""
        return html_table(self._cells(), _HEADERS, caption="Projects of the call", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


def launch_projects(
    portfolio: Portfolio,
    call: str,
    *,
    at: datetime,
    period: Period,
    amounts: Mapping[str, Money] = MappingProxyType({}),
    partners: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> CallProjects:
    """Propose a project for each accepted application of a call without an edition.

    Accepted is what the last decision by the instant `at` says; withdrawn applications are left
    out. `period` is that of all projects. `amounts` and `partners` are money and further
    organizations, by the id of an application. A project belongs to the organization that applied;
    that of a person to the organizations that the person founded and is a member of on the first
    day. An application whose organizations have a project of the call has it already.

    Raises NotFound for an unknown call and InvariantError for a call that leads to an edition, for
    amounts or partners of other applications, and for arguments that cannot be. O(n log n).
    """
    portfolio, call, at, period, amounts, partners = sound(
        "launch_projects", portfolio=(portfolio, PORTFOLIO), call=(call, Id()), at=(at, Instant()),
        period=(period, Value(Period)), amounts=(amounts, NamedValues()),
        partners=(partners, NamedValues()),
    )  # fmt: skip
    known = portfolio.get(Call, call)
    if known.edition_id is not None:
        rule = "must be a call for projects, without an edition"
        mend = "promote the accepted applicants to seats of the edition instead"
        raise InvariantError("launch_projects", [Problem(path="call", rule=rule, mend=mend)])
    accepted = _accepted(portfolio, call, at)
    extra = {*amounts, *partners}.difference(each.id for each in accepted)
    if extra:
        rule = "must be by the id of accepted applications"
        raise InvariantError("launch_projects", [Problem(path="amounts, partners", rule=rule)])
    joined = {
        id: sound("launch_projects", partners=(each, Each(Id(), "ids of organizations")))[0]
        for id, each in partners.items()
    }
    found: list[tuple[str, str | None, str]] = []
    changes: list[Project] = []
    for each in accepted:
        owners = _owners(portfolio, each, period)
        had = _known_project(portfolio, call, owners)
        if not owners:
            found.append((each.id, None, "the applicant has no organization to carry it out"))
        elif had is not None:
            found.append((each.id, had, "recorded before"))
        else:
            project = Project(
                id=next(
                    one
                    for one in numbered_ids(each.id, "project")
                    if portfolio.find(Project, one) is None
                ),
                call_id=call, title=_title(portfolio, known, owners[0]), period=period,
                organizations=tuple(sorted({*owners, *joined.get(each.id, ())})),
                amount=amounts.get(each.id),
            )  # fmt: skip
            changes.append(project)
            found.append((each.id, project.id, ""))
    return CallProjects(call_id=call, applications=tuple(found), changes=tuple(changes))


def _accepted(portfolio: Portfolio, call: str, at: datetime) -> list[Application]:
    histories = status_histories(portfolio, Application)
    last = last_decisions(portfolio, at)
    return [
        each
        for each in portfolio.where(Application, call_id=call)
        if each.id in last
        and last[each.id].outcome == "accepted"
        and histories[each.id].at(at) != "withdrawn"
    ]


def _owners(portfolio: Portfolio, application: Application, period: Period) -> tuple[str, ...]:
    """The organization that applied, or those that the person who applied founded."""
    places = Places(portfolio)
    id = places.participant(application.applicant_id)
    if portfolio.find(Organization, id) is not None:
        return (id,)
    return tuple(sorted(_founded(portfolio, places, id, period)))


def _founded(portfolio: Portfolio, places: Places, person: str, period: Period) -> Iterator[str]:
    day = period.start
    for each in portfolio.all(Membership):
        is_theirs = each.role == "founder" and places.participant(each.person_id) == person
        if is_theirs and (day is None or each.period.contains(day)):
            yield places.participant(each.organization_id)


def _known_project(portfolio: Portfolio, call: str, owners: tuple[str, ...]) -> str | None:
    for each in portfolio.where(Project, call_id=call):
        if not set(owners).isdisjoint(each.organizations):
            return each.id
    return None


def _title(portfolio: Portfolio, call: Call, owner: str) -> str:
    """The title of the call, and the name of the organization that comes first."""
    known = portfolio.find(Organization, owner)
    name = owner if known is None else known.name
    return f"{call.title}: {name}"[:_MOST_TITLE].rstrip()
