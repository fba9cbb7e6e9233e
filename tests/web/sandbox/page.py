"""What an HTML page may try: while it stays, with a person's click, and by going away."""

from __future__ import annotations

import json

from tests.web.sandbox.attempts import Table
from tests.web.sandbox.javascript import JAVASCRIPT

_ELEMENT = """
            const element = document.createElement('{tag}');
            element.{attribute} = place;
            {more}
            document.body.append(element);
            return heard(element, '{event}');"""


def _element(tag: str, attribute: str = "src", event: str = "load", more: str = "") -> str:
    return _ELEMENT.format(tag=tag, attribute=attribute, event=event, more=more)


def _link(rel: str, more: str = "") -> str:
    return _element("link", "href", more=f"element.rel = '{rel}'; {more}")


def _markup(text: str, event: str = "load") -> str:
    return f"""
            const holder = document.createElement('div');
            holder.innerHTML = `{text}`;
            document.body.append(holder);
            const element = holder.querySelector('[data-it]') ?? holder.firstElementChild;
            return heard(element, '{event}');"""


def _style(text: str) -> str:
    return f"""
            const style = document.createElement('style');
            style.textContent = `{text}`;
            document.head.append(style);
            const box = document.body.appendChild(document.createElement('p'));
            box.id = box.className = new URL(place).pathname.slice(1);
            box.textContent = 'x';
            return new Promise(() => {{}});"""


# A frame within the page is a scope of its own: nothing that the page was given covers it.
_NESTED = """
            const frame = document.createElement('iframe');
            const told = new Promise((resolve) => addEventListener('message', (event) => {{
              if (event.source === frame.contentWindow) resolve(event.data);
            }}));
            const text = `<script>{inner}<\\/script>`;
            {put}
            document.body.append(frame);
            return told;"""
_FETCH_WITHIN = "fetch('${place}').then(() => parent.postMessage('reached', '*'))"


def _nested(put: str, inner: str = _FETCH_WITHIN) -> str:
    return _NESTED.format(put=put, inner=inner)


PEER_CONNECTION = """
            const [, port] = new URL(place).host.split(':');
            const iceServers = [{ urls: `stun:127.0.0.1:${port}` }];
            const peer = new RTCPeerConnection({ iceServers });
            peer.createDataChannel('x');
            await peer.setLocalDescription(await peer.createOffer());
            return new Promise(() => {});"""

_OWN = {
    name: code
    for name, code in JAVASCRIPT.heard.items()
    # A page has no such function.
    if name != "import-scripts"
}

