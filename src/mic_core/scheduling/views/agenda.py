"""The agenda: sessions in the order of time, week by week, as rows, text, HTML or SVG."""

from operator import attrgetter

import attrs

from mic_core.chrono import Period
from mic_core.fields import Maybe, Value, Whole, sound
from mic_core.findings import Report
from mic_core.ids import cite
from mic_core.markup import UNICODE, Box, Html, notebook
from mic_core.portfolio import Portfolio, Scope, status_of
from mic_core.portfolio.scope import extent
from mic_core.scheduling.arguments import IDS
from mic_core.scheduling.views.arguments import look
from mic_core.scheduling.views.grid import View
from mic_core.scheduling.views.html import agenda_html
from mic_core.scheduling.views.items import AgendaItem, iso, item_of
from mic_core.scheduling.views.svg import agenda_svg, without_slot
from mic_core.scheduling.views.text import agenda_text

__all__ = ["Agenda", "AgendaItem", "View", "agenda"]


@attrs.frozen(kw_only=True)
class Agenda:
    """Sessions in the order of centers and time; sessions without a slot are `unplaced`.

    `cancelled` sessions are not shown; `before_after` needs them to tell a cancelled session from
    one that left the scope. As text, the agenda is a grid for each week with sessions; idle weeks
    between them, or in the `period`, are named. Persons go by their ids unless `names` is set.
    `portfolio` has the titles of what findings cite; None: they go by their ids.
    """

    items: tuple[AgendaItem, ...]
    unplaced: tuple[AgendaItem, ...]
    period: Period | None = None
    cancelled: tuple[AgendaItem, ...] = ()
    portfolio: Portfolio | None = attrs.field(default=None, repr=False, eq=False)

    def rows(self) -> tuple[dict[str, str | int | None], ...]:
        """A flat row for each session, placed ones first; times as local ISO 8601 texts."""
        return tuple(
            {
                "center": each.center_id, "session": each.session_id, "title": each.title,
                "start": iso(each.start), "end": iso(each.end),
                "minutes": each.minutes, "room": each.room, "mode": each.mode,
                "edition": each.edition_id, "status": each.status,
            }
            for each in (*self.items, *self.unplaced)
        )  # fmt: skip

    def text(self, *, columns: int = 100, box: Box = UNICODE) -> str:
        """The week grids, at most `columns` characters wide; from 60 on they are readable.

        Sessions that start at the same time share a cell. One that ends on another day shows that
        day beside its end.
        """
        columns, box = sound("text", columns=(columns, Whole(1)), box=(box, Value(Box)))
        return agenda_text(self.items, self.unplaced, self.period, columns=columns, box=box)

    def __str__(self) -> str:
        return self.text()

    def html(
        self,
        *,
        report: Report | None = None,
        view: View = "days",
        names: bool = False,
        most: int = 1000,
    ) -> Html:
        """The agenda as HTML, drawn to the scale of time, with the same sessions as a list.

        All weeks have the same days, hours and widths. With a `report`, its findings about each
        session are words on its block, and a table below, with titles in place of ids. `view` puts
        days or rooms side by side, or shows only the list. `names` shows the names of the persons
        who give the sessions, and the titles of editions, instead of their ids. Of more than
        `most` sessions the first are shown, and a note counts them. Raises InvariantError for
        arguments that are not valid. O(n log n).

        >>> print(Agenda(items=(), unplaced=()).html())
        <p>Nothing takes place: at any time.</p>
        """
        arguments = look("html", report=report, view=view, names=names, most=most)
        return agenda_html(
            self.items, self.unplaced, self.period,
            report=arguments.report, view=arguments.view,
            names=arguments.names, most=arguments.most, portfolio=self.portfolio,
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())

    def svg(
        self,
        *,
        title: str = "Agenda",
        report: Report | None = None,
        view: View = "days",
        names: bool = False,
        most: int = 1000,
    ) -> str:
        """The grids as an SVG document: an image that follows light and dark and loads nothing.

        Sessions without a slot and the findings of the report are lines below the grids. Arguments
        are those of `html`; a `view` of list shows days. O(n log n).

        >>> Agenda(items=(), unplaced=()).svg().startswith("<?xml")
        True
        """
        arguments = look("svg", title=title, report=report, view=view, names=names, most=most)
        return agenda_svg(self.items, without_slot(self.unplaced), arguments, self.portfolio)


def agenda(
    portfolio: Portfolio, scope: Scope | None = None, *, period: Period | None = None
) -> Agenda:
    """The sessions in a scope over a period, in the order of time; cancelled ones are not shown.

    `scope` of None means everything. `period` of None means at any time; with a period, sessions
    without a slot are left out, since they lie in none. Raises NotFound for an unknown scope, and
    InvariantError for arguments that are not valid. O(n log n) over the sessions in scope.

    >>> print(agenda(Portfolio.of()))
    Nothing takes place: at any time.
    """
    _, scope, period = sound(
        "agenda", portfolio=(portfolio, Value(Portfolio)), scope=(scope, Maybe(IDS)),
        period=(period, Maybe(Value(Period))),
    )  # fmt: skip
    items = sorted(
        (
            item_of(portfolio, session, status_of(portfolio, cite("session", session.id)))
            for session in extent(portfolio, scope, period).sessions
        ),
        key=attrgetter("order"),
    )
    live = [each for each in items if each.status != "cancelled"]
    return Agenda(
        items=tuple(each for each in live if each.start is not None),
        unplaced=tuple(each for each in live if each.start is None),
        period=period,
        cancelled=tuple(each for each in items if each.status == "cancelled"),
        portfolio=portfolio,
    )
