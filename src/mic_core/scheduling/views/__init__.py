"""Views: agendas as text, HTML and SVG, and two of them side by side."""
