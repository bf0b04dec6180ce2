"""Spreadsheets for stewards: templates made from the shapes, read back as statements with the cell of each."""