PAGE = Table(
    heard={
        **_OWN,
        "send-beacon": "return navigator.sendBeacon(place, 'x') && new Promise(() => {});",
        "image": _element("img"),
        "image-source-set": _element("img", "srcset"),
        "image-of-svg": _markup('<svg><image data-it href="${place}" /></svg>'),
        "svg-use": _markup('<svg><use data-it href="${place}#x" /></svg>'),
        "svg-filter": _markup('<svg><filter><feImage data-it href="${place}" /></filter></svg>'),
        "input-image": _markup('<input type=image src="${place}">'),
        "picture": _markup('<picture><source srcset="${place}"><img data-it></picture>'),
        "table-background": _markup('<table background="${place}"><td>x</table>'),
        "script": _element("script"),
        "script-module": _element("script", more="element.type = 'module';"),
        "stylesheet": _link("stylesheet"),
        "preload-image": _link("preload", "element.as = 'image';"),
        "preload-fetch": _link("preload", "element.as = 'fetch';"),
        "prefetch": _link("prefetch"),
        "module-preload": _link("modulepreload"),
        "style-url": _style("#style-url { background: url(${place}) }"),
        "style-import": _style("@import url(${place});"),
        "style-font": _style(
            "@font-face { font-family: f; src: url(${place}) } #style-font { font-family: f }"
        ),
        "style-content": _style("#style-content { content: url(${place}) }"),
        "style-mask": _style("#style-mask { mask-image: url(${place}) }"),
        "audio": _element("audio", event="canplay", more="element.preload = 'auto';"),
        "video": _element("video", event="canplay", more="element.preload = 'auto';"),
        "video-poster": _markup('<video poster="${place}"></video>', "canplay"),
        "track": """
            const video = document.createElement('video');
            const track = video.appendChild(document.createElement('track'));
            track.src = place;
            track.track.mode = 'showing';
            document.body.append(video);
            return heard(track, 'load');""",
        "object": _element("object", "data", event="never"),
        "embed": _element("embed", event="never"),
        "frame": _element("iframe", event="never"),
        "frame-with-fetch": _nested("frame.srcdoc = text;"),
        "frame-blob": _nested("frame.src = blobOf(text, 'text/html');"),
        "frame-data": _nested("frame.src = `data:text/html,${encodeURIComponent(text)}`;"),
        "frame-of-script": _nested(
            "frame.src = `javascript:${encodeURIComponent(JSON.stringify(text))}`;"
        ),
        "frame-image": _nested("frame.srcdoc = text;", "new Image().src = '${place}'"),
        "frame-refresh": _nested(
            "frame.srcdoc = `<meta http-equiv=refresh content='0; url=${place}'>`;"
        ),
        "frame-location": _nested("frame.srcdoc = text;", "location.href = '${place}'"),
        "frame-form": _nested(
            "frame.srcdoc = text;",
            "const form = document.createElement('form'); form.action = '${place}';"
            " document.documentElement.append(form); form.submit()",
        ),
        "form-into-frame": """
            const frame = document.createElement('iframe');
            frame.name = 'within';
            document.body.append(frame);
            const form = document.createElement('form');
            form.action = place;
            form.target = 'within';
            document.body.append(form);
            form.submit();
            return heard(frame, 'never');""",
        "form-button": """
            const frame = document.createElement('iframe');
            frame.name = 'inside';
            const form = document.createElement('form');
            form.innerHTML = `<button formaction="${place}" formtarget=inside formmethod=post>`;
            document.body.append(frame, form);
            form.firstElementChild.click();
            return heard(frame, 'never');""",
        "base": """
            const base = document.createElement('base');
            base.href = `${place.slice(0, place.lastIndexOf('/'))}/`;
            document.head.prepend(base);
            const image = new Image();
            image.src = 'base';
            const loaded = heard(image, 'load');
            base.remove();
            return loaded;""",
        "document-write": """
            const frame = document.createElement('iframe');
            document.body.append(frame);
            frame.contentDocument.write(`<img src="${place}">`);
            return heard(frame, 'never');""",
        "parsed-markup": """
            const text = `<p><img src="${place}" onload="this.dataset.in = 1"></p>`;
            document.body.append(document.createRange().createContextualFragment(text));
            return new Promise(() => {});""",
        "anchor-ping": _nested(
            "frame.srcdoc = text;",
            "const anchor = document.createElement('a'); anchor.href = '${place}-target';"
            " anchor.ping = '${place}'; document.documentElement.append(anchor); anchor.click()",
        ),
        "shared-worker": "return new SharedWorker(place);",
    },
    got={
        **JAVASCRIPT.got,
        "local-storage": "return localStorage.getItem('token') ?? refuse();",
        "session-storage": "return sessionStorage.length;",
        "cookie": "return document.cookie || refuse();",
        "cookie-write": "document.cookie = 'a=b'; return document.cookie || refuse();",
        "parent-document": "return parent.document.title;",
        "top-document": "return top.document.body.tagName;",
        "top-storage": "return top.localStorage.getItem('token') ?? refuse();",
        "top-address": "return top.location.href;",
        "top-name": "return top.name;",
        "parent-function": "return parent.eval('1');",
        "frame-element": "return frameElement.tagName;",
        "frame-blank": """
            const frame = document.createElement('iframe');
            document.body.append(frame);
            return frame.contentWindow.localStorage.length;""",
        "top-document-write": """
            const { length } = top.document.body.childNodes;
            top.document.body.append('forged');
            return top.document.body.childNodes.length - length || refuse();""",
        "shared-worker-blob": """
            const text = 'onconnect = (event) => event.ports[0].postMessage(1)';
            const { port } = new SharedWorker(blobOf(text));
            port.start();
            return heard(port, 'message');""",
    },
    secure_heard={
        **JAVASCRIPT.secure_heard,
        "service-worker": "return navigator.serviceWorker.register(place);",
    },
    secure_got={
        **JAVASCRIPT.secure_got,
        "cookie-store": "return cookieStore.getAll();",
    },
    absent={
        "opener": "return opener.location.href;",
        "peer-connection": PEER_CONNECTION,
        "fetch-later": "fetchLater(place, { activateAfter: 0 }); return new Promise(() => {});",
        "preconnect": _link("preconnect"),
        "dns-prefetch": _link("dns-prefetch"),
        "web-transport": "return new WebTransport(place.replace('http:', 'https:')).ready;",
        "popup": "return open(place) ?? refuse();",
        "speculation": """
            const rules = document.createElement('script');
            rules.type = 'speculationrules';
            const prefetch = [{ urls: [place], eagerness: 'immediate' }];
            rules.textContent = JSON.stringify({ prefetch });
            document.head.append(rules);
            return new Promise(() => {});""",
        "storage-access": "return document.requestStorageAccess();",
        "clipboard": "return navigator.clipboard.readText();",
        "geolocation": """
            return new Promise((resolve, reject) => {
              navigator.geolocation.getCurrentPosition(resolve, reject);
            });""",
        "camera": "return navigator.mediaDevices.getUserMedia({ video: true });",
        "screen": "return navigator.mediaDevices.getDisplayMedia();",
        "notification": """
            const answer = await Notification.requestPermission();
            return answer === 'granted' ? answer : refuse();""",
        "wake-lock": "return navigator.wakeLock.request();",
        "credentials": "return navigator.credentials.get({ password: true });",
        "midi": "return navigator.requestMIDIAccess();",
        "document-domain": "document.domain = 'test'; return document.domain;",
        "history-address": "history.pushState(null, '', place); return location.href;",
        "shared-memory": "return new SharedArrayBuffer(8);",
        "native-alert-of-parent": "parent.alert('x'); return 'shown';",
        "top-close": "top.close(); return top.closed ? 'closed' : refuse();",
        "move-top": "top.location.href = place; return refuse();",
        "move-top-replace": "top.location.replace(place); return refuse();",
        "move-parent": "parent.location.href = place; return refuse();",
        "open-as-top": "return open(place, '_top') ?? refuse();",
        "open-as-parent": "return open(place, '_parent') ?? refuse();",
        "form-as-top": """
            add(`<form action="${place}" target=_top></form>`);
            document.querySelector('form[target=_top]').submit();
            return refuse();""",
        "form-as-popup": """
            add(`<form action="${place}" target=_blank></form>`);
            document.querySelector('form[target=_blank]').submit();
            return refuse();""",
        "anchor-as-top": """
            add(`<a id=up target=_top href="${place}"></a>`);
            unheard();
            document.querySelector('#up').click();
            return refuse();""",
        "download": """
            add(`<a id=get download=x href="${blobOf('x')}"></a>`);
            unheard();
            document.querySelector('#get').click();
            return refuse();""",
    },
)

