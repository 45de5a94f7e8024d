"""The season of 2014 of the Microsoft Innovation Center in Brussels, as a portfolio.

It has the facts of the article, and invented details for a complete season: people, rooms, a
timetable, a call, attendance. The log keeps the two apart: batches of the actor `article` hold
facts of the article, batches of the actor `invented` facts that exist only in this example.
docs/article.md lists the invented details of entities that the article names.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from mic_core.model import Noun, Session
from mic_core.portfolio import Batch, Portfolio
from mic_core.samples import brussels_history as history
from mic_core.samples import brussels_people as people
from mic_core.samples import brussels_program as program
from mic_core.samples import brussels_season as season
from mic_core.samples.brussels_claims import claims_of_the_article
from mic_core.samples.brussels_history import brussels_time

ARTICLE, INVENTED = "article", "invented"

_Step = tuple[datetime, str, tuple[Noun, ...]]


def brussels_2014() -> Portfolio:
    """The season of 2014 in Brussels, from the call of March to the last pitch of December.

    The season has three slips: a visit in a room that the Boostcamp needs, a trainer in two places,
    and an evening beyond the opening hours. They are mended on 6 October, so `check` finds three
    errors as of 5 October 2014 and none at the end of the year.

    >>> from mic_core.model import Center
    >>> brussels_2014().get(Center, "mic-brussels").address
    'Rue Montoyer 51, 1000 Brussels'
    """
    always = (*people.NAMED_IN_ARTICLE, *program.PROGRAMS_IN_ARTICLE)
    invented = (*people.invented_people(), *program.INVENTED)
    portfolio = Portfolio.replay(
        [Batch(actor=ARTICLE, values=always), Batch(actor=INVENTED, values=invented)]
    )
    for moment, actor, nouns in sorted(_steps(), key=lambda step: step[:2]):
        portfolio = portfolio.record(*nouns, recorded_at=moment, actor=actor)
    return portfolio


def _steps() -> Iterator[_Step]:
    """The batches of the log: instant, actor and nouns."""
    planned = (*season.timetable(), *season.azure_camp())
    sessions = {each.id: each for each in planned if isinstance(each, Session)}
    mended = season.corrections(sessions)
    yield brussels_time("2014-06-01", "12:00"), INVENTED, history.projects()
    yield brussels_time("2014-06-02", "09:00"), INVENTED, history.call_for_boostcamp()
    yield brussels_time("2014-08-25", "09:00"), INVENTED, history.applications()
    yield brussels_time("2014-08-29", "09:00"), INVENTED, history.selection()
    yield brussels_time("2014-09-05", "09:00"), INVENTED, history.answers()
    yield brussels_time("2014-09-08", "09:00"), ARTICLE, season.azure_camp()
    yield brussels_time("2014-09-08", "09:00"), INVENTED, season.timetable()
    yield brussels_time("2014-09-22", "09:00"), INVENTED, history.open_seats()
    yield brussels_time("2014-10-01", "12:00"), ARTICLE, claims_of_the_article()
    yield brussels_time("2014-10-02", "12:00"), INVENTED, history.training_support()
    yield brussels_time("2014-10-06", "09:00"), INVENTED, mended
    yield brussels_time("2014-10-20", "18:00"), INVENTED, history.certification_seats()
    yield brussels_time("2014-11-07", "16:00"), INVENTED, history.exam_results()
    yield brussels_time("2014-11-10", "18:00"), INVENTED, history.withdrawal()
    yield brussels_time("2014-11-10", "19:00"), INVENTED, history.certificates()
    yield brussels_time("2014-12-18", "12:00"), INVENTED, history.graduation()
    sessions.update({each.id: each for each in mended})
    yield from _registers(sessions.values())


def _registers(sessions: Iterable[Session]) -> Iterator[_Step]:
    """Attendance lists and head counts, handed in on the Sunday evening of each week."""
    weeks: dict[date, list[Noun]] = {}
    placed = sorted(
        (each.slot.start_utc, each.id, each.slot, each) for each in sessions if each.slot
    )
    for place, (_, _, slot, session) in enumerate(placed):
        sunday = slot.day + timedelta(days=6 - slot.day.weekday())
        weeks.setdefault(sunday, []).extend(history.session_records(session, slot, place))
    for sunday, nouns in weeks.items():
        yield brussels_time(sunday, "20:00"), INVENTED, tuple(nouns)
