"""PySpark in local mode: the same figures, from tables in memory and from a partitioned dataset."""

import os
from pathlib import Path

import pytest

from mic_core import Period, frame, frame_tables, measure
from mic_core.samples import brussels_2014
from tests.frames.installed import figures, session, tables_in
from tests.impact.camp import AT

pytest.importorskip("pyspark", reason="pyspark is not installed; nox -s spark has it")
pytestmark = pytest.mark.skipif(
    "PYTEST_XDIST_WORKER" in os.environ, reason="one Java is enough; nox -s spark runs these"
)


@pytest.mark.parametrize("how", ["coded", "tidy"])
def test_figures_of_a_season_agree(how: str) -> None:
    """Indicators of visits, participations and shares by month are those of the objects."""
    season = brussels_2014()
    tables = tables_in(f"{how} spark", season)
    for id in ("V2", "P5", "J1", "Q2", "C1"):
        expected = figures(measure(season, id, by="month", as_of=AT))
        assert figures(measure(tables, id, by="month", as_of=AT)) == expected


def test_a_partitioned_dataset_is_measured(tmp_path: Path) -> None:
    """The how-to: visits are written in partitions by center, read lazily, and measured."""
    season, folder = brussels_2014(), str(tmp_path / "visits")
    visits = frame(season, "visits", like=session(), as_of=AT)
    visits.write.partitionBy("center_id").parquet(folder)
    assert list((tmp_path / "visits").glob("center_id=*"))
    tables = frame_tables({"visits": session().read.parquet(folder)})
    year = Period.year(2014)
    expected = figures(measure(season, ("V1", "V2"), period=year, as_of=AT, by="month"))
    found = measure(tables, ("V1", "V2"), period=year, as_of=AT, by="month")
    assert figures(found) == expected
