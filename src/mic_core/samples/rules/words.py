"""Examples of the rule about words of open lists."""

from collections.abc import Mapping
from datetime import time

from mic_core.chrono import Recurrence
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import assignment, module, program, series, session

_TUESDAYS = Recurrence(frequency="weekly", weekdays=("TU",))

WORDS: Mapping[str, Examples] = {
    "misspelt-word": Examples(
        firing=fires(
            "A program is a boot camp with an underscore, its module a trainning, a session in the "
            "plural, a series without a letter, a helper an assistent.",
            program("camp", kind="boot_camp", modules=(module("pitching", kind="trainning"),)),
            series("evenings", recurrence=_TUESDAYS, starts_at=time(18), kind="confrence"),
            session("s-1", kind="workshops"), assignment("a-1", role="assistent"), finds=5,
        ),
        silent=example(
            "A hackathon has training, a talk and a webinar, with a moderator.",
            program("camp", kind="hackathon", modules=(module("pitching", kind="training"),)),
            series("evenings", recurrence=_TUESDAYS, starts_at=time(18), kind="talk"),
            session("s-1", kind="webinar"), assignment("a-1", role="moderator"),
        ),
        boundary=example(
            "An unconference is no misspelt conference, nor is a greeting a meeting.",
            session("s-1", kind="unconference"), session("s-2", kind="greeting"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
