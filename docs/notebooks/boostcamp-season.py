# %% [markdown]
# # A Boostcamp season
#
# Three Boostcamps of 2014 in six CSV files: from the files to retention, attendance and completion,
# to visitors by month, and to the jobs that were promised. The files lie in the folder that
# `MIC_CORE_DATA` names.

# %%
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd

import mic_core as mic

os.chdir(Path(os.environ["MIC_CORE_DATA"]) / "boostcamps")

# %% [markdown]
# ## Beyond the files
#
# The center with its clocks, the program, and the target of 50 jobs. Everything is asked as of one
# instant: the morning of 3 November, when the sixth Boostcamp still runs.

# %%
brussels = mic.Center(id="mic", name="MIC Brussels", country="BE", time_zone="Europe/Brussels")
boostcamp = mic.Program(id="boostcamp", title="Boostcamp", kind="accelerator", reenroll=True)
jobs_target = mic.Target(
    id="jobs-2014", indicator_id="jobs-enabled", scope=("mic",), period=mic.Period.year(2014),
    value=Decimal(50),
)
now = datetime(2014, 11, 3, 9, tzinfo=UTC)

# %% [markdown]
# ## Load the files
#
# Headers that are names of fields need no mapping. Local times are those of Brussels: the session
# at half past midnight is one of November.

# %%
tables = {name: pd.read_csv(f"{name}.csv") for name in ("editions", "sessions", "enrollments", "attendance", "headcounts", "jobs")}
loaded = mic.from_tables(tables, center=brussels, program=boostcamp)
loaded

# %%
p = loaded.portfolio.record(jobs_target, recorded_at=now)
print(mic.check(p, as_of=now).text(p).splitlines()[0])

# %% [markdown]
# ## One look at the cohorts

# %%
mic.cohort(p, "boostcamp", as_of=now)

# %% [markdown]
# ## Retention
#
# The seats that were kept, of those that there were by the end of each week that is over. The sixth
# Boostcamp has a late joiner, so its cohort grows.

# %%
mic.cohort(p, "boostcamp", as_of=now).retention

# %% [markdown]
# ## Attendance
#
# Nothing recorded is not taken for absent: it is unknown, and the rate has bounds. A walk-in was
# there without a seat, and counts apart.

# %%
mic.cohort(p, "boostcamp", as_of=now).attendance

# %% [markdown]
# ## Visitors by month
#
# Persons once in each month and once in the year. In November a head count of ten says that more
# were there than the names on the list.

# %%
mic.measure(p, indicators=("V2",), by=("month",), period=mic.Period.year(2014), as_of=now)

# %% [markdown]
# ## Jobs against the target
#
# The figure of the turn of the year lies only partly in 2014, and is left out by name. Half of the
# third quarter is attributed to the center.

# %%
mic.measure(p, indicators=("jobs-enabled",), period=mic.Period.year(2014), as_of=now)

# %% [markdown]
# ## The rows, for questions of one's own
#
# One row for each record of attendance, with the columns of the documented table, as a dataframe of
# pandas. Days are days, numbers are numbers, and what is not known is missing.

# %%
mic.frame(p, "visits", like=pd.DataFrame)[["fact", "edition_id", "day", "person_id", "status"]].head()

# %% [markdown]
# ## A page to send around

# %%
page = mic.page(
    "Boostcamp in 2014",
    "Three Boostcamps: who stayed, who came, and what came of it.",
    mic.Section("The cohorts", [mic.cohort(p, "boostcamp", as_of=now)]),
    mic.Section("The jobs", [mic.measure(p, ("jobs-enabled",), as_of=now)]),
)
page.startswith("<!DOCTYPE html>")
