"""The rules about the portfolio as a whole, beyond references, in one tuple."""

from mic_core.catalog.attendance_rules import ATTENDANCE_RULES
from mic_core.catalog.call_rules import CALL_RULES
from mic_core.catalog.credential_rules import CREDENTIAL_RULES
from mic_core.catalog.duplicate_rules import DUPLICATE_RULES
from mic_core.catalog.edition_rules import EDITION_RULES
from mic_core.catalog.impact_rules import IMPACT_RULES
from mic_core.catalog.module_rules import MODULE_RULES
from mic_core.catalog.money_rules import MONEY_RULES
from mic_core.catalog.people_rules import PEOPLE_RULES
from mic_core.catalog.seat_rules import SEAT_RULES
from mic_core.catalog.series_rules import SERIES_RULES
from mic_core.catalog.session_rules import SESSION_RULES
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
    *DUPLICATE_RULES,
    *MONEY_RULES,
    *IMPACT_RULES,
)
"""What `check` asks of the portfolio besides references and the timetable, theme by theme."""
