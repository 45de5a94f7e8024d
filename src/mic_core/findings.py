"""Findings, the report of a check, and the policy that sets severities and waives findings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Protocol, get_args

import attrs

from mic_core.checked import checked
from mic_core.errors import InvariantError, Problem
from mic_core.fields import (
    Choice,
    Coded,
    Flag,
    Instant,
    Labels,
    Maybe,
    Pairs,
    Text,
    Value,
    refuse,
    sound,
)
from mic_core.fields.texts import WORD_PATTERN
from mic_core.markup import (
    MOST_ROWS,
    Html,
    Notice,
    badge,
    element,
    html_notices,
    html_table,
    joined,
    note,
    notebook,
    printable,
)
from mic_core.wording import clause, count_text

Severity = Literal["error", "warning", "info"]
"""The severity of a finding; the first is the worst."""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)

Level = Literal["hard", "medium", "soft"]
"""The level of a rule in a lexicographic objective; as findings: error, warning, info."""

SEVERITY_OF: Mapping[Level, Severity] = {"hard": "error", "medium": "warning", "soft": "info"}
LEVEL_OF: Mapping[Severity, Level] = {severity: level for level, severity in SEVERITY_OF.items()}

Fact = str | int | bool | None | tuple["Fact", ...]
"""The value of a fact, such as `needed` or `had`: text, whole number, flag, None, or several."""


@attrs.frozen(kw_only=True, weakref_slot=False)
class Finding:
    """One violation that a rule found: code, severity, subjects, field, facts and message.

    `subjects` are cited as `kind:id`, sorted; `path` is the field that is wrong, "" for none;
    `facts` are the numbers and ids behind the message, among them `needed` and `had`; `mend` is a
    way to resolve the finding. No personal value is ever among them. Its text is one line without
    control characters, wherever the parts come from.

    >>> print(Finding(code="room-overlap", severity="error", subjects=("session:a", "session:b"),
    ...     message="session:a and session:b are in room:r at the same time"))
    error room-overlap: session:a and session:b are in room:r at the same time
    """

    code: str
    severity: Severity
    subjects: tuple[str, ...]
    path: str = ""
    facts: tuple[tuple[str, Fact], ...] = ()
    message: str
    mend: str = ""

    def __str__(self) -> str:
        text = f"{clause(self.message)}; {self.mend}" if self.mend else self.message
        return _one_line(f"{self.severity} {self.code}: {text}")

    def fact(self, name: str) -> Fact:
        """The fact of that name; None where the finding states none."""
        (name,) = sound("Finding", name=(name, _NAME))
        return dict(self.facts).get(name)

    @property
    def notice(self) -> Notice:
        """The row of the finding in an HTML table."""
        return Notice(
            tone=self.severity, word=self.severity, code=self.code, text=self.message,
            mend=self.mend, about=self.subjects,
        )  # fmt: skip

    @property
    def order(self) -> tuple[int, str, tuple[str, ...], str, str]:
        """The sort key: the worst severity first, then code, subjects, path, facts and message."""
        return (
            SEVERITIES.index(self.severity),
            self.code,
            self.subjects,
            self.path,
            repr((self.facts, self.message)),
        )


_CODE, _NAME, _MOMENT = Text(most=64), Text(most=1000, least=0, lines=True), Maybe(Instant())
Code = Annotated[str, _CODE]


_FINDING = Value(Finding)


def _check_reason(reason: str) -> Problem | None:
    if len(reason) < 3:  # characters: anything shorter, such as "ok" or "-", is no reason
        return Problem(path="reason", rule="must say why", mend="give a reason people can judge")
    return None


@checked(_check_reason)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Waiver:
    """The accepted exception to a rule: code, subjects, reason, end, and role.

    It covers the findings of its code whose subjects include all of `subjects`; () covers any.
    `until` is the first instant at which it no longer counts; None means no end. `role` restricts
    it to findings that would not be without assignments of that role, as `person-overlap` knows
    them: a host may be in two places at once. None: whatever the roles.

    >>> Waiver(code="person-overlap", role="host", reason="a host walks from room to room").role
    'host'
    """

    code: Code
    subjects: Annotated[tuple[str, ...], Labels(Text(most=130))] = ()
    reason: Annotated[str, Text(most=500)]
    until: Annotated[datetime | None, Maybe(Instant())] = None
    role: Annotated[str | None, Maybe(Coded(WORD_PATTERN, "a role, such as host"))] = None

    def covers(self, finding: Finding, as_of: datetime | None) -> bool:
        """True if this waiver lifts a finding; a waiver with an end lifts none without `as_of`.

        Raises InvariantError for a value that is no finding, and for an instant without a zone.
        """
        # Arguments in canonical form, as `check` gives them, need no validation again.
        is_canonical = as_of is None or (type(as_of) is datetime and as_of.tzinfo is UTC)
        if type(finding) is not Finding or not is_canonical:
            finding, as_of = sound("Waiver", finding=(finding, _FINDING), as_of=(as_of, _MOMENT))
        if self.until is not None and (as_of is None or as_of >= self.until):
            return False
        if self.code != finding.code or not set(self.subjects) <= set(finding.subjects):
            return False
        roles = None if self.role is None else dict(finding.facts).get("roles")
        return self.role is None or (isinstance(roles, tuple) and self.role in roles)


_USUAL = Choice((*SEVERITIES, "off"))
PolicySeverity = Severity | Literal["off"]
"""The severity that a policy sets for a rule, or off."""


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Policy:
    """The severities of rules, by code, and the waivers that an organization sets.

    A severity of `off` skips the rule. A policy is an argument of `check`, never a part of the
    portfolio.

    >>> Policy(severities={"over-seats": "warning"}).severity("over-seats", "error")
    'warning'
    """

    severities: Annotated[
        tuple[tuple[str, PolicySeverity], ...] | Mapping[str, PolicySeverity],
        Pairs(Text(most=64), Choice((*SEVERITIES, "off"))),
    ] = ()
    waivers: tuple[Waiver, ...] = ()

    def severity(self, code: str, usual: Severity) -> PolicySeverity:
        """The severity of a rule under this policy; `usual` where the policy sets none."""
        code, usual = sound("Policy", code=(code, _CODE), usual=(usual, _USUAL))
        return dict(self.severities).get(code, usual)

    def waiver(self, finding: Finding, as_of: datetime | None) -> Waiver | None:
        """The first waiver that lifts a finding; None where there is none. See `Waiver.covers`."""
        return next((each for each in self.waivers if each.covers(finding, as_of)), None)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Report:
    """The sorted findings of a check, the waived ones, and the rules that did not run.

    `waived` pairs a finding with its waiver, `skipped` a rule code with the reason it did not run.
    `cut` are the codes of rules that found more than the limit for one rule.
    """

    findings: tuple[Finding, ...] = ()
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    cut: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if no finding is an error."""
        return all(finding.severity != "error" for finding in self.findings)

    def __bool__(self) -> bool:
        """Refuse to be a truth value: an empty report and a good one are easily confused."""
        msg = "the truth of a Report is ambiguous; ask .ok, or look at .findings"
        raise TypeError(msg)

    def of(self, code: str) -> tuple[Finding, ...]:
        """The findings of one rule."""
        (code,) = sound("Report", code=(code, _NAME))
        return tuple(finding for finding in self.findings if finding.code == code)

    def about(self, subject: str) -> tuple[Finding, ...]:
        """The findings that cite an entity, for instance `session:s-1`."""
        (subject,) = sound("Report", subject=(subject, _NAME))
        return tuple(finding for finding in self.findings if subject in finding.subjects)

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """The findings as flat rows, for a table or a dataframe."""
        return tuple(
            {
                "severity": each.severity, "code": each.code, "subjects": each.subjects,
                "path": each.path, "message": each.message, "mend": each.mend,
            }
            for each in self.findings
        )  # fmt: skip

    def __str__(self) -> str:
        """One line for each finding, after a line with their numbers by severity."""
        counts = ", ".join(_count_text(self._count(each), each) for each in SEVERITIES)
        notes = [
            *(f"cut {code}: there are more findings of this rule" for code in self.cut),
            *(f"waived {finding.code}: {finding.message} ({waiver.reason})"
              for finding, waiver in self.waived),
            *(f"skipped, {reason}: {', '.join(codes)}"
              for reason, codes in self._skipped_by_reason()),
        ]  # fmt: skip
        return "\n".join([counts, *map(str, self.findings), *map(_one_line, notes)])

    def text(self, portfolio: "Titles | None" = None, *, names: bool = False) -> str:
        """The findings as text; with a portfolio, titles and names take the place of citations.

        `names` shows the names of persons too, which are personal. O(findings).
        """
        names = _checked_names(portfolio, names)
        shown = str(self)
        return shown if portfolio is None else portfolio.titled(shown, names=names)

    def html(
        self, portfolio: "Titles | None" = None, *, names: bool = False, most: int = MOST_ROWS
    ) -> Html:
        """The findings as a table, after their numbers by severity.

        With a `portfolio`, titles and names of what it knows take the place of citations in the
        messages, and are beside them in the last column; persons are named only with `names`.
        Waived findings and skipped rules are folded below. Of more than `most` findings the worst
        are shown, and a note counts them. O(findings).
        """
        names = _checked_names(portfolio, names)
        counts: dict[Severity, int] = {each: self._count(each) for each in SEVERITIES}
        badges = [badge(_count_text(n, each), each if n else "plain") for each, n in counts.items()]
        notices = [notice_of(each, portfolio, names=names) for each in self.findings]
        waived = [
            (notice_of(finding, portfolio, names=names).text, finding.code, waiver.reason)
            for finding, waiver in self.waived
        ]
        return joined(
            [
                element("ul", *(element("li", each) for each in badges), class_="counts"),
                html_notices(notices, caption="Findings", nothing="Nothing was found.", most=most),
                *(note(f"There are more findings of {code} than are held.") for code in self.cut),
                _details("Waived", waived, ("what was found", "rule", "reason"), most),
                _details("Not checked", self.skipped, ("rule", "reason"), most),
            ]
        )

    def _repr_html_(self) -> str:
        return notebook(self.html())

    def _skipped_by_reason(self) -> list[tuple[str, list[str]]]:
        """The codes of skipped rules by reason, sorted by reason."""
        by_reason: dict[str, list[str]] = {}
        for code, reason in self.skipped:
            by_reason.setdefault(reason, []).append(code)
        return sorted(by_reason.items())

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)


