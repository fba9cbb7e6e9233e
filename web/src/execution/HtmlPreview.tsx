/** Shows an HTML page's files in a frame that reaches neither the room nor the network. */

import { useEffect, useEffectEvent, useRef } from "react";

import type { OutputStream } from "../collab/messages";
import { PreviewFrame } from "./previewFrame";

interface HtmlPreviewProps {
  readonly files: Readonly<Record<string, string>>;
  /** Another number loads the page anew. */
  readonly version: number;
  readonly onConsole: (stream: OutputStream, text: string) => void;
  /** The page does not answer any more: close it. */
  readonly onLost: () => void;
  readonly title: string;
}

export function HtmlPreview({ files, version, onConsole, onLost, title }: HtmlPreviewProps) {
  const host = useRef<HTMLDivElement>(null);
  const print = useEffectEvent(onConsole);
  const lose = useEffectEvent(onLost);

  useEffect(() => {
    if (host.current === null) return;
    const frame = new PreviewFrame({
      parent: host.current,
      title,
      path: "index.html",
      files,
      onConsole: (stream, text) => print(stream, text),
      onLost: () => lose(),
    });
    return () => frame.dispose();
  }, [files, version, title]);

  return <div ref={host} />;
}
