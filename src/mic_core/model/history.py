"""Facts about facts: the retraction of what was recorded by mistake."""

from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.fields import PERSONAL, Subject, Text
from mic_core.model.vocabulary import Identifier

RETRACTABLE = tuple(
    "application assignment attendance availability call center consent cost credential deal "
    "decision edition employment enrollment figures follow_up headcount indicator membership "
    "observation organization ownership partnership person program project review room series "
    "session support target transition".split()
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
      subject: must be kind:id, with kind one of application, assignment, attendance, \
availability, call, center, consent, cost, credential, deal, decision, edition, employment, \
enrollment, figures, follow_up, headcount, indicator, membership, observation, organization, \
ownership, partnership, person, program, project, review, room, series, session, support, target, \
transition; had text of 14 characters; write it like application:some-id
    """

    id: Identifier
    subject: Annotated[str, Subject(*RETRACTABLE)]
    reason: Annotated[str, Text(most=500), PERSONAL] | None = None
