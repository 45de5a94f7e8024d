"""The targets of the fuzzer, tried on what Hypothesis makes up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codec.documents import SAMPLE
from tests.codec.fuzz import SEEDS, TARGETS

WORDS = [*" ;,:=-+/0123456789{}[]", *"FREQ= WEEKLY BYDAY= COUNT= MO Mo 09:00".split()]


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.binary(max_size=60) | st.lists(st.sampled_from(WORDS)).map("".join).map(str.encode))
def test_nothing_but_our_own_errors_comes_out(target: str, data: bytes) -> None:
    """Bytes of any kind, and words of the notations in any order, break no target."""
    assert TARGETS[target](data) is None


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_are_read(target: str) -> None:
    """The seeds of the fuzzer are valid, so that it reaches beyond the first check."""
    for seed in SEEDS[target] or [SAMPLE]:
        assert TARGETS[target](seed.encode()) is None
