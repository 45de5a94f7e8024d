"""Facts about facts: the retraction of what was recorded by mistake, records of one thing."""

from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.errors import Problem
from mic_core.fields import PERSONAL, Subject, Text
from mic_core.ids import split
from mic_core.model.vocabulary import Identifier

RETRACTABLE = tuple(
    "adjustment application assessment assignment attendance attribution availability "
    "call center consent cost credential deal decision delegation edition employment "
    "enrollment figures follow_up headcount identity indicator membership observation "
    "organization ownership partnership person program project review room series session "
    "support target "
    "transition".split()
)
"""The kinds of facts that can be taken back: every noun but a retraction itself."""


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Retraction:
    """That a fact was recorded by mistake: from its own record on, the subject is not known.

    `subject` is `kind:id`, of any noun but a retraction; a module is changed with its program. What
    was known before the retraction was recorded is still known then, so reports of the past stay as
    they were. The transitions of a subject go with it. Recording the id of the subject later
    revives it, and its transitions with it. `reason` is personal, None: not stated.

    >>> double_click = Retraction(id="r-1", subject="attendance:a-2", reason="sent twice")
    >>> double_click
    Retraction(id='r-1', subject='attendance:a-2', reason=...)
    >>> Retraction(id="r-2", subject="retraction:r-1")
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Retraction: 1 problem
      subject: must be kind:id, with kind one of adjustment, application, assessment, \
assignment, attendance, attribution, availability, call, center, consent, cost, credential, \
deal, decision, delegation, edition, employment, enrollment, figures, follow_up, headcount, \
identity, indicator, membership, observation, organization, ownership, partnership, person, \
program, project, review, room, series, session, support, target, transition; had text of 14 \
characters; write it like adjustment:some-id
    """

    id: Identifier
    subject: Annotated[str, Subject(*RETRACTABLE)]
    reason: Annotated[str, Text(most=500), PERSONAL] | None = None


def _same_kind(kept: str, merged: str) -> Problem | None:
    if kept == merged:
        return Problem(path="merged", rule="must be another than the one kept")
    if split(kept)[0] != split(merged)[0]:
        return Problem(path="merged", rule="must be of the kind of the one kept")
    return None


@checked(_same_kind)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Identity:
    """That two records are of one person or organization, which then counts once.

    `kept` and `merged` are `kind:id`, of one kind: all that is known of the merged record belongs
    to the kept one. Both records stay as they are, and so do the facts that name them. What proves
    to be wrong is taken back by a Retraction. `reason` is personal, None: not stated.

    >>> Identity(id="i-1", kept="person:ada", merged="person:ada-2", reason="one birthday")
    Identity(id='i-1', kept='person:ada', merged='person:ada-2', reason=...)
    >>> Identity(id="i-2", kept="person:ada", merged="organization:ada")
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Identity: 1 problem
      merged: must be of the kind of the one kept
    """

    id: Identifier
    kept: Annotated[str, Subject("person", "organization")]
    merged: Annotated[str, Subject("person", "organization")]
    reason: Annotated[str, Text(most=500), PERSONAL] | None = None
