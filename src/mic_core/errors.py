"""Everything this library raises, in one family.

A constructor raises one `InvariantError` that holds every problem of the value at once. Anything
that spans several entities is a finding (see `mic_core.findings`) and is never raised.
No message ever quotes text it was given: that text may be somebody's name.
"""

from collections.abc import Iterable

import attrs


@attrs.frozen(kw_only=True)
class Problem:
    """One thing wrong with one value: where it is, which rule it breaks, what would mend it.

    `had` tells the shape of what was found (`text of 0 characters`), never its content.

    >>> print(Problem(path="seats", rule="must be a whole number", had="a flag"))
    seats: must be a whole number; had a flag
    """

    path: str
    rule: str
    had: str = ""
    mend: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        had = f"; had {self.had}" if self.had else ""
        mend = f"; {self.mend}" if self.mend else ""
        return f"{where}{self.rule}{had}{mend}"

    def under(self, parent: str) -> "Problem":
        """The same problem, seen from the value that holds the faulty one.

        >>> Problem(path="start", rule="must be given").under("slot").path
        'slot.start'
        """
        joined = parent + self.path if self.path.startswith("[") else f"{parent}.{self.path}"
        return attrs.evolve(self, path=joined if self.path else parent)


MOST_TOLD = 20
"""How many problems the text of an error tells one by one; it always carries all of them."""


class MicError(Exception):
    """Anything that mic_core raises on purpose."""


class _Problems(MicError, ValueError):
    """What the two errors that carry problems have in common."""

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(subject, self.problems)

    def __str__(self) -> str:
        """How many problems there are, and the first of them."""
        many = len(self.problems)
        count = "1 problem" if many == 1 else f"{many:,} problems"
        lines = [f"  {problem}" for problem in self.problems[:MOST_TOLD]]
        rest = [f"  and {many - MOST_TOLD:,} more, in `problems`"] if many > MOST_TOLD else []
        return "\n".join([f"{self.subject}: {count}", *lines, *rest])


class InvariantError(_Problems):
    """A value that cannot mean anything was about to be made; `problems` lists all that is wrong.

    >>> raise InvariantError("Room", [Problem(path="seats", rule="must be 0 or more", had="-1")])
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Room: 1 problem
      seats: must be 0 or more; had -1
    """


class ParseError(_Problems):
    """A text or a document could not be read; `problems` lists all that is wrong, with paths."""


class NotFound(MicError, LookupError):
    """Something was named that the portfolio does not hold."""


class StaleProposal(MicError):
    """A proposal was made from facts that no longer hold; make it again from the present ones."""


class IllegalTransition(MicError):
    """A status was asked to become one that its table does not lead to; `legal` lists those.

    >>> raise IllegalTransition("enrollment:e-1", "completed", "offered", legal=())
    Traceback (most recent call last):
    mic_core.errors.IllegalTransition: enrollment:e-1 is completed and cannot become offered; \
nothing follows completed
    """

    def __init__(
        self, subject: str, before: str, after: str, legal: Iterable[str], mend: str = ""
    ) -> None:
        self.subject = subject
        self.before = before
        self.after = after
        self.legal = tuple(legal)
        self.mend = mend
        super().__init__(subject, before, after, self.legal, mend)

    def __str__(self) -> str:
        if self.mend:
            mend = self.mend
        elif self.legal:
            mend = f"from {self.before} it can become {', '.join(self.legal)}"
        else:
            mend = f"nothing follows {self.before}"
        return f"{self.subject} is {self.before} and cannot become {self.after}; {mend}"


class MissingExtra(MicError, ImportError):
    """A verb needs a library of an extra that is not installed; `extra` names it.

    >>> raise MissingExtra("solver", "ortools")
    Traceback (most recent call last):
    mic_core.errors.MissingExtra: this needs ortools: pip install 'mic_core[solver]'
    """

    def __init__(self, extra: str, library: str) -> None:
        self.extra = extra
        self.library = library
        super().__init__(extra, library)

    def __str__(self) -> str:
        return f"this needs {self.library}: pip install 'mic_core[{self.extra}]'"
