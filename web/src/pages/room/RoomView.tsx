/** The room itself: puts head, editor, output, people and status line together. */

import { CircleAlert, X } from "lucide-react";
import { useState } from "react";
import { useLocation } from "react-router";

import { sentenceOf } from "../../api/errors";
import { useServices, useTheme } from "../../app/services";
import type { Participant, SessionInfo } from "../../collab/messages";
import type { Room, RoomSnapshot } from "../../collab/room";
import { Banner } from "../../panels/Banner";
import { ConnectionBadge } from "../../panels/ConnectionBadge";
import { EditorPane } from "../../panels/EditorPane";
import { InvitePopover } from "../../panels/InvitePopover";
import { KnockList } from "../../panels/KnockList";
import { OutputPanel } from "../../panels/OutputPanel";
import { PeoplePanel } from "../../panels/PeoplePanel";
import { PreviewPanel } from "../../panels/PreviewPanel";
import type { Profile } from "../../panels/ProfileDialog";
import { RoomBanners } from "../../panels/RoomBanners";
import { StatusBar } from "../../panels/StatusBar";
import { TopBar } from "../../panels/TopBar";
import { useAnnouncements } from "../../panels/useAnnouncements";
import { IconButton } from "../../ui/Button";
import { megabytes } from "../../ui/format";
import { useMediaQuery } from "../../ui/hooks";
import { languageInfo, type SourceFile } from "../../ui/languages";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { RoomDialogs, type Asking } from "./RoomDialogs";
import { RoomPanes, type NarrowTab } from "./RoomPanes";
import css from "./RoomView.module.css";
import { useExecution } from "./useExecution";
import { useFilesChanged } from "./useFilesChanged";
import { useRoomKeys } from "./useRoomKeys";

interface RoomViewProps {
  readonly room: Room;
  readonly snapshot: RoomSnapshot;
  readonly session: SessionInfo;
  readonly me: Participant;
  readonly token: string;
  /** Leaves for good; the page that follows is the caller's. */
  readonly onLeave: () => Promise<void>;
}

const PEOPLE_SHOWN = "codeinterview.people-shown";

