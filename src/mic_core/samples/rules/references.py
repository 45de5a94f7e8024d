"""Examples of the rules about references, ids, histories and open words."""

from collections.abc import Mapping
from datetime import time

from mic_core.chrono import Recurrence
from mic_core.model import Leaf, Requirement, all_of, any_of
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    MIC,
    assignment,
    edition,
    enrolled,
    enrollment,
    module,
    organization,
    person,
    program,
    room,
    series,
    session,
    step,
)


def _after(program_id: str) -> Requirement:
    """A requirement to have completed a program."""
    return all_of(Leaf(fact="completed_program", op="==", value=(program_id,)))


_ADA, _CAMP = person("ada"), program("camp")

REFERENCES: Mapping[str, Examples] = {
    "dangling-reference": Examples(
        firing=fires(
            "A room belongs to a center that is not there.",
            MIC, room("r-1", center_id="mic-brussels"),
        ),
        silent=example("A room belongs to the center.", MIC, room("r-1")),
        boundary=example(
            "An evening has no room yet, which names nothing.",
            MIC, session("s-1", room_id=None),
        ),
    ),
    "ambiguous-reference": Examples(
        firing=fires(
            "An enrollment is of `ada`, who is a person and an organization at once.",
            MIC, _CAMP, _ADA, organization("ada"), edition("camp-6"), enrollment("e-1"),
        ),
        silent=example(
            "An enrollment is of a person.", MIC, _CAMP, _ADA, edition("camp-6"), enrollment("e-1")
        ),
        boundary=example(
            "A person and an organization have one id, and nothing names it.",
            _ADA, organization("ada"),
        ),
    ),
    "duplicate-id": Examples(
        firing=fires(
            "Two rooms of different size have one id, and one module is in two programs.",
            room("r-1"), room("r-1", seats=40),
            program("camp", modules=(module("pitching"),)),
            program("sprint", modules=(module("pitching"),)), finds=2,
        ),
        silent=example("Two rooms have two ids.", room("r-1"), room("r-2")),
        boundary=example(
            "The same room is said twice, and a program has the id of a room.",
            room("r-1"), room("r-1"), program("r-1"),
        ),
    ),
    "cyclic-prerequisite": Examples(
        firing=fires(
            "Pitching requires marketing, and marketing pitching.",
            program(
                "camp",
                modules=(
                    module("pitching", requires=("marketing",)),
                    module("marketing", requires=("pitching",)),
                ),
            ),
        ),
        silent=example(
            "Pitching requires marketing.",
            program(
                "camp", modules=(module("pitching", requires=("marketing",)), module("marketing"))
            ),
        ),
        boundary=example(
            "Two ways lead from pitching to the basics, and none back.",
            program(
                "camp",
                modules=(
                    module("pitching", requires=("communication", "marketing")),
                    module("communication", requires=("basics",)),
                    module("marketing", requires=("basics",)),
                    module("basics"),
                ),
            ),
        ),
    ),
    "unattainable-program": Examples(
        firing=fires(
            "The camp is for those who completed the sprint, and the sprint for those of the camp.",
            program("camp", eligibility=_after("sprint")),
            program("sprint", eligibility=_after("camp")), finds=2,
        ),
        silent=example(
            "The camp is for those who completed the sprint.",
            program("camp", eligibility=_after("sprint")), program("sprint"),
        ),
        boundary=example(
            "The sprint and the camp wait for each other, and adults may enter the camp anyway.",
            program(
                "camp",
                eligibility=any_of(_after("sprint"), Leaf(fact="age", op=">=", value=(18,))),
            ),
            program("sprint", eligibility=_after("camp")),
        ),
    ),
    "illegal-history": Examples(
        firing=fires(
            "Somebody who had only asked for a seat has completed the camp.",
            edition("camp-6"), enrollment("e-1"),
            step("enrollment:e-1", "requested", "completed", "2014-12-18 10:00"),
        ),
        silent=example(
            "Somebody asked, was enrolled, and completed the camp.",
            edition("camp-6"), enrolled("e-1"),
            step("enrollment:e-1", "enrolled", "completed", "2014-12-18 10:00"),
        ),
        boundary=example(
            "Somebody walked in, and their life in the camp begins as enrolled.",
            edition("camp-6"), enrollment("e-1"),
            step("enrollment:e-1", None, "enrolled", "2014-09-10 18:00"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

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
