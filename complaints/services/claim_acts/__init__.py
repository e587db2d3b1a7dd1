"""What is done with a claim: the acts of its procedure, hand-overs by name, the one-time notice,
signatures of both sides, mediation, joint meetings, photos.

Source: S2-4.1.1d, S2-4.2.1c, S2-4.2.1d, S2-5.2.2b, S2-6.2.4a, S2-6.2.4c, S2-6.2.4d, S2-6.2.5b,
S2-6.2.5d.
"""

from complaints.services.claim_acts.holding import side_of
from complaints.services.claim_acts.passing import (
    answer_offer,
    move_all,
    offer,
    open_of_grid,
    successors,
)
from complaints.services.claim_acts.steps import (
    FILE_PURPOSE,
    add_photos,
    confirm,
    do,
    pass_to_utility,
    reveal,
)
from complaints.services.claim_acts.together import (
    decide_topic,
    join,
    mediate,
    put_on_agenda,
    sign,
    tell_once,
)

__all__ = [
    "FILE_PURPOSE",
    "add_photos",
    "answer_offer",
    "confirm",
    "decide_topic",
    "do",
    "join",
    "mediate",
    "move_all",
    "offer",
    "open_of_grid",
    "pass_to_utility",
    "put_on_agenda",
    "reveal",
    "side_of",
    "sign",
    "successors",
    "tell_once",
]
