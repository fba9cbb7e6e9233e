/** What the room asks in the middle of the window: leave, end, rename, and the shortcuts list. */

import { useServices } from "../../app/services";
import type { Participant, SessionInfo } from "../../collab/messages";
import { RenameDialog } from "../../panels/RenameDialog";
import { ShortcutsDialog } from "../../panels/ShortcutsDialog";
import { ConfirmDialog } from "../../ui/Dialog";

export type Asking = "leave" | "end" | "rename" | "help" | null;

interface RoomDialogsProps {
  readonly asking: Asking;
  readonly onAsking: (asking: Asking) => void;
  readonly session: SessionInfo;
  readonly me: Participant;
  readonly token: string;
  readonly onLeave: () => Promise<void>;
}

export function RoomDialogs(props: RoomDialogsProps) {
  const { asking, onAsking, session, me, token, onLeave } = props;
  const { api } = useServices();
  const asks = (what: Exclude<Asking, null>) => ({
    open: asking === what,
    onOpenChange: (wanted: boolean) => {
      onAsking(wanted ? what : null);
    },
  });
  return (
    <>
      <ShortcutsDialog {...asks("help")} />
      <RenameDialog
        {...asks("rename")}
        title={session.title}
        onRename={async (title) => {
          await api.updateSession(session.id, token, { title });
        }}
      />
      <ConfirmDialog
        {...asks("leave")}
        title="Leave the interview?"
        description={
          me.role === "interviewer"
            ? "It goes on without you. You can come back with your link, or as host."
            : "What you typed stays. To come back, open the link you were sent again."
        }
        action="Leave"
        onConfirm={onLeave}
      />
      <ConfirmDialog
        {...asks("end")}
        title="End the interview for everyone?"
        description="Candidates and observers are thanked and sent out. Nobody can type any more; interviewers can go on reading. This cannot be undone."
        action="End interview"
        destructive
        onConfirm={async () => {
          await api.updateSession(session.id, token, { phase: "ended" });
        }}
      />
    </>
  );
}
