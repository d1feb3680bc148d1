"""`halo`: HALO Push for operators, from a terminal and from scripts. A client of the API like any other."""
