"""Every limit that a person or a program can run into, with its default."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what one session, participant or address may use; all are inclusive."""

    code_bytes: int = 1024 * 1024
    """One file's text as set over REST, in UTF-8."""
    body_bytes: int = 8 * 1024 * 1024
    """One request body: JSON escapes make a text up to six times as long."""
    archive_bytes: int = 64 * 1024 * 1024
    """One session's archive, as it is sent."""
    archive_rows_bytes: int = 512 * 1024 * 1024
    """What is in one session's archive, unpacked."""
    archive_people: int = 10_000
    """Everybody who ever joined or knocked, in one session's archive."""
    frame_bytes: int = 2 * 1024 * 1024
    """One frame of a room's socket."""
    structs_per_frame: int = 20_000
    """Places that one sync frame writes into; a whole afternoon's typing has a few thousand."""
    deletions_per_frame: int = 100_000
    """Places that one sync frame deletes; every answer names all that its sender knows of."""
    merge_steps_per_s: int = 3_000_000
    """Steps that merging one participant's edits may take, averaged over ten seconds; a million
    takes about a tenth of a second."""
    document_bytes: int = 8 * 1024 * 1024
    """One room's document, as encoded state."""
    awareness_bytes: int = 8 * 1024
    """One participant's awareness state, as JSON."""
    outbox_bytes: int = 16 * 1024 * 1024
    """What may wait for one slow reader before it is cut off; a whole document fits in."""
    sessions: int = 1_000
    """Sessions of one server that are open and not expired."""
    participants: int = 50
    """People of one session who are admitted or waiting; as many silent observers beside them."""
    waiting: int = 20
    """People in one session's lobby."""
    sockets_per_participant: int = 8
    sockets_per_address: int = 256
    """Sockets of rooms that one address has open; settable, because a tunnel is one address."""
    connections_per_address: int = 2048
    """Connections of any kind that one address has open."""
    messages_per_s: int = 200
    """Frames of one participant, averaged over ten seconds."""
    chatter_per_s: int = 20
    """Pings, pongs and small pieces of frames on one socket, averaged over ten seconds."""
    message_bytes: int = 2048
    """A frame counts as one message more for each so many bytes."""
    joins_per_minute: int = 30
    """Joins and knocks of one address."""
    knocks_per_minute: int = 60
    """Knocks and wrong invites at one session, whoever they come from."""
    previews_per_minute: int = 60
    """Previews of one address."""
    guesses_per_minute: int = 300
    """Wrong codes, tokens and keys of everybody together."""
    arrivals_per_minute: int = 60
    """Joins by link at one session, from addresses that have no joins of their own left."""
    runs_per_minute: int = 60
    """Runs that one participant starts, averaged over ten seconds."""
    run_output_bytes: int = 256 * 1024
    """Output text of one run, in UTF-8."""
    run_message_bytes: int = 16 * 1024
    """Output text of one run message, in UTF-8."""
    runs_kept: int = 20
    """Run records that a room keeps at hand and sends in `welcome`."""
