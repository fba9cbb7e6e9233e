"""Attempts as data, and the programs that make them one after another and report."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Proof(Enum):
    """What the same attempt comes to where nothing holds it back; the control asks for it."""

    HEARD = "the canary hears it"
    GOT = "it returns what it should not"
    NONE = "nothing: a browser does not offer it there at all"


@dataclass(frozen=True)
class Attempt:
    """One way out. `code` returns something when it got through, and throws when it did not."""

    name: str
    code: str
    proof: Proof
    secure: bool = False
    """Only a secure context has the interface."""


@dataclass(frozen=True)
class Table:
    """The attempts of one language."""

    heard: dict[str, str] = field(default_factory=dict)
    got: dict[str, str] = field(default_factory=dict)
    secure_heard: dict[str, str] = field(default_factory=dict)
    secure_got: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def proven(self, *, secure: bool) -> list[Attempt]:
        """Those that the control can show on such an origin."""
        return [
            each
            for each in self.attempts()
            if each.proof is not Proof.NONE and (secure or not each.secure)
        ]

    def attempts(self) -> list[Attempt]:
        """All of them, each with what proves it."""
        return [
            Attempt(name, code, proof, secure)
            for codes, proof, secure in (
                (self.heard, Proof.HEARD, False),
                (self.got, Proof.GOT, False),
                (self.secure_heard, Proof.HEARD, True),
                (self.secure_got, Proof.GOT, True),
                (self.absent, Proof.NONE, False),
            )
            for name, code in codes.items()
        ]


_SCRIPT = """
const PLACE = 'http://@PLACE@';
const report = {};
const tried = [];
let told = false;
const later = setTimeout;
const attempt = (name, act) => {
  const silent = new Promise((_, reject) => later(() => reject(new Error('silent')), 2500));
  const tell = (said) => { report[name] = said; if (told) console.log(`${name} ${said}`); };
  tried.push(Promise.race([(async () => act(`${PLACE}/${name}`))(), silent]).then(
    (value) => tell(`got ${Object.prototype.toString.call(value)}`),
    () => tell('refused'),
  ));
};
const heard = (source, ...good) => new Promise((resolve, reject) => {
  for (const name of good) source.addEventListener(name, () => resolve(name));
  source.addEventListener('error', (event) => {
    event.preventDefault();
    reject(new Error('error'));
  });
});
const blobOf = (text, type = 'text/javascript') => URL.createObjectURL(new Blob([text], { type }));
const add = (markup) => document.body.insertAdjacentHTML('beforeend', markup);
// The preview explains what links do; here it must not learn of the next click.
const unheard = () => addEventListener(
  'click', (event) => event.stopImmediatePropagation(), { capture: true, once: true });
const refuse = () => { throw new Error('refused'); };
"""

_END = """
await Promise.all(tried);
console.log(JSON.stringify(report));
"""


def script(attempts: list[Attempt], place: str) -> str:
    """A JavaScript program that makes every attempt and prints its report as JSON."""
    calls = [f"attempt({each.name!r}, async (place) => {{ {each.code} }});\n" for each in attempts]
    return _SCRIPT.replace("@PLACE@", place) + "".join(calls) + _END


def page(attempts: list[Attempt], place: str) -> str:
    """The same as an HTML page."""
    body = script(attempts, place).replace("</", "<\\/")
    return f"<!doctype html><title>Attempts</title><body><script type=module>{body}</script>"


_BUTTONS = """
told = true;
const button = (name, act) => {
  const element = document.createElement('button');
  element.textContent = name;
  element.onclick = act;
  document.body.append(element);
};
"""

_REPORT = """
button('report', async () => {
  await Promise.all(tried);
  console.log(JSON.stringify(report));
});
"""


def clicked_page(attempts: dict[str, str], place: str) -> str:
    """A page with a button for each attempt, and one for the report."""
    calls = [
        f"button({name!r}, () => attempt({name!r}, async (place) => {{ {code} }}));\n"
        for name, code in attempts.items()
    ]
    body = _SCRIPT.replace("@PLACE@", place) + _BUTTONS + "".join(calls) + _REPORT
    body = body.replace("</", "<\\/")
    return f"<!doctype html><title>Clicks</title><body><script type=module>{body}</script>"


_PYTHON = """
import asyncio, json
PLACE = 'http://@PLACE@'
report = {}

async def attempt(name, act):
    try:
        result = act(f'{PLACE}/{name}')
        if hasattr(result, '__await__') or hasattr(result, 'then'):
            result = await asyncio.wait_for(result, 2.5)
        report[name] = f'got {result}'
    except BaseException as error:
        report[name] = 'refused'
    print(f'tried {name}')

"""


def python(attempts: list[Attempt], place: str) -> str:
    """A Python program that makes every attempt and prints its report as JSON."""
    parts = [_PYTHON.replace("@PLACE@", place)]
    for at, each in enumerate(attempts):
        body = "\n".join(f"    {line}" for line in each.code.strip().splitlines())
        parts.append(f"def act_{at}(place):\n{body}\nawait attempt({each.name!r}, act_{at})\n")
    return "".join(parts) + "print(json.dumps(report))\n"
