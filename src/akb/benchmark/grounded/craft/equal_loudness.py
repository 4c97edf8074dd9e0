"""How loud a pure tone is by ISO 226:2003, and what a meter shows by IEC 61672. Frequencies in Hz, levels in dB.

phons(1000, 40)  ->  40.0; phons(100, 40) is much less
"""

from __future__ import annotations

from math import log10

import numpy as np

# ISO 226:2003, table 1: frequency, exponent, transfer, threshold of hearing.
_TABLE = np.array(
    [
        (20, 0.532, -31.6, 78.5), (25, 0.506, -27.2, 68.7), (31.5, 0.480, -23.0, 59.5), (40, 0.455, -19.1, 51.1),
        (50, 0.432, -15.9, 44.0), (63, 0.409, -13.0, 37.5), (80, 0.387, -10.3, 31.5), (100, 0.367, -8.1, 26.5),
        (125, 0.349, -6.2, 22.1), (160, 0.330, -4.5, 17.9), (200, 0.315, -3.1, 14.4), (250, 0.301, -2.0, 11.4),
        (315, 0.288, -1.1, 8.6), (400, 0.276, -0.4, 6.2), (500, 0.267, 0.0, 4.4), (630, 0.259, 0.3, 3.0),
        (800, 0.253, 0.5, 2.2), (1000, 0.250, 0.0, 2.4), (1250, 0.246, -2.7, 3.5), (1600, 0.244, -4.1, 1.7),
        (2000, 0.243, -1.0, -1.3), (2500, 0.243, 1.7, -4.2), (3150, 0.243, 2.5, -6.0), (4000, 0.242, 1.2, -5.4),
        (5000, 0.242, -2.1, -1.5), (6300, 0.245, -7.1, 6.0), (8000, 0.254, -11.2, 12.6), (10000, 0.271, -10.7, 13.9),
        (12500, 0.301, -3.1, 12.3),
    ]
)  # fmt: skip


def _row(frequency: float) -> tuple[float, float, float]:
    exponent, transfer, threshold = (
        float(np.interp(log10(frequency), np.log10(_TABLE[:, 0]), _TABLE[:, column])) for column in (1, 2, 3)
    )
    return exponent, transfer, threshold


def threshold(frequency: float) -> float:
    """The softest level at which a tone is heard in quiet."""
    return _row(frequency)[2]


def phons(frequency: float, level: float) -> float:
    """The loudness level of a tone; below the threshold it goes on falling, so that such tones can be compared."""
    exponent, transfer, quiet = _row(frequency)
    if level <= quiet:
        return level - quiet
    powers = [(0.4 * 10 ** ((x + transfer) / 10 - 9)) ** exponent for x in (level, quiet)]
    return float(40 * log10(powers[0] - powers[1] + 0.005135) + 94)


def a_weighting(frequency: float) -> float:
    """IEC 61672: what the A filter adds to a tone's level."""
    f = frequency**2
    response = 12194**2 * f**2 / ((f + 20.6**2) * ((f + 107.7**2) * (f + 737.9**2)) ** 0.5 * (f + 12194**2))
    return 20 * log10(response) + 2.0
