# %% [markdown]
# # Impact against targets
#
# A season is over: its figures stand beside those that were promised to the funder. The data is the
# sample of Brussels in 2014.

# %%
from datetime import UTC, datetime
from decimal import Decimal

import mic_core as mic
from mic_core.samples import brussels_2014

season = brussels_2014()
now = datetime(2014, 12, 31, tzinfo=UTC)
year = mic.Period.year(2014)
season

# %% [markdown]
# ## Promises
#
# A target is a value of an indicator in a scope and a period. Two are set here, beside those that
# the season holds.

# %%
scope = tuple(each.id for each in season.all(mic.Center))
targets = (
    mic.Target(id="visits", indicator_id="V1", scope=scope, period=year, value=Decimal(1000)),
    mic.Target(id="completed", indicator_id="P5", scope=scope, period=year, value=Decimal("0.8")),
)
season = season.record(*targets, recorded_at=now)

# %% [markdown]
# ## Results
#
# Each figure has bounds where something is not known, and its progress towards the target.

# %%
card = mic.measure(season, ("V1", "V2", "P1", "P5"), period=year, as_of=now, scope=scope)
card

# %%
for result in card:
    aim = result.aim
    progress = "no target" if aim is None or aim.progress is None else f"{float(aim.progress):.0%}"
    print(f"{result.indicator.id}: {result.indicator.title}: {progress}")

# %% [markdown]
# ## The facts behind a figure

# %%
behind = card.get("P5").explain(season)
print(len(behind.facts), "facts, among them", *behind.facts[:2])

# %% [markdown]
# ## A page for the funder

# %%
html = mic.page(
    "Brussels in 2014", "The figures of the season beside those that were promised.", card
)
len(html) > 1000
