"""Exception hierarchy: every error that this library raises on purpose is a `MicError`.

A constructor raises one `InvariantError` that holds every problem of the value at once. A problem
between several entities is a finding (see `mic_core.findings`) and is never raised.
No message quotes a text of the input, since that text may be a person's name; nor does any error
carry another one as its cause or context that does. Ids are no secret: look-ups quote what is an
id, 64 plain characters at most, and nothing else.
"""

from collections.abc import Iterable

import attrs

from mic_core.wording import clause, count_text


@attrs.frozen(kw_only=True)
class Problem:
    """One violation of a rule by one value: its path, the rule, and a hint how to correct it.

    `path` leads to the value, as in `parts[2].name`; "" is the subject of the error itself. `had`
    describes the type and size of the value (`text of 0 characters`), never its content. `mend`
    is the hint. `had` and `mend` are "" where nothing can be said.

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
        return f"{where}{clause(self.rule)}{had}{mend}"

    def under(self, parent: str) -> "Problem":
        """The same problem with its path prefixed by the path of the containing value.

        >>> Problem(path="start", rule="must be given").under("slot").path
        'slot.start'
        """
        joined = parent + self.path if self.path.startswith("[") else f"{parent}.{self.path}"
        return attrs.evolve(self, path=joined if self.path else parent)


MOST_LISTED = 20
"""Problems listed in the message of an error, which keeps it readable; `problems` holds all."""


class MicError(Exception):
    """Base class of all errors that mic_core raises on purpose."""


class _ProblemsError(MicError, ValueError):
    """Error that carries problems: the common part of `InvariantError` and `ParseError`."""

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(subject, self.problems)

    def __str__(self) -> str:
        """The number of problems, and the first of them."""
        many = len(self.problems)
        count = count_text(many, "problem")
        lines = [f"  {problem}" for problem in self.problems[:MOST_LISTED]]
        rest = [f"  and {many - MOST_LISTED:,} more, in `problems`"] if many > MOST_LISTED else []
        return "\n".join([f"{self.subject}: {count}", *lines, *rest])


class InvariantError(_ProblemsError):
    """Violated invariant: arguments make no meaningful value; `problems` lists every violation.

    >>> raise InvariantError("Room", [Problem(path="seats", rule="must be 0 or more", had="-1")])
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Room: 1 problem
      seats: must be 0 or more; had -1
    """


class ParseError(_ProblemsError):
    """Parse error: a text or document is malformed; `problems` lists every fault with its path."""


class NotFound(MicError, LookupError):
    """Failed lookup: the portfolio holds no entity of the given kind and id."""


class StaleProposal(MicError):
    """Lost update: facts that a proposal relies on have changed; compute the proposal again.

    `since` cites what was recorded, or taken back, since the proposal was made; () where the
    message alone tells.
    """

    def __init__(self, message: str, since: Iterable[str] = ()) -> None:
        self.since = tuple(since)
        super().__init__(message, self.since)

    def __str__(self) -> str:
        message: str = self.args[0]
        return message


class IllegalTransition(MicError):
    """Transition that the status table does not allow; `legal` lists the statuses it allows.

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
    """Missing optional dependency: `library` is not installed; the extra named `extra` installs it.

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
