/** One field that takes a code or a link and leads to the join page. */

import { LogIn } from "lucide-react";
import { useId, useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";

import { parseJoinText } from "../../api/links";
import { useServices } from "../../app/services";
import { Button } from "../../ui/Button";
import { Card, CardTitle } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { useInitialFocus } from "../../ui/useInitialFocus";
import css from "./form.module.css";

interface JoinFormProps {
  /** With its own heading, when it stands beside another card. */
  readonly titled: boolean;
}

export function JoinForm({ titled }: JoinFormProps) {
  const { server } = useServices();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const headingId = useId();
  const field = useInitialFocus<HTMLInputElement>(!titled);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const target = parseJoinText(text);
    if (target.kind === "problem") {
      setError(target.message);
      return;
    }
    const path = `/i/${target.sessionId}${target.invite === null ? "" : `#${target.invite}`}`;
    if (target.server !== null && target.server !== server) {
      window.location.assign(target.server + path);
    } else {
      void navigate(path);
    }
  };

  return (
    <Card aria-labelledby={titled ? headingId : undefined}>
      {titled && (
        <div className={css["heading"]}>
          <LogIn size={18} aria-hidden="true" />
          <CardTitle id={headingId}>Join an interview</CardTitle>
        </div>
      )}
      <form
        className={css["form"]}
        style={titled ? undefined : { marginTop: 0 }}
        noValidate
        onSubmit={submit}
      >
        <TextField
          label="Code or link"
          mono
          name="code"
          placeholder="1a2b3c4d or http://…"
          value={text}
          error={error}
          hint="From the message your interviewer sent you."
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          ref={field}
          onChange={(event) => {
            setText(event.target.value);
            setError(null);
          }}
        />
        <Button className={css["submit"]} large variant={titled ? "secondary" : "primary"} type="submit">
          Join
        </Button>
      </form>
    </Card>
  );
}
