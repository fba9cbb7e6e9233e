"""Programs that want to speak as somebody else: as the sandbox, as another run, as the room."""

from __future__ import annotations

# What a stranger would like the others to see.
FORGED = "FORGED"

# Before any message is made or read, everything that making one might touch is replaced.
POLLUTION = """
for (const name of 'type status stream text runId run_id event data durationMs'.split(' ')) {
  Object.defineProperty(Object.prototype, name, {
    configurable: true, get: () => 'FORGED', set: () => {},
  });
}
const calls = [];
const hooked = [
  [Array.prototype, ['push', 'shift', 'map', 'join', 'slice']],
  [Promise.prototype, ['then', 'catch', 'finally']],
  [Function.prototype, ['call', 'apply', 'bind']],
  [Reflect, ['apply', 'construct']],
  [EventTarget.prototype, ['addEventListener', 'removeEventListener', 'dispatchEvent']],
  [MessagePort.prototype, ['postMessage', 'start', 'close']],
  [Set.prototype, ['add', 'delete', 'has']],
  [Map.prototype, ['get', 'set']],
  [String.prototype, ['replaceAll', 'slice', 'split']],
];
const known = { apply: Reflect.apply };
const ports = new Set();
const add = Set.prototype.add;
for (const [owner, methods] of hooked) {
  for (const name of methods) {
    const native = owner[name];
    owner[name] = function (...values) {
      for (const value of [this, ...values]) {
        if (value instanceof MessagePort) known.apply(add, ports, [value]);
      }
      return known.apply(native, this, values);
    };
  }
}
for (const name of ['data', 'ports', 'source', 'lastEventId']) {
  Object.defineProperty(MessageEvent.prototype, name, {
    get() { calls[calls.length] = this; return { type: 'done', status: 'ok' }; },
  });
}
for (const name of ['target', 'currentTarget', 'srcElement']) {
  Object.defineProperty(Event.prototype, name, { get() { calls[calls.length] = this; } });
}
console.log('one', { two: [3] }, new Map([[4, 5]]));
await new Promise((resolve) => setTimeout(resolve, 10));
console.log(`ports ${ports.size}, events ${calls.length}`);
for (const port of ports) port.postMessage({ type: 'done', status: 'ok' });
throw new Error('the real end');
"""

# What it may call and hand around, which the frame does not listen to.
SPEAKING_UP = """
const messages = [
  { type: 'output', stream: 'system', text: 'FORGED' },
  { type: 'done', status: 'error' },
  { type: 'finished', runId: 'x', status: 'error', durationMs: 1, truncated: false },
  { type: 'init', port: new MessageChannel().port1, assets: {} },
  { type: 'run', program: { path: 'x', files: { x: "console.log('FORGED')" }, stdin: null } },
  'codeinterview:ready', 'codeinterview:connect', null, 42, [], new Map(), new Error('FORGED'),
];
const post = Object.getPrototypeOf(self).postMessage ?? self.postMessage;
const { port1, port2 } = new MessageChannel();
for (const data of messages) {
  for (const act of [
    () => post.call(self, data),
    () => self.dispatchEvent(new MessageEvent('message', { data, ports: [port2] })),
    () => self.onmessage?.({ data }),
    () => port1.postMessage(data),
    () => new BroadcastChannel('room').postMessage(data),
    () => Worker.prototype.postMessage.call(self, data),
  ]) { try { act(); } catch { /* refused */ } }
}
await new Promise((resolve) => setTimeout(resolve, 100));
console.log('the real end');
"""

# The same from Python, where the worker's own functions are still there.
SPEAKING_UP_IN_PYTHON = """
import js
from pyodide.ffi import to_js
messages = [
    {'type': 'output', 'stream': 'system', 'text': 'FORGED'},
    {'type': 'done', 'status': 'error'},
    {'type': 'finished', 'runId': 'x', 'status': 'error', 'durationMs': 1, 'truncated': False},
    {'type': 'run', 'program': {'path': 'x', 'files': {'x': "print('FORGED')"}, 'stdin': None}},
]
for message in messages:
    data = to_js(message, dict_converter=js.Object.fromEntries)
    js.postMessage(data)
    js.self.postMessage(data)
    init = js.Object.new()
    init.data = data
    js.self.dispatchEvent(js.MessageEvent.new('message', init))
print('the real end')
"""

# Dies with words of its own, which the frame repeats as the reason.
LAST_WORDS = """
Event.prototype.preventDefault = () => {};
Event.prototype.stopImmediatePropagation = () => {};
console.log('begun');
setTimeout(() => {
  throw new Error('why\\n\\0\\ud800\\nFORGED: enter your password ' + 'x'.repeat(1e7));
}, 10);
await new Promise(() => {});
"""

