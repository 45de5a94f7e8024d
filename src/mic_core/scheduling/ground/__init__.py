"""Optimistic concurrency control: the ground of a proposal, and its validation when recorded."""
