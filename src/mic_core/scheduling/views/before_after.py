"""The difference of two agendas, drawn: changes as a table, and the weeks they touch as grids.

The kinds of change are those of `evaluation.changes`, as in `compare`.
"""

from collections.abc import Iterator
from operator import attrgetter

import attrs

from mic_core.chrono.local import instant
from mic_core.fields import Value, sound
from mic_core.markup import (
    MOST_ROWS,
    Html,
    Inside,
    TimeGrid,
    Tone,
    badge,
    element,
    html_table,
    html_timegrid,
    joined,
    notebook,
    svg_document,
    svg_timegrids,
    table,
    truncation_note,
)
from mic_core.scheduling.evaluation.changes import (
    CHANGE_TONES,
    ChangeKind,
    SessionState,
    change_badge,
    change_numbers,
    change_numbers_html,
    kinds_of_change,
)
from mic_core.scheduling.views.agenda import Agenda
from mic_core.scheduling.views.arguments import look
from mic_core.scheduling.views.grid import DrawnItem, View, grids_of, hues_of
from mic_core.scheduling.views.html import when
from mic_core.scheduling.views.items import AgendaItem


@attrs.frozen(kw_only=True)
class SessionChanges:
    """The changes of one session: their kinds (`became`), and the session before and after.

    `item` is the session after, or before where it takes place no longer.
    """

    item: AgendaItem
    became: tuple[ChangeKind, ...]
    before: AgendaItem | None
    after: AgendaItem | None

    @property
    def session_id(self) -> str:
        """The id of the session."""
        return self.item.session_id


@attrs.frozen(kw_only=True)
class BeforeAfter:
    """The sessions that differ between two agendas, matched by their ids, and both agendas."""

    altered: tuple[SessionChanges, ...]
    before: Agenda
    after: Agenda

    def of(self, became: ChangeKind) -> tuple[str, ...]:
        """The ids of the sessions with a change of that kind."""
        return tuple(each.session_id for each in self.altered if became in each.became)

    @property
    def _kinds(self) -> Iterator[ChangeKind]:
        return (kind for each in self.altered for kind in each.became)

    def rows(self) -> tuple[dict[str, str], ...]:
        """A flat row for each session that differs; people by their ids."""
        return tuple(
            {
                "session": each.session_id, "became": ", ".join(each.became),
                "before": _text(each.before), "after": _text(each.after),
            }
            for each in self.altered
        )  # fmt: skip

    def __str__(self) -> str:
        if not self.altered:
            return "Nothing differs."
        rows = [
            (row["session"], each.item.title, row["became"], row["before"], row["after"])
            for row, each in zip(self.rows(), self.altered, strict=True)
        ]
        headers = ("session", "title", "became", "before", "after")
        return f"{change_numbers(self._kinds)}\n\n{table(rows, headers)}"

    def html(self, *, view: View = "days", names: bool = False, most: int = MOST_ROWS) -> Html:
        """The changes as a table, and each week that they touch as a grid.

        In the grids, a former slot of a session is struck through with a dashed line around it;
        each changed block has its kinds of change in words. `view` and `names` are those of
        `Agenda.html`. Of more than `most` changes the first are shown, and a note counts them.
        O(n log n).
        """
        if not self.altered:
            return element("p", badge("Nothing differs.", "good"))
        arguments = look("html", view=view, names=names, most=most)
        shown = self.altered[: arguments.most]
        rows = [_row(each, names=arguments.names) for each in shown]
        headers = ("session", "what became of it", "before", "after", "id")
        return joined(
            [
                change_numbers_html(self._kinds),
                html_table(rows, headers, caption="Before and after", most=len(rows)),
                truncation_note(len(shown), len(self.altered), "sessions that differ"),
                *(
                    map(html_timegrid, self._grids(shown, arguments.view, names=arguments.names))
                    if arguments.view != "list"
                    else ()
                ),
            ]
        )

    def _repr_html_(self) -> str:
        return notebook(self.html())

    def svg(
        self,
        *,
        title: str = "Before and after",
        view: View = "days",
        names: bool = False,
        most: int = MOST_ROWS,
    ) -> str:
        """The weeks that changes touch as an SVG document, with each change in words below.

        Arguments are those of `html`; a `view` of list shows days. O(n log n).

        >>> nothing = Agenda(items=(), unplaced=())
        >>> "<desc>Nothing differs.</desc>" in before_after(nothing, nothing).svg()
        True
        """
        arguments = look("svg", title=title, view=view, names=names, most=most)
        shown = self.altered[: arguments.most]
        remarks = [_remark(each, names=arguments.names) for each in shown]
        if len(shown) < len(self.altered):
            total = f"{len(self.altered):,} sessions that differ"
            remarks.append((f"Shown are the first {len(shown):,} of {total}.", "plain"))
        remarks = remarks or [("Nothing differs.", "good")]
        return svg_document(
            svg_timegrids(
                self._grids(shown, arguments.view, names=arguments.names),
                title=arguments.title,
                description=" ".join(text for text, _ in remarks),
                remarks=remarks,
            )
        )

    def _grids(
        self, altered: tuple[SessionChanges, ...], view: View, *, names: bool
    ) -> Iterator[TimeGrid]:
        """The weeks or days that changes touch, with the unchanged sessions in them."""
        changed = {each.session_id for each in self.altered}
        shown = [
            DrawnItem(item=each) for each in self.after.items if each.session_id not in changed
        ]
        shown += [side for each in altered for side in _drawn_items(each)]
        hues = hues_of(each.item for each in shown)
        for each in grids_of(shown, view=view, hues=hues, names=names, noted=True):
            yield each.grid


