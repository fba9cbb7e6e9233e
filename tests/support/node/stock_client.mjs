/**
 * A stock y-websocket client, driven by JSON lines.
 *
 * Arguments: a folder whose node_modules holds the packages, the server's ws:// origin, the
 * session and the participant's token.
 *
 * Commands on stdin: insert {at, text}, type {text, pause_ms} (one character after another, at a
 * caret of its own that begins behind the text), cursor {state}, disconnect, connect, quit.
 * Events on stdout: status {status}, synced, closed {code, reason}, text {text}, people {names},
 * typed.
 */

import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const [folder, origin, session, token] = process.argv.slice(2);
const require = createRequire(path.join(folder, 'package.json'));
const Y = require('yjs');
const { WebsocketProvider } = require('y-websocket');
const WebSocketPolyfill = require('ws');

// Stock clients say so of message types that they do not know; the room has one.
console.error = (...words) => {
  if (words[0] !== 'Unable to compute message') {
    process.stderr.write(`${words.join(' ')}\n`);
  }
};

const emit = (event, fields = {}) => process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);

const doc = new Y.Doc();
const text = doc.getText('file:main.py');
const provider = new WebsocketProvider(`${origin}/ws/sessions`, session, doc, {
  params: { token },
  WebSocketPolyfill,
  disableBc: true,
});

provider.on('status', ({ status }) => emit('status', { status }));
provider.on('sync', (synced) => synced && emit('synced'));
provider.on('closed', ({ code, reason }) => emit('closed', { code, reason }));
text.observe(() => emit('text', { text: text.toString() }));
provider.awareness.on('change', () => {
  const states = [...provider.awareness.getStates().values()];
  emit('people', { names: states.map((state) => state.user?.name ?? null).sort() });
});

const typing = async (typed, pauseMs) => {
  let caret = Y.createRelativePositionFromTypeIndex(text, text.length);
  for (const character of typed) {
    const at = Y.createAbsolutePositionFromRelativePosition(caret, doc).index;
    text.insert(at, character);
    caret = Y.createRelativePositionFromTypeIndex(text, at + character.length, -1);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  emit('typed');
};

const commands = {
  insert: ({ at, text: inserted }) => text.insert(at, inserted),
  type: ({ text: typed, pause_ms: pauseMs }) => void typing(typed, pauseMs),
  cursor: ({ state }) => provider.awareness.setLocalState(state),
  disconnect: () => provider.disconnect(),
  connect: () => provider.connect(),
  quit: () => {
    provider.destroy();
    process.exit(0);
  },
};

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on('close', commands.quit);
