/** The last net: a rendering mistake becomes a page with a way on, not an empty window. */

import { Component, type ReactNode } from "react";

import { Button } from "../ui/Button";
import css from "./ErrorBoundary.module.css";

interface State {
  readonly failed: boolean;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className={css["page"]}>
        <h1>This page stopped working</h1>
        <p>
          What was typed is with the server up to the last moment you were connected. Reload to go
          on where you were.
        </p>
        <Button
          large
          variant="primary"
          onClick={() => {
            window.location.reload();
          }}
        >
          Reload
        </Button>
      </main>
    );
  }
}
