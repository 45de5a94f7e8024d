"""Descriptions of the JSON Schema: docstrings of classes, which `python -OO` drops.

Made by `docs/examples/make_descriptions.py`; a test compares them.
"""

DESCRIPTIONS = {
    "Adjustment": (
        "An adjustment: the part of an indicator that is no net effect, to be taken off its "
        "value.\n"
        "`kind` is deadweight (would have happened anyway), displacement (was lost "
        "elsewhere), attribution (others brought it about) or drop_off (fades with time). "
        "`factor` is that part, from 0 to 1; None: not known, which is not 0. `period` is "
        "when it holds; None: always. `evidence` is the grade of evidence; None: not stated. "
        "`source` is a citation."
    ),
    "Application": (
        "An application of a person or organization to a call; a draft if `submitted_at` is "
        "None.\n"
        "`submitted_at` is the time of submission; with it, the initial status is submitted, "
        "unless a transition leads out of draft. `answers` are the named answers; they are "
        "personal."
    ),
    "Assessment": (
        "An assessment of a person in a session: one attempt at an exam, passed or failed.\n"
        "`attempt` counts the attempts of the person at this exam from 1. `score` is the "
        "number of points or percent, on the scale of the exam; None: passed or failed "
        "without a score."
    ),
    "Assignment": (
        "An assignment of a person to a session as trainer, coach, speaker, host or the like."
        "\n"
        "`role` is a word of an open list. Rules depend on `lead` only: who leads must "
        "qualify."
    ),
    "Attendance": (
        "An attendance record: presence, partial presence, excused or unexcused absence of a "
        "person.\n"
        "A missing record is not an absence. `minutes` is the time of presence; None means "
        "not measured."
    ),
    "Attribution": (
        "An attribution: the share of an outcome that a partner brought about, by "
        "contribution.\n"
        "`subject` is `kind:id`: an observation, all of an indicator, or the outcomes of an "
        "organization or a project. `partner_id` is the organization that contributed, "
        "`share` its part, from 0 to 1. `period` is when it holds; None: always. `evidence` "
        "is the grade of evidence; None: not stated. `source` is a citation."
    ),
    "Availability": (
        "A stated availability of a room, person, module or session.\n"
        "`subject` is cited as `kind:id`. Either one `slot` is given, or weekly `hours` "
        "(None: all hours) within a `period` (None: all days). `preference` is preferred, "
        "available, avoided or unavailable. Without any record, a subject is available. "
        "Preferred and available hours close the rest of their period; available slots and "
        "periods without hours add to them. A subject without such hours is available only in"
        " its available slots and periods, if it has any. Preferred slots and periods are "
        "wishes: they open and close nothing. Unavailable takes precedence over all others. "
        "Hours and periods are on the clocks of the center where the subject is needed."
    ),
    "Call": (
        "A call for applications to an edition, or for projects if `edition_id` is None.\n"
        "`window` is the interval in which applications are accepted. `grace` is the time "
        "after the window in which a late application still counts; None: none counts. "
        "`criteria` are the scored criteria by name, with integer weights from 1. `places` is"
        " the number of applicants that can be accepted; None means that no number was "
        "announced."
    ),
    "Center": (
        "An innovation center, incubator or training site, one of a network.\n"
        "`country` is a code of ISO 3166-1. `time_zone` is the name of an IANA time zone; "
        "dates and times of day of everything in the center are local to it. `opening_hours` "
        "of None means always open. `closures` are periods in which it is closed even within "
        "these hours. `region`, `address` and `opened_on` of None: not stated. `focus` holds "
        "its topics."
    ),
    "ChangeMeasure": (
        "A paired change: the difference of two columns of one row, before and after.\n"
        "`summary` is gains (rises are summed, falls count as 0: a gross figure), net (rises "
        "and falls are summed), median (of the differences) or improved (the share of rows "
        "that rose)."
    ),
    "Consent": (
        "The consent of a person to a purpose of data processing, granted or withdrawn.\n"
        "`text_version` identifies the wording that the person saw. `at` is the instant of "
        "the statement."
    ),
    "Cost": (
        "A cost: money spent on a scope over a period.\n"
        "`scope` holds ids of centers, programs, editions, series or sessions. "
        "`value_in_kind` means that no money was paid: `amount` is then the value of goods or"
        " work given. `payer_id` is the person or organization that bears it; None: not "
        "stated. `evidence` is the grade of evidence; None: not stated."
    ),
    "CountMeasure": (
        "A count of the rows of a table for which all conditions hold; heads where rows weigh."
    ),
    "Credential": (
        "A credential of a person or an organization: a certificate, badge or award.\n"
        "`expires_on` is the first date on which it is no longer valid; None means that it "
        "does not expire. `earned_in` is the id of the center, program, edition, series or "
        "session in which it was earned; None: outside of the portfolio. `evidence` holds "
        "texts or links that prove it, and `grade` says how well they do; None: not stated."
    ),
    "Deal": (
        "A deal: capital, a loan, a grant, a prize or revenue that a venture raised on a "
        "date.\n"
        "`investors` are ids of persons and organizations; empty: not known. `evidence` is "
        "the grade of evidence; None: not stated."
    ),
    "Decision": (
        "A decision about an application: accepted, rejected or waitlisted.\n"
        "`decided_at` is the instant of the decision. `reasons` are texts; they are personal."
    ),
    "Delegation": (
        "A delegation: a person who sits for an organization in its enrollment, over a "
        "period.\n"
        "`period` holds the local days, half-open. An enrollment with delegations is attended"
        " by those of the day, in the places that it takes; one without is attended by its "
        "`delegates`, always."
    ),
    "DistinctMeasure": (
        "A distinct count: the number of different keys among the rows for which conditions "
        "hold.\n"
        "`key` holds the columns that together identify one unit, such as a person."
    ),
    "Edition": (
        "An edition of a program in a center, one cohort: for instance the sixth Boostcamp.\n"
        "`number` counts the editions of the program from 1. `seats` is its capacity. "
        "`min_seats` is the least number of enrolled persons with which it runs; None: any "
        "number. `application_window` is the interval in which one can apply; None means any "
        "time. `admission` is open to all, by an offer to each, or by the decisions of a "
        "call. `waitlist` is the policy for free seats. `offer_lasts` is the time for which "
        "an offered seat is reserved; None means until it is answered. `fee` is per person; "
        "None: free of charge. `status` is the initial status, before any transition."
    ),
    "Employment": (
        "The employment status of a person on a date, for outcome measurement.\n"
        "`status` is personal; unknown means that it was asked without an answer, or erased. "
        "`organization_id` is the employer; None: none, or not known. `hours_share` is the "
        "working time as a share of a full-time week, from 0 to 1; it is personal, None: not "
        "known. `evidence` is the grade of evidence; None: not stated."
    ),
    "Enrollment": (
        "An enrollment of a participant in an edition or a session, from the request on.\n"
        "`into` is the id of the edition or session. `delegates` are the persons through whom"
        " an organization takes part. `places` is the number of seats it takes. `profile` "
        "holds the characteristics at entry; it is personal, and some of its names are "
        "reserved: PROFILE_WORDS. `requested_at` of None: not recorded. The status is the "
        "fold of its transitions, `requested` before the first."
    ),
    "Figures": (
        "The annual figures of an organization: headcount and financial data of one period.\n"
        "`staff` is in annual work units: one per person who worked full time all year, "
        "fractions for others (Recommendation 2003/361/EC, annex, article 5). `basis` says if"
        " it is the average of the period or the state on its last day, `founders_counted` if"
        " owners at work are part of it. `estimated` figures are those of a year that is not "
        "closed; `consolidated` ones are those of the group. None in any field means not "
        "known."
    ),
    "FollowUp": (
        "A follow-up survey of a participant some time after participation, with its status.\n"
        "`about` is the id of what they took part in. `due_on` is the date on which it is "
        "due. `status` is due, asked, answered or unreachable. `on` is the date of that "
        "status; None: not recorded, or still due. `evidence` is the grade of what was "
        "answered; None: not stated."
    ),
    "Headcount": (
        "A head count of a session: the number of persons present, without their identities.\n"
        "`n` is that number. `basis` is the method: counted, estimated, or from badge scans."
    ),
    "Identity": (
        "That two records are of one person or organization, which then counts once.\n"
        "`kept` and `merged` are `kind:id`, of one kind: all that is known of the merged "
        "record belongs to the kept one. Both records stay as they are, and so do the facts "
        "that name them. What proves to be wrong is taken back by a Retraction. `reason` is "
        "personal, None: not stated."
    ),
    "Indicator": (
        "An indicator (KPI): a unit, and the measure that computes it from fact tables.\n"
        "The id is its code, and `version` that of its definition: figures of two versions "
        "never add. `measure` is a value tree; `by` are the columns to break it down by, each"
        " with `unknown` where it is not known. `minimum_evidence` is the weakest grade of "
        "evidence that counts; None: any. `direction` is the desired direction of change, "
        "none where neither is better. `definition` is the fine print; None: the title says "
        "it all. `crosswalk` pairs frameworks with their codes. `source` cites the standard "
        "that it follows. The rows of an outcome count from the day on that they are due, as "
        "their table declares."
    ),
    "LatestMeasure": (
        "A stock: the sum, over keys, of the latest value of each within the period.\n"
        "`key` holds the columns that identify one unit, such as an enterprise."
    ),
    "Leaf": (
        "A comparison of one named fact with a value, for instance `sessions_attended >= 8`.\n"
        "`value` is a tuple of one value; several for `in`; none for `known`, which only "
        "requires that the fact is known."
    ),
    "MedianMeasure": (
        "A median of a column of numbers over the rows for which all conditions hold."
    ),
    "Membership": (
        "A membership of a person in an organization, in a role, over a period.\n"
        "A `period` with an open end means that it lasts until now."
    ),
    "Module": (
        "A module of a program: a number of sessions of equal length on one topic.\n"
        "`kind` is that of its sessions, a word of an open list.\n"
        "`count` is the number of sessions. `length` is the duration of each. `requires` are "
        "the ids of its prerequisites, the modules that come before it. `needs` are features "
        "that its rooms must have. `trainers` are the persons who qualify; empty means that "
        "anybody may be assigned. `topic` of None: not stated. The id is unique among the "
        "modules of all programs."
    ),
    "Money": (
        "A monetary amount: an exact decimal number in one currency.\n"
        "`amount` below zero is a loss or a repayment. `currency` is a code of ISO 4217; "
        "amounts of different currencies are never added."
    ),
    "Observation": (
        "An observation: a measured value of an indicator, or a value that a public claim "
        "states.\n"
        "`subject` is cited as `kind:id`. `claim` holds the words of a public claim, which "
        "stands beside the data; None: the value is part of them. A claim may name its "
        "indicator; any other observation does. `value` is in `unit`. `relation` is exactly, "
        "at_least, more_than (more than 6,000 visitors), at_most or about. `form` is "
        "increment (what happened in the period), cumulative (all since the period began) or "
        "stock (what there is on its last day). `tally` is gross or net; None: not stated. "
        "`version` is that of the indicator's definition; None: the present one. `n` is the "
        "number of units behind the value, of the `due` ones that could be; None: not stated."
        " `corrects` is the observation that it replaces; None: none. `method` is the method "
        "of measurement; None: not stated. `evidence` is the grade of evidence, claimed is "
        "the lowest. `source` is a citation. `attribution` is the share of the value, from 0 "
        "to 1, that is attributed to the subject; None: all of it."
    ),
    "Organization": (
        "A legal person: venture, company, public body, university, association.\n"
        "`country` is a code of ISO 3166-1. `founded` is the date of foundation. `level` is "
        "the level of government of a public body, `inhabitants` and `budget` (of a year) are"
        " those of a local authority; None for all others, or not known. `closed_on` is the "
        "first day on which it was not active any more; None: active, as far as is known. "
        "`successor_id` is the organization that took its activity over; None: none. "
        "`markets` are those it sells on; empty: not known. In all other fields, None means "
        "not known."
    ),
    "Ownership": (
        "An ownership stake: the share of an organization that a person or organization "
        "holds.\n"
        "`capital` is the share of the capital, from 0 to 1. `votes` is the share of the "
        "voting rights, from 0 to 1; None means the same share as of the capital. `holder` is"
        " the kind of holder, which matters for the size class of an enterprise "
        "(Recommendation 2003/361/EC, annex, article 3). `controls` means a dominant "
        "influence whatever the share, by contract, statutes or the right to appoint a "
        "majority of the board. `invested` is what the holder has put in; None: not known. "
        "`acting_with` are the persons and organizations with which the holder acts jointly."
    ),
    "Partnership": (
        "A contribution of an organization to a center, program, edition, series or session.\n"
        "`supports` are the ids of these. `role` is that of a funder, host, sponsor, delivery"
        " partner or academic partner. `share` is its part of the total contribution, from 0 "
        "to 1; None: not stated. `amount` is money; None: not stated."
    ),
    "Period": (
        "A half-open interval of local days: from `start` up to and excluding `end`.\n"
        "A `start` or `end` of None means unbounded on that side."
    ),
    "Person": (
        "A natural person: participant, trainer, coach, founder.\n"
        "All fields except the id are personal and never printed. None means not known."
    ),
    "Program": (
        "A program that a center or another organization offers in editions.\n"
        "`kind` is a word of an open list: a usual kind, or any other lowercase word such as "
        "hackathon.\n"
        "`organizer_id` is the id of a center or an organization; None means the center of "
        "each edition. `modules` are its parts. `eligibility` is the requirement for entry; "
        "None: anybody may enter. `completion` is the requirement for completion; None: the "
        "trainers decide. `reenroll` allows a participant to enroll in several editions."
    ),
    "Project": (
        "A project that a call without an edition leads to: work of organizations over a "
        "period.\n"
        "`organizations` are the ids of those who carry it out. `amount` is the money "
        "granted; None: none, or not stated."
    ),
    "RatioMeasure": (
        "A ratio of two measures, of one table or of two; 0 divided by 0 is undefined."
    ),
    "Recurrence": (
        "A recurrence rule (RRULE, EXDATE, RDATE of RFC 5545) on local dates, without its "
        "start.\n"
        "`interval` is the step in days, weeks, months or years (INTERVAL). `weekdays` are MO"
        " to SU (BYDAY); in monthly and yearly rules they may have an ordinal (2TU is the "
        "second Tuesday, -1FR the last Friday of a month), without one they mean every such "
        "day of the month. `month_days` are 1 to 31, or -1 for the last day of a month "
        "(BYMONTHDAY); a month without that day is skipped. If both are empty, the start "
        "supplies the day. `months` are 1 to 12 (BYMONTH); if empty, a yearly rule uses the "
        "month of the start, any other all months. `year_days` are 1 to 366, or -1 for the "
        "last day of a year (BYYEARDAY). `weeks` are the weeks of a year, 1 to 53, or -1 for "
        "the last (BYWEEKNO); week 1 has at least four days of its year, and the days of a "
        "week that lie in another year are selected too. In daily and weekly rules, all five "
        "filter the days. `positions` (BYSETPOS) select, of the days of each day, week, month"
        " or year, the first (1), the last (-1) and so on; the first week begins at the "
        "start. `week_start` (WKST) has an effect on `weeks`, and on weekly rules with an "
        "`interval` above 1 or `positions`.\n"
        "`count` is the number of occurrences, excluded ones included (COUNT, None: no "
        "limit); `until` the last possible date (UNTIL, None: no limit). `excluded` dates "
        "(EXDATE) are removed, also if they are `extra` dates (RDATE). The start is an "
        "occurrence only if it matches the rule.\n"
        "Raises InvariantError with all problems. Source: RFC 5545, sections 3.3.10 and "
        "3.8.5."
    ),
    "Requirement": (
        "A requirement: a Boolean combination (all, any, n of, not) of leaves and "
        "requirements.\n"
        "`rule` is the operator. `parts` are its operands, exactly one for a negation. `n` is"
        " the least number of parts that must be met, for n_of; None for all other operators."
        " `levels` and `nodes` are derived: the depth of the tree, at most 60, and its size, "
        "at most 10,000, in which a shared part counts in each place and an `in` once for "
        "each value."
    ),
    "Retraction": (
        "That a fact was recorded by mistake: from its own record on, the subject is not "
        "known.\n"
        "`subject` is `kind:id`, of any noun but a retraction; a module is changed with its "
        "program. What was known before the retraction was recorded is still known then, so "
        "reports of the past stay as they were. The transitions of a subject go with it. "
        "Recording the id of the subject later revives it, and its transitions with it. "
        "`reason` is personal, None: not stated."
    ),
    "Review": (
        "A review of an application by one reviewer: scores by criterion, or a recusal.\n"
        "`scores` are decimal numbers by the name of the criterion. `recused` is true for a "
        "reviewer who stood aside, for instance for a conflict of interest, and gives no "
        "scores."
    ),
    "Room": (
        "A room of a center: a resource that sessions take place in.\n"
        "`seats` is its capacity in persons; None: not stated, and then no rule limits it. "
        "`features` is its equipment, which the needs of sessions name. `concurrency` is the "
        "number of sessions that it can host at the same time."
    ),
    "Seats": ("A capacity in persons, on site and online; None means unlimited."),
    "Series": (
        "A recurring session: a recurrence rule with a title, a local time of day and a "
        "length.\n"
        "`kind` is that of its sessions, a word of an open list.\n"
        "`recurrence` is the rule for its dates. `first_on` is its start date, on or after "
        "which the first occurrence is. `starts_at` is the time of day in the time zone of "
        "the center, in summer and winter. `length` is the duration of each occurrence. "
        "`program_id` of None: it belongs to no program. `room_id` of None: rooms are "
        "assigned to each session."
    ),
    "Session": (
        "A session: one training, conference, coaching hour or visit, the activity to "
        "schedule.\n"
        "`kind` is a word of an open list: a usual kind, or any other lowercase word such as "
        "lecture.\n"
        "`length` is its duration. `slot` is its time; None: not placed yet. `room_id` is its"
        " room; None: not placed yet, or online, where it needs none. `edition_id`, "
        "`module_id` and `series_id` are the ids of what it is part of; None: of none. "
        "`audience` holds the ids of editions and invited participants who are expected. "
        "`elective` means that the audience may choose whether to attend. `needs` are "
        "features that its room must have. `seats` is its capacity; None: that of the room. "
        "`waitlist` is the policy for free seats. `expected` is the number of persons "
        "expected; None: not stated. `fee` is per person; None: free of charge. `original_on`"
        " is the date of its occurrence, local to the center: an occurrence of a series is "
        "the series and a date. It is written once and stays when the session moves; None: an"
        " occurrence of none. `revision` is the number of changes sent to calendars. `status`"
        " is the initial status, before any transition."
    ),
    "ShareMeasure": (
        "A proportion: of the rows or keys that meet `where`, the share that also meets "
        "`having`.\n"
        "`key` holds the columns that identify one unit, which meets `having` if one of its "
        "rows does; empty: each row is a unit."
    ),
    "Slot": (
        "A half-open time interval in one time zone: from `start` up to and excluding `end`.\n"
        "Both are aware datetimes in the same zone of the IANA database, or in UTC; "
        "nonexistent local times are refused. Derived are the instants `start_utc` and "
        "`end_utc`, in microseconds since the epoch, and `zone`, the name of the zone. Slots "
        "are equal if these three are."
    ),
    "StatedMeasure": (
        "A stated number: the observations that were recorded under the indicator itself.\n"
        "Increments in one unit and definition whose periods do not overlap add up; every "
        "other one only bounds the value."
    ),
    "Support": (
        "Support that an enterprise received: coaching, a grant, a referral, space.\n"
        "`provider_id` is the id of a center, an organization or a person. `on` is the date "
        "on which it was given. `hours` is the time spent on it, None: not measured. `amount`"
        " is its value in money, None: not measured. `granted_on` is the date on which the "
        "legal right to the aid arose, from which de minimis aid counts (Regulation (EU) "
        "2023/2831, article 3); None means the date of `on`. `until` is the first date on "
        "which support over a time, such as a tenancy, has ended; None: it was given at once,"
        " or lasts. `evidence` is the grade of evidence; None: not stated."
    ),
    "SurvivalMeasure": (
        "A survival share (Kaplan-Meier): the lives in a table that last longer than some "
        "months.\n"
        "`left` and `entered` are columns of times, `ended` that of the flag of death and "
        "`lost_to_follow_up` that of lives of which the end is not known. An `entered` of "
        "None: all from the start; a `lost_to_follow_up` of None: none."
    ),
    "Target": (
        "A target: the value that an indicator should reach in a period and scope.\n"
        "`scope` holds ids of centers, programs, editions, series or sessions. `value` is in "
        "the unit of the indicator. `baseline` is the starting value, in the same unit; None "
        "means zero."
    ),
    "TotalMeasure": ("A sum of a column of numbers over the rows for which all conditions hold."),
    "Transition": (
        "A state transition: a change of the status of an entity at an instant, recorded as a"
        " fact.\n"
        "`subject` is cited as `kind:id`. `before` of None means that `after` is the initial "
        "status, as for a walk-in who starts enrolled. `effective_at` is the instant of the "
        "change in the world. `expires_at` is the deadline of an offer; None: it is open "
        "until answered. `actor` is an id of the party that made the change, None: not "
        "recorded. `reason` is personal, None: not stated."
    ),
    "Waitlist": (
        "A waitlist policy: the order in which free seats are offered.\n"
        "`rule` is strict_fifo (first come, first served), best_fit (the first whose number "
        "of places fits), priority (by the rank that was decided) or lottery (a random "
        "order). `seed` is that of the random numbers of a lottery; None for all other rules."
    ),
    "WeeklyHours": (
        "Weekly hours in local time in which a center is open or a subject is available.\n"
        "`ranges` are half-open intervals of minutes since Monday 00:00, up to 10080, in "
        "canonical form (sorted, adjacent and overlapping ones merged); empty means closed "
        "all week. Their notation has at most 2,000 characters. `starts` and `ends` are "
        "derived: the same over two consecutive weeks, for binary search."
    ),
    "Where": (
        "A condition on a column of a fact table, which selects rows; three-valued where "
        "unknown.\n"
        "`value` is a tuple of one value; several for `in`; none for `known` and `unknown`. "
        'Numbers with a fraction and dates are written as text: "0.5", "2014-09-10".'
    ),
}