export function RoomView({ room, snapshot, session, me, token, onLeave }: RoomViewProps) {
  const { api, credentials, storage } = useServices();
  const { theme } = useTheme();
  const narrow = useMediaQuery("(max-width: 719px)");
  const tight = useMediaQuery("(max-width: 1149px)");
  const cramped = useMediaQuery("(max-width: 959px)");
  const location = useLocation();
  const [asking, setAsking] = useState<Asking>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [tab, setTab] = useState<NarrowTab>("editor");
  const [cleared, setCleared] = useState<ReadonlySet<string>>(new Set());
  const [openPaths, setOpenPaths] = useState<Readonly<Record<string, string>>>({});
  const [peopleShown, setPeopleShown] = useState(() => {
    const stored = storage.get(PEOPLE_SHOWN);
    return stored === null
      ? me.role === "interviewer" && !credentials.insideDesktop && window.innerWidth >= 1360
      : stored === "yes";
  });
  const announcement = useAnnouncements(snapshot);
  const peopleVisible = narrow ? tab === "people" : peopleShown;

  const files: readonly SourceFile[] =
    languageInfo(session.language)?.files ??
    snapshot.files.map((path) => ({ path, monaco: "plaintext" }));
  const open = files.find((file) => file.path === openPaths[session.language]) ?? files[0];
  const manages = me.role === "interviewer" && session.phase !== "ended";
  const execution = useExecution({
    room,
    language: session.language,
    files,
    canRun: snapshot.canRun,
  });
  const behind = useFilesChanged(room, snapshot.documentEpoch, execution.preview.files);
  const runs = snapshot.runs.filter((run) => !cleared.has(run.run_id));

  const run = (): void => {
    execution.run();
    if (narrow && snapshot.canRun) setTab("output");
  };
  useRoomKeys({
    onRun: run,
    onStop: execution.stop,
    onHelp: () => {
      setAsking("help");
    },
  });

  const attempt = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  };
  const showPeople = (shown: boolean): void => {
    setPeopleShown(shown);
    storage.set(PEOPLE_SHOWN, shown ? "yes" : "no");
  };
  const changeProfile = async (profile: Profile): Promise<void> => {
    await api.updateParticipant(session.id, me.id, token, {
      name: profile.name,
      color: String(profile.presence),
    });
    credentials.rememberProfile(profile);
  };
  const admit = (id: string): void => {
    room.admit(id);
  };
  const decline = (id: string): void => {
    room.decline(id);
  };

  const people = (
    <PeoplePanel
      participants={snapshot.participants}
      lobby={snapshot.lobby}
      clockOffsetMs={snapshot.clockOffsetMs}
      observersListed={session.observers_listed}
      myId={me.id}
      manages={manages}
      onClose={
        narrow
          ? undefined
          : () => {
              showPeople(false);
            }
      }
      onAdmit={admit}
      onDecline={decline}
      onRemove={(id) => api.removeParticipant(session.id, id, token)}
      onProfile={session.phase === "ended" ? undefined : changeProfile}
      onRole={(id, role) => void attempt(api.updateParticipant(session.id, id, token, { role }))}
    />
  );
  const isPage = session.language === "html";
  const output = (
    <OutputPanel
      title={isPage ? "Console" : "Output"}
      runs={runs}
      myId={me.id}
      canRun={snapshot.canRun}
      progress={execution.progress}
      problem={execution.problem}
      prompt={execution.prompt}
      onInput={execution.input}
      onClear={() => {
        const over = snapshot.runs.filter((record) => record.status !== "running");
        setCleared(new Set(over.map((record) => record.run_id)));
      }}
    />
  );

  return (
    <main className={css["room"]}>
      <TopBar
        session={session}
        me={me}
        participants={snapshot.participants}
        waiting={manages ? snapshot.lobby.length : 0}
        narrow={narrow}
        tight={tight}
        cramped={cramped}
        canEdit={snapshot.canEdit}
        canRun={snapshot.canRun}
        run={execution.control}
        peopleShown={peopleShown}
        connection={<ConnectionBadge room={room} connection={snapshot.connection} />}
        invite={
          manages && (
            <InvitePopover
              session={session}
              token={token}
              invitesRevision={snapshot.invitesRevision}
              compact={tight}
              initiallyOpen={wasJustCreated(location.state) && !credentials.insideDesktop}
            />
          )
        }
        onLanguage={(language) => {
          room.setLanguage(language);
        }}
        onRun={run}
        onStop={execution.stop}
        onPeople={() => {
          showPeople(!peopleShown);
        }}
        onLeave={() => {
          setAsking("leave");
        }}
        onEnd={() => {
          setAsking("end");
        }}
        onRename={() => {
          setAsking("rename");
        }}
        onLock={(locked) => void attempt(api.updateSession(session.id, token, { locked }))}
        onHelp={() => {
          setAsking("help");
        }}
      />
      <div className={css["banners"]}>
        <RoomBanners
          snapshot={snapshot}
          session={session}
          me={me}
          texts={() =>
            Object.fromEntries(files.map(({ path }) => [path, room.text(path).toJSON()]))
          }
          onReconnect={() => {
            room.reconnectNow();
          }}
          onDismissRefusal={() => {
            room.dismissRefusal();
          }}
        />
        {problem !== null && (
          <Banner
            icon={CircleAlert}
            tone="danger"
            actions={
              <IconButton
                label="Dismiss"
                onClick={() => {
                  setProblem(null);
                }}
              >
                <X size={16} />
              </IconButton>
            }
          >
            {problem}
          </Banner>
        )}
      </div>
      <RoomPanes
        narrow={narrow}
        tab={tab}
        onTab={setTab}
        waiting={manages ? snapshot.lobby.length : 0}
        lastRun={runs[runs.length - 1]?.run_id ?? null}
        editor={
          open && (
            <EditorPane
              room={room}
              files={files}
              open={open}
              ready={snapshot.synced && snapshot.files.includes(open.path)}
              readOnly={!snapshot.canEdit}
              readOnlyMessage={readOnlyReason(session, me)}
              theme={theme.mode}
              onOpen={(path) => {
                setOpenPaths((paths) => ({ ...paths, [session.language]: path }));
              }}
              onRun={run}
            />
          )
        }
        preview={
          isPage ? (
            <PreviewPanel
              preview={execution.preview}
              canRun={snapshot.canRun}
              behind={behind}
              onRun={run}
              onStop={execution.stop}
              onConsole={execution.print}
            />
          ) : null
        }
        output={output}
        people={narrow || peopleShown ? people : null}
      />
      <StatusBar
        snapshot={snapshot}
        me={me}
        compact={narrow}
        progress={
          execution.progress === null
            ? null
            : `Loading ${execution.progress.what}, ${megabytes(execution.progress.loadedBytes)} of ${megabytes(execution.progress.totalBytes)} MB`
        }
        onHelp={() => {
          setAsking("help");
        }}
      />
      {manages && (
        <KnockList
          lobby={snapshot.lobby}
          hidden={peopleVisible}
          clockOffsetMs={snapshot.clockOffsetMs}
          onShow={
            narrow
              ? () => {
                  setTab("people");
                }
              : null
          }
          onAdmit={admit}
          onDecline={decline}
        />
      )}
      <VisuallyHidden>
        <span role="status">{announcement}</span>
      </VisuallyHidden>
      <RoomDialogs
        asking={asking}
        onAsking={setAsking}
        session={session}
        me={me}
        token={token}
        onLeave={onLeave}
      />
    </main>
  );
}

function readOnlyReason(session: SessionInfo, me: Participant): string {
  if (session.phase === "ended") return "The interview has ended: nothing can be changed.";
  if (me.role === "observer") return "Observers watch: they cannot type.";
  if (session.locked) return "The interviewer has locked the editor.";
  return "The editor cannot be changed right now.";
}

function wasJustCreated(state: unknown): boolean {
  return typeof state === "object" && state !== null && Reflect.get(state, "created") === true;
}
