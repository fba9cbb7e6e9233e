/** What is done seldom: rename, lock, shortcuts; in narrow windows also theme, leave and end. */

import { Ellipsis, Flag, Keyboard, LockKeyhole, LockOpen, LogOut, Pencil } from "lucide-react";

import { useTheme } from "../app/services";
import type { Participant, SessionInfo } from "../collab/messages";
import { IconButton } from "../ui/Button";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "../ui/Menu";
import { ThemeChoices } from "../ui/ThemeMenu";

interface MoreMenuProps {
  readonly session: SessionInfo;
  readonly me: Participant;
  /** With what has a button of its own in wide windows. */
  readonly full: boolean;
  readonly onLeave: () => void;
  readonly onEnd: () => void;
  readonly onRename: () => void;
  readonly onLock: (locked: boolean) => void;
  readonly onHelp: () => void;
}

export function MoreMenu(props: MoreMenuProps) {
  const { session, me, full } = props;
  const { theme, choose } = useTheme();
  const manages = me.role === "interviewer" && session.phase !== "ended";
  return (
    <Menu
      trigger={
        <IconButton label="More" title="More">
          <Ellipsis size={16} />
        </IconButton>
      }
    >
      {manages && (
        <>
          <MenuItem icon={<Pencil size={16} aria-hidden="true" />} onSelect={props.onRename}>
            Rename…
          </MenuItem>
          <MenuItem
            icon={
              session.locked ? (
                <LockOpen size={16} aria-hidden="true" />
              ) : (
                <LockKeyhole size={16} aria-hidden="true" />
              )
            }
            onSelect={() => {
              props.onLock(!session.locked);
            }}
          >
            {session.locked ? "Unlock the editor" : "Lock the editor for candidates"}
          </MenuItem>
          <MenuSeparator />
        </>
      )}
      {full && (
        <>
          <MenuLabel>Theme</MenuLabel>
          <ThemeChoices value={theme.choice} onChange={choose} />
          <MenuSeparator />
        </>
      )}
      <MenuItem
        icon={<Keyboard size={16} aria-hidden="true" />}
        hint="?"
        onSelect={props.onHelp}
      >
        Keyboard shortcuts
      </MenuItem>
      {full && (
        <>
          <MenuSeparator />
          <MenuItem icon={<LogOut size={16} aria-hidden="true" />} onSelect={props.onLeave}>
            Leave…
          </MenuItem>
          {manages && (
            <MenuItem danger icon={<Flag size={16} aria-hidden="true" />} onSelect={props.onEnd}>
              End interview…
            </MenuItem>
          )}
        </>
      )}
    </Menu>
  );
}
