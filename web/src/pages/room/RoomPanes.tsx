/** How the room's panes share the window: side by side and resizable, or one at a time. */

import { Code, SquareTerminal, UsersRound } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";

import { useServices } from "../../app/services";
import { TabBar } from "../../ui/TabBar";
import css from "./RoomView.module.css";

export type NarrowTab = "editor" | "output" | "people";

interface RoomPanesProps {
  readonly narrow: boolean;
  /** Which pane a narrow window shows. */
  readonly tab: NarrowTab;
  readonly onTab: (tab: NarrowTab) => void;
  readonly waiting: number;
  readonly lastRun: string | null;
  readonly editor: ReactNode;
  /** Null where the language has no page to show. */
  readonly preview: ReactNode;
  readonly output: ReactNode;
  /** Null while it is hidden. */
  readonly people: ReactNode;
}

export function RoomPanes(props: RoomPanesProps) {
  return props.narrow ? <NarrowPanes {...props} /> : <WidePanes {...props} />;
}

function WidePanes({ editor, preview, output, people }: RoomPanesProps) {
  const { storage } = useServices();
  const layoutStorage = {
    getItem: (key: string) => storage.get(key),
    setItem: (key: string, value: string) => {
      storage.set(key, value);
    },
  };
  const across = useDefaultLayout({ id: "codeinterview.layout", storage: layoutStorage });
  const down = useDefaultLayout({ id: "codeinterview.page-layout", storage: layoutStorage });
  return (
    <div className={css["body"]}>
      <Group
        className={css["panes"]}
        orientation="horizontal"
        defaultLayout={across.defaultLayout}
        onLayoutChanged={across.onLayoutChanged}
      >
        <Panel id="editor" className={css["pane"]} minSize={280} defaultSize="62">
          <div className={css["pane"]} data-pane="editor">
            {editor}
          </div>
        </Panel>
        <Separator className={css["separator"]} aria-label="Resize editor and output" />
        <Panel id="side" className={css["pane"]} minSize={220} defaultSize="38">
          {preview === null ? (
            <div className={css["pane"]} data-pane="output">
              {output}
            </div>
          ) : (
            <Group
              orientation="vertical"
              defaultLayout={down.defaultLayout}
              onLayoutChanged={down.onLayoutChanged}
            >
              <Panel id="preview" className={css["pane"]} minSize={100} defaultSize="60">
                <div className={css["pane"]} data-pane="preview">
                  {preview}
                </div>
              </Panel>
              <Separator className={css["separator"]} aria-label="Resize preview and console" />
              <Panel id="console" className={css["pane"]} minSize={80} defaultSize="40">
                <div className={css["pane"]} data-pane="output">
                  {output}
                </div>
              </Panel>
            </Group>
          )}
        </Panel>
      </Group>
      {people !== null && (
        <div className={css["people"]} data-pane="people">
          {people}
        </div>
      )}
    </div>
  );
}

function NarrowPanes(props: RoomPanesProps) {
  const { tab, onTab, waiting, lastRun, editor, preview, output, people } = props;
  const [seenRun, setSeenRun] = useState(lastRun);
  if (tab === "output" && seenRun !== lastRun) setSeenRun(lastRun);
  const panes: readonly (readonly [NarrowTab, ReactNode])[] = [
    ["editor", editor],
    [
      "output",
      preview === null ? (
        output
      ) : (
        <div className={css["split"]}>
          {preview}
          {output}
        </div>
      ),
    ],
    ["people", people],
  ];
  return (
    <div className={css["body"]}>
      <div className={css["narrow"]}>
        <div className={css["narrowTabs"]}>
          <TabBar
            label="Panes"
            stretch
            items={[
              { id: "editor", label: "Editor", icon: <Code size={16} aria-hidden="true" /> },
              {
                id: "output",
                label: preview === null ? "Output" : "Page",
                icon: <SquareTerminal size={16} aria-hidden="true" />,
                news: tab !== "output" && seenRun !== lastRun ? "new output" : null,
              },
              {
                id: "people",
                label: "People",
                icon: <UsersRound size={16} aria-hidden="true" />,
                badge: waiting,
              },
            ]}
            value={tab}
            onChange={(id) => {
              if (id === "editor" || id === "output" || id === "people") onTab(id);
            }}
            panelId={(id) => `pane-${id}`}
          />
        </div>
        {panes.map(([id, content]) => (
          <div
            key={id}
            id={`pane-${id}`}
            className={css["narrowPane"]}
            role="tabpanel"
            aria-labelledby={`tab-pane-${id}-${id}`}
            data-pane={id}
            hidden={id !== tab}
          >
            {content}
          </div>
        ))}
      </div>
    </div>
  );
}
