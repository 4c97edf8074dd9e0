"""Which tones a narrow band of noise leaves audible, by two published models. Frequencies in Hz, levels in dB.

beside_noise(1000, 70, 4000, 30)  ->  1.0: far above the noise it is heard
"""

from __future__ import annotations

from math import atan, sqrt

from akb.benchmark.grounded.craft.equal_loudness import threshold

# By how much a tone in the middle of noise one critical band wide is weaker than the noise when it is just masked:
# 2 dB at 250 Hz to 5 dB at 4 kHz (Fastl and Zwicker, Psychoacoustics, 2007, section 4.1); with a reserve to both sides.
_LEAST, _MOST = 1.0, 8.0
_CLEAR = 5.0


def bark(frequency: float) -> float:
    """The critical-band rate (Zwicker and Terhardt 1980)."""
    return 13 * atan(0.76 * frequency / 1000) + 3.5 * atan((frequency / 7500) ** 2)


def _terhardt(masker: float, masker_level: float, steps: float) -> float:
    """Change of excitation at some barks from the masker (Terhardt 1979): 27 dB a bark below, less steep above."""
    return -(24 + 230 / masker - 0.2 * masker_level) * steps if steps > 0 else 27 * steps


def _schroeder(steps: float) -> float:
    """The same by Schroeder, Atal and Hall (1979), whatever the level."""
    return 15.81 + 7.5 * (steps + 0.474) - 17.5 * sqrt(1 + (steps + 0.474) ** 2)


def beside_noise(masker: float, masker_level: float, frequency: float, level: float) -> float:
    """1 where a tone is heard by either model with a reserve, 0 where it is masked by either, else 0.5."""
    steps = bark(frequency) - bark(masker)
    spread = (_terhardt(masker, masker_level, steps), _schroeder(steps))
    if level > max(threshold(frequency), masker_level + max(spread) - _LEAST) + _CLEAR:
        return 1.0
    return 0.0 if level < max(threshold(frequency), masker_level + min(spread) - _MOST) - _CLEAR else 0.5
