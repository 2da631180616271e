"""From a file to rows of cells: encodings, delimited text, workbooks; and what was guessed."""
