# %% [markdown]
# # The accelerator batches of 2005-2014
#
# A public table of one accelerator: 688 companies in 19 batches, and their founders. Each batch is
# an edition, each company a venture that took part, each founder a member of one. The two files lie
# in the folder that `MIC_CORE_DATA` names.

# %%
import csv
import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import mic_core as mic

folder = Path(os.environ["MIC_CORE_DATA"]) / "accelerator"
with (folder / "Startups.csv").open(encoding="utf-8", newline="") as lines:
    startups = list(csv.DictReader(lines))
with (folder / "Founders.csv").open(encoding="utf-8", newline="") as lines:
    founders = list(csv.DictReader(lines))
print(len(startups), "companies,", len(founders), "founders")

# %% [markdown]
# ## Days of a batch
#
# A batch is a year and a session: Winter or Summer. Their days are not in the files; here a winter
# batch runs from January to March, a summer batch from June to August. The table of editions is
# made of the batches that occur.

# %%
SEASONS = {"Winter": ("01-01", "03-31"), "Summer": ("06-01", "08-31")}
batches = sorted({(row["Y Combinator Year"], row["Y Combinator Session"]) for row in startups})
editions = [
    {
        "edition": f"{year}-{season}",
        "first_day": f"{year}-{SEASONS[season][0]}",
        "last_day": f"{year}-{SEASONS[season][1]}",
        "status": "completed",
    }
    for year, season in batches
]
len(editions)

# %% [markdown]
# ## Load them
#
# The file of companies is read twice: as organizations, and as enrollments in their batch. The
# file of founders names persons and companies by their names.

# %%
center = mic.Center(id="yc", name="Accelerator", country="US", time_zone="America/Los_Angeles")
program = mic.Program(id="batches", title="Batches", kind="accelerator")
batch = ("Y Combinator Year", "Y Combinator Session")
loaded = mic.from_tables(
    {"editions": editions, "companies": startups, "batches": startups, "founders": founders},
    center=center,
    program=program,
    columns={
        "companies": {
            "table": "organizations",
            "id": "Company",
            "name": "Company",
            "kind": mic.FieldSource(default="venture"),
            "country": mic.FieldSource(default="US"),
            "region": "Headquarters (US State)",
        },
        "batches": {"table": "enrollments", "organization": "Company", "edition": batch},
        "founders": {
            "table": "memberships",
            "person": "Founder",
            "person.gender": "Gender",
            "organization": "Company",
            "role": mic.FieldSource(default="founder"),
        },
    },
)
for each in loaded.report.counts:
    print(f"{each.table}: {each.rows} rows, {each.kept} kept, {each.reported} reported")

# %% [markdown]
# All rows are kept. The report also counts what was assumed: who became a person, which texts
# became ids, which columns nothing reads.

# %%
print(*loaded.report.assumptions, sep="\n")

# %% [markdown]
# ## Contradictions
#
# Founders of companies that are not in the other file are found by `check`, as references that
# lead nowhere.

# %%
p = loaded.portfolio
now = datetime(2014, 12, 31, tzinfo=UTC)
report = mic.check(p, as_of=now)
print(Counter(each.code for each in report.findings))
dangling = report.of("dangling-reference")
len(dangling)

# %% [markdown]
# ## Count the ventures of each year

# %%
card = mic.measure(p, "P1", by="year", as_of=now)
card

# %% [markdown]
# ## Batches side by side
#
# The files do not say who completed a batch: completion stays open, and is not counted as a failure.

# %%
found = mic.cohort(p, "batches", as_of=now)
print(found.completion)

# %% [markdown]
# ## Operating, exited, dead
#
# The file has the state of each company in 2014, under a misspelt header. It is no fact of a batch,
# so it is counted from the rows, by the year of the batch.

# %%
states = Counter((row["Y Combinator Year"], row["Satus"]) for row in startups)
for year in sorted({row["Y Combinator Year"] for row in startups}):
    print(year, *(f"{state} {states[year, state]:>3}" for state in ("Operating", "Exited", "Dead")))

# %%
sizes = Counter(each.into for each in p.all(mic.Enrollment))
for edition in sorted(p.all(mic.Edition), key=lambda each: each.period.start or date.min):
    print(f"{edition.id:<12} {sizes[edition.id]:>3} {'█' * (sizes[edition.id] // 2)}")
