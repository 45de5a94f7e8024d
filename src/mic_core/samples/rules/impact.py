"""Examples of the rules about money and about what came of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mic_core.chrono import Period
from mic_core.model import Observation, Ownership, count, where
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    MIC,
    at,
    attribution,
    day,
    days,
    edition,
    euros,
    figures,
    follow_up,
    indicator,
    observation,
    ownership,
    partnership,
    target,
)


def _jobs(id: str, **more: Any) -> Observation:
    """An observation of the jobs."""
    return observation(id, **{"indicator_id": "jobs", **more})


def _so_far(id: str, year: int, value: int, **more: Any) -> Observation:
    """The jobs from 2012 to the end of a year."""
    period = Period(day("2012-01-01"), day(f"{year + 1}-01-01"))
    return _jobs(id, form="cumulative", period=period, value=Decimal(value), **more)


def _firm_stake(id: str, held: str, owner: str, **more: Any) -> Ownership:
    """A stake of one venture in another one."""
    return ownership(id, owner_id=owner, organization_id=held, holder="enterprise", **more)


_TWO_THIRDS, _THIRD, _HALF = Decimal("0.67"), Decimal("0.33"), Decimal("0.5")

MONEY: Mapping[str, Examples] = {
    "shares-over-whole": Examples(
        firing=fires(
            "In the second half of the year three partners carry 1.2 of the center.",
            partnership("a", share=Decimal("0.5")), partnership("b", share=Decimal("0.5")),
            partnership("c", share=Decimal("0.2"), period=Period(day("2014-07-01"))),
        ),
        silent=example(
            "Two partners carry the center, and a third one says no share.",
            partnership("a", share=_TWO_THIRDS), partnership("b", share=_THIRD), partnership("c"),
        ),
        boundary=example(
            "One partner carries all of it in 2013, another one from 2014 on.",
            partnership("a", share=Decimal(1), period=Period(None, day("2014-01-01"))),
            partnership("b", share=Decimal(1), period=Period(day("2014-01-01"))),
        ),
    ),
    "mixed-currencies": Examples(
        firing=fires(
            "For one year one partner gives euros and one dollars.",
            partnership("a", amount=euros(100)), partnership("b", amount=euros(100, "USD")),
        ),
        silent=example(
            "Two partners give euros, and a third one no amount.",
            partnership("a", amount=euros(100)), partnership("b", amount=euros(50)),
            partnership("c"),
        ),
        boundary=example(
            "One partner gives euros in 2014, one dollars in 2015.",
            partnership("a", amount=euros(100)),
            partnership("b", amount=euros(100, "USD"), period=Period.year(2015)),
        ),
    ),
    "share-against-amount": Examples(
        firing=fires(
            "Two partners say that they carry one half each, and give 100 and 300 euros.",
            partnership("a", share=Decimal("0.5"), amount=euros(100)),
            partnership("b", share=Decimal("0.5"), amount=euros(300)), finds=2,
        ),
        silent=example(
            "One partner gives a share and an amount, the others one of the two.",
            partnership("a", share=_TWO_THIRDS, amount=euros(10)),
            partnership("b", share=_THIRD), partnership("c", amount=euros(300)),
        ),
        boundary=example(
            "Two partners give 200 and 100 euros and round their shares to whole percents.",
            partnership("a", share=_TWO_THIRDS, amount=euros(200)),
            partnership("b", share=_THIRD, amount=euros(100)),
        ),
    ),
    "owned-over-whole": Examples(
        firing=fires(
            "Two founders hold 0.6 of a venture each.",
            ownership("a"), ownership("b", owner_id="bo"),
        ),
        silent=example(
            "Two founders hold 0.6 and 0.3 of a venture.",
            ownership("a"), ownership("b", owner_id="bo", capital=Decimal("0.3")),
        ),
        boundary=example(
            "Two founders hold 0.6 and 0.4 of a venture.",
            ownership("a"), ownership("b", owner_id="bo", capital=Decimal("0.4")),
        ),
    ),
    "votes-over-whole": Examples(
        firing=fires(
            "Two founders hold one half of a venture each, and one of them has 0.6 of the votes.",
            ownership("a", capital=_HALF, votes=Decimal("0.6")),
            ownership("b", owner_id="bo", capital=_HALF),
        ),
        silent=example(
            "Two founders hold one half of a venture each, and state no votes.",
            ownership("a", capital=_HALF), ownership("b", owner_id="bo", capital=_HALF),
        ),
        boundary=example(
            "A founder with 0.1 of a venture has 0.4 of the votes, and the other one 0.6.",
            ownership("a", capital=Decimal("0.1"), votes=Decimal("0.4")),
            ownership("b", owner_id="bo", capital=Decimal("0.9"), votes=Decimal("0.6")),
        ),
    ),
    "majority-circle": Examples(
        firing=fires(
            "A venture has the majority in another one, which has the majority in the first one.",
            _firm_stake("a", "oh-chef", "atelier"), _firm_stake("b", "atelier", "oh-chef"),
        ),
        silent=example(
            "A venture has the majority in another one, which has the majority in a third one.",
            _firm_stake("a", "oh-chef", "atelier"), _firm_stake("b", "kitchen", "oh-chef"),
        ),
        boundary=example(
            "Of two ventures one holds 0.6 of the other one, which holds just one half of it.",
            _firm_stake("a", "oh-chef", "atelier"),
            _firm_stake("b", "atelier", "oh-chef", capital=_HALF),
        ),
    ),
    "figures-twice": Examples(
        firing=fires(
            "The figures of a venture for 2014 and for its last quarter overlap.",
            figures("a"), figures("b", period=days("2014-10-01", "2014-12-31")),
        ),
        silent=example(
            "Two ventures have figures for 2014.",
            figures("a"), figures("b", organization_id="oh-chef"),
        ),
        boundary=example(
            "A venture has figures for 2014 and for 2015.",
            figures("a"), figures("b", period=Period.year(2015)),
        ),
    ),
    "attributed-over-whole": Examples(
        firing=fires(
            "In 2014 three partners claim 1.2 of the jobs.",
            attribution("b-1"), attribution("b-2", partner_id="kitchen"),
            attribution(
                "b-3", partner_id="fund", share=Decimal("0.2"), period=Period.year(2014)
            ),
        ),
        silent=example(
            "Two partners claim one half of the jobs each, and one of them all visitors.",
            attribution("b-1"), attribution("b-2", partner_id="kitchen"),
            attribution("b-3", subject="indicator:visitors", share=Decimal(1)),
        ),
        boundary=example(
            "One partner brought about all jobs in 2013, another one all of them in 2014.",
            attribution("b-1", share=Decimal(1), period=Period.year(2013)),
            attribution("b-2", share=Decimal(1), period=Period.year(2014), partner_id="kitchen"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

IMPACT: Mapping[str, Examples] = {
    "observation-unit": Examples(
        firing=fires(
            "Jobs are observed in full-time equivalents.",
            indicator("jobs"), observation("o-1", indicator_id="jobs", unit="FTE"),
        ),
        silent=example(
            "Jobs are observed in jobs.",
            indicator("jobs"), observation("o-1", indicator_id="jobs"),
        ),
        boundary=example(
            "A claim of no indicator has a unit of its own.",
            indicator("jobs"), observation("o-1", claim="half a job each", unit="FTE"),
        ),
    ),
    "observation-straddles": Examples(
        firing=fires(
            "Jobs are observed from July 2013 to June 2014, and aimed at in 2014.",
            target("t-1"),
            observation("o-1", indicator_id="jobs", period=days("2013-07-01", "2014-06-30")),
        ),
        silent=example(
            "Jobs are observed in 2013, and aimed at in 2014.",
            target("t-1"), observation("o-1", indicator_id="jobs", period=Period.year(2013)),
        ),
        boundary=example(
            "Jobs are observed in the last quarter of the year, and since the beginning.",
            target("t-1"),
            observation("o-1", indicator_id="jobs", period=days("2014-10-01", "2014-12-31")),
            observation("o-2", indicator_id="jobs", period=Period()),
        ),
    ),
    "observation-too-early": Examples(
        firing=fires(
            "In November one jobs figure is about all of 2014, one has no end.",
            MIC, observation("o-1", indicator_id="jobs"),
            observation("o-2", indicator_id="jobs", period=Period(day("2013-01-01"))),
            as_of=at("2014-11-01 09:00"), finds=2,
        ),
        silent=example(
            "A claim in November speaks of all of 2014.",
            MIC, observation("o-1", claim="50 jobs this year"), as_of=at("2014-11-01 09:00"),
        ),
        boundary=example(
            "On the last day of the year jobs of the year are observed.",
            MIC, observation("o-1", indicator_id="jobs"), as_of=at("2014-12-31 00:00"),
        ),
    ),
    "claim-contradicted": Examples(
        firing=fires(
            "The center says that it had at least 50 jobs, more than 40, exactly 50, about 50 and "
            "at most 30, and measured 40.",
            observation("o-1", indicator_id="jobs"),
            *(
                observation(f"c-{n}", claim="jobs", relation=relation, value=Decimal(value))
                for n, (relation, value) in enumerate(
                    (
                        ("at_least", 50), ("exactly", 50), ("about", 50), ("at_most", 30),
                        ("more_than", 40),
                    )
                )
            ), finds=5,
        ),
        silent=example(
            "A claim is about another year than what was measured, which is an estimate besides.",
            observation("o-1", indicator_id="jobs"),
            observation("o-2", indicator_id="jobs", relation="about", period=Period.year(2013)),
            observation("c-1", claim="jobs", value=Decimal(90), period=Period.year(2013)),
        ),
        boundary=example(
            "Measured are 40, claimed at least 40, more than 39, at most 40, exactly 40, and about "
            "44.",
            observation("o-1", indicator_id="jobs"),
            *(
                observation(f"c-{n}", claim="jobs", relation=relation, value=Decimal(value))
                for n, (relation, value) in enumerate(
                    (
                        ("at_least", 40), ("at_most", 40), ("exactly", 40), ("about", 44),
                        ("more_than", 39),
                    )
                )
            ),
        ),
    ),
    "target-twice": Examples(
        firing=fires(
            "For 2014 a center aims at 50 jobs and at 60.",
            target("t-1"), target("t-2", value=Decimal(60)),
        ),
        silent=example(
            "Two centers aim at 50 jobs each.",
            target("t-1"), target("t-2", scope=("mic-namur",)),
        ),
        boundary=example(
            "A center aims at 50 jobs in 2014 and at 60 in 2015.",
            target("t-1"), target("t-2", value=Decimal(60), period=Period.year(2015)),
        ),
    ),
    "follow-up-overdue": Examples(
        firing=fires(
            "On the day after it was due a follow-up has not been asked.",
            MIC, edition("camp-6"), follow_up("f-1"), as_of=at("2015-06-18 00:00"),
        ),
        silent=example(
            "A follow-up was answered on its day.",
            MIC, edition("camp-6"), follow_up("f-1", status="answered", on=day("2015-06-17")),
            as_of=at("2015-06-18 00:00"),
        ),
        boundary=example(
            "A minute before midnight of the day on which it is due a follow-up may be asked.",
            MIC, edition("camp-6"), follow_up("f-1"), as_of=at("2015-06-17 23:59"),
        ),
    ),
    "correction-circle": Examples(
        firing=fires(
            "Two observations correct each other, and a third one itself.",
            _jobs("o-1", corrects="o-2"), _jobs("o-2", corrects="o-1"),
            _jobs("o-3", corrects="o-3"), finds=2,
        ),
        silent=example(
            "An observation corrects another one.",
            _jobs("o-1"), _jobs("o-2", corrects="o-1"),
        ),
        boundary=example(
            "A third observation corrects the second one, which corrects the first.",
            _jobs("o-1"), _jobs("o-2", corrects="o-1"), _jobs("o-3", corrects="o-2"),
        ),
    ),
    "correction-of-another": Examples(
        firing=fires(
            "The jobs of Namur correct those of Brussels, and the jobs of Brussels its visitors.",
            _jobs("o-1"), _jobs("o-2", subject="center:mic-namur", corrects="o-1"),
            _jobs("o-3", indicator_id="visitors"), _jobs("o-4", corrects="o-3"), finds=2,
        ),
        silent=example(
            "The jobs of Namur are no correction of those of Brussels.",
            _jobs("o-1"), _jobs("o-2", subject="center:mic-namur"),
        ),
        boundary=example(
            "A correction of the jobs is about another year.",
            _jobs("o-1"), _jobs("o-2", period=Period.year(2013), corrects="o-1"),
        ),
    ),
    "corrected-twice": Examples(
        firing=fires(
            "Two observations correct the same one.",
            _jobs("o-1"), _jobs("o-2", corrects="o-1"), _jobs("o-3", corrects="o-1"),
        ),
        silent=example(
            "Two observations correct one each.",
            _jobs("o-1"), _jobs("o-2"), _jobs("o-3", corrects="o-1"), _jobs("o-4", corrects="o-2"),
        ),
        boundary=example(
            "A second correction corrects the first one.",
            _jobs("o-1"), _jobs("o-2", corrects="o-1"), _jobs("o-3", corrects="o-2"),
        ),
    ),
    "cumulative-falls": Examples(
        firing=fires(
            "Since 2012 there were 40 jobs by the end of 2013, and 30 by the end of 2014.",
            _so_far("o-1", 2013, 40), _so_far("o-2", 2014, 30),
        ),
        silent=example(
            "Since 2012 there were 40 jobs by the end of 2013, and 50 by the end of 2014.",
            _so_far("o-1", 2013, 40), _so_far("o-2", 2014, 50),
        ),
        boundary=example(
            "Since 2012 there were 40 jobs at the end of two years, and 60, then corrected to 40.",
            _so_far("o-1", 2013, 40), _so_far("o-2", 2014, 40),
            _so_far("o-3", 2012, 60), _so_far("o-4", 2012, 40, corrects="o-3"),
        ),
    ),
    "mixed-definitions": Examples(
        firing=fires(
            "Jobs are defined anew, and one figure is of the definition of before.",
            indicator("jobs", version="2"), _jobs("o-1", version="1"), _jobs("o-2"),
        ),
        silent=example(
            "Two figures of the jobs are of the present definition.",
            indicator("jobs", version="2"), _jobs("o-1"), _jobs("o-2"),
        ),
        boundary=example(
            "One figure names the present definition, the other one names none.",
            indicator("jobs", version="2"), _jobs("o-1", version="2"), _jobs("o-2"),
        ),
    ),
    "more-than-due": Examples(
        firing=fires(
            "Of 20 persons who were due to be asked, 21 answered.", _jobs("o-1", n=21, due=20)
        ),
        silent=example("It is not stated how many were due.", _jobs("o-1", n=21)),
        boundary=example("All 20 who were due answered.", _jobs("o-1", n=20, due=20)),
    ),
    "measure-of-nothing": Examples(
        firing=fires(
            "An indicator counts rows of a table that is not there, and compares a status with a "
            "number.",
            indicator("a", measure=count("rooms")),
            indicator("b", measure=count("visits", where("minutes", ">", "long"))), finds=2,
        ),
        silent=example("Stated jobs need no table.", indicator("jobs")),
        boundary=example(
            "An indicator counts visits of an hour or more, by month.",
            indicator("c", measure=count("visits", where("minutes", ">=", 60)), by=("month",)),
        ),
    ),
    "target-at-baseline": Examples(
        firing=fires(
            "A center had 50 jobs and aims at 50, and at no waste from nothing.",
            target("t-1", baseline=Decimal(50)),
            target("t-2", indicator_id="waste", value=Decimal(0)), finds=2,
        ),
        silent=example("A center aims at 50 jobs.", target("t-1")),
        boundary=example(
            "A center had 51 jobs and aims at 50.", target("t-1", baseline=Decimal(51))
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
