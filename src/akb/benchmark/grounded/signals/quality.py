"""Grounded questions on the quality of recordings by arithmetic: noise, distortion and codecs.

list(GENERATORS["noise_snr.margin"](0))
"""

from __future__ import annotations

from math import log10

from akb.benchmark.grounded.craft.quantities import Quantities

noise = Quantities("noise_snr")
distortion = Quantities("distortion_clipping")
codec = Quantities("codec_artefacts")

# --- noise -----------------------------------------------------------------------------------
noise.add(
    "margin", "difference", "dB",
    [
        "Speech in a recording has an RMS level of {high} dBFS, the background hiss {low} dBFS. What is the signal-to-noise ratio?",
        "A field recorder's self-noise lies at {low} dBFS and the birdsong at {high} dBFS. What SNR does the recording have?",
        "The pauses of an interview measure {low} dBFS RMS, the speech {high} dBFS RMS. How large is the SNR?",
    ],
    {"high": [-30, -26, -23, -18, -14], "low": [-72, -66, -61, -55, -48]},
    [lambda high, low: -(high + low), lambda high, low: (high - low) / 2, lambda high, low: -low, 6, -6],
    limit=16,
)  # fmt: skip
noise.add(
    "from_volts", "snr_of_volts", "dB",
    [
        "A microphone delivers {signal} mV RMS of speech and {noise} mV RMS of noise. What is the SNR?",
        "The wanted signal measures {signal} mV, the noise {noise} mV, both RMS at the same point. Which SNR is that?",
        "An amplifier's output has {signal} mV of programme and {noise} mV of hiss (RMS). How many decibels lie between them?",
    ],
    {"signal": [20, 50, 80, 100, 200, 500], "noise": [0.1, 0.2, 0.5, 1, 2]},
    [lambda signal, noise: 10 * log10(signal / noise), lambda signal, noise: 40 * log10(signal / noise), 6, -6, 10],
    limit=24,
)  # fmt: skip
noise.add(
    "from_watts", "snr_of_watts", "dB",
    [
        "Averaged over time, the speech in a mixture has a power of {signal} units, the noise one of {noise}. What is the SNR?",
        "The signal power is {signal} µW and the noise power {noise} µW. Which signal-to-noise ratio results?",
        "A mixture is built from speech with power {signal} and noise with power {noise} in the same units. What is its SNR?",
    ],
    {"signal": [8, 20, 40, 100, 200, 500, 800], "noise": [0.5, 1, 2, 4, 5]},
    [lambda signal, noise: 20 * log10(signal / noise), lambda signal, noise: 5 * log10(signal / noise), lambda signal, noise: signal / noise, 3, -3, 10],
    limit=24,
)  # fmt: skip
noise.add(
    "scale_noise", "voltage_ratio", "times",
    [
        "Speech and noise are to be mixed at an SNR of {decibels} dB. How many times the noise's RMS amplitude must the speech's be?",
        "At an SNR of {decibels} dB, what is the ratio of the RMS amplitudes of signal and noise?",
        "An SNR of {decibels} dB means that the signal's RMS voltage is how many times that of the noise?",
    ],
    {"decibels": [6, 10, 14, 20, 26, 30, 34, 40, 46]},
    [lambda decibels: 10 ** (decibels / 10), lambda decibels: 10 ** (decibels / 40), 0.5, 2, lambda decibels: decibels],
    limit=16,
)  # fmt: skip
noise.add(
    "power_of_snr", "power_ratio", "times",
    [
        "An utterance is recorded at {decibels} dB SNR. The speech power is how many times the noise power?",
        "By which factor does the signal power exceed the noise power at {decibels} dB SNR?",
        "Which power ratio of signal to noise corresponds to {decibels} dB?",
    ],
    {"decibels": [3, 5, 7, 10, 13, 15, 17, 20, 23]},
    [lambda decibels: 10 ** (decibels / 20), lambda decibels: 10 ** (decibels / 5), 0.5, 2, lambda decibels: decibels],
    limit=16,
)  # fmt: skip
noise.add(
    "two_stages", "total_snr", "dB",
    [
        "A preamplifier alone would give {one} dB SNR, the converter alone {other} dB. If their noises are independent, what does the chain give?",
        "Two independent noises spoil a recording: one at {one} dB and the other at {other} dB below the signal. What is the overall SNR?",
        "Room noise limits a take to {one} dB SNR, tape hiss by itself to {other} dB. Which SNR remains with both, uncorrelated?",
    ],
    {"one": [40, 46, 50, 56, 60], "other": [40, 43, 46, 50, 53, 56, 60, 63]},
    [lambda one, other: (one + other) / 2 + 3, lambda one, other: max(one, other) + 3, lambda one, other: one + other, -6, lambda one, other: max(one, other)],
    limit=24,
)  # fmt: skip
noise.add(
    "averaging", "averaging_gain", "dB",
    [
        "The same sound is recorded {count} times with independent noise, and the aligned recordings are averaged. By how much does the SNR improve?",
        "An array of {count} synchronised microphones picks up the same signal with independent, equal self-noise. What does averaging their outputs gain in SNR?",
        "To lift a click out of noise, {count} repetitions are averaged in step. How much SNR is gained, the noise being random?",
    ],
    {"count": [2, 4, 8, 10, 16, 25, 32, 50, 64, 100, 200]},
    [lambda count: 20 * log10(count), lambda count: 5 * log10(count), 3, 6, -3],
    limit=20,
)  # fmt: skip
noise.add(
    "band_limited_noise", "noise_in_band", "dB",
    [
        "White noise from 0 to {full} Hz has a level of {level} dB. An ideal filter lets only a {band} Hz wide band through. What is the level now?",
        "Hiss that is spectrally flat up to {full} Hz measures {level} dB. What is the level of the part of it in a band of {band} Hz below that limit?",
    ],
    {"level": [50, 60, 70], "full": [10000, 16000, 20000], "band": [100, 200, 500, 1000, 2000, 4000, 5000]},
    [lambda level, full, band: level - 20 * log10(full / band), lambda level, full, band: level * band / full, 3, -3, lambda level, full, band: level, 6],
    limit=24,
)  # fmt: skip
noise.add(
    "ambient_correction", "level_rest", "dB",
    [
        "A device and the room noise together measure {total} dB; with the device off, {part} dB remain. What is the level of the device alone?",
        "With a projector running the meter shows {total} dB, without it {part} dB. How loud is the projector by itself?",
        "Hum and hiss together read {total} dB. After a notch filter has removed the hum, {part} dB of hiss are left. What was the level of the hum?",
    ],
    {"total": [40, 45, 50, 54], "part": [37, 38, 39, 42, 43, 44, 47, 48, 49, 51, 52]},
    [lambda total, part: total - part, lambda total, part: total, lambda total, part: (total + part) / 2 + 3, -6, lambda total, part: total - 10],
    limit=24,
    fits=lambda value: value > 25,
)  # fmt: skip

