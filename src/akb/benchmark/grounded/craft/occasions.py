"""On which occasion something is heard: what makes stems of one template differ in more than their figures.

Questions whose texts are nearly alike are near-duplicates, of which a benchmark takes one. An occasion says nothing
about the answer.

    occasions("order_of_thunder")[0]  ->  "A walker on a moor"
"""

from __future__ import annotations

# By template: phrases that stand in its stems for {occasion}, parted by semicolons.
_OCCASIONS = {
    "order_of_thunder": """A walker on a moor; A farmer at his barn door; A sailor off the coast; A child at a bedroom
        window; A camper by a lake; A goalkeeper on a football pitch; A shepherdess on a hill; A porter on a hotel roof;
        A pilot waiting on the runway; A beekeeper in an orchard""",
    "order_of_arrival": """In a physics lesson; For a quiz on the radio; On a sound walk; In a museum of acoustics; For a
        nature film; At a summer school; In a detective story; On a harbour tour""",
    "where_in_that_order": """On a straight road; On a long beach; Along a canal; On a frozen river; Along a railway
        embankment; On a dyke; Across a wide airfield; On a salt flat""",
    "alarm_behind_a_wall": """a retired miner; an old rock drummer; a former artilleryman; a carpenter of seventy; an aged
        trombonist; a former ship's engineer; a retired printer; an old huntsman""",
    "siren_in_motion": """ambulances; police cars; fire engines; police motorcycles; mountain-rescue jeeps; racing marshals'
        cars; bomb-disposal vans; airfield tenders""",
    "loudest_at_the_listener": """A town's noise map compares; A planner's report lists; Neighbours complain of; A student
        measures; An acoustician is asked about; A surveyor's notebook has; A judge must compare; A radio feature
        contrasts""",
    "tail_after_two_deeds": """a church; a swimming bath; a gymnasium; an opera house; a factory hall; a railway station; a
        sculpture gallery; a town hall; a cellar vault; a lecture theatre""",
    "pitch_of_a_mixture": """On an electronic organ; In a hearing experiment; From a talking toy; At a bell founder's
        computer; In a lesson on timbre; From an old telephone exchange; In a sound installation; On a pocket
        synthesiser""",
    "rough_pair": """On a laboratory bench; In a singing teacher's demonstration; From a child's toy keyboard; In a museum's
        hearing booth; From two tuning oscillators; In a composer's sketch; From a pair of signal generators; In a lecture on
        consonance""",
    "partial_of_a_plucked_string": """a harp string; a guitar string; a zither string; a harpsichord string; a bass guitar's lowest
        string; a sitar string; a pedal steel's string; a dulcimer string; a lute string; a banjo string""",
    "lowest_new_tone": """two tin whistles; two organ pipes; two doorbells; two singing glasses; two ships' horns; two
        electric pianos; two flutes; two tuning forks; two musical saws; two crickets in slow motion""",
    "one_pure_tone": """in a synthesiser; on a radio engineer's bench; in a guitarist's effect rack; in a school laboratory;
        in a sound artist's patch; in a hearing research rig; for a film's robot voice; in an old analogue
        computer""",
    "span_after_dynamics": """A radio play; An audiobook; A film's dialogue; A podcast interview; A sermon on tape; A wildlife
        documentary; A football commentary; An opera's spoken scene; A parliament's recording; A language course""",
    "tone_through_filters": """A lift's intercom; A guitar pedal; A baby monitor; A ship's loudspeaker; A car's door
        loudspeaker; A short-wave receiver; A theatre's telephone effect; A seismic recorder; A toy megaphone; A museum's
        audio guide""",
    "reach_after_steps": """cymbals; rain on leaves; applause; frying fat; a spray can; shaken keys; surf; a steam valve; dry
        reeds in the wind; a snake's rattle""",
    "where_noise_enters": """A lecturer's microphone; A birdwatcher's dish microphone; A harp's pick-up; A hydrophone under a
        pier; A record player's cartridge; A contact microphone on a bridge; A midwife's fetal microphone; A spot microphone
        in an orchestra pit; An intercom at a garden gate; A coil at a telephone receiver""",
    "added_partial": """A guitar plug-in; A toy synthesiser; A voice changer; A radio station's limiter; A game console's
        sound chip; A drum machine; A hearing-aid program; An organ simulator; A car's sound processor; A robot's voice
        box""",
    "pitch_after_two_rates": """a dolphin researcher's; a toy recorder's; an old sampler's; a space probe's; a talking clock's; a
        student's home-made; a bat detector's; a museum's earliest; a slot machine's; a dictation office's""",
    "cleanest_take": """A flute's long note; A tuning fork; A glass harmonica; A referee's whistle; A stopped organ pipe; A
        singing bowl; A theremin; A foghorn; A musical saw; A soprano's held note""",
    "exact_after_steps": """a brass band; a nightingale; church bells; a steam engine; a string quartet; a lecture; a tap
        dancer; a harbour at night; a street organ; a thunderstorm""",
    "longest_pre_echo": """castanets; a glockenspiel; a snare drum; a slammed door; a woodblock; a triangle; a plucked harp; a
        hammer on an anvil; a dropped coin; a clapperboard""",
    "loss_without_a_gap": """A doctor's video call; A pilot's radio link; A football commentary by internet; A grandmother's
        telephone call; An online lesson; A game's voice chat; A court hearing by video; A choir's rehearsal at a distance""",
    "drum_at_an_angle": """A drum; A trumpet; An accordion; A cockerel; A chain saw; A saxophone; A town crier; A bagpipe; A
        lawnmower; A violin""",
    "voice_above_drum": """At a garden party; On a film set in the desert; On a lawn; On a river barge; At a hilltop wedding; On a
        parade ground; In a vineyard; On a pier""",
    "meter_shows_most": """A health inspector; A concert technician; A wind-farm engineer; A student of acoustics; A
        transformer's maker; A noise consultant; A factory's doctor; A kindergarten's architect""",
    "gains_most_loudness": """In a hearing clinic; Through studio headphones; In a lecture on psychoacoustics; At a loudspeaker
        maker's; In an anechoic chamber; In a car maker's listening room; On an organ builder's test bench; In a museum of
        sound""",
    "machine_by_its_note": """A mechanic listens; At a vintage fair; On a workshop recording; For a film's sound effects; In a
        museum of technology; On an airfield; In an apprentice's exam; Before a blindfold test""",
    "bat_through_a_detector": """On a night walk; In a zoology course; Under a bridge; At a church tower; In a cave survey; By a
        village pond; For a radio feature; At a forest's edge""",
    "hum_after_copies": """A guitarist's home recording; A gramophone transfer; A choir's cassette; A courtroom tape; A theatre's
        loop; A birdsong recording from a farm; An oral-history interview; A school orchestra's tape""",
    "faint_tone_after_reduction": """of a tuning fork's last ring; of a dying piano string; of a distant foghorn; of a faded-out
        synthesiser; of a test oscillator; of a bell's last hum; of a flute far behind the stage; of a satellite's beacon""",
    "voice_from_two_loudspeakers": """On a market square; At an open-air theatre; On a sports field; On a beach; At a garden
        fête; On a frozen lake; In a desert camp; On a wide lawn; At a regatta; On an airfield""",
    "order_after_reversals": """On a tape loop; In a sampler; For a radio play; In a composer's studio; On a toy recorder; In a
        film archive; At a sound workshop; In a spy story""",
    "glide_through_steps": """a slide whistle; a theremin; a hand-cranked siren; a canary; a test generator; a musical saw; an
        astronomer's chirp; a toy rocket""",
}


def occasions(template: str) -> tuple[str, ...]:
    """The phrases for a template; one empty one where none are needed."""
    return tuple(" ".join(phrase.split()) for phrase in _OCCASIONS.get(template, "").split(";"))


def on_occasions(template: str, *stems: str) -> list[str]:
    """Stems in which {occasion} is each phrase in turn."""
    return [stem.replace("{occasion}", phrase) for phrase in occasions(template) for stem in stems]
