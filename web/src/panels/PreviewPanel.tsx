/** The HTML page as it looks, in its sandbox. */

import { Globe, History, RotateCw, Square } from "lucide-react";

import type { OutputStream } from "../collab/messages";
import { HtmlPreview } from "../execution/HtmlPreview";
import { IconButton } from "../ui/Button";
import { Kbd } from "../ui/Kbd";
import { chord } from "../ui/platform";
import { Tooltip } from "../ui/Tooltip";
import panel from "./panel.module.css";
import css from "./PreviewPanel.module.css";
import type { PreviewSnapshot } from "./PreviewRun";

interface PreviewPanelProps {
  readonly preview: PreviewSnapshot;
  readonly canRun: boolean;
  /** Whether the code was changed since the page was loaded. */
  readonly behind: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onConsole: (stream: OutputStream, text: string) => void;
}

export function PreviewPanel(props: PreviewPanelProps) {
  const { preview, canRun, behind, onRun, onStop, onConsole } = props;
  return (
    <section className={panel["panel"]} aria-label="Preview">
      <header className={panel["header"]}>
        <h2 className={panel["title"]}>Preview</h2>
        {preview.live && behind && (
          <span className={css["behind"]}>
            <History size={12} aria-hidden="true" />
            Code has changed
          </span>
        )}
        <Tooltip text={`Load the page again (${chord("Enter")})`}>
          <IconButton
            label="Load the page again"
            disabled={!preview.live || !canRun}
            onClick={onRun}
          >
            <RotateCw size={16} />
          </IconButton>
        </Tooltip>
        <Tooltip text="Close the page">
          <IconButton label="Close the page" disabled={!preview.live} onClick={onStop}>
            <Square size={14} />
          </IconButton>
        </Tooltip>
      </header>
      {preview.live ? (
        <div className={css["stage"]}>
          <HtmlPreview
            files={preview.files}
            version={preview.version}
            onConsole={onConsole}
            onLost={onStop}
            title="Preview of the page"
          />
        </div>
      ) : (
        <div className={panel["empty"]}>
          <Globe size={20} aria-hidden="true" />
          <strong>The page is not open</strong>
          {canRun ? (
            <p>
              Press Run or <Kbd>{chord("Enter")}</Kbd> to see it here.
            </p>
          ) : (
            <p>Only those who may run code can open it.</p>
          )}
        </div>
      )}
    </section>
  );
}
