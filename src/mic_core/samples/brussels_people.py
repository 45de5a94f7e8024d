"""The people and organizations of the Brussels sample.

The article names the organizations in `NAMED_IN_ARTICLE`; all persons and the other organizations
are invented, and so is every name.
"""

from datetime import date

from mic_core.chrono import Period
from mic_core.model import Membership, Noun, Organization, Person

NAMED_IN_ARTICLE: tuple[Noun, ...] = (
    Organization(
        id="brussels-region", name="Brussels Region", kind="public", country="BE",
        region="Brussels", level="regional",
    ),
    Organization(
        id="european-union", name="European Union", kind="public", country="BE",
        level="international",
    ),
    Organization(id="microsoft", name="Microsoft", kind="large", country="US"),
    Organization(
        id="mimedication", name="miMedication", kind="venture", country="BE", region="Brussels"
    ),
    Organization(id="oh-chef", name="Oh-Chef", kind="venture", country="BE", region="Brussels"),
)  # fmt: skip
"""Organizations that the article names; their region and country are taken from its context."""

_FIRST = (
    "Amina Bram Chloé Dries Elif Farid Greet Hugo Inès Jonas Karima Lotte Mehdi Nele Olivier "
    "Priya Quentin Rosa Samir Tine Ulrike Victor Wout Xenia Yasmine Zoë"
).split()
_LAST = (
    "Adams Bakkali Claes Dubois Engels Fontaine Goossens Hendrickx Ivanova Janssens Kaya Lambert "
    "Maes Nguyen Okafor Peeters Renard Smets Tshibanda Urbain Vermeulen"
).split()

FOUNDERS = tuple(f"founder-{n:02}" for n in range(1, 21))
"""Applicants to the sixth Boostcamp."""

DEVELOPERS = tuple(f"developer-{n:02}" for n in range(1, 23))
"""Participants of the Azure camp."""

TRAINERS = tuple(f"trainer-{n:02}" for n in range(1, 8))
"""Trainers of business model, IT, communication, marketing, pitching, and two of the Azure camp."""

COACH, REVIEWER = "coach-01", "reviewer-01"

VENTURES = {
    "venture-01": "Atelier Numérique", "venture-02": "Bike Ledger", "venture-03": "Cargo Hive",
    "venture-04": "Data Gaufre", "venture-05": "Easy Facture", "venture-06": "Frietbox",
    "venture-07": "Greffe Cloud", "venture-08": "Huis Sensor", "venture-09": "Ixelles Analytics",
    "venture-10": "Jobkraan", "venture-11": "Kiosk SaaS", "venture-12": "Lingua Tram",
}  # fmt: skip

COMPANIES = {
    "sme-01": "Marolles Software", "sme-02": "Noordzee Logistics IT", "sme-03": "Ommegang Mobility",
    "sme-04": "Pentagone Conseil", "sme-05": "Quai Systems", "sme-06": "Rue Neuve Retail Tech",
    "sme-07": "Senne Informatique", "sme-08": "Tour & Taxis Apps",
}  # fmt: skip


def invented_people() -> tuple[Noun, ...]:
    """Persons, ventures, companies and partners that exist only in this example."""
    ids = (*FOUNDERS, *DEVELOPERS, *TRAINERS, COACH, REVIEWER)
    persons = [
        Person(
            id=id,
            name=f"{_FIRST[n % len(_FIRST)]} {_LAST[n * 5 % len(_LAST)]}",
            region="Brussels" if id.startswith("founder") else None,
        )
        for n, id in enumerate(ids)
    ]
    return (*persons, *_organizations(), *_memberships())


def _organizations() -> tuple[Organization, ...]:
    ventures = (
        Organization(id=id, name=name, kind="venture", country="BE", region="Brussels", sector="IT")
        for id, name in VENTURES.items()
    )
    companies = (
        Organization(id=id, name=name, kind="sme", country="BE", region="Brussels", sector="IT")
        for id, name in COMPANIES.items()
    )
    university = Organization(
        id="example-university", name="Example University", kind="university", country="BE"
    )
    industry = Organization(
        id="example-industry", name="Example Industries", kind="large", country="BE"
    )
    return (*ventures, *companies, university, industry)


def venture_of(founder: str) -> str:
    """Return the venture of a founder; the first eight ventures have two founders, others one."""
    return tuple(VENTURES)[FOUNDERS.index(founder) % len(VENTURES)]


def company_of(developer: str) -> str:
    """Return the employer of a developer, a company or a venture."""
    employers = (*COMPANIES, *tuple(VENTURES)[:3])
    return employers[DEVELOPERS.index(developer) % len(employers)]


def _memberships() -> tuple[Membership, ...]:
    since = Period(date(2014, 1, 1))
    founders = (
        Membership(
            id=f"m-{id}", person_id=id, organization_id=venture_of(id), role="founder", period=since
        )
        for id in FOUNDERS
    )
    developers = (
        Membership(
            id=f"m-{id}", person_id=id, organization_id=company_of(id), role="employee",
            period=since,
        )
        for id in DEVELOPERS
    )  # fmt: skip
    return (*founders, *developers)
