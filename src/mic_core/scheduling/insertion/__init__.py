"""Insertion: the candidate placements of one session, and the insertion cost of each."""
