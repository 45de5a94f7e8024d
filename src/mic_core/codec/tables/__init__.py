"""Tables: nouns and portfolios as flat rows, for apps that keep them in a database."""
