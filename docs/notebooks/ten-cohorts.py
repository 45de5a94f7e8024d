# %% [markdown]
# # Comparing ten cohorts
#
# Ten editions of one program, side by side: how they differ, what is chance, and why the pool is
# not the mean. The data is made up: two tables as a center might keep them.

# %%
from datetime import UTC, date, datetime, timedelta
from random import Random

import mic_core as mic

chance = Random(2014)
DAY = timedelta(days=1)
STATUSES = ("present",) * 7 + ("partial", "excused", "absent")

# %% [markdown]
# ## Ten editions of a training
#
# Every month a new one begins, of eight evenings. Some are large, and the later ones keep their
# people better. One person in ten is not on the list of an evening: nobody wrote it down.

# %%
editions, sessions, enrollments, attendance = [], [], [], []
for number in range(1, 11):
    first = date(2013, 9, 2) + 28 * (number - 1) * DAY
    edition = f"course-{number}"
    editions.append({"edition": edition, "number": number, "first_day": first, "days": 53,
                     "status": "completed"})
    for week in range(8):
        sessions.append({"session": f"{edition}-{week}", "edition": edition, "status": "held",
                         "day": first + 7 * week * DAY, "time": "18:00", "hours": 3})
    for n in range(8 + 6 * (number % 4)):
        person, gender = f"p{number}-{n}", chance.choice("ffmx")
        stays = chance.random() < 0.55 + 0.03 * number
        left = chance.randrange(1, 8)
        enrollments.append(
            {"person": person, "edition": edition, "enrolled_at": first - 14 * DAY,
             "withdrawn_at": None if stays else first + (7 * left + 1) * DAY,
             "status": chance.choice(("completed",) * 4 + ("incomplete",)) if stays else None,
             "profile.gender": None if gender == "x" else gender}
        )
        for week in range(8 if stays else left):
            if chance.random() < 0.9:
                attendance.append({"session": f"{edition}-{week}", "person": person,
                                   "status": chance.choice(STATUSES)})
print(len(enrollments), "enrollments,", len(attendance), "attendances")

# %%
center = mic.Center(id="mic", name="MIC Brussels", country="BE", time_zone="Europe/Brussels")
course = mic.Program(id="course", title="Course", kind="training", reenroll=True)
tables = {
    "editions": editions, "sessions": sessions, "enrollments": enrollments,
    "attendance": attendance,
}
loaded = mic.from_tables(tables, center=center, program=course, strict=True)
p = loaded.portfolio
now = datetime(2014, 6, 1, tzinfo=UTC)
found = mic.cohort(p, "course", as_of=now)

# %% [markdown]
# ## Side by side

# %%
found

# %% [markdown]
# Editions that still run are left out of the pool by name. Pooled, a large edition weighs more than
# a small one; in the mean each weighs the same: both are stated, since they answer different
# questions.

# %%
print(*found.left_out, sep="\n")
print(found)

# %% [markdown]
# ## Completion and chance
#
# The interval of a small edition is wide: most of these editions do not differ from each other by
# more than chance would make them.

# %%
found.completion

# %% [markdown]
# ## By gender
#
# A dimension is a column of a fact table, such as those of the profile at entry. An unknown label
# stays visible, and cells below a minimum are hidden.

# %%
mic.cohort(p, "course", as_of=now, by="gender", minimum=10).split

# %% [markdown]
# ## Draw it with another library
#
# Each result has flat rows, for a dataframe or a plotting library.

# %%
found.retention.rows()[0]
