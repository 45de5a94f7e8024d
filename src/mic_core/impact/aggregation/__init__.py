"""Aggregation: fact tables in columns, and the states and figures that measures are folded into."""
