"""The results of a promotion: who gets a seat, who waits at which place in line, and why."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from mic_core.admission.proposal import (
    conflict,
    local_text,
)
from mic_core.admission.seats import (
    HOLDS_SEAT,
)
from mic_core.findings import Finding
from mic_core.markup import MOST_ROWS, Html, Tone, badge, html_table, notebook, table
from mic_core.model import (
    Noun,
)
from mic_core.portfolio import Portfolio

LineStatus = Literal["enrolled", "offered", "expired", "waitlisted", "requested"]
"""The status of an enrollment after a promotion that looked at it."""
WAITS_FOR_SEAT = frozenset({"requested", "waitlisted"})
"""The statuses of an enrollment that waits for a seat."""
_TONES: Mapping[LineStatus, Tone] = {
    "enrolled": "good", "offered": "good", "expired": "warning", "waitlisted": "info",
    "requested": "plain",
}  # fmt: skip
_HEADERS = ("enrollment", "into", "before", "after", "place in line", "why")


@attrs.frozen(kw_only=True)
class PlaceInLine:
    """The result of a promotion for one enrollment: its status, and why it has no seat.

    `before` is None for an enrollment that the promotion makes, from an application. `place` is
    that in line, from 1; None with a seat, or for who cannot get one. `expires_at` is the end of an
    offer on the clock of the center, None: no offer, or one without an end. `reason` says why there
    is no seat; "" for who gets one.
    """

    enrollment_id: str
    participant_id: str
    into: str
    before: str | None
    after: LineStatus
    place: int | None
    expires_at: datetime | None
    reason: str

    @property
    def has_seat(self) -> bool:
        """True if the promotion gives or offers it a seat."""
        return self.after in HOLDS_SEAT


@attrs.frozen(kw_only=True)
class Promotion:
    """A proposal of seats: offers that expire, seats that are given or offered, and who waits.

    `line` holds the enrollments that have no seat, or get one, in the order of the policy.
    `changes` are the nouns to record. `record` refuses it once a seat that it gives is not the
    participant's any more by what is known then: `again` promotes anew, and returns the seats.
    """

    at: datetime
    as_of: datetime | None
    line: tuple[PlaceInLine, ...]
    changes: "tuple[Noun, ...]"  # in quotes, so that `help` does not spell out all nouns
    replaces: "tuple[Noun, ...]" = ()
    again: Callable[[Portfolio], tuple[PlaceInLine, ...]] = attrs.field(repr=False, eq=False)

    def __iter__(self) -> Iterator[PlaceInLine]:
        return iter(self.line)

    def __len__(self) -> int:
        return len(self.line)

    @property
    def seated(self) -> tuple[PlaceInLine, ...]:
        """The enrollments that get a seat, or an offer of one, in the order of the policy."""
        return tuple(each for each in self.line if each.has_seat)

    @property
    def waiting(self) -> tuple[PlaceInLine, ...]:
        """The enrollments that stay without a seat, in the order of the policy."""
        return tuple(each for each in self.line if each.after in WAITS_FOR_SEAT)

    @property
    def expired(self) -> tuple[PlaceInLine, ...]:
        """The enrollments whose offer ended."""
        return tuple(each for each in self.line if each.after == "expired")

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The seats that a promotion would not give any more by what is known now.

        Seats may have been taken, lowered or given to who comes before. The seats and the policy
        are those of the portfolio, also for a simulation. Costs one more promotion.
        """
        now = {each.participant_id: each for each in self.again(portfolio)}
        gone = [each for each in self.seated if each.participant_id not in now]
        return tuple(
            conflict(
                "seat-gone",
                f"enrollment:{each.enrollment_id} would not get a seat by what is known now",
                f"enrollment:{each.enrollment_id}",
                mend="promote again",
            )
            for each in gone
        )

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each enrollment in line."""
        return tuple(attrs.asdict(each) for each in self.line)

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                each.enrollment_id, each.into, each.before or "", each.after,
                "" if each.place is None else str(each.place),
                each.reason if each.expires_at is None else f"until {local_text(each.expires_at)}",
            )
            for each in self.line
        ]  # fmt: skip

    def __str__(self) -> str:
        return table(self._cells(), _HEADERS)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The line as a table, each status in words; of more than `most` the first."""
        rows: list[tuple[str | Html, ...]] = [
            (*cells[:3], badge(each.after, _TONES[each.after]), *cells[4:])
            for each, cells in zip(self.line, self._cells(), strict=True)
        ]
        return html_table(rows, _HEADERS, caption="Seats", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())