# What needs a person's click; each is done in the click's handler and may answer.
WITH_A_CLICK = {
    "popup": "return open(place) ?? refuse();",
    "popup-blank": "return open('', '_blank') ?? refuse();",
    "popup-of-anchor": """
        add(`<a id=out target=_blank href="${place}"></a>`);
        unheard();
        const click = new MouseEvent('click', { ctrlKey: true });
        document.querySelector('#out').dispatchEvent(click);
        return refuse();""",
    "fullscreen": "await document.documentElement.requestFullscreen(); return 'full';",
    "pointer-lock": """
        await document.body.requestPointerLock();
        return document.pointerLockElement ?? refuse();""",
    "clipboard-write": "await navigator.clipboard.writeText('x'); return 'written';",
    "picture-in-picture": "return documentPictureInPicture.requestWindow();",
    "file-picker": "return showOpenFilePicker();",
    "move-top": "top.location.href = place; return refuse();",
    "form-as-top": """
        add(`<form action="${place}" target=_top></form>`);
        document.querySelector('form').submit();
        return refuse();""",
    "eye-dropper": "return new EyeDropper().open();",
    "share": "await navigator.share({ text: 'x' }); return 'shared';",
    "device": "return navigator.usb.requestDevice({ filters: [] });",
    "payment": """
        const method = { supportedMethods: 'https://pay.invalid' };
        const total = { label: 'x', amount: { currency: 'EUR', value: '1' } };
        return new PaymentRequest([method], { total }).show();""",
}

# Those that a headless browser without protection lets through; the others it has not.
CLICKS_PROVEN = ("popup", "popup-blank", "popup-of-anchor", "fullscreen", "move-top", "form-as-top")

# Each of these replaces the page, so each has one of its own.
LEAVING = {
    "location": "<script>location.href = 'PLACE'</script>",
    "location-replace": "<script>location.replace('PLACE')</script>",
    "refresh": "<meta http-equiv=refresh content='0; url=PLACE'>",
    "form": "<form action='PLACE'></form><script>document.forms[0].submit()</script>",
    "form-action": "<form><button formaction='PLACE'></form><script>"
    "document.querySelector('button').click()</script>",
    "anchor": "<a href='PLACE'>x</a><script>"
    "addEventListener('click', (event) => event.stopImmediatePropagation(), true);"
    "document.links[0].click()</script>",
    "navigation": "<script>navigation.navigate('PLACE')</script>",
    "open-as-self": "<script>open('PLACE', '_self')</script>",
    "data": "<script>location.href = 'data:text/html,<img src=PLACE>'</script>",
    "blob": "<script>location.href = URL.createObjectURL(new Blob(['<img src=PLACE>'],"
    " { type: 'text/html' }))</script>",
}


def nested_peer_connection(place: str) -> str:
    """A page whose frame makes a peer connection: it has a scope that nobody has tidied."""
    inner = f"<script>(async (place) => {{ {PEER_CONNECTION} }})('{place}')</script>"
    text = json.dumps(inner).replace("</", "<\\/")
    return (
        "<!doctype html><body><script>const frame = document.createElement('iframe');"
        f"frame.srcdoc = {text}; document.body.append(frame);</script>"
    )


PEER_CONNECTIONS = (nested_peer_connection,)