# --- distortion ------------------------------------------------------------------------------
distortion.add(
    "symmetric_clipping", "odd_harmonic", "Hz",
    [
        "A {frequency} Hz sine is clipped symmetrically, so that only odd harmonics arise. With the new components numbered upwards from 1, at which frequency is number {place}?",
        "Symmetrical hard clipping of a {frequency} Hz tone adds odd harmonics only. With these numbered upwards from 1, leaving out the fundamental, where does number {place} lie?",
    ],
    {"frequency": [100, 150, 220, 250, 300, 440, 500], "place": [1, 2, 3, 4]},
    [lambda frequency, place: frequency * (place + 1), lambda frequency, place: frequency * 2 * place, lambda frequency, place: frequency * (2 * place + 2), lambda frequency, place: frequency * (2 * place - 1), lambda frequency, place: frequency * (2 * place + 3)],
    limit=20,
)  # fmt: skip
distortion.add(
    "harmonic_place", "harmonic", "Hz",
    [
        "An overdriven preamplifier distorts a {frequency} Hz tone. At which frequency is the harmonic of order {order} (the fundamental being order 1)?",
        "Where does the harmonic of order {order} of a distorted {frequency} Hz sine appear, if the fundamental counts as order 1?",
    ],
    {"frequency": [180, 330, 470, 650, 825, 1100], "order": [2, 3, 4, 5, 7]},
    [lambda frequency, order: frequency * (order + 1), lambda frequency, order: frequency * (order - 1), lambda frequency, order: frequency * 2**order, lambda frequency, order: frequency * 2 ** (order - 1), lambda frequency, order: frequency * (2 * order - 1)],
    limit=16,
)  # fmt: skip
distortion.add(
    "third_order_below", "third_order_low", "Hz",
    [
        "Two tones of {low} Hz and {high} Hz pass a nonlinear device. At which frequency is the lower third-order intermodulation product next to them?",
        "A loudspeaker plays {low} Hz and {high} Hz at once and distorts. Where lies the third-order product below the lower tone?",
    ],
    {"low": [900, 1000, 1100, 1300], "high": [1200, 1350, 1500, 1650, 1700]},
    [lambda low, high: high - low, lambda low, high: 2 * high - low, lambda low, high: low + high, lambda low, high: 3 * low - high, lambda low, high: 2 * low],
    limit=16,
    fits=lambda value: value > 0,
)  # fmt: skip
distortion.add(
    "third_order_above", "third_order_high", "Hz",
    [
        "An overloaded mixer input receives {low} Hz and {high} Hz. Where is the third-order intermodulation product just above the two tones?",
        "Tones at {low} Hz and {high} Hz intermodulate in a saturated amplifier. Where does the third-order product above the higher tone lie?",
    ],
    {"low": [800, 1000, 1250, 1400], "high": [1500, 1600, 1750, 1900, 2000]},
    [lambda low, high: high - low, lambda low, high: 2 * low - high if 2 * low > high else 3 * high, lambda low, high: low + high, lambda low, high: 2 * high, lambda low, high: 2 * high + low],
    limit=16,
)  # fmt: skip
distortion.add(
    "difference_product", "difference_tone", "Hz",
    [
        "Pure tones of {low} Hz and {high} Hz meet in a loudspeaker with second-order distortion. Which difference tone appears?",
        "An asymmetrically distorting amplifier gets {low} Hz and {high} Hz. At which frequency is the second-order difference product?",
        "For a CCIF intermodulation test, tones of {low} Hz and {high} Hz are mixed. Where is the second-order product f₂ − f₁ found?",
    ],
    {"low": [1800, 2400, 13000, 14000, 18000], "high": [2200, 2750, 14000, 15000, 19000, 19500]},
    [lambda low, high: low + high, lambda low, high: 2 * low - high if 2 * low > high else low, lambda low, high: (low + high) / 2, 2, 0.5],
    limit=14,
    fits=lambda value: 200 < value < 1600,
)  # fmt: skip
distortion.add(
    "two_harmonics_thd", "thd_percent", "%",
    [
        "The second harmonic of a distorted tone has {second} % of the fundamental's amplitude, the third {third} %. What is the THD from these two?",
        "A test tone comes back with {second} % second and {third} % third harmonic, amplitudes relative to the fundamental. How large is the total harmonic distortion?",
    ],
    {"second": [0.3, 0.6, 1.2, 3, 5, 6, 9], "third": [0.4, 0.8, 0.9, 1.6, 4, 8, 12]},
    [lambda second, third: second + third, lambda second, third: (second + third) / 2, lambda second, third: max(second, third), lambda second, third: second**2 + third**2, lambda second, third: second * third],
    limit=20,
    fits=lambda value: value < 15,
)  # fmt: skip
distortion.add(
    "level_of_percentage", "harmonic_level", "dB",
    [
        "A harmonic has {percent} % of the fundamental's amplitude. What is its level relative to the fundamental?",
        "A distortion meter shows {percent} % THD (amplitude ratio). How is that written in decibels?",
    ],
    {"percent": [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20]},
    [lambda percent: 10 * log10(percent / 100), lambda percent: -percent, lambda percent: 40 * log10(percent / 100), 6, -6, -20],
    limit=16,
)  # fmt: skip
distortion.add(
    "percentage_of_level", "percent_of_level", "%",
    [
        "The distortion products of an amplifier lie {decibels} dB below the fundamental. To which percentage of its amplitude does that correspond?",
        "A codec's nonlinear residue is {decibels} dB weaker than the tone. Which share of the tone's amplitude is it?",
    ],
    {"decibels": [20, 26, 30, 34, 40, 46, 50, 54, 60]},
    [lambda decibels: 100 * 10 ** (-decibels / 10), lambda decibels: 100 * 10 ** (-decibels / 40), 2, 0.5, 10],
    limit=16,
)  # fmt: skip
distortion.add(
    "pushed_over", "clip_excess", "dB",
    [
        "A peak at {peak} dBFS is amplified by {gain} dB before a fixed-point file is written. By how much does it exceed full scale, and so get clipped?",
        "An editor raises a track by {gain} dB whose highest peak was {peak} dBFS. How far above 0 dBFS would the peak have to go?",
    ],
    {"peak": [-12, -9, -7.5, -6, -4.5, -3], "gain": [8, 10, 12, 14, 18]},
    [lambda peak, gain: gain - 2 * peak, lambda peak, gain: gain, lambda peak, gain: gain - peak, 3, 6, -3],
    limit=20,
    fits=lambda value: value >= 1.5,
)  # fmt: skip
distortion.add(
    "crest", "crest_factor", "dB",
    [
        "A recording peaks at {peak} of full scale and has an RMS value of {rms}. What is its crest factor?",
        "The largest sample of a limited track is {peak}, its RMS {rms} (full scale = 1). Which crest factor is that?",
    ],
    {"peak": [0.5, 0.8, 0.9, 1.0], "rms": [0.05, 0.08, 0.1, 0.2, 0.25, 0.4]},
    [lambda peak, rms: 10 * log10(peak / rms), lambda peak, rms: 20 * log10(peak / rms) - 20 * log10(2), lambda peak, rms: 40 * log10(peak / rms), lambda peak, rms: 20 * log10(peak / rms) + 3, lambda peak, rms: 20 * log10((peak + rms) / rms) + 6],
    limit=20,
)  # fmt: skip

