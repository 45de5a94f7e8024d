"""Portfolio rules beyond references, in one tuple."""

from mic_core.catalog.rules.attendance import ATTENDANCE_RULES
from mic_core.catalog.rules.calls import CALL_RULES
from mic_core.catalog.rules.credentials import CREDENTIAL_RULES
from mic_core.catalog.rules.duplicates import DUPLICATE_RULES
from mic_core.catalog.rules.editions import EDITION_RULES
from mic_core.catalog.rules.impact import IMPACT_RULES
from mic_core.catalog.rules.modules import MODULE_RULES
from mic_core.catalog.rules.money import MONEY_RULES
from mic_core.catalog.rules.outcomes.identities import IDENTITY_RULES
from mic_core.catalog.rules.outcomes.measures import MEASURE_RULES
from mic_core.catalog.rules.outcomes.observations import OBSERVATION_RULES
from mic_core.catalog.rules.outcomes.participants import PARTICIPANT_RULES
from mic_core.catalog.rules.outcomes.shares import SHARE_RULES
from mic_core.catalog.rules.outcomes.stakes import STAKE_RULES
from mic_core.catalog.rules.people import PEOPLE_RULES
from mic_core.catalog.rules.seats import SEAT_RULES
from mic_core.catalog.rules.series import SERIES_RULES
from mic_core.catalog.rules.sessions import SESSION_RULES
from mic_core.rules import PortfolioRule

FURTHER_RULES: tuple[PortfolioRule, ...] = (
    *EDITION_RULES,
    *MODULE_RULES,
    *SESSION_RULES,
    *SERIES_RULES,
    *CALL_RULES,
    *SEAT_RULES,
    *ATTENDANCE_RULES,
    *CREDENTIAL_RULES,
    *PEOPLE_RULES,
    *PARTICIPANT_RULES,
    *DUPLICATE_RULES,
    *IDENTITY_RULES,
    *MONEY_RULES,
    *IMPACT_RULES,
    *MEASURE_RULES,
    *OBSERVATION_RULES,
    *SHARE_RULES,
    *STAKE_RULES,
)
"""The portfolio rules that `check` uses besides those about references, theme by theme."""
