"""Examples of the rules about people: consent, belonging, likely duplicates."""

from collections.abc import Mapping

from mic_core.chrono import Period
from mic_core.samples.rules.form import Examples, example, fires
from mic_core.samples.rules.nouns import (
    MIC,
    at,
    consent,
    day,
    days,
    deal,
    edition,
    enrollment,
    figures,
    follow_up,
    identity,
    member,
    organization,
    person,
    step,
    support,
)

_WITHDRAWN = consent("k-2", status="withdrawn", at=at("2015-03-01 12:00"))
_ASKED = follow_up("f-1", status="asked", on=day("2015-06-17"))

CONSENT: Mapping[str, Examples] = {
    "asked-without-consent": Examples(
        firing=fires(
            "Somebody withdrew their consent in March and was asked in June.",
            MIC, edition("camp-6"), consent("k-1"), _WITHDRAWN, _ASKED,
        ),
        silent=example(
            "Somebody gave their consent again in April and was asked in June.",
            MIC, edition("camp-6"), consent("k-1"), _WITHDRAWN,
            consent("k-3", at=at("2015-04-01 12:00")), _ASKED,
        ),
        boundary=example(
            "Somebody withdrew their consent on the day on which they were asked.",
            MIC, edition("camp-6"), consent("k-1"),
            consent("k-2", status="withdrawn", at=at("2015-06-17 18:00")), _ASKED,
        ),
    ),
    "kept-without-consent": Examples(
        firing=fires(
            "Somebody withdrew their consent to a photo and still has a photo.",
            person("ada", attributes=(("photo", "ada.png"),)), consent("k-1", purpose="photo"),
            consent("k-2", purpose="Photo", status="withdrawn", at=at("2015-03-01 12:00")),
        ),
        silent=example(
            "Somebody has a photo and agrees to it.",
            person("ada", attributes=(("photo", "ada.png"),)), consent("k-1", purpose="photo"),
        ),
        boundary=example(
            "Somebody withdrew their consent to a photo and has another attribute.",
            person("ada", attributes=(("diet", "vegan"),)),
            consent("k-1", purpose="photo", status="withdrawn"),
        ),
    ),
    "member-twice": Examples(
        firing=fires(
            "Somebody is a founder of one venture twice.",
            member("m-1"), member("m-2", period=Period.year(2014)),
        ),
        silent=example(
            "Somebody is a founder and a director of one venture.",
            member("m-1"), member("m-2", role="director"),
        ),
        boundary=example(
            "Somebody was a member until the end of 2013 and again from 2014 on.",
            member("m-1", period=days("2012-01-01", "2013-12-31")),
            member("m-2", period=Period.year(2014)),
        ),
    ),
    "closed-before-founded": Examples(
        firing=fires(
            "A venture was closed a day before it was founded.",
            organization("atelier", founded=day("2014-03-01"), closed_on=day("2014-02-28")),
        ),
        silent=example(
            "A venture was founded in March, and closed some day.",
            organization("atelier", founded=day("2014-03-01")),
            organization("kitchen", closed_on=day("2014-02-28")),
        ),
        boundary=example(
            "A venture was founded and closed on one day.",
            organization("atelier", founded=day("2014-03-01"), closed_on=day("2014-03-01")),
        ),
    ),
    "fact-after-closing": Examples(
        firing=fires(
            "A venture was closed in July, and had advice, a deal, figures and a place in autumn.",
            MIC, edition("camp-6"), organization("atelier", closed_on=day("2014-07-01")),
            support("p-1"), deal("d-1"), figures("g-1", period=days("2014-10-01", "2014-12-31")),
            enrollment("e-1", participant_id="atelier"),
            enrollment("e-2", participant_id="atelier", requested_at=at("2014-07-01 00:00")),
            finds=5,
        ),
        silent=example(
            "A venture was closed in July, and another one carries its projects on.",
            organization("atelier", closed_on=day("2014-07-01"), successor_id="kitchen"),
            support("p-1"),
        ),
        boundary=example(
            "A venture had advice and asked for a place on the day before it was closed, and "
            "withdrew another request.",
            MIC, edition("camp-6"), organization("atelier", closed_on=day("2014-07-01")),
            support("p-1", on=day("2014-06-30")), figures("g-1"),
            enrollment("e-1", participant_id="atelier", requested_at=at("2014-06-30 23:59")),
            enrollment("e-2", participant_id="atelier"),
            step("enrollment:e-2", "requested", "withdrawn", "2014-07-01 09:00"),
        ),
    ),
    "profile-word": Examples(
        firing=fires(
            "Two profiles at entry say a job title as the status, and a diploma as the education.",
            enrollment("e-1", profile=(("status", "baker"),)),
            enrollment("e-2", participant_id="bo", profile=(("education", "bachelor"),)), finds=2,
        ),
        silent=example(
            "A profile at entry has an origin and a diet, which may be any words.",
            enrollment("e-1", profile=(("origin", "BE"), ("diet", "vegan"))),
        ),
        boundary=example(
            "A profile at entry says that somebody had a job and a degree.",
            enrollment("e-1", profile=(("education", "5-8"), ("status", "employed"))),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""

DUPLICATES: Mapping[str, Examples] = {
    "same-person": Examples(
        firing=fires(
            "Two persons share a birthday and, but for accents and order, a name; two others the "
            "number of a telephone.",
            person("p-1", name="Zoë Lefèvre", born=day("1990-05-17")),
            person("p-2", name="LEFEVRE, Zoe", born=day("1990-05-17")),
            person("p-3", name="Bram Claes", contact="+32 2 123 45 67"),
            person("p-4", name="Abraham Claes", contact="+32 (2) 1234567"), finds=2,
        ),
        silent=example(
            "Two persons of the same name have nothing else in common, and two of one address are "
            "known to be one.",
            person("p-1", name="Jan Peeters", contact="jan@example.org"),
            person("p-2", name="Jan Peeters"),
            person("p-3", name="Jan P.", contact="jan@example.org"),
            identity("i-1", kept="person:p-1", merged="person:p-3"),
        ),
        boundary=example(
            "Father and daughter have one name and one address, and not one birthday.",
            person("p-1", name="Jo Maes", contact="maes@example.org", born=day("1960-01-01")),
            person("p-2", name="Jo Maes", contact="maes@example.org", born=day("1990-01-01")),
        ),
    ),
    "same-organization": Examples(
        firing=fires(
            "Two organizations of Belgium have one name but for its legal form.",
            organization("o-1", name="Atelier Numérique"),
            organization("o-2", name="ATELIER NUMERIQUE S.R.L."),
        ),
        silent=example(
            "Two organizations of one name are in Belgium and in France.",
            organization("o-1"), organization("o-2", country="FR"),
        ),
        boundary=example(
            "Two organizations of one name were founded in different years.",
            organization("o-1", founded=day("2010-01-01")),
            organization("o-2", founded=day("2012-01-01")),
        ),
    ),
    "identity-circle": Examples(
        firing=fires(
            "Two records of one person are merged into each other.",
            identity("i-1"), identity("i-2", kept="person:ada-2", merged="person:ada"),
        ),
        silent=example(
            "Two records are merged into a third one.",
            identity("i-1"), identity("i-2", merged="person:ada-3"),
        ),
        boundary=example(
            "A record is merged into another one, which is merged into a third.",
            identity("i-1"), identity("i-2", kept="person:ada-0", merged="person:ada"),
        ),
    ),
    "merged-twice": Examples(
        firing=fires(
            "One record is merged into those of two persons.",
            identity("i-1"), identity("i-2", kept="person:bo"),
        ),
        silent=example(
            "Two records are merged into one.",
            identity("i-1"), identity("i-2", merged="person:ada-3"),
        ),
        boundary=example(
            "One record is merged into two others, which are of one person too.",
            identity("i-1"), identity("i-2", kept="person:lovelace"),
            identity("i-3", merged="person:lovelace"),
        ),
    ),
}  # fmt: skip
"""By the code of the rule."""
