"""Frames: fact tables as dataframes, and measures over dataframes; the extra `frames`."""
