/** Where a program that waits for input gets its line. */

import { CornerDownLeft } from "lucide-react";
import { useEffect, useId, useRef, useState, type SubmitEvent } from "react";

import { Button } from "../ui/Button";
import { Tooltip } from "../ui/Tooltip";
import css from "./OutputPanel.module.css";
import { stripAnsi } from "./output";

interface StdinBoxProps {
  readonly prompt: string;
  /** Gets the line without its line end; null is the end of input. */
  readonly onInput: (text: string | null) => void;
}

export function StdinBox({ prompt, onInput }: StdinBoxProps) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    // The person pressed Run and the program asks: this is where they go on.
    input.current?.focus();
  }, [prompt]);

  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    onInput(text);
    setText("");
  };

  const shown = stripAnsi(prompt).trim();
  return (
    <form className={css["stdin"]} onSubmit={send}>
      <label className={css["prompt"]} htmlFor={id}>
        {shown === "" ? "The program waits for a line of input" : shown}
      </label>
      <div className={css["stdinRow"]}>
        <input
          ref={input}
          id={id}
          className={css["stdinInput"]}
          value={text}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
          }}
          onKeyDown={(event) => {
            if (event.ctrlKey && event.key === "d" && text === "") {
              event.preventDefault();
              onInput(null);
            }
          }}
        />
        <Button
          variant="primary"
          type="submit"
          icon={<CornerDownLeft size={16} aria-hidden="true" />}
        >
          Send
        </Button>
        <Tooltip text="No more input (Ctrl+D)" side="top">
          <Button
            onClick={() => {
              onInput(null);
            }}
          >
            End
          </Button>
        </Tooltip>
      </div>
    </form>
  );
}
