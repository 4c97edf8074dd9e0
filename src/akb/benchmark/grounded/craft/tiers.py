"""How hard grounded questions are by construction.

easy: one fact, or one step with what the stem says; these templates are listed here. hard: three steps or more, each of
which needs knowledge, or a judgement between sounds that no rule of thumb settles; such a template says so itself. All
others are medium: two steps, or one among near misses.
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
    acoustic_scenes.word_for_sound chords_harmony.chord_quality
    intervals_pitch.interval_inversion noise_snr.margin
    """.split()
)


def tier_of(template: str) -> str:
    """easy or medium, of a template that does not say."""
    return "easy" if template in EASY else "medium"
