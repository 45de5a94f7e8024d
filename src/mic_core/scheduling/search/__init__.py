"""The default solver: ejection chains, then simulated annealing."""
