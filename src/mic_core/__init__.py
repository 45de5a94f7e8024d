"""The nouns and verbs of innovation centers, incubators, accelerators and training programs.

Every public name is importable from here and is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mic_core.admission.attendance import (
        Register,
        RegisterRow,
        Streak,
        check_in,
        register,
        streaks,
    )
    from mic_core.admission.completion import CompletionResult, Completions, complete, completions
    from mic_core.admission.credentials import PassRate, assess, award, expiring, pass_rate, renew
    from mic_core.admission.line import PlaceInLine, Promotion
    from mic_core.admission.promotion import promote
    from mic_core.admission.proposal import StatusProposal
    from mic_core.admission.requests import request
    from mic_core.admission.requirements.facts import FACTS
    from mic_core.admission.requirements.judge import Judgement, LeafJudgement, judge
    from mic_core.admission.selection.assignment import (
        AssignedReviewers,
        ReviewerAssignment,
        assign_reviewers,
    )
    from mic_core.admission.selection.policy import Quota, SelectionPolicy
    from mic_core.admission.selection.projects import CallProjects, launch_projects
    from mic_core.admission.selection.result import ApplicationResult
    from mic_core.admission.selection.select import CallSelection, SelectionChanges, select
    from mic_core.admission.transitions import (
        accept,
        cancel,
        decline,
        hold,
        resume,
        suspend,
        transfer,
        withdraw,
    )
    from mic_core.catalog.check import CATALOG, check
    from mic_core.catalog.fixes.fix import Fix, fixes
    from mic_core.catalog.rules.sessions import session_length
    from mic_core.chrono import (
        Period,
        Recurrence,
        Slot,
        WeeklyHours,
        add_working_days,
        available,
        is_working_day,
        occurrences,
        overlapping,
        resolve,
        working_days_between,
        zone,
    )
    from mic_core.codec import (
        Column,
        Limits,
        TableSchema,
        converter,
        dumps,
        from_row,
        from_rows,
        json_schema,
        load_scope,
        loads,
        table_schema,
        to_row,
        to_rows,
    )
    from mic_core.codec.loading.load import from_tables
    from mic_core.codec.loading.report import (
        LoadAssumption,
        LoadedTables,
        LoadReport,
        RowCount,
        RowProblem,
    )
    from mic_core.codec.loading.source import FieldSource
    from mic_core.codec.proposals import StoredProposal, dumps_proposal, loads_proposal
    from mic_core.cohorts.attendance import AttendanceCounts, AttendanceRow, CohortAttendance
    from mic_core.cohorts.cohort import Cohort, cohort
    from mic_core.cohorts.completion import Completion, CompletionCounts, OperationCompletion
    from mic_core.cohorts.drop_out import DropOutRisk, MissedInRow
    from mic_core.cohorts.explaining import CohortExplanation
    from mic_core.cohorts.funnel import Funnel, OperationFunnel
    from mic_core.cohorts.operations import Operation
    from mic_core.cohorts.rates import KeptOf, Rate
    from mic_core.cohorts.retention import OperationWeeks, Retention
    from mic_core.cohorts.split import CohortSplit, SplitCell
    from mic_core.errors import (
        IllegalTransition,
        InvariantError,
        MicError,
        MissingExtra,
        NotFound,
        ParseError,
        Problem,
        StaleProposal,
    )
    from mic_core.findings import Finding, Policy, Report, Waiver
    from mic_core.frames.frame import coded_tables, fact_schema, frame, frame_tables
    from mic_core.ids import cite, slug
    from mic_core.impact.aggregation.kaplan_meier import SurvivalStep
    from mic_core.impact.attribution.adjustment import AdjustedFigure, AdjustmentStep, adjust
    from mic_core.impact.attribution.attribute import AttributedFigure, AttributedPart, attribute
    from mic_core.impact.attribution.contrast import Contrast, contrast
    from mic_core.impact.changes import FigureChange, FigureChanges, what_changed
    from mic_core.impact.claims import claims
    from mic_core.impact.counts import Bounds, HeadCount, head_count
    from mic_core.impact.currencies import ExchangeRate, ExchangeRates
    from mic_core.impact.disclosure.protect import protect
    from mic_core.impact.explanation import Explanation
    from mic_core.impact.indicators import INDICATORS
    from mic_core.impact.lifetimes.survival import (
        HORIZONS,
        SurvivalCurves,
        SurvivalGroup,
        SurvivalHorizon,
        survival,
    )
    from mic_core.impact.measuring import measure
    from mic_core.impact.scorecard import Aim, Result, Scorecard
    from mic_core.impact.tables.build import FactTables
    from mic_core.impact.tables.undertakings.accounts import GroupAccounts, MemberAccounts
    from mic_core.impact.tables.undertakings.groups import GroupMember
    from mic_core.impact.tables.undertakings.headroom import (
        DE_MINIMIS,
        AidCeiling,
        Headroom,
        StateAid,
        headroom,
    )
    from mic_core.impact.tables.undertakings.schemes import SIZE_SCHEMES, SizeCeiling, SizeScheme
    from mic_core.impact.tables.undertakings.size_class import SizeClass, SizePeriod, size_class
    from mic_core.impact.variants import FINE_PRINT, FinePrint, variant
    from mic_core.markup import Html, Section, page
    from mic_core.model import (
        NOUNS,
        PROFILE_WORDS,
        TABLES,
        Adjustment,
        Application,
        Assessment,
        Assignment,
        Attendance,
        Attribution,
        Availability,
        Call,
        Center,
        ChangeMeasure,
        Consent,
        Cost,
        CountMeasure,
        Credential,
        Deal,
        Decision,
        Delegation,
        DistinctMeasure,
        Edition,
        Employment,
        Enrollment,
        Figures,
        FollowUp,
        Headcount,
        Identity,
        Indicator,
        LatestMeasure,
        Leaf,
        Measure,
        MedianMeasure,
        Membership,
        Module,
        Money,
        Noun,
        Observation,
        Organization,
        Ownership,
        Participant,
        Partnership,
        Person,
        Program,
        Project,
        RatioMeasure,
        Requirement,
        Retraction,
        Review,
        Room,
        Seats,
        Series,
        Session,
        ShareMeasure,
        StatedMeasure,
        StatusTable,
        Support,
        SurvivalMeasure,
        Target,
        TotalMeasure,
        Transition,
        Waitlist,
        Where,
        all_of,
        any_of,
        change,
        count,
        distinct,
        latest,
        median,
        n_of,
        not_,
        ratio,
        share,
        stated,
        surviving,
        total,
        where,
    )
    from mic_core.portfolio import (
        Batch,
        Diff,
        Portfolio,
        Proposal,
        Recording,
        diff,
        erase,
        merge,
        slice,
        status_of,
        transitions_of,
    )
    from mic_core.rules import Breach, Entry, PortfolioRule, Rule, ScheduleRule
    from mic_core.scheduling.change_series import SeriesChange, change_series
    from mic_core.scheduling.evaluation.compare import Comparison, compare
    from mic_core.scheduling.evaluation.score import Score, score
    from mic_core.scheduling.infeasibility.corrections import ConflictSet
    from mic_core.scheduling.infeasibility.explain import Infeasibility, explain_infeasible
    from mic_core.scheduling.insertion.suggest import Suggestion, Suggestions, suggest
    from mic_core.scheduling.insertion.why_not import Blocks, WhyNot, why_not
    from mic_core.scheduling.outline import Outline, outline
    from mic_core.scheduling.planning.plan import plan
    from mic_core.scheduling.planning.proposal import Plan
    from mic_core.scheduling.planning.unplaced import Unplaced
    from mic_core.scheduling.problem.solution import Progress, Solution, Solver
    from mic_core.scheduling.repair.repair import Repair, repair
    from mic_core.scheduling.rules import (
        SCHEDULE_RULES,
        AudienceOverlap,
        BlockLength,
        Closures,
        CompactDays,
        DayBreaks,
        DayLoad,
        DifferentDays,
        EditionPeriod,
        MaxPerDay,
        MaxPerWeek,
        MinDays,
        MinGap,
        ModuleOrder,
        Only,
        OpeningHours,
        ParticipantOverlap,
        PersonOverlap,
        Preferences,
        PreferredTimes,
        RoomElsewhere,
        RoomFeatures,
        RoomOverlap,
        RoomSeats,
        RoomStability,
        SameDay,
        SameRoom,
        SameTime,
        SpreadOverWeeks,
        Travel,
        Unavailability,
        WorkDay,
    )
    from mic_core.scheduling.rules.custom import rule
    from mic_core.scheduling.views.agenda import Agenda, agenda
    from mic_core.scheduling.views.before_after import BeforeAfter, before_after
    from mic_core.timetable import Timetable, timetable_of

__version__ = "0.1.0"

_NAMES_IN = {
    "admission.attendance": "Register RegisterRow Streak check_in register streaks",
    "admission.completion": "CompletionResult Completions complete completions",
    "admission.credentials": "PassRate assess award expiring pass_rate renew",
    "admission.line": "PlaceInLine Promotion",
    "admission.promotion": "promote",
    "admission.proposal": "StatusProposal",
    "admission.requests": "request",
    "admission.requirements.facts": "FACTS",
    "admission.requirements.judge": "Judgement LeafJudgement judge",
    "admission.selection.assignment": "AssignedReviewers ReviewerAssignment assign_reviewers",
    "admission.selection.policy": "Quota SelectionPolicy",
    "admission.selection.projects": "CallProjects launch_projects",
    "admission.selection.result": "ApplicationResult",
    "admission.selection.select": "CallSelection SelectionChanges select",
    "admission.transitions": "accept cancel decline hold resume suspend transfer withdraw",
    "catalog.check": "CATALOG check",
    "catalog.fixes.fix": "Fix fixes",
    "catalog.rules.sessions": "session_length",
    "chrono": (
        "Period Recurrence Slot WeeklyHours add_working_days available is_working_day occurrences "
        "overlapping resolve working_days_between zone"
    ),
    "codec": (
        "Column Limits TableSchema converter dumps from_row from_rows json_schema load_scope "
        "loads table_schema to_row to_rows"
    ),
    "codec.loading.load": "from_tables",
    "codec.loading.report": "LoadAssumption LoadReport LoadedTables RowCount RowProblem",
    "codec.loading.source": "FieldSource",
    "codec.proposals": "StoredProposal dumps_proposal loads_proposal",
    "cohorts.attendance": "AttendanceCounts AttendanceRow CohortAttendance",
    "cohorts.cohort": "Cohort cohort",
    "cohorts.completion": "Completion CompletionCounts OperationCompletion",
    "cohorts.drop_out": "DropOutRisk MissedInRow",
    "cohorts.explaining": "CohortExplanation",
    "cohorts.funnel": "Funnel OperationFunnel",
    "cohorts.operations": "Operation",
    "cohorts.rates": "KeptOf Rate",
    "cohorts.retention": "OperationWeeks Retention",
    "cohorts.split": "CohortSplit SplitCell",
    "errors": (
        "IllegalTransition InvariantError MicError MissingExtra NotFound ParseError Problem "
        "StaleProposal"
    ),
    "findings": "Finding Policy Report Waiver",
    "frames.frame": "coded_tables fact_schema frame frame_tables",
    "ids": "cite slug",
    "impact.aggregation.kaplan_meier": "SurvivalStep",
    "impact.attribution.adjustment": "AdjustedFigure AdjustmentStep adjust",
    "impact.attribution.attribute": "AttributedFigure AttributedPart attribute",
    "impact.attribution.contrast": "Contrast contrast",
    "impact.changes": "FigureChange FigureChanges what_changed",
    "impact.claims": "claims",
    "impact.counts": "Bounds HeadCount head_count",
    "impact.currencies": "ExchangeRate ExchangeRates",
    "impact.disclosure.protect": "protect",
    "impact.explanation": "Explanation",
    "impact.indicators": "INDICATORS",
    "impact.lifetimes.survival": "HORIZONS SurvivalCurves SurvivalGroup SurvivalHorizon survival",
    "impact.measuring": "measure",
    "impact.scorecard": "Aim Result Scorecard",
    "impact.tables.build": "FactTables",
    "impact.tables.undertakings.accounts": "GroupAccounts MemberAccounts",
    "impact.tables.undertakings.groups": "GroupMember",
    "impact.tables.undertakings.headroom": "DE_MINIMIS AidCeiling Headroom StateAid headroom",
    "impact.tables.undertakings.schemes": "SIZE_SCHEMES SizeCeiling SizeScheme",
    "impact.tables.undertakings.size_class": "SizeClass SizePeriod size_class",
    "impact.variants": "FINE_PRINT FinePrint variant",
    "markup": "Html Section page",
    "model": (
        "NOUNS PROFILE_WORDS TABLES Adjustment Application Assessment Assignment Attendance "
        "Attribution Availability Call Center ChangeMeasure Consent Cost CountMeasure Credential "
        "Deal Decision Delegation DistinctMeasure Edition Employment Enrollment Figures FollowUp "
        "Headcount Identity Indicator LatestMeasure Leaf Measure MedianMeasure Membership Module "
        "Money Noun Observation Organization Ownership Participant Partnership Person Program "
        "Project RatioMeasure Requirement Retraction Review Room Seats Series Session "
        "ShareMeasure StatedMeasure StatusTable Support SurvivalMeasure Target TotalMeasure "
        "Transition Waitlist Where all_of any_of change count distinct latest median n_of not_ "
        "ratio share stated surviving total where"
    ),
    "portfolio": (
        "Batch Diff Portfolio Proposal Recording diff erase merge slice status_of transitions_of"
    ),
    "rules": "Breach Entry PortfolioRule Rule ScheduleRule",
    "scheduling.change_series": "SeriesChange change_series",
    "scheduling.evaluation.compare": "Comparison compare",
    "scheduling.evaluation.score": "Score score",
    "scheduling.infeasibility.corrections": "ConflictSet",
    "scheduling.infeasibility.explain": "Infeasibility explain_infeasible",
    "scheduling.insertion.suggest": "Suggestion Suggestions suggest",
    "scheduling.insertion.why_not": "Blocks WhyNot why_not",
    "scheduling.outline": "Outline outline",
    "scheduling.planning.plan": "plan",
    "scheduling.planning.proposal": "Plan",
    "scheduling.planning.unplaced": "Unplaced",
    "scheduling.problem.solution": "Progress Solution Solver",
    "scheduling.repair.repair": "Repair repair",
    "scheduling.rules": (
        "SCHEDULE_RULES AudienceOverlap BlockLength Closures CompactDays DayBreaks DayLoad "
        "DifferentDays EditionPeriod MaxPerDay MaxPerWeek MinDays MinGap ModuleOrder Only "
        "OpeningHours ParticipantOverlap PersonOverlap Preferences PreferredTimes RoomElsewhere "
        "RoomFeatures RoomOverlap RoomSeats RoomStability SameDay SameRoom SameTime "
        "SpreadOverWeeks Travel Unavailability WorkDay"
    ),
    "scheduling.rules.custom": "rule",
    "scheduling.views.agenda": "Agenda agenda",
    "scheduling.views.before_after": "BeforeAfter before_after",
    "timetable": "Timetable timetable_of",
}
"""The public names, by the module inside this package that each lives in."""

_MODULE_OF = {name: module for module, names in _NAMES_IN.items() for name in names.split()}

# fmt: off
__all__ = [
    "CATALOG", "DE_MINIMIS", "FACTS", "FINE_PRINT", "HORIZONS", "INDICATORS", "NOUNS",
    "PROFILE_WORDS", "SCHEDULE_RULES", "SIZE_SCHEMES", "TABLES", "AdjustedFigure", "Adjustment",
    "AdjustmentStep", "Agenda", "AidCeiling", "Aim", "Application", "ApplicationResult",
    "Assessment", "AssignedReviewers", "Assignment", "Attendance", "AttendanceCounts",
    "AttendanceRow", "AttributedFigure", "AttributedPart", "Attribution", "AudienceOverlap",
    "Availability", "Batch", "BeforeAfter", "BlockLength", "Blocks", "Bounds", "Breach", "Call",
    "CallProjects", "CallSelection", "Center", "ChangeMeasure", "Closures", "Cohort",
    "CohortAttendance", "CohortExplanation", "CohortSplit", "Column", "CompactDays", "Comparison",
    "Completion", "CompletionCounts", "CompletionResult", "Completions", "ConflictSet", "Consent",
    "Contrast", "Cost", "CountMeasure", "Credential", "DayBreaks", "DayLoad", "Deal", "Decision",
    "Delegation", "Diff", "DifferentDays", "DistinctMeasure", "DropOutRisk", "Edition",
    "EditionPeriod", "Employment", "Enrollment", "Entry", "ExchangeRate", "ExchangeRates",
    "Explanation", "FactTables", "FieldSource", "FigureChange", "FigureChanges", "Figures",
    "Finding", "FinePrint", "Fix", "FollowUp", "Funnel", "GroupAccounts", "GroupMember",
    "HeadCount", "Headcount", "Headroom", "Html", "Identity", "IllegalTransition", "Indicator",
    "Infeasibility", "InvariantError", "Judgement", "KeptOf", "LatestMeasure", "Leaf",
    "LeafJudgement", "Limits", "LoadAssumption", "LoadReport", "LoadedTables", "MaxPerDay",
    "MaxPerWeek", "Measure", "MedianMeasure", "MemberAccounts", "Membership", "MicError", "MinDays",
    "MinGap", "MissedInRow", "MissingExtra", "Module", "ModuleOrder", "Money", "NotFound", "Noun",
    "Observation", "Only", "OpeningHours", "Operation", "OperationCompletion", "OperationFunnel",
    "OperationWeeks", "Organization", "Outline", "Ownership", "ParseError", "Participant",
    "ParticipantOverlap", "Partnership", "PassRate", "Period", "Person", "PersonOverlap",
    "PlaceInLine", "Plan", "Policy", "Portfolio", "PortfolioRule", "Preferences", "PreferredTimes",
    "Problem", "Program", "Progress", "Project", "Promotion", "Proposal", "Quota", "Rate",
    "RatioMeasure", "Recording", "Recurrence", "Register", "RegisterRow", "Repair", "Report",
    "Requirement", "Result", "Retention", "Retraction", "Review", "ReviewerAssignment", "Room",
    "RoomElsewhere", "RoomFeatures", "RoomOverlap", "RoomSeats", "RoomStability", "RowCount",
    "RowProblem", "Rule", "SameDay", "SameRoom", "SameTime", "ScheduleRule", "Score", "Scorecard",
    "Seats", "Section", "SelectionChanges", "SelectionPolicy", "Series", "SeriesChange", "Session",
    "ShareMeasure", "SizeCeiling", "SizeClass", "SizePeriod", "SizeScheme", "Slot", "Solution",
    "Solver", "SplitCell", "SpreadOverWeeks", "StaleProposal", "StateAid", "StatedMeasure",
    "StatusProposal", "StatusTable", "StoredProposal", "Streak", "Suggestion", "Suggestions",
    "Support", "SurvivalCurves", "SurvivalGroup", "SurvivalHorizon", "SurvivalMeasure",
    "SurvivalStep", "TableSchema", "Target", "Timetable", "TotalMeasure", "Transition", "Travel",
    "Unavailability", "Unplaced", "Waitlist", "Waiver", "WeeklyHours", "Where", "WhyNot", "WorkDay",
    "__version__", "accept", "add_working_days", "adjust", "agenda", "all_of", "any_of", "assess",
    "assign_reviewers", "attribute", "available", "award", "before_after", "cancel", "change",
    "change_series", "check", "check_in", "cite", "claims", "coded_tables", "cohort", "compare",
    "complete", "completions", "contrast", "converter", "count", "decline", "diff", "distinct",
    "dumps", "dumps_proposal", "erase", "expiring", "explain_infeasible", "fact_schema", "fixes",
    "frame", "frame_tables", "from_row", "from_rows", "from_tables", "head_count", "headroom",
    "hold", "is_working_day", "json_schema", "judge", "latest", "launch_projects", "load_scope",
    "loads", "loads_proposal", "measure", "median", "merge", "n_of", "not_", "occurrences",
    "outline", "overlapping", "page", "pass_rate", "plan", "promote", "protect", "ratio",
    "register", "renew", "repair", "request", "resolve", "resume", "rule", "score", "select",
    "session_length", "share", "size_class", "slice", "slug", "stated", "status_of", "streaks",
    "suggest", "survival", "surviving", "suspend", "table_schema", "timetable_of", "to_row",
    "to_rows", "total", "transfer", "transitions_of", "variant", "what_changed", "where", "why_not",
    "withdraw", "working_days_between", "zone",
]
# fmt: on


def __getattr__(name: str) -> object:
    """Load a public name on first use and keep it."""
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name)
    found: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
