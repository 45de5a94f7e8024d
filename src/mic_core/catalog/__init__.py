"""The rule catalog: the rules, `check`, which asks each of them, and `fixes`."""
