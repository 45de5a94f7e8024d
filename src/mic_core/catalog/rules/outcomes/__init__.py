"""Rules about outcomes: corrections, identities, attribution, the life of organizations."""
