"""A session and its creator, for tests that need any."""

from codeinterview_server.domain.roles import ParticipantStatus, Phase, Role
from codeinterview_server.domain.secrets import hash_token
from codeinterview_server.domain.sessions import Participant, Session

SESSION = Session(
    id="1a2b3c4d",
    title="Backend – 50% \\ done",
    language="python",
    creator_id="u1",
    phase=Phase.OPEN,
    locked=False,
    created_at=1_000,
    updated_at=1_000,
    expires_at=90_000,
    invite_generations={Role.CANDIDATE: 0},
)
CREATOR = Participant(
    session_id=SESSION.id,
    id="u1",
    name="Zoë 😀",
    color="#abc",
    presence=3,
    role=Role.INTERVIEWER,
    status=ParticipantStatus.ADMITTED,
    joined_at=1_000,
)
HASH = hash_token("creator")
