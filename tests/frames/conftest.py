"""The tests of frames are collected only where the extra `frames` is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("narwhals") else ["test_*.py"]
