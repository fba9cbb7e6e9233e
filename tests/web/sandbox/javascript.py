"""What a JavaScript program may try."""

from __future__ import annotations

from tests.web.sandbox.attempts import Table

JAVASCRIPT = Table(
    heard={
        "fetch": "return fetch(place);",
        "fetch-no-cors": "return fetch(place, { mode: 'no-cors' });",
        "fetch-keepalive": "return fetch(place, { method: 'POST', keepalive: true, body: 'x' });",
        "request-object": "return fetch(new Request(place, { credentials: 'include' }));",
        "xhr": """
            const request = new XMLHttpRequest();
            request.open('GET', place);
            request.send();
            return heard(request, 'load');""",
        "xhr-blocking": """
            const request = new XMLHttpRequest();
            request.open('GET', place, false);
            request.send();
            return request.status;""",
        "event-source": "return heard(new EventSource(place), 'open', 'message');",
        "websocket": "return heard(new WebSocket(place.replace('http', 'ws')), 'open');",
        "import": "return import(place);",
        "import-within-data": """
            return import('data:text/javascript,' + encodeURIComponent(`import '${place}'`));""",
        "import-scripts": "importScripts(place); return 'ran';",
        "worker": "return heard(new Worker(place), 'message');",
        "worker-blob-fetch": """
            const text = `fetch('${place}').then(() => postMessage(1), () => {})`;
            return heard(new Worker(blobOf(text)), 'message');""",
        "worker-blob-import-scripts": """
            const text = `importScripts('${place}'); postMessage(1)`;
            return heard(new Worker(blobOf(text)), 'message');""",
        "worker-blob-websocket": """
            const socket = `new WebSocket('${place.replace('http', 'ws')}')`;
            const worker = new Worker(blobOf(`${socket}.onopen = () => postMessage(1)`));
            return heard(worker, 'message');""",
        "worker-module": """
            const text = `import '${place}'; postMessage(1)`;
            return heard(new Worker(blobOf(text), { type: 'module' }), 'message');""",
        "font-face": "return new FontFace('x', `url(${place})`).load();",
        "timer-of-text": """
            setTimeout(`fetch('${place}').catch(() => {})`);
            return new Promise(() => {});""",
        "function-constructor": "return new Function('place', 'return fetch(place)')(place);",
        "reflect-construct": """
            const socket = Reflect.construct(WebSocket, [place.replace('http', 'ws')]);
            return heard(socket, 'open');""",
    },
    got={
        "indexeddb": "return heard(indexedDB.open('x'), 'success', 'upgradeneeded');",
        "file-system": """
            return new Promise((...outcomes) => webkitRequestFileSystem(0, 9, ...outcomes));""",
        "broadcast-channel": """
            const channel = new BroadcastChannel('room');
            const answer = heard(channel, 'message');
            channel.postMessage('anybody?');
            return answer;""",
        "origin": "return origin === 'null' ? refuse() : origin;",
    },
    secure_heard={
        "cache-add": "return (await caches.open('x')).add(place);",
    },
    secure_got={
        "caches": "return caches.keys();",
        "origin-private-files": "return navigator.storage.getDirectory();",
        "locks": "return navigator.locks.request('x', () => 'held');",
        "storage-estimate": "return (await navigator.storage.estimate()).quota;",
    },
    absent={
        "local-storage": "return localStorage.length;",
        "session-storage": "return sessionStorage.length;",
        "cookie": "return document.cookie;",
        "parent": "return parent.location.href;",
        "top": "return top.document.body;",
        "opener": "return opener.location.href;",
        "send-beacon": "return navigator.sendBeacon(place, 'x') || refuse();",
        "shared-worker": "return new SharedWorker(blobOf('onconnect = () => {}'));",
        "service-worker": "return navigator.serviceWorker.register(place);",
        "peer-connection": "return new RTCPeerConnection({ iceServers: [] });",
        "clipboard": "return navigator.clipboard.readText();",
        "notification": """
            return Notification.permission === 'granted' ? new Notification('x') : refuse();""",
        "shared-memory": "return new SharedArrayBuffer(8);",
        "close": "close(); return 'closed';",
    },
)
