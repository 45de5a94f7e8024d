"""Two agendas beside each other: what moved, what was added, what no longer takes place."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Literal, get_args

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
from mic_core.scheduling.views.agenda import Agenda
from mic_core.scheduling.views.arguments import look
from mic_core.scheduling.views.grid import Shown, View, grids_of, hues_of
from mic_core.scheduling.views.html import when
from mic_core.scheduling.views.items import AgendaItem

Became = Literal[
    "moved", "re-roomed", "reassigned", "placed", "unplaced", "added", "cancelled", "left out"
]
"""What became of a session. One is left out when it is in the scope and period no longer."""

BECAME: tuple[Became, ...] = get_args(Became)

_TONES: Mapping[Became, Tone] = {
    "moved": "info", "re-roomed": "info", "reassigned": "info", "placed": "good",
    "unplaced": "warning", "added": "good", "cancelled": "warning", "left out": "warning",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Altered:
    """One session that differs: what became of it, and how it was before and after.

    `item` is the session as it is, or as it was where it is no longer.
    """

    item: AgendaItem
    became: tuple[Became, ...]
    before: AgendaItem | None
    after: AgendaItem | None

    @property
    def session_id(self) -> str:
        """The session that differs."""
        return self.item.session_id


@attrs.frozen(kw_only=True)
class BeforeAfter:
    """What differs between two agendas, by the ids of sessions, and the later one around it."""

    altered: tuple[Altered, ...]
    before: Agenda
    after: Agenda

    def of(self, became: Became) -> tuple[str, ...]:
        """The ids of the sessions of which that became."""
        return tuple(each.session_id for each in self.altered if became in each.became)

    def rows(self) -> tuple[dict[str, str], ...]:
        """A flat row for each session that differs; people by their ids."""
        return tuple(
            {
                "session": each.session_id, "became": ", ".join(each.became),
                "before": _told(each.before), "after": _told(each.after),
            }
            for each in self.altered
        )  # fmt: skip

    def __str__(self) -> str:
        counts = [f"{len(self.of(each))} {each}" for each in BECAME if self.of(each)]
        if not counts:
            return "Nothing differs."
        rows = [tuple(row.values()) for row in self.rows()]
        return f"{', '.join(counts)}\n\n{table(rows, ('session', 'became', 'before', 'after'))}"

    def html(self, *, view: View = "days", names: bool = False, most: int = MOST_ROWS) -> Html:
        """The changes as a table, and each week that they touch as a grid.

        In the grids, what was moved away or no longer takes place is struck through with a dashed
        line around it; each changed block says in words what became of it. `view` and `names` are
        those of `Agenda.html`. Of more than `most` changes the first are shown, and a note counts
        them. O(n log n).
        """
        if not self.altered:
            return element("p", badge("Nothing differs.", "good"))
        counts = [
            element("li", badge(f"{len(self.of(each))} {each}", _TONES[each]))
            for each in BECAME
            if self.of(each)
        ]
        asked = look("html", view=view, names=names, most=most)
        shown = self.altered[: asked.most]
        rows = [_row(each, names=asked.names) for each in shown]
        headers = ("session", "what became of it", "before", "after", "id")
        return joined(
            [
                element("ul", *counts, class_="counts"),
                html_table(rows, headers, caption="Before and after", most=len(rows)),
                truncation_note(len(shown), len(self.altered), "sessions that differ"),
                *(
                    map(html_timegrid, self._grids(shown, asked.view, names=asked.names))
                    if asked.view != "list"
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

        What `html` says of its arguments holds here; a `view` of list shows days. O(n log n).

        >>> nothing = Agenda(items=(), unplaced=())
        >>> "<desc>Nothing differs.</desc>" in before_after(nothing, nothing).svg()
        True
        """
        asked = look("svg", title=title, view=view, names=names, most=most)
        shown = self.altered[: asked.most]
        remarks = [_remark(each, names=asked.names) for each in shown]
        if len(shown) < len(self.altered):
            total = f"{len(self.altered):,} sessions that differ"
            remarks.append((f"Shown are the first {len(shown):,} of {total}.", "plain"))
        remarks = remarks or [("Nothing differs.", "good")]
        return svg_document(
            svg_timegrids(
                self._grids(shown, asked.view, names=asked.names),
                title=asked.title,
                description=" ".join(text for text, _ in remarks),
                remarks=remarks,
            )
        )

    def _grids(
        self, altered: tuple[Altered, ...], view: View, *, names: bool
    ) -> Iterator[TimeGrid]:
        """The weeks or days that changes touch, with what else takes place in them."""
        changed = {each.session_id for each in self.altered}
        shown = [Shown(item=each) for each in self.after.items if each.session_id not in changed]
        shown += [side for each in altered for side in _sides(each)]
        shown.sort(key=attrgetter("item.center_id"))
        hues = hues_of(each.item for each in shown)
        for _, held in groupby(shown, attrgetter("item.center_id")):
            for _, grid in grids_of(held, view=view, hues=hues, names=names):
                if any(block.notes for block in grid.blocks):
                    yield grid


