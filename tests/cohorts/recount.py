"""An independent recount of cohorts in SQL, from the nouns of a portfolio."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mic_core import Attendance, Center, Edition, Enrollment, Portfolio, Session, Transition

_SCHEMA = """
create table enrollment(id text, person text, edition text);
create table step(enrollment text, status text, at int, day int, place int);
create table session(id text, edition text, start int, day int, held int);
create table attendance(session text, person text, status text);
create table week(edition text, k int, ends int);
"""
# A span of an enrollment: a status, from its transition to the next one; days are ordinals.
_SPANS = """
create view span as
  select s.enrollment, e.person, e.edition, s.status, s.at, s.day, s.place,
    lead(s.at, 1, 9e18) over w as until, lead(s.day, 1, 9e9) over w as until_day
  from step s join enrollment e on e.id = s.enrollment
  window w as (partition by s.enrollment order by s.at, s.place);
create view entry as
  select enrollment, person, edition, min(at) as at, min(day) as day
  from span where status in ('enrolled', 'suspended') group by enrollment;
create view cohort as select distinct person, edition, min(day) as day from entry
  group by person, edition;
create view roster as
  select distinct x.id as session, x.edition, x.day, p.person from session x
  join span p on p.edition = x.edition
  where x.held and p.status in ('enrolled', 'suspended') and p.at <= x.start and x.start < p.until;
create view recorded as
  select r.*, a.status from roster r
  left join attendance a on a.session = r.session and a.person = r.person;
"""
_LEFT = "('withdrawn', 'cancelled', 'transferred', 'declined', 'expired')"
# The entry that holds at the end of a week is the latest one by then.
_RETENTION = f"""
select w.edition, w.k,
  sum(c.day is not null and coalesce((
    select p.status from entry n join span p on p.enrollment = n.enrollment
    where n.person = c.person and n.edition = c.edition and n.day < w.ends and p.day < w.ends
    order by n.at desc, p.place desc limit 1), 'x') not in {_LEFT}),
  count(c.person)
from week w left join cohort c on c.edition = w.edition and c.day < w.ends
group by w.edition, w.k order by 1, 2
"""  # a constant
_ACTIVE = """
select w.edition, w.k, count(distinct case when r.status in ('present', 'partial') then person end),
  count(distinct person)
from week w join recorded r on r.edition = w.edition and r.day < w.ends and r.day >= w.ends - 7
group by w.edition, w.k order by 1, 2
"""
_ATTENDANCE = """
select edition, count(case when status in ('present', 'partial') then 1 end),
  count(case when status = 'excused' then 1 end), count(case when status = 'absent' then 1 end),
  count(*) - count(status)
from recorded group by edition order by 1
"""
_WALK_INS = """
select distinct a.session, a.person from attendance a join session x on x.id = a.session
where x.held and a.status in ('present', 'partial')
  and not exists (select 1 from roster r where r.session = x.id and r.person = a.person)
order by 1, 2
"""
_COMPLETION = f"""
select edition, case when status in ('completed', 'incomplete') then status
  when status in {_LEFT} then 'left' else 'open' end, count(*)
from (select c.edition, (
  select p.status from entry n join span p on p.enrollment = n.enrollment
  where n.person = c.person and n.edition = c.edition order by n.at desc, p.place desc limit 1
) as status from cohort c) group by 1, 2 order by 1, 2
"""  # a constant


def recount(portfolio: Portfolio, as_of: datetime) -> dict[str, list[tuple[Any, ...]]]:
    """All figures by SQL; the ids of transitions end in their place in the history."""
    places = {each.id: ZoneInfo(each.time_zone) for each in portfolio.all(Center)}
    editions = {each.id: each for each in portfolio.all(Edition)}
    zones = {id: places[each.center_id] for id, each in editions.items()}
    known = sqlite3.connect(":memory:")
    known.executescript(_SCHEMA)

    def insert(table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            known.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)

    enrolled = {each.id: each for each in portfolio.all(Enrollment)}
    insert("enrollment", ((each.id, each.participant_id, each.into) for each in enrolled.values()))
    insert("step", (
        (id, each.after, _us(each.effective_at),
         each.effective_at.astimezone(zones[enrolled[id].into]).date().toordinal(),
         int(each.id.rpartition("-")[2]))
        for each in portfolio.all(Transition) if each.effective_at <= as_of
        for id in (each.subject.removeprefix("enrollment:"),)
    ))  # fmt: skip
    insert("session", (
        (each.id, each.edition_id, _us(each.slot.start),
         each.slot.start.astimezone(zones[str(each.edition_id)]).date().toordinal(),
         each.status == "held" and each.slot.start <= as_of)
        for each in portfolio.all(Session) if each.slot is not None
    ))  # fmt: skip
    insert("attendance", (
        (each.session_id, each.person_id, each.status) for each in portfolio.all(Attendance)
    ))  # fmt: skip
    for id, edition in editions.items():
        monday = _monday(edition.period.start)
        today = as_of.astimezone(zones[id]).date()
        last = (edition.period.end or today) - timedelta(days=1)
        ends = [monday + timedelta(weeks=week) for week in range(1, 99)]
        insert("week", (
            (id, week, end.toordinal()) for week, end in enumerate(ends, 1)
            if end - timedelta(weeks=1) <= last and end <= today
        ))  # fmt: skip
    known.executescript(_SPANS)
    queries = {
        "retention": _RETENTION, "active": _ACTIVE, "attendance": _ATTENDANCE,
        "walk_ins": _WALK_INS, "completion": _COMPLETION,
    }  # fmt: skip
    return {name: [*known.execute(query)] for name, query in queries.items()}


def _monday(day: date | None) -> date:
    assert day is not None
    return day - timedelta(days=day.weekday())


def _us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
