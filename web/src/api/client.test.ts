/** Requests as they leave, and every way an answer can be wrong. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ApiClient } from "./client";
import { ApiError } from "./errors";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly invite: string | string[] | undefined;
  readonly body: unknown;
}

let server: Server;
let origin: string;
let seen: Seen[];
let answer: { status: number; body: string; headers?: Record<string, string> } | "hang" | "cut";

beforeEach(async () => {
  seen = [];
  answer = { status: 200, body: "{}" };
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString();
      seen.push({
        method: request.method ?? "",
        url: request.url ?? "",
        authorization: request.headers.authorization,
        invite: request.headers["codeinterview-invite"],
        body: text === "" ? null : JSON.parse(text),
      });
      if (answer === "hang") return;
      if (answer === "cut") request.socket.destroy();
      else {
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const client = (timeoutMs = 5000) => new ApiClient({ server: origin, timeoutMs });

async function failure(work: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe("requests", () => {
  it("join with an invite and without a credential", async () => {
    await client().join(
      "1a2b3c4d",
      { user: { id: "u1", name: "Ada", color: "0" }, invite: "abc" },
      null,
    );
    expect(seen).toEqual([
      {
        method: "POST",
        url: "/api/v1/sessions/1a2b3c4d/join",
        authorization: undefined,
        invite: "abc",
        body: { user: { id: "u1", name: "Ada", color: "0" }, invite: "abc" },
      },
    ]);
  });

  it("show the invite already with the preview, and never in the address", async () => {
    answer = { status: 200, body: '{"data": {}}' };
    await client().preview("1a2b3c4d", "abc");
    await client().preview("1a2b3c4d", null);
    expect(seen.map(({ url, invite }) => [url, invite])).toEqual([
      ["/api/v1/sessions/1a2b3c4d/preview", "abc"],
      ["/api/v1/sessions/1a2b3c4d/preview", undefined],
    ]);
  });

  it("carry the credential as a bearer and never in the address", async () => {
    await client().me("top-secret");
    expect(seen[0]?.authorization).toBe("Bearer top-secret");
    expect(seen[0]?.url).toBe("/api/v1/me");
  });

  it("search with an encoded query", async () => {
    await client().listSessions("k", { query: "a&b c", limit: 5 });
    expect(seen[0]?.url).toBe("/api/v1/sessions?query=a%26b+c&limit=5&offset=0");
  });

  it("take 204 for an answer", async () => {
    answer = { status: 204, body: "" };
    await expect(client().removeParticipant("1a2b3c4d", "u1", "t")).resolves.toBeUndefined();
    expect(seen[0]).toMatchObject({
      method: "DELETE",
      url: "/api/v1/sessions/1a2b3c4d/participants/u1",
    });
  });
});

describe("errors", () => {
  it("are the server's code and sentence", async () => {
    answer = {
      status: 404,
      body: JSON.stringify({
        detail: { success: false, error: "Ask again.", code: "SESSION_NOT_FOUND" },
      }),
    };
    const error = await failure(client().preview("1a2b3c4d", null));
    expect(error).toMatchObject({ code: "SESSION_NOT_FOUND", status: 404, temporary: false });
    expect(error.message).toBe("Ask again.");
  });

  it("name the fields", async () => {
    answer = {
      status: 422,
      body: JSON.stringify({
        detail: {
          success: false,
          error: "Check the fields.",
          code: "VALIDATION_FAILED",
          fields: [{ field: "user.name", error: "Too long." }, "junk"],
        },
      }),
    };
    const error = await failure(client().me("t"));
    expect(error.fields).toEqual([{ field: "user.name", error: "Too long." }]);
  });

  it("say when to try again", async () => {
    answer = {
      status: 429,
      headers: { "Retry-After": "7" },
      body: JSON.stringify({ detail: { error: "Slower.", code: "TOO_MANY_REQUESTS" } }),
    };
    const error = await failure(client().me("t"));
    expect(error).toMatchObject({ retryAfterS: 7, temporary: true });
  });

  it.each([
    [502, "<html>bad gateway</html>"],
    [500, ""],
    [500, "[]"],
    [503, '{"detail": "Not Found"}'],
    [503, '{"detail": {"error": 7, "code": {}}}'],
  ])("are a sentence for %i with the body %j too", async (status, body) => {
    answer = { status, body };
    const error = await failure(client().me("t"));
    expect(error).toMatchObject({ status, code: "UNEXPECTED_ANSWER", temporary: true });
    expect(error.message).toMatch(/Try again/);
  });

  it("say so when something else listens there", async () => {
    answer = { status: 200, body: "<html>a router's page</html>" };
    const error = await failure(client().me("t"));
    expect(error.code).toBe("UNEXPECTED_ANSWER");
  });

  it.each([null, "lan", { success: true, path: "moon", secure: false, address: "" }])(
    "say so when it tells of no connection, but %j",
    async (body) => {
      answer = { status: 200, body: JSON.stringify(body) };
      const error = await failure(client().connection());
      expect(error).toMatchObject({ code: "UNEXPECTED_ANSWER", temporary: false });
    },
  );

  it("are UNREACHABLE when the connection breaks", async () => {
    answer = "cut";
    expect(await failure(client().me("t"))).toMatchObject({ code: "UNREACHABLE", status: 0 });
  });

  it("are TIMEOUT when nobody answers", async () => {
    answer = "hang";
    expect(await failure(client(20).me("t"))).toMatchObject({ code: "TIMEOUT", status: 0 });
  });

  it("are the signal's reason when the caller gives up", async () => {
    answer = "hang";
    const controller = new AbortController();
    const work = client().preview("1a2b3c4d", null, controller.signal);
    const reason = new Error("gone");
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
  });
});
