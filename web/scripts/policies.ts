/** The content security policies of the sandbox's two pages. Neither allows any network. */

import { createHash } from "node:crypto";

type Policy = Readonly<Record<string, readonly string[]>>;

const NOTHING: Policy = {
  "default-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
  "frame-src": ["'none'"],
};

/** Programs are compiled from text in workers; `blob:` there is an address within the sandbox. */
export function framePolicy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return write({
    ...NOTHING,
    "script-src": [`'sha256-${hash}'`, "'unsafe-eval'", "'wasm-unsafe-eval'"],
    "worker-src": ["blob:"],
    "connect-src": ["blob:"],
    sandbox: ["allow-scripts"],
  });
}

/** The page inside inherits this policy, so it allows what a page may hold in itself. */
export function previewPolicy(): string {
  const own = ["data:", "blob:"];
  return write({
    ...NOTHING,
    "script-src": ["'unsafe-inline'", "'unsafe-eval'", ...own],
    "style-src": ["'unsafe-inline'", ...own],
    "img-src": own,
    "font-src": own,
    "media-src": own,
    "connect-src": own,
    "worker-src": ["blob:"],
    sandbox: ["allow-scripts", "allow-forms"],
  });
}

function write(policy: Policy): string {
  return Object.entries(policy)
    .map(([name, sources]) => [name, ...sources].join(" "))
    .join("; ");
}
