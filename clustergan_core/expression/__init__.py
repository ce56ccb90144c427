"""Count matrices of single cells: read, checked, filtered, transformed, and what is told of their genes afterwards."""
