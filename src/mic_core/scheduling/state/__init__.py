"""The incremental state of a partial schedule: resources, precedences and delta evaluation."""
