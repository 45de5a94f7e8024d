"""Loading: tables of other systems as a portfolio, with a report on every row."""
