"""The default solver: guided ejection search builds a plan, simulated annealing improves it."""
