"""`./dev backtest`: how well the engine would have foretold the sales in a file. No Odoo needed."""
