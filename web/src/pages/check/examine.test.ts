/** What is found out of real sockets that work, that are refused, and that carry nothing. */

import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as NodeSocket, WebSocketServer } from "ws";

import type { Approach } from "../../api/connection";
import { ApiError } from "../../api/errors";
import { browserFacts, examine, trySocket, type BrowserFacts } from "./examine";

const NEVER = new AbortController().signal;
const BROWSER: BrowserFacts = {
  secureContext: false,
  webAssembly: true,
  workers: true,
  storage: true,
};
const LAN: Approach = { path: "lan", secure: false, address: null };

let server: Server;
let sockets: Set<Socket>;
let url: string;

beforeEach(async () => {
  server = createServer((_, response) => {
    response.writeHead(403).end();
  });
  sockets = new Set();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function open(): WebSocket {
  const socket = new NodeSocket(url);
  // Browsers report a failed connection by `close` alone; here it would be an uncaught error.
  socket.on("error", () => undefined);
  return socket as unknown as WebSocket;
}

/** What is done to each socket once it is open. */
function accept(then: (socket: NodeSocket) => void): void {
  new WebSocketServer({ server }).on("connection", then);
}

describe("a socket", () => {
  it("works when the server says goodbye over it, with whatever code", async () => {
    for (const code of [4401, 4404, 4429, 1013]) {
      server.removeAllListeners("upgrade");
      accept((socket) => {
        socket.close(code);
      });
      expect(await trySocket(open, NEVER)).toBe("works");
    }
  });

  it("is blocked when a proxy answers in the server's place", async () => {
    expect(await trySocket(open, NEVER)).toBe("blocked");
  });

  it("is blocked when the request is swallowed", async () => {
    server.on("upgrade", () => undefined);
    expect(await trySocket(open, NEVER, 50)).toBe("blocked");
  });

  it("is blocked when nobody listens, and when the browser forbids it", async () => {
    const gone = url;
    await new Promise((resolve) => server.close(resolve));
    url = gone;
    expect(await trySocket(open, NEVER)).toBe("blocked");
    server.listen(0, "127.0.0.1");
    const forbidden = (): never => {
      throw new DOMException("no", "SecurityError");
    };
    expect(await trySocket(forbidden, NEVER)).toBe("blocked");
  });

  it("is mute when it opens and nothing comes", async () => {
    accept(() => undefined);
    expect(await trySocket(open, NEVER, 200)).toBe("mute");
  });

  it("is mute when it opens and is cut", async () => {
    accept((socket) => {
      socket.terminate();
    });
    expect(await trySocket(open, NEVER)).toBe("mute");
  });
});

describe("an examination", () => {
  const lab = (connection: () => Promise<Approach>) => ({
    api: { connection },
    openSocket: open,
    browser: () => BROWSER,
  });

  it("asks for the way once, then measures", async () => {
    accept((socket) => {
      socket.close(4401);
    });
    let asked = 0;
    const found = await examine(
      lab(() => {
        asked += 1;
        return Promise.resolve(LAN);
      }),
      NEVER,
    );
    expect(asked).toBe(6);
    expect(found).toMatchObject({ approach: LAN, trouble: null, socket: "works", browser: BROWSER });
    expect(found.roundTripsMs).toHaveLength(5);
  });

  it("keeps what it has when the server falls silent", async () => {
    let asked = 0;
    const found = await examine(
      lab(() => {
        asked += 1;
        return asked < 4
          ? Promise.resolve(LAN)
          : Promise.reject(new ApiError({ code: "UNREACHABLE", status: 0, message: "Away." }));
      }),
      NEVER,
    );
    expect(found).toMatchObject({ approach: LAN, trouble: "Away.", socket: "blocked" });
    expect(found.roundTripsMs).toHaveLength(2);
  });

  it("is given up at once when nobody wants to know any more", async () => {
    accept(() => undefined);
    const controller = new AbortController();
    const work = examine(
      lab(
        () =>
          new Promise((_, reject) => {
            controller.signal.addEventListener("abort", () => {
              reject(new Error("aborted"));
            });
          }),
      ),
      controller.signal,
    );
    const reason = new Error("closed");
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
  });
});

describe("a browser", () => {
  const forbidden = (): never => {
    throw new DOMException("no", "SecurityError");
  };
  const shelf = { setItem: () => undefined, removeItem: () => undefined };
  const whole = {
    isSecureContext: true,
    WebAssembly,
    Worker: vi.fn(),
    localStorage: shelf,
    indexedDB: { open: () => undefined },
  };
  const facts = (scope: object) => browserFacts(scope as Parameters<typeof browserFacts>[0]);

  it("has what it has", () => {
    expect(facts(whole)).toEqual({
      secureContext: true,
      webAssembly: true,
      workers: true,
      storage: true,
    });
  });

  it.each<[keyof BrowserFacts, object]>([
    ["webAssembly", { WebAssembly: undefined }],
    ["webAssembly", { WebAssembly: { validate: () => false } }],
    ["workers", { Worker: undefined }],
    ["storage", { localStorage: { ...shelf, setItem: forbidden } }],
    ["storage", { localStorage: null }],
    ["storage", { indexedDB: undefined }],
    [
      "storage",
      Object.defineProperty({ ...whole }, "localStorage", { get: forbidden, enumerable: false }),
    ],
  ])("lacks %s where it is missing or forbidden", (fact, change) => {
    const scope = "isSecureContext" in change ? change : { ...whole, ...change };
    expect(facts(scope)).toMatchObject({ [fact]: false, secureContext: true });
  });
});
