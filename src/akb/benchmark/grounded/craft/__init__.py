"""How grounded questions are written: templates, quantities with units, formulas, word lists."""
