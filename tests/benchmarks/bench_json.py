"""Reading and writing attendances, and reading sessions, as JSON against pydantic.

    python tests/benchmarks/bench_json.py [--smoke]

Both sides check the same: the shape of ids, the words of status, the bounds of minutes, no unknown
keys, nothing converted. Ours also refuses repeated keys, sorts, indexes what it has read, and
knows that somebody absent stays no minutes; pydantic is measured without and with that law. Goals:
with orjson, reading 200,000 rows takes no longer than pydantic without the law, and writing them
does not either. Sessions have slots, whose zones pydantic does not read: its document has offsets
alone. Goal: with the collector on, as apps run, reading 200,000 takes no longer than pydantic.
"""

import json
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

import ratios
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from mic_core.chrono import zone
from mic_core.codec import Limits, dumps, loads
from mic_core.codec.document import read_batches
from mic_core.codec.parse import standard_parser
from mic_core.ids import ID_PATTERN
from mic_core.portfolio import Portfolio

Id = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Row(Strict):
    id: Id
    session_id: Id
    person_id: Id
    status: Literal["present", "partial", "excused", "absent"]
    mode: Literal["in_person", "online"] = "in_person"
    minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None


class Batch(Strict):
    attendance: list[Row]


class Document(Strict):
    batches: list[Batch]
    format: Literal["mic_core.portfolio"]
    version: Literal[2] = Field(alias="schema")


class LawfulRow(Row):
    @model_validator(mode="after")
    def minutes_need_presence(self) -> "LawfulRow":
        if self.minutes and self.status in {"absent", "excused"}:
            msg = "must be 0 for somebody who was not there"
            raise ValueError(msg)
        return self


class LawfulBatch(Strict):
    attendance: list[LawfulRow]


class LawfulDocument(Strict):
    batches: list[LawfulBatch]
    format: Literal["mic_core.portfolio"]
    version: Literal[2] = Field(alias="schema")


class SlotRow(Strict):
    start: AwareDatetime
    end: AwareDatetime


class SessionRow(Strict):
    id: Id
    center_id: Id
    title: Annotated[str, Field(min_length=1, max_length=200)]
    kind: str = "training"
    length: timedelta
    slot: SlotRow | None = None
    room_id: Id | None = None
    edition_id: Id | None = None


class SessionBatch(Strict):
    session: list[SessionRow]


class SessionDocument(Strict):
    batches: list[SessionBatch]
    format: Literal["mic_core.portfolio"]
    version: Literal[2] = Field(alias="schema")


def sessions(n: int) -> bytes:
    """A canonical document of n sessions on 300 days, at 37 times of day."""
    rows: list[dict[str, Any]] = []
    for each in range(n):
        start = datetime(2014, 1, 1, 9, tzinfo=zone("Europe/Brussels"))
        start += timedelta(days=each % 300, minutes=each % 37 * 15)
        moments = {"start": start, "end": start + timedelta(minutes=90)}
        slot = {name: f"{each.isoformat()}[Europe/Brussels]" for name, each in moments.items()}
        row = {"center_id": "mic-brussels", "edition_id": f"e-{each % 40}", "id": f"s-{each:06}"}
        row |= {"length": "PT1H30M", "room_id": f"r-{each % 12}", "title": f"Session {each % 500}"}
        rows.append({**row, "slot": slot})
    tree = {"batches": [{"session": rows}], "format": "mic_core.portfolio", "schema": 2}
    return json.dumps(tree, separators=(",", ":"), sort_keys=True).encode()


def attendances(n: int) -> bytes:
    """A canonical document of n attendances of 5,000 persons at 400 sessions."""
    rows: list[dict[str, Any]] = [
        {
            "id": f"a-{each:06}",
            "minutes": each % 180 if each % 2 == 0 else 0,
            "person_id": f"p-{each * 7 % 5000:04}",
            "session_id": f"s-{each % 400:03}",
            "status": ("present", "absent", "partial", "excused")[each % 4],
        }
        for each in range(n)
    ]
    tree = {"batches": [{"attendance": rows}], "format": "mic_core.portfolio", "schema": 2}
    return json.dumps(tree, separators=(",", ":")).encode()


def without_orjson(raw: bytes) -> object:
    """Read with the parser of the standard library."""
    return Portfolio.replay(read_batches(raw, Limits(), standard_parser()))


def main() -> list[ratios.Row]:
    """Print both tables and return their rows."""
    small = ratios.smoke()
    n, repetitions = (200, 2) if small else (200_000, 9)
    raw = attendances(n)
    portfolio, read = loads(raw), Document.model_validate_json(raw)
    assert dumps(portfolio).encode() == raw
    rows: list[ratios.Row] = []
    for collect in (False, True):
        rows += ratios.compare(
            f"reading {n:,} attendances",
            {
                "pydantic": partial(Document.model_validate_json, raw),
                "pydantic, with the law": partial(LawfulDocument.model_validate_json, raw),
                "loads": partial(loads, raw),
                "loads without orjson": partial(without_orjson, raw),
            },
            repetitions=repetitions,
            collect=collect,
            goals={"loads": 1.0},
        )
    timed = sessions(n)
    bare = timed.replace(b"[Europe/Brussels]", b"")
    assert dumps(loads(timed)).encode() == timed
    rows += ratios.compare(
        f"reading {n:,} sessions",
        {
            "pydantic": partial(SessionDocument.model_validate_json, bare),
            "loads": partial(loads, timed),
        },
        repetitions=repetitions,
        collect=True,
        goals={"loads": 1.0},
    )
    rows += ratios.compare(
        f"writing {n:,} attendances",
        {
            "pydantic": partial(read.model_dump_json, exclude_defaults=True, by_alias=True),
            "dumps": partial(dumps, portfolio),
        },
        repetitions=repetitions,
        goals={"dumps": 1.0},
    )
    return rows


if __name__ == "__main__":
    main()
