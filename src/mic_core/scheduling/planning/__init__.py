"""Planning: the verb `plan` compiles a problem, hands it to a solver and proposes the result."""
