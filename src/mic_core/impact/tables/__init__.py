"""Builders of fact tables: the meaning of the domain, from the nouns of a portfolio to columns."""