def before_after(before: Agenda, after: Agenda) -> BeforeAfter:
    """The difference of two agendas: the changes of each session, for instance by a repair.

    Sessions are matched by their ids and sorted by center and time. Raises InvariantError for
    arguments that are no agendas. O(n log n).

    >>> print(before_after(Agenda(items=(), unplaced=()), Agenda(items=(), unplaced=())))
    Nothing differs.
    """
    sound("before_after", before=(before, Value(Agenda)), after=(after, Value(Agenda)))
    old, new = _by_id(before), _by_id(after)
    gone = {each.session_id for each in after.cancelled}
    altered: list[SessionChanges] = []
    for id, item in {**old, **new}.items():
        sides = old.get(id), new.get(id)
        became = tuple(kinds_of_change(*map(_state, sides), is_cancelled=id in gone))
        if became:
            altered.append(
                SessionChanges(item=item, became=became, before=sides[0], after=sides[1])
            )
    altered.sort(key=attrgetter("item.order"))
    return BeforeAfter(altered=tuple(altered), before=before, after=after)


def _by_id(agenda: Agenda) -> dict[str, AgendaItem]:
    return {each.session_id: each for each in (*agenda.items, *agenda.unplaced)}


def _state(item: AgendaItem | None) -> SessionState | None:
    """The state of a session that is placed once it has a slot; rooms go by what is shown."""
    if item is None:
        return None
    return SessionState(
        is_placed=item.start is not None,
        instants=tuple(instant(each) for each in (item.start, item.end) if each is not None),
        room=(item.center_id, item.where),
        people=item.people,
    )


def _text(item: AgendaItem | None, *, names: bool = False) -> str:
    """The time, room and people of a session in words; empty for None."""
    if item is None:
        return ""
    return ", ".join((when(item), item.where, *item.who(names=names)))


def _row(altered: SessionChanges, *, names: bool) -> tuple[Inside, ...]:
    return (
        altered.item.title,
        joined(map(change_badge, altered.became)),
        element("div", _text(altered.before, names=names), class_="told"),
        element("div", _text(altered.after, names=names), class_="told"),
        element("code", altered.session_id),
    )


def _remark(altered: SessionChanges, *, names: bool) -> tuple[str, Tone]:
    """The changes of a session in one sentence, with its tone."""
    sides = (_text(side, names=names) or "nothing" for side in (altered.before, altered.after))
    what = f"{', '.join(altered.became)}: {altered.item.title} [{altered.session_id}]"
    return f"{what}. Before: {next(sides)}. After: {next(sides)}.", CHANGE_TONES[altered.became[0]]


def _drawn_items(altered: SessionChanges) -> Iterator[DrawnItem]:
    """The former place of a session as gone, if it left it, and its place after, with marks."""
    became = altered.became
    elsewhere = altered.after is not None and {"moved", "re-roomed"} & set(became)
    if altered.before is not None and (altered.after is None or elsewhere or "unplaced" in became):
        away: tuple[tuple[str, Tone], ...] = (
            (("was here before", "plain"),) if elsewhere else _marks(became)
        )
        yield DrawnItem(item=altered.before, marks=away, gone=True)
    if altered.after is not None:
        yield DrawnItem(item=altered.after, marks=_marks(became))


def _marks(became: tuple[ChangeKind, ...]) -> tuple[tuple[str, Tone], ...]:
    return tuple((each, CHANGE_TONES[each]) for each in became)
