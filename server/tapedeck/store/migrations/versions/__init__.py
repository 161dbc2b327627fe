"""One module for each change of the database, named after its revision."""
