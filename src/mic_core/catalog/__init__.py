"""The rule catalog: the portfolio rules, `check`, which evaluates all rules, and `fixes`."""
