/** How the server's control messages change what the room shows. */

import type { Participant, ServerMessage, SessionInfo } from "./messages";
import type { RoomSnapshot } from "./snapshot";

/** Messages that change the snapshot alone; runs, refusals and pongs have owners of their own. */
export type StateMessage = Exclude<ServerMessage, { type: "run" | "refused" | "pong" }>;

export function reduce(snapshot: RoomSnapshot, message: StateMessage): RoomSnapshot {
  return withRights(apply(snapshot, message));
}

function apply(snapshot: RoomSnapshot, message: StateMessage): RoomSnapshot {
  switch (message.type) {
    case "waiting":
      return { ...snapshot, admission: "waiting", me: message.participant };
    case "welcome":
      return {
        ...snapshot,
        admission: "admitted",
        session: message.session,
        me: message.participant,
        participants: message.participants,
        lobby: message.waiting,
        saved: message.saved,
        // What happened to the links while we were away, nobody tells.
        invitesRevision: snapshot.invitesRevision + 1,
      };
    case "participants":
      return {
        ...snapshot,
        participants: message.participants,
        me: message.participants.find(({ id }) => id === snapshot.me?.id) ?? snapshot.me,
      };
    case "lobby":
      return { ...snapshot, lobby: message.waiting };
    case "session":
      return { ...snapshot, session: message.session };
    case "invites":
      return { ...snapshot, invitesRevision: snapshot.invitesRevision + 1 };
    case "role":
      return {
        ...snapshot,
        me: message.participant,
        participants: snapshot.participants.map((one) =>
          one.id === message.participant.id ? message.participant : one,
        ),
        lobby: message.participant.role === "interviewer" ? snapshot.lobby : [],
      };
    case "saved":
      return { ...snapshot, saved: message.state };
  }
}

function withRights(snapshot: RoomSnapshot): RoomSnapshot {
  const { admission, session, me } = snapshot;
  const takesPart = admission === "admitted" && session !== null && me !== null;
  return {
    ...snapshot,
    canEdit: takesPart && mayEdit(session, me),
    canRun: takesPart && mayRun(session, me),
  };
}

function mayRun(session: SessionInfo, me: Participant): boolean {
  return session.phase === "open" && me.role !== "observer";
}

function mayEdit(session: SessionInfo, me: Participant): boolean {
  return mayRun(session, me) && !(session.locked && me.role === "candidate");
}
