"""How hard grounded questions are by construction, template by template.

easy: one fact, or one step with what the stem says. medium: two steps, or one among near misses. hard: three steps or
more, or an answer that goes against what one expects. A template that is not named here is medium.
"""

EASY = frozenset(
    """
    syllables.how_many syllables.which_has syllables.most syllables.fewest rhyme.rhymes_with rhyme.first_sound
    rhyme.last_sound homophones.same_sound stress.which_syllable instruments.family instruments.kind_in_wordnet
    tempo_dynamics.tempo_marking tempo_dynamics.dynamics_in_order metre_kind.metre_kind rhythm_metre.metre_kind
    articulation.describe articulation.symbol_for minimal_pairs.partner pronunciation.silent_letter
    pronunciation.which_is_silent notation_terms.term_for_gloss notation_terms.gloss_for_term
    genres_styles.term_for_gloss genres_styles.gloss_for_term form_texture.term_for_gloss form_texture.gloss_for_term
    animals.word_for_sound household_tools.word_for_sound machines_vehicles.word_for_sound
    materials_impacts.word_for_sound nature_weather.word_for_sound alarms_signals.word_for_sound
    acoustic_scenes.word_for_sound chords_harmony.chord_quality scales_keys.key_of_signature
    intervals_pitch.interval_inversion noise_snr.margin
    """.split()
)
HARD = frozenset(
    """
    chords_harmony.progression_in_key chords_harmony.substitute_dominant chords_harmony.common_tone
    scales_keys.relative_scale scales_keys.shared_notes scales_keys.related_key scales_keys.foreign_note
    intervals_pitch.interval_of_frequencies intervals_pitch.harmonic_note intervals_pitch.tuning_and_speed
    instruments.valves instruments.transposing_part instruments.stopped_string rhythm_metre.cycle_alignment
    rhythm_metre.polyrhythm rhythm_metre.fills_bar tempo_dynamics.metric_modulation form_texture.round_voices
    form_texture.section_of_bar notation_terms.note_under_signature stress.odd_stress stress.pattern_of
    syllables.how_many_together syllables.odd_count pronunciation.how_many_sounds minimal_pairs.where_different
    minimal_pairs.voicing_pair articulation.odd_sound articulation.counterpart rhyme.odd_one_out rhyme.pair
    homophones.unlike_pair sampling_aliasing.decimated sampling_aliasing.alias sampling_aliasing.indistinguishable
    decibels_levels.unequal_sum decibels_levels.without_background decibels_levels.intermittent_level
    room_acoustics.summed_area room_acoustics.bass_absorber quantisation_bit_depth.signal_to_noise
    noise_snr.two_stages noise_snr.ambient_correction reverberation.extra_absorption distortion_clipping.third_order_below
    spectrum_fourier.distortion_products microphones_recording.polar_pattern
    """.split()
)


def tier_of(template: str) -> str:
    """easy, medium or hard."""
    return "easy" if template in EASY else "hard" if template in HARD else "medium"
