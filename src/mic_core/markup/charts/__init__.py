"""Charts as inline SVG: step curves, funnels, heat maps, Gantt charts and stacked bars."""
