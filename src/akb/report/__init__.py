"""What people look at: the page, its tables and charts, the figures."""
