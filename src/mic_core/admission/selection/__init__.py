"""Selection: scores, conflicts of interest, quotas and decisions; reviewers and projects."""
