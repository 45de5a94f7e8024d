"""Built-in indicators: the catalog of the field, each a measure over fact tables with its sources.

Groups: V visits, P participants, E enterprises, J jobs, G growth, I investment, C cost, K knowledge
sharing, Q quality of the data. A recorded indicator of the same id takes the place of a built-in
one. The crosswalk names the indicators of the European funds (RCO, RCR: Regulation (EU) 2021/1058,
annex I; EECO, EECR: Regulation (EU) 2021/1057, annex I) and of IRIS+ 5.3.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mic_core.model import Indicator, Measure, change, count, distinct, latest, ratio, share, total
from mic_core.model.expressions.measures import Where, where

_YES = (True,)
_PRESENT = where("status", "in", ("present", "partial"))
_AT_WORK = ("employed", "self_employed")
_NOT_AT_WORK = ("unemployed", "inactive", "student")
_SMES = where("kind", "in", ("venture", "sme"))
_ERDF, _ESF, _IRIS = "ERDF 2021-2027", "ESF+ 2021-2027", "IRIS+ 5.3"


def _indicator(
    id: str, title: str, unit: str, kind: str, measure: Measure, definition: str, **more: object
) -> Indicator:
    given: dict[str, Any] = {"kind": kind, "source": "practice of innovation centers", **more}
    return Indicator(
        id=id, title=title, unit=unit, measure=measure, definition=definition, **given
    )  # fmt: skip


def _left_for(horizon: str) -> tuple[Where, ...]:
    return (
        where("horizon", "==", horizon),
        where("before", "in", _NOT_AT_WORK),
        where("after", "in", _AT_WORK),
    )


_ALL = (
    _indicator(
        "V1", "Visits", "visit", "output", count("visits", _PRESENT),
        "Every presence at every session counts, nameless heads included; not unique persons.",
        by=("session_kind", "program_id", "month"), source="Microsoft Innovation Center Brussels",
    ),
    _indicator(
        "V2", "Unique visitors", "person", "output", distinct("visits", "person_id", _PRESENT),
        "Each person counts once. Nameless heads only bound the figure: at least the largest "
        "crowd at one session, at most every head.",
        by=("gender", "organization_kind", "month"), crosswalk={_IRIS: "PI4060"}, source=_IRIS,
    ),
    _indicator(
        "P1", "Participants", "participation", "output",
        distinct("participations", "participation_id"),
        "Participant and operation: entries into one operation again are one participation, "
        "entries into another one are a new one. Characteristics are those at first entry.",
        by=("gender", "employment", "education", "program_id"),
        crosswalk={_ESF: "EECO01"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "P1-unemployed", "Unemployed participants", "participation", "output",
        distinct("participations", "participation_id", where("employment", "==", "unemployed")),
        "Participations of persons unemployed at first entry.", by=("gender", "program_id"),
        crosswalk={_ESF: "EECO02"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "P1-employed", "Employed participants", "participation", "output",
        distinct("participations", "participation_id", where("employment", "in", _AT_WORK)),
        "Participations of persons at work at first entry, the self-employed included.",
        by=("gender", "program_id"),
        crosswalk={_ESF: "EECO05"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "P1-young", "Participants from 18 to 29 years of age", "participation", "output",
        distinct("participations", "participation_id",
                 where("age", ">=", 18), where("age", "<", 30)),
        "Age in calendar years: the year of first entry less the year of birth.",
        by=("gender", "program_id"),
        crosswalk={_ESF: "EECO07"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "P1-older", "Participants of 55 years of age and more", "participation", "output",
        distinct("participations", "participation_id", where("age", ">=", 55)),
        "Age in calendar years: the year of first entry less the year of birth.",
        by=("gender", "program_id"),
        crosswalk={_ESF: "EECO08"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "P1-inactive", "Inactive participants", "participation", "output",
        distinct("participations", "participation_id",
                 where("employment", "in", ("inactive", "student"))),
        "Participations of persons neither at work nor looking for it at first entry.",
        by=("gender", "program_id"),
        crosswalk={_ESF: "EECO04"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    *(
        _indicator(
            f"P1-isced-{level}", f"Participants with education of ISCED levels {level}",
            "participation", "output",
            distinct("participations", "participation_id", where("education", "==", level)),
            "Participations of persons whose highest level completed, at first entry, is of ISCED "
            f"2011 {level}.",
            by=("gender", "program_id"),
            crosswalk={_ESF: code}, source="Regulation (EU) 2021/1057, annex I",
        )
        for level, code in (("0-2", "EECO09"), ("3-4", "EECO10"), ("5-8", "EECO11"))
    ),
    _indicator(
        "P2", "Unique persons trained or supported", "person", "output",
        distinct("participations", "person_id"),
        "Each person counts once, however many programs were entered; delegates of ventures too.",
        by=("gender", "program_id"), crosswalk={_IRIS: "PI2998"}, source=_IRIS,
    ),
    _indicator(
        "P3", "Sessions delivered", "session", "output",
        count("sessions", where("delivered", "==", _YES)),
        "A session counts if it was held, or somebody is known to have been there.",
        by=("kind", "program_id", "month"),
    ),
    _indicator(
        "P3-editions", "Editions delivered", "edition", "output",
        distinct("editions", "edition_id", where("delivered", "==", _YES)),
        "An edition counts once, in the period in which it ends.", by=("program_id",),
    ),
    _indicator(
        "P4", "Contact time", "minute", "output", total("visits", "minutes", _PRESENT),
        "The measured minutes of presence. Where they were not measured, the sum is open above.",
        by=("program_id",),
    ),
    _indicator(
        "P5", "Completion rate", "share", "outcome",
        share("participations", where("has_ended", "==", _YES),
              having=where("status", "==", "completed"), key="participation_id"),
        "Completed participations, of those that are over; running ones are in neither.",
        by=("gender", "edition_id"),
    ),
    _indicator(
        "P7", "Persons who gained a qualification", "person", "outcome",
        distinct("credentials", "person_id", where("kind", "==", "certificate")),
        "Each person counts once, however many certificates were gained.",
        by=("title", "program_id"), crosswalk={_ESF: "EECR03"},
        source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "P7-staff", "Staff of SMEs who completed a training", "person", "outcome",
        distinct("participations", "person_id", where("status", "==", "completed"),
                 where("participant_kind", "in", ("venture", "sme"))),
        "Delegates of ventures and other SMEs in completed participations; each person counts "
        "once. An enterprise without named delegates only bounds the figure.",
        by=("program_id",), crosswalk={_ERDF: "RCR98"},
        source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "P7-awards", "Certificates awarded", "certificate", "outcome",
        count("credentials", where("kind", "==", "certificate")),
        "Each certificate counts.", by=("title", "program_id"),
    ),
    _indicator(
        "P8", "In employment on leaving", "participation", "outcome",
        distinct("employment", "participation_id", *_left_for("4 weeks")),
        "Participations of persons not at work at entry who are within four weeks of leaving.",
        by=("gender",), crosswalk={_ESF: "EECR04"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "P9", "In employment six months after leaving", "participation", "outcome",
        distinct("employment", "participation_id", *_left_for("6 months")),
        "Participations of persons not at work at entry who are at six months, or four weeks "
        "more; persons in employment, not jobs.",
        by=("gender",), crosswalk={_ESF: "EECR05"}, source="Regulation (EU) 2021/1057, annex I",
    ),
    _indicator(
        "E1", "Enterprises supported", "enterprise", "output",
        distinct("supports", "enterprise_id"),
        "Each enterprise counts once, however often and by whomever it was supported.",
        by=("kind", "sector", "program_id"),
        crosswalk={_ERDF: "RCO01", _IRIS: "PI9652"}, source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "E1-smes", "Small and medium-sized enterprises supported", "enterprise", "output",
        distinct("supports", "enterprise_id", _SMES),
        "Ventures and other SMEs by their recorded kind, not by a computed size class.",
        by=("kind", "sector", "program_id"), crosswalk={_IRIS: "PI4940", _ESF: "EECO19"},
        source="Microsoft Innovation Center Brussels",
    ),
    _indicator(
        "E2", "Enterprises supported by grants", "enterprise", "output",
        distinct("supports", "enterprise_id", where("support_kind", "==", "grant")),
        "A subset of E1 that may overlap with E3.",
        crosswalk={_ERDF: "RCO02"}, source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "E3", "Enterprises with non-financial support", "enterprise", "output",
        distinct("supports", "enterprise_id", where("support_kind", "in", (
            "advice", "coaching", "introduction", "program", "referral", "space", "training",
        ))),
        "Coaching, training, programs and the like; no minimum of support. A subset of E1.",
        by=("support_kind", "program_id"),
        crosswalk={_ERDF: "RCO04"}, source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "E4", "New enterprises supported", "enterprise", "output",
        distinct("supports", "enterprise_id", where("age_months", "<", 36)),
        "Founded less than three years before the support began.",
        crosswalk={_ERDF: "RCO05"}, source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "E5", "New enterprises created", "enterprise", "outcome",
        distinct("enterprises", "enterprise_id", where("was_created", "==", _YES)),
        "Founded on or after the day of the first support; gross.",
        by=("sector",), crosswalk={_IRIS: "PI4583"}, source=_IRIS,
    ),
    _indicator(
        "E6", "SMEs investing in skills", "enterprise", "output",
        distinct("supports", "enterprise_id", _SMES,
                 where("support_kind", "in", ("program", "training"))),
        "Ventures and other SMEs that entered a program or were trained.",
        crosswalk={_ERDF: "RCO101"}, source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "J1", "Jobs created, gross", "annual work unit", "outcome",
        change("enterprises", "staff_before", "staff_after", summary="gains"),
        "Per enterprise the rise of staff from the last year over before its first support to the "
        "first year begun after its last; falls count as 0. Due a year after the last support.",
        by=("kind", "sector"), crosswalk={_ERDF: "RCR01"},
        source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "J2", "Change in jobs, net", "annual work unit", "outcome",
        change("enterprises", "staff_before", "staff_after", summary="net"),
        "As J1 with its sign: falls are subtracted, a closed enterprise loses all its jobs.",
        by=("kind", "sector"), crosswalk={_IRIS: "PI3687"}, source=_IRIS,
    ),
    _indicator(
        "J3", "Jobs in supported enterprises", "annual work unit", "outcome",
        latest("figures", "staff", "enterprise_id"),
        "A stock: the staff of each enterprise by its latest figures within the period.",
        by=("kind", "sector"), crosswalk={_IRIS: "PI4874"}, source=_IRIS,
    ),
    _indicator(
        "J4", "Jobs maintained", "annual work unit", "outcome",
        total("enterprises", "staff_kept"),
        "Per enterprise the staff that it had before its first support and still had after its "
        "last: the smaller number. A post that was filled again is maintained. Due as J1.",
        by=("kind", "sector"), crosswalk={_IRIS: "PI5691"}, source=_IRIS,
    ),
    _indicator(
        "J5", "Enterprises that created jobs", "share", "outcome",
        change("enterprises", "staff_before", "staff_after", summary="improved"),
        "Of the enterprises with staff before and after, the share with more.",
        by=("kind", "sector"),
    ),
    _indicator(
        "G1", "Enterprises with higher value added for each of the staff", "share", "outcome",
        change("enterprises", "productivity_before", "productivity_after", _SMES,
               summary="improved"),
        "Of the SMEs with figures before and after, the share with more.",
        by=("sector",), crosswalk={_ERDF: "RCR25"}, source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "G2", "Enterprises with higher turnover", "share", "outcome",
        change("enterprises", "turnover_before", "turnover_after", summary="improved"),
        "Of the enterprises with figures before and after, the share with more.",
        by=("sector",), crosswalk={_ERDF: "RCR19"}, source="Regulation (EU) 2021/1058, annex I",
    ),
    _indicator(
        "I1", "Equity raised", "currency", "outcome",
        total("deals", "amount", where("deal_kind", "in", ("equity", "convertible"))),
        "Deals of supported enterprises on or after their first support; currencies stay apart.",
        by=("sector",),
    ),
    _indicator(
        "I2", "Debt raised", "currency", "outcome",
        total("deals", "amount", where("deal_kind", "==", "loan")),
        "Loans to supported enterprises on or after their first support.", by=("sector",),
    ),
    _indicator(
        "I3", "Grants and prizes raised", "currency", "outcome",
        total("deals", "amount", where("deal_kind", "in", ("grant", "prize"))),
        "Grants and prizes of supported enterprises on or after their first support.",
        by=("sector",),
    ),
    _indicator(
        "C1", "Total cost for each completed participation", "currency", "outcome",
        ratio(total("costs", "amount"),
              distinct("participations", "participation_id", where("status", "==", "completed"))),
        "All costs, in money or in kind, over completed participations of the same period.",
        direction="down",
    ),
    _indicator(
        "C2", "Public cost for each completed participation", "currency", "outcome",
        ratio(total("costs", "amount", where("is_public", "==", _YES)),
              distinct("participations", "participation_id", where("status", "==", "completed"))),
        "Costs that public bodies bear, over completed participations of the same period.",
        direction="down",
    ),
    _indicator(
        "C3", "Total cost for each job created, gross", "currency", "outcome",
        ratio(total("costs", "amount"),
              change("enterprises", "staff_before", "staff_after", summary="gains")),
        "All costs, in money or in kind, over the gross jobs that are due in the same period.",
        direction="down",
    ),
    _indicator(
        "K1", "Pairs of organizations that met", "pair", "output",
        distinct("meetings", "pair_id"),
        "Two organizations met if members of both were present at one session; each pair once.",
    ),
    _indicator(
        "K2", "Enterprises referred to other programs", "enterprise", "output",
        distinct("supports", "enterprise_id", where("support_kind", "==", "referral")),
        "Referrals to programs outside of the center; each enterprise counts once.",
    ),
    _indicator(
        "Q1", "Response rate of follow-ups", "share", "output",
        share("follow_ups", having=where("status", "==", "answered")),
        "Answered follow-ups, of those that are due.", by=("program_id",),
    ),
    _indicator(
        "Q2", "Coverage of identities", "share", "output",
        share("visits", _PRESENT, having=where("person_id", "known")),
        "Visits of persons known by name, of all visits.",
    ),
)  # fmt: skip

INDICATORS: Mapping[str, Indicator] = MappingProxyType({each.id: each for each in _ALL})
"""The built-in indicators by id."""