# --- codecs ----------------------------------------------------------------------------------
codec.add(
    "how_much_smaller", "compression_ratio", "times",
    [
        "An encoder gets {channels}-channel PCM with {bits} bits at {rate} Hz and puts out {kbps} kbit/s in all. How many times smaller is the stream?",
        "A lossy encoder turns {rate} Hz, {bits}-bit PCM in {channels}-channel form into {kbps} kbit/s in all. By which factor is the data rate reduced?",
    ],
    {"rate": [16000, 32000, 44100, 48000], "bits": [16, 24], "channels": [1, 2], "kbps": [16, 24, 32, 64, 96, 128, 192, 320]},
    [2, 0.5, 8, 1 / 8, lambda rate, bits, channels, kbps: rate * bits / kbps / 1024 * channels * 1.5],
    limit=24,
    fits=lambda value: 3 <= value <= 60,
)  # fmt: skip
codec.add(
    "frame_length", "frame_duration", "ms",
    [
        "A transform codec works in blocks of {samples} samples at {rate} Hz. Over which time can its quantisation noise spread before an attack (one block)?",
        "How long is a codec frame of {samples} samples at {rate} Hz?",
        "Pre-echo can fill a whole transform block. How long is a block of {samples} samples at a sampling rate of {rate} Hz?",
    ],
    {"samples": [256, 480, 512, 960, 1024, 1152, 2048], "rate": [16000, 24000, 32000, 44100, 48000]},
    [2, 0.5, 10, 4],
    limit=24,
)  # fmt: skip
codec.add(
    "share_lost", "loss_percent", "%",
    [
        "In a call of {seconds} s with one packet every {ms} ms, {lost} packets never arrive. What is the packet loss rate?",
        "A {seconds} s stream is sent in {ms} ms packets, of which {lost} are lost. Which share of the packets is missing?",
    ],
    {"lost": [15, 30, 45, 60, 90, 120, 150], "seconds": [30, 60, 120, 300], "ms": [10, 20, 30, 40]},
    [2, 0.5, 10, 0.1, 5],
    limit=24,
    fits=lambda value: 0.5 <= value <= 20,
)  # fmt: skip
codec.add(
    "highest_frequency", "bandwidth_of", "kHz",
    [
        "A codec resamples its input to {rate} Hz before coding. Up to which frequency can sounds of the input survive?",
        "A speech stream was coded at a sampling rate of {rate} Hz and later stored at 48,000 Hz. Up to which frequency can its spectrogram be filled?",
        "Decoded audio sounds muffled because the codec works internally at {rate} Hz. What is the highest frequency it can carry?",
    ],
    {"rate": [8000, 11025, 12000, 16000, 22050, 24000, 32000]},
    [2, 0.5, 0.25, 0.75],
    limit=12,
)  # fmt: skip
_ALL = (noise, distortion, codec)
GENERATORS = {name: generator for q in _ALL for name, generator in q.templates.generators.items()}
CHECKS = {name: check for q in _ALL for name, check in q.templates.checks.items()}
