"""Views: agendas as text, HTML and SVG, and the difference of two agendas."""