class Titles(Protocol):
    """Protocol of what knows titles and names: a portfolio."""

    def title(self, citation: str, *, names: bool = False) -> str | None:
        """The title or name of a cited entity; None if it has none."""
        ...

    def titled(self, text: str, *, names: bool = False) -> str:
        """A text with titles and names in place of citations."""
        ...


def _checked_names(portfolio: object, names: object, about: str = "Report") -> bool:
    """The flag of `names`; raises InvariantError for no flag, and for what knows no titles."""
    (names,) = sound(about, names=(names, _FLAG))
    if portfolio is not None and not _has_titles(portfolio):
        problems: list[Problem] = []
        refuse(problems, "portfolio", "must be a portfolio, or have its titles", portfolio)
        raise InvariantError(about, problems)
    return names is True


def titled_texts(
    texts: Iterable[str], portfolio: Titles | None, *, names: bool, about: str
) -> tuple[str, ...]:
    """Texts with titles in place of citations, if there is a portfolio; line feeds become spaces.

    Citations are beside titles that two of their entities share, in whichever of the texts. Raises
    InvariantError, about the answer that is shown, for arguments that cannot be.
    """
    names = _checked_names(portfolio, names, about)
    lines = [each.replace("\n", " ") for each in texts]
    if portfolio is None or not lines:
        return tuple(lines)
    return tuple(portfolio.titled("\n".join(lines), names=names).split("\n"))


