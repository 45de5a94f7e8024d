"""Disclosure control: suppression of the figures of a scorecard that would give somebody away."""
