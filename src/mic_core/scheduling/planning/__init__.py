"""Planning: `plan` poses a problem, hands it to a solver and proposes the result."""
