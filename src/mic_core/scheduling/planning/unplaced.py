"""What a plan leaves out, and what stood in the way."""

import attrs

from mic_core.ids import cite


@attrs.frozen(kw_only=True)
class Unplaced:
    """A session for which no place was found, and what stood in the way.

    Of so many `placements` (start, room, trainer), each rule named blocks so many, where a
    placement may be blocked by several. The `free` ones are open as things stand: a search that
    was stopped left them, a hard rule that judges several sessions as a whole, or one that judges
    who is expected at all starts of a session that may move.

    >>> print(Unplaced(session_id="s", placements=40, free=0, rules=(("room-overlap", 40),)))
    session:s: of 40 placements, room-overlap blocks 40
    """

    session_id: str
    placements: int
    free: int
    rules: tuple[tuple[str, int], ...]

    @property
    def why(self) -> str:
        """What stood in the way in words, the rule that blocks most first."""
        if not self.placements:
            return "there is no room, or no time to start"
        most = sorted(self.rules, key=lambda rule: (-rule[1], rule[0]))
        parts = [f"{code} blocks {count:,}" for code, count in most]
        if self.free:
            parts.append(f"{self.free:,} are open")
        return f"of {self.placements:,} placements, {', '.join(parts)}"

    def __str__(self) -> str:
        return f"{cite('session', self.session_id)}: {self.why}"
