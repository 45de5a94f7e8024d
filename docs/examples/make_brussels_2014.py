"""Write the Brussels sample as JSON beside this script: `python make_brussels_2014.py`."""

from pathlib import Path

from mic_core import dumps
from mic_core.samples import brussels_2014

if __name__ == "__main__":
    path = Path(__file__).with_name("brussels_2014.json")
    path.write_text(dumps(brussels_2014(), indent=2) + "\n", encoding="utf-8", newline="\n")
