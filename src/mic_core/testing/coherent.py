"""Coherent portfolios: references and statuses are valid at every instant of their history.

Nouns are drawn in the order of their references, so that no draw is rejected.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mic_core.ids import cite
from mic_core.model import (
    Adjustment,
    Application,
    Assignment,
    Attendance,
    Attribution,
    Availability,
    Call,
    Consent,
    Cost,
    Credential,
    Deal,
    Decision,
    Edition,
    Employment,
    Figures,
    FollowUp,
    Headcount,
    Identity,
    Indicator,
    Noun,
    Observation,
    Ownership,
    Partnership,
    Program,
    Project,
    Retraction,
    Review,
    Session,
    Support,
    Target,
)
from mic_core.portfolio import Batch, Portfolio
from mic_core.portfolio.log import key_of
from mic_core.portfolio.status_history import first_status
from mic_core.testing.classes import Fields
from mic_core.testing.growing import Growing, Place, Sizes
from mic_core.testing.offers import EditionOffer, draw_program, draw_series, place, run
from mic_core.testing.people import enrollments, people

_OTHERS: tuple[tuple[type[Noun], ...], ...] = (
    (Assignment,), (Headcount,), (Availability,), (Credential,), (Consent,), (Employment,),
    (Support,), (Ownership, Figures), (Deal,), (FollowUp,), (Partnership,), (Cost,),
    (Indicator, Target, Observation, Attribution, Adjustment), (Identity,),
    (Call, Project), (Call, Project, Attribution), (Call, Application, Review, Decision),
)  # fmt: skip
"""Kinds without a drawing function of their own, in groups; each refers only to earlier ones."""

_UNREFERRED = (Attendance, Consent, Cost, Employment, Headcount)
"""Kinds of facts that no other fact names, so that taking one back leaves nothing dangling."""

_FIRST = datetime(2014, 9, 1, tzinfo=UTC)


@st.composite
def coherent_portfolios(draw: DrawFn, sizes: Sizes) -> Portfolio:
    """Draw a coherent portfolio, as `portfolios` describes it."""
    growing = Growing(draw)
    places = growing.several(lambda: place(growing, sizes), sizes.centers, 1)
    staff = people(growing, sizes)
    programs: list[Program] = []

    def draw_offer() -> EditionOffer:
        offered = draw(st.sampled_from((None, *programs)))
        if offered is None:
            offered = draw_program(growing)
            programs.append(offered)
        return run(growing, draw(st.sampled_from(places)), offered, sizes)

    runs = growing.several(draw_offer, sizes.editions)
    for home in places:
        if sizes.sessions and draw(st.booleans()):
            draw_series(growing, home)
    for each in runs:
        enrollments(growing, each, staff, sizes)
    groups = draw(st.lists(st.sampled_from(_OTHERS), max_size=sizes.others))
    for group in sorted(groups, key=_OTHERS.index):
        for noun in group:
            _other(growing, noun, places[0])
    batches = _batches(growing, sizes)
    return Portfolio.replay([*batches, *_retractions(growing, sizes.batches - len(batches))])


def _other(growing: Growing, noun: type[Noun], home: Place) -> None:
    fields: Fields = {}
    if noun is Ownership:
        fields["owner_id"] = growing.refer(("person",)).map(lambda key: key[1])
    elif noun is Call:
        fields |= _call(growing)
    elif noun is Identity:
        kept, *others = growing.ids.get("person", [""])
        merged = {each.merged for each in growing.nouns if isinstance(each, Identity)}
        free = [name for id in others if (name := cite("person", id)) not in merged]
        fields["merged"] = st.sampled_from(free) if free else st.nothing()
        fields["kept"] = cite("person", kept)
    growing.add_if_any(noun, **fields)
    last = growing.nouns[-1]
    if isinstance(last, Application):
        growing.add_transitions(cite("application", last.id), first_status(last), home)


def _call(growing: Growing) -> Fields:
    """The edition and the center of a call, which must be the same as those of its edition."""
    editions = [each for each in growing.nouns if isinstance(each, Edition)]
    edition = growing.draw(st.sampled_from((None, *editions)))
    if edition is None:
        return {"edition_id": None}
    return {"edition_id": edition.id, "center_id": edition.center_id}


def _retractions(growing: Growing, most: int) -> Iterator[Batch]:
    """Perhaps one last batch, which takes back a fact that nothing else refers to."""
    free = [each for each in growing.nouns if isinstance(each, _UNREFERRED)]
    if most > 0 and free and growing.draw(st.booleans()):
        subject = growing.draw(st.sampled_from(free).map(lambda each: cite(*key_of(each))))
        undo = Retraction(id=growing.new_id("retraction"), subject=subject)
        yield Batch(recorded_at=_FIRST + timedelta(days=60), actor="desk", values=(undo,))


def _batches(growing: Growing, sizes: Sizes) -> list[Batch]:
    """Cut the nouns into batches in the order drawn; a later batch may remove rooms of sessions."""
    nouns = growing.nouns
    cut = st.integers(0, len(nouns))
    cuts = sorted(growing.draw(st.lists(cut, max_size=max(0, sizes.batches - 1))))
    batches = [Batch(values=tuple(nouns[: cuts[0]] if cuts else nouns))]
    for days, (low, high) in enumerate(pairwise([*cuts, len(nouns)])):
        actor = growing.draw(st.sampled_from((None, "desk")))
        moved = [
            attrs.evolve(each, room_id=None, revision=1)
            for each in nouns[:low]
            if isinstance(each, Session) and each.room_id and growing.draw(st.booleans())
        ]
        when = _FIRST + timedelta(days=days)
        batches.append(Batch(recorded_at=when, actor=actor, values=(*nouns[low:high], *moved)))
    return batches