def _has_titles(value: object) -> bool:
    """True for an instance with the methods of `Titles`."""
    try:
        methods = [getattr(value, each, None) for each in ("title", "titled")]
    except Exception:  # noqa: BLE001  # a lazy proxy may raise anything
        return False
    return not isinstance(value, type) and all(map(callable, methods))


_FLAG = Flag()


def notice_of(finding: Finding, portfolio: Titles | None, *, names: bool = False) -> Notice:
    """The row of a finding in an HTML table, with titles and names if there is a portfolio."""
    if portfolio is None:
        return finding.notice
    titles = (portfolio.title(each, names=names) or "" for each in finding.subjects)
    return attrs.evolve(
        finding.notice,
        text=portfolio.titled(finding.message, names=names),
        mend=portfolio.titled(finding.mend, names=names),
        titles=tuple(titles),
    )


def _details(
    title: str, rows: Sequence[Sequence[str]], headers: Sequence[str], most: int
) -> Html | None:
    """A folded table that opens on request; None where there are no rows."""
    if not rows:
        return None
    summary = element("summary", f"{title} ({len(rows):,})")
    return element("details", summary, html_table(rows, headers, caption=title, most=most))


def _one_line(text: str) -> str:
    """The text sanitized for one line of a terminal; line feeds and tabs become spaces.

    Texts of rules may have several lines, and one that began a new line could pose as a finding.
    """
    return printable(" ".join(re.split("\r?\n|\t", text)))


def _count_text(n: int, severity: Severity) -> str:
    """The number of findings of a severity as text: `1 error`, `2 errors`, `2 info`."""
    return f"{n:,} info" if severity == "info" else count_text(n, severity)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings sorted by severity, code and subjects: the same for any order of the input."""
    return tuple(sorted(findings, key=lambda finding: finding.order))


def report_on(
    findings: Iterable[Finding],
    policy: Policy,
    as_of: datetime | None,
    *,
    skipped: tuple[tuple[str, str], ...] = (),
    cut: tuple[str, ...] = (),
) -> Report:
    """A report of findings, sorted; findings that the policy waives are listed separately."""
    kept: list[Finding] = []
    waived: list[tuple[Finding, Waiver]] = []
    for finding in in_order(findings):
        waiver = policy.waiver(finding, as_of)
        if waiver is None:
            kept.append(finding)
        else:
            waived.append((finding, waiver))
    return Report(findings=tuple(kept), waived=tuple(waived), skipped=skipped, cut=cut)
