"""From responses to scores, gains, correlations and what may be said of them."""
