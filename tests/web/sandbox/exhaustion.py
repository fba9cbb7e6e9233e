"""Programs that take all they can get, and programs that will not go."""

from __future__ import annotations

# Each prints "begun", then goes on until it is stopped. The room must not notice.
ENDLESS_JAVASCRIPT = {
    "loop": "for (;;);",
    "flood of lines": "for (;;) console.log('x'.repeat(99));",
    "flood of errors": "for (;;) console.error(new Error('x'));",
    "flood of one text": "const text = 'y'.repeat(3e7); for (;;) console.log(text);",
    "alerts": "for (;;) alert('x');",
    "questions": "for (;;) confirm('Really?');",
    "promises": "const again = () => Promise.resolve().then(again); await again();",
    "timers": "const again = () => { setTimeout(again); setTimeout(again, 1); }; again();",
    "workers": "const text = 'for (;;);';"
    "for (let at = 0; at < 4; at++) new Worker(URL.createObjectURL(new Blob([text])));"
    "setInterval(() => {}, 1000);",
    "deaf to its end": "self.close = self.onerror = () => {}; onbeforeunload = () => 'x';"
    "addEventListener('error', () => {}); Promise.prototype.then = () => {}; for (;;);",
}

ENDLESS_PYTHON = {
    "loop": "while True:\n    pass",
    "flood": "while True:\n    print('x' * 99)",
    "deaf to its end": "while True:\n    try:\n        while True: pass\n"
    "    except BaseException:\n        pass",
    "questions": "while True:\n    input('Really? ')",
    "waiting": "import time\nwhile True:\n    time.sleep(1)",
}

# Each prints "begun"; the room goes on beside it, and closing the page ends it.
ENDLESS_PAGES = {
    "loop": "setTimeout(() => { for (;;); }, 100);",
    "deaf to its end": "onunload = onpagehide = document.onvisibilitychange = () => { for (;;); };"
    "setTimeout(() => { for (;;); }, 100);",
    "dialogs": """
        const native = document.createElement('iframe');
        native.srcdoc = `<script>for (const ask of [alert, confirm, prompt, print]) {
          setInterval(() => ask('x'), 5); }<\\/script>`;
        document.body.append(native);
        for (const ask of [alert, confirm, prompt, print]) setInterval(() => ask('x'), 5);""",
    "staying": """
        onbeforeunload = (event) => { event.preventDefault(); return 'x'; };
        document.body.appendChild(document.createElement('a')).click();""",
    "flood": "setInterval(() => { for (let at = 0; at < 999; at++) console.log(`${at}`); }, 1);",
    "flood of one text": "setInterval(() => parent.postMessage({ type: 'console', "
    "stream: 'stdout', text: 'y'.repeat(1e6) }, '*'), 5);",
    "frames": """
        const text = `<script>for (let at = 0; at < 3; at++) {
          const frame = document.createElement('iframe');
          frame.srcdoc = '<script>for (;;);<\\\\/script>';
          document.documentElement.append(frame); }<\\/script>`;
        setTimeout(() => {
          document.body.append(Object.assign(document.createElement('iframe'), { srcdoc: text }));
        }, 100);""",
}


def endless_page(script: str) -> str:
    """A page that has said that it began."""
    script = script.replace("</script>", "<\\/script>")
    return f"<!doctype html><body><script>console.log('begun');{script}</script>"


# Run one leaves what it can behind; run two looks for it and prints what it found.
LEGACIES = {
    "javascript": (
        """
globalThis.legacy = self.name = 'found'; Object.prototype.legacy = 'found';
const text = `const channel = new BroadcastChannel('beat');
  setInterval(() => channel.postMessage('alive'), 5);`;
new Worker(URL.createObjectURL(new Blob([text])));
new BroadcastChannel('beat').onmessage = () => { heard ||= (console.log('beating'), true); };
let heard = false;
setInterval(() => {}, 1000);
""",
        """
const beats = [];
new BroadcastChannel('beat').onmessage = () => beats.push(1);
await new Promise((resolve) => setTimeout(resolve, 400));
console.log(`legacy ${String(globalThis.legacy)} ${self.name} ${({}).legacy} ${beats.length}`);
""",
        "legacy undefined  undefined 0",
    ),
    "python": (
        """
import builtins, js, sys
from pyodide.code import run_js
builtins.legacy = sys.legacy = js.self.legacy = 'found'
open('/home/interview/legacy', 'w').write('found')
run_js('''
  const text = "const c = new BroadcastChannel('beat'); setInterval(() => c.postMessage(1), 5)";
  new Worker(URL.createObjectURL(new Blob([text])));
''')
print('beating')
while True:
    pass
""",
        """
import asyncio, builtins, js, os, sys
from pyodide.code import run_js
run_js("self.beats = 0; new BroadcastChannel('beat').onmessage = () => { self.beats += 1; }")
await asyncio.sleep(0.4)
print('legacy', hasattr(builtins, 'legacy'), hasattr(sys, 'legacy'), hasattr(js.self, 'legacy'),
      os.path.exists('/home/interview/legacy'), js.self.beats)
""",
        "legacy False False False False 0",
    ),
    "html": (
        """<!doctype html><body><script>
window.name = window.legacy = 'found'; history.replaceState({ legacy: 'found' }, '');
const text = "const c = new BroadcastChannel('beat'); setInterval(() => c.postMessage(1), 5)";
new Worker(URL.createObjectURL(new Blob([text])));
console.log('beating');
</script>""",
        """<!doctype html><body><script>
let beats = 0;
new BroadcastChannel('beat').onmessage = () => { beats += 1; };
setTimeout(() => {
  console.log(`legacy ${window.legacy} ${window.name} ${history.state} ${beats}`);
}, 400);
</script>""",
        "legacy undefined  null 0",
    ),
}

# Each takes memory until there is none.
BOMBS = {
    "javascript": "const all = []; for (;;) all.push(new Array(1e6).fill(all.length + 0.5));",
    "html": "<!doctype html><body><script>console.log('begun'); setTimeout(() => {"
    "const all = []; for (;;) all.push(new Array(1e6).fill(all.length + 0.5)); }, 100);</script>",
}

# Those that fail at once, within the program, with an error that says what it was.
TOO_MUCH = {
    "javascript": ("new Uint8Array(2 ** 40)", "Array buffer allocation failed|Invalid typed array"),
    "python": ("x = bytearray(2 ** 34)", "MemoryError|OverflowError"),
}
