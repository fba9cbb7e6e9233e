/** Puts the app into the page. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";

const container = document.getElementById("root");
if (container === null) throw new Error("index.html has lost its #root element");

// A relative address would change its meaning with every address that the page takes on.
for (const link of document.querySelectorAll<HTMLLinkElement>("link[rel=icon]")) {
  link.setAttribute("href", link.href);
}

createRoot(container).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
