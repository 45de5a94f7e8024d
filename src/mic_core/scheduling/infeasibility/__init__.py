"""Infeasibility: shortages by counting, and minimal infeasible subsets (MUS) by deletion filter."""