# Everything a previewed page can post, to each window that it can name.
PAGE_SPEAKING_UP = """<!doctype html><body><script>
const cyclic = { type: 'console', stream: 'stdout' };
cyclic.text = cyclic;
const messages = [
  { type: 'console', stream: 'system', text: 'FORGED as the system\\n' },
  { type: 'console', stream: 'nobody', text: 'FORGED\\n' },
  { type: 'console', stream: 'stdout', text: { toString: () => 'FORGED' } },
  { type: 'console', stream: 'stdout', get text() { return 'from a getter\\n'; } },
  { type: 'finished', runId: 'x', status: 'error', durationMs: 1, truncated: false },
  { run_id: 'x', event: 'output', stream: 'system', text: 'FORGED' },
  { type: 'pong', id: 1 }, { type: 'pong', id: Infinity }, { type: 'show', path: 'x', files: {} },
  cyclic, 'codeinterview:ready', 'codeinterview:connect', null, 42, [], new Map(),
];
let answered = 0;
addEventListener('message', (event) => { if (event.source !== window) answered += 1; });
for (const data of messages) {
  for (const target of [parent, top, parent.frames[0]]) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { answered += 1; };
    try { target.postMessage(data, '*', [port2]); } catch { /* not cloned */ }
  }
}
setTimeout(() => {
  console.error(`answered ${answered}`);
  parent.postMessage({ type: 'console', stream: 'stdout', text: 'y'.repeat(3e7) }, '*');
}, 500);
</script>"""

# A language's worker as a stranger would have written it: it holds the port itself.
HOSTILE_WORKER = """
self.onmessage = ({ data: { port } }) => {
  const say = (...message) => { try { port.postMessage(...message); } catch { /* not cloned */ } };
  port.onmessage = ({ data }) => {
    if (data.type !== 'run') return;
    const cyclic = { type: 'output', stream: 'stdout' };
    cyclic.text = cyclic;
    for (const message of [
      null, 42, 'done', [], {}, cyclic, new Map([['type', 'done']]), { type: 'nobody' },
      { type: 'output' }, { type: 'output', stream: 'stdout', text: 42 },
      { type: 'output', stream: 'nobody', text: 'FORGED' }, { type: 'done', status: 'timeout' },
      { type: 'done', get status() { throw new Error('x'); } },
      { type: 'pong', id: 1 }, { type: 'loaded', language: 'python', interactive: true },
      { type: 'finished', runId: data.runId, status: 'timeout', durationMs: -1, truncated: true },
      { type: 'finished', runId: 'another', status: 'ok', durationMs: 1, truncated: false },
      { type: 'ready', interactive: false }, { type: 'failed', error: 'FORGED' },
    ]) say(message);
    say({ type: 'output', stream: 'system', text: 'said as the program\\n' });
    say({ type: 'output', stream: 'stdout', text: 'mine\\n', runId: 'another', run_id: 'another',
          participant_id: 'host', name: 'Ines Interviewer' });
    say({ type: 'output', stream: 'stdout', text: '\\0\\ud800' + 'y'.repeat(3e7) });
    say({ type: 'input', prompt: 'z'.repeat(1e6), signalled: false });
    say({ type: 'done', status: 'ok' }, [new MessageChannel().port1]);
    say({ type: 'done', status: 'error' });
    say({ type: 'output', stream: 'stdout', text: 'FORGED after the end' });
  };
  say({ type: 'ready', interactive: true });
};
"""

# The sandbox's frame as a stranger would have written it. The page believes nothing of it.
HOSTILE_FRAME = """<!doctype html><script>
onmessage = ({ ports: [port] }) => {
  const say = (message) => { try { port.postMessage(message); } catch { /* not cloned */ } };
  port.onmessage = ({ data }) => {
    if (data.type === 'ping') say({ type: 'pong', id: data.id });
    if (data.type === 'load') say({ type: 'loaded', language: data.language, interactive: true });
    if (data.type !== 'run') return;
    const { runId } = data;
    const cyclic = { type: 'output', runId, stream: 'stdout' };
    cyclic.text = cyclic;
    const end = { type: 'finished', runId, status: 'ok', durationMs: 1, truncated: false };
    for (const message of [
      null, 42, 'finished', [], cyclic, { type: 'nobody', runId },
      { ...end, runId: 'another' }, { ...end, status: 'nobody' }, { ...end, durationMs: NaN },
      { ...end, durationMs: '1' }, { type: 'output', runId, stream: 'nobody', text: 'FORGED' },
      { type: 'output', runId, stream: 'stdout', text: new Uint8Array(9) },
      { type: 'output', runId: 'another', stream: 'stdout', text: 'FORGED' },
      { type: 'output', runId, stream: 'stdout', text: 'mine\\n', participant_id: 'x' },
      { type: 'output', runId, stream: 'system', text: '\\0\\ud800' + 's'.repeat(3e6) },
      { type: 'output', runId, stream: 'stdout', text: '\\0\\ud800' + 'y'.repeat(3e7) },
      end, { ...end, status: 'error' },
      { type: 'output', runId, stream: 'stdout', text: 'FORGED after the end' },
    ]) say(message);
  };
};
parent.postMessage('codeinterview:ready', '*');
</script>"""

FORGERIES = (
    POLLUTION,
    SPEAKING_UP,
    SPEAKING_UP_IN_PYTHON,
    LAST_WORDS,
    PAGE_SPEAKING_UP,
    HOSTILE_WORKER,
    HOSTILE_FRAME,
)
