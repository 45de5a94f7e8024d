# %% [markdown]
# # From a CSV of attendances
#
# A list of who came, as somebody kept it in a spreadsheet: names instead of ids, dates as they are
# written in Belgium, a typo here and there. It becomes a portfolio, and a report on every row.

# %%
import csv
from datetime import UTC, datetime

import mic_core as mic

LIST = """\
Name,Course,Date,Time,Status,Minutes
Ada Lovelace,Boostcamp 5,03/09/2014,18:00,present,180
Ben Okri,Boostcamp 5,03/09/2014,18:00,present,180
Cleo Dubois,Boostcamp 5,03/09/2014,18:00,excused,
Ada Lovelace,Boostcamp 5,10/09/2014,18:00,Present,180
Ben Okri,Boostcamp 5,10/09/2014,18:00,partial,"90,0"
Cleo Dubois,Boostcamp 5,10/09/2014,18:00,presnet,
Ada Lovelace,Boostcamp 6,31/09/2014,18:00,present,
Ada Lovelace,Boostcamp 6,24/10/2014,18:00,present,
Dan Peeters,Boostcamp 6,24/10/2014,18:00,absent,?
Dan Peeters,Boostcamp 6,31/10/2014,20:00,present,
Dan Peeters,Boostcamp 6,31/10/2014,20:00,present,
,Boostcamp 6,31/10/2014,20:00,present,
"""
rows = list(csv.DictReader(LIST.splitlines()))
len(rows)

# %% [markdown]
# ## Load it
#
# A center, a program and the length of an evening are all that the list does not say. Headers that
# are close to the names of fields need no mapping; the course is the edition.

# %%
center = mic.Center(id="mic", name="MIC Brussels", country="BE", time_zone="Europe/Brussels")
program = mic.Program(id="boostcamp", title="Boostcamp", kind="bootcamp", reenroll=True)
course = {"Boostcamp 5": "boostcamp-5", "Boostcamp 6": "boostcamp-6"}
columns = {
    "attendance": {
        "session.edition": mic.FieldSource(column="Course", words=course),
        "session.minutes": mic.FieldSource(default=180),
    }
}
forms = {"dates": "day_first", "decimal": ",", "missing": ("?",)}
loaded = mic.from_tables(
    {"attendance": rows}, center=center, program=program, columns=columns, **forms
)
loaded

# %% [markdown]
# Every row is kept or reported, and no cell is quoted: a report can be sent around. The assumptions
# say what the list left open. `strict=True` raises all problems at once instead.

# %%
print(*loaded.report.problems, sep="\n")

# %% [markdown]
# ## Mend it
#
# The rows are mended where they come from; the repeated one and the one without a name go.

# %%
mended = [dict(row) for row in rows if row["Name"]]
for row in mended:
    row["Status"] = row["Status"].replace("presnet", "present")
    row["Date"] = row["Date"].replace("31/09/2014", "30/09/2014")
del mended[-1]
loaded = mic.from_tables(
    {"attendance": mended}, center=center, program=program, columns=columns, strict=True, **forms
)
p = loaded.portfolio
p

# %% [markdown]
# ## Check it and count
#
# Contradictions between rows are kept, for `check` to find.

# %%
now = datetime(2014, 11, 3, tzinfo=UTC)
print(mic.check(p, as_of=now).text(p))

# %%
mic.measure(p, ("V1", "V2"), by="month", period=mic.Period.year(2014), as_of=now)

# %%
assert mic.measure(p, "V2", as_of=now).get("V2").value == 4