def before_after(before: Agenda, after: Agenda) -> BeforeAfter:
    """What became of each session from one agenda to another, for instance over a repair.

    Sessions are told by their ids and stand in the order of the later agenda's centers and times.
    Raises InvariantError for what is no agenda. O(n log n).

    >>> print(before_after(Agenda(items=(), unplaced=()), Agenda(items=(), unplaced=())))
    Nothing differs.
    """
    sound("before_after", before=(before, Value(Agenda)), after=(after, Value(Agenda)))
    old, new = _live(before), _live(after)
    gone = {each.session_id for each in after.cancelled}
    altered = [
        Altered(item=item, became=became, before=old.get(id), after=new.get(id))
        for id, item in {**old, **new}.items()
        if (became := tuple(_became(old.get(id), new.get(id), cancelled=id in gone)))
    ]
    altered.sort(key=attrgetter("item.order"))
    return BeforeAfter(altered=tuple(altered), before=before, after=after)


def _live(agenda: Agenda) -> dict[str, AgendaItem]:
    return {each.session_id: each for each in (*agenda.items, *agenda.unplaced)}


def _became(old: AgendaItem | None, new: AgendaItem | None, *, cancelled: bool) -> Iterator[Became]:
    if old is None or new is None:
        yield "added" if old is None else "cancelled" if cancelled else "left out"
        return
    if (old.start is None) is not (new.start is None):
        yield "placed" if old.start is None else "unplaced"
    else:
        if _instants(old) != _instants(new):
            yield "moved"
        if (old.center_id, old.where) != (new.center_id, new.where):
            yield "re-roomed"
    if old.people != new.people:
        yield "reassigned"


def _instants(item: AgendaItem) -> tuple[int, ...]:
    return tuple(instant(each) for each in (item.start, item.end) if each is not None)


def _told(item: AgendaItem | None, *, names: bool = False) -> str:
    """When, where and by whom; nothing for a session that is not there."""
    if item is None:
        return ""
    return ", ".join((when(item), item.where, *item.who(names=names)))


def _row(altered: Altered, *, names: bool) -> tuple[Inside, ...]:
    return (
        altered.item.title,
        joined(badge(each, _TONES[each]) for each in altered.became),
        element("div", _told(altered.before, names=names), class_="told"),
        element("div", _told(altered.after, names=names), class_="told"),
        element("code", altered.session_id),
    )


def _remark(altered: Altered, *, names: bool) -> tuple[str, Tone]:
    """What became of a session, in one sentence with its tone."""
    sides = (_told(side, names=names) or "nothing" for side in (altered.before, altered.after))
    what = f"{', '.join(altered.became)}: {altered.item.title} [{altered.session_id}]"
    return f"{what}. Before: {next(sides)}. After: {next(sides)}.", _TONES[altered.became[0]]


def _sides(altered: Altered) -> Iterator[Shown]:
    """Where a session was, if it is there no longer, and where it is, in words."""
    became = altered.became
    elsewhere = altered.after is not None and {"moved", "re-roomed"} & set(became)
    if altered.before is not None and (altered.after is None or elsewhere or "unplaced" in became):
        away: tuple[tuple[str, Tone], ...] = (
            (("was here before", "plain"),) if elsewhere else _marks(became)
        )
        yield Shown(item=altered.before, marks=away, gone=True)
    if altered.after is not None:
        yield Shown(item=altered.after, marks=_marks(became))


def _marks(became: tuple[Became, ...]) -> tuple[tuple[str, Tone], ...]:
    return tuple((each, _TONES[each]) for each in became)
