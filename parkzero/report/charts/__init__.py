"""Charts as inline SVG, drawn for the width of a phone and, where it pays, again for a wide screen."""
