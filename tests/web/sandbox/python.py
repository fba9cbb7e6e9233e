"""What a Python program may try: its own library, and through `js` the browser's."""

from __future__ import annotations

from tests.web.sandbox.attempts import Table

PYTHON = Table(
    heard={
        # First: its request is on its way before the program ends.
        "ctypes-run-script": (
            "import ctypes\nscript = f\"fetch('{place}').catch(() => 0)\"\n"
            "ctypes.CDLL(None).emscripten_run_script(script.encode())\nraise OSError"
        ),
        "open-url": "from pyodide.http import open_url\nreturn open_url(place).read()",
        "pyfetch": "from pyodide.http import pyfetch\nreturn pyfetch(place)",
        "js-fetch": "import js\nreturn js.fetch(place)",
        "js-fetch-no-cors": (
            "import js\nfrom pyodide.ffi import to_js\n"
            "options = to_js({'mode': 'no-cors'}, dict_converter=js.Object.fromEntries)\n"
            "return js.fetch(place, options)"
        ),
        "js-xhr": (
            "import js\nrequest = js.XMLHttpRequest.new()\nrequest.open('GET', place, False)\n"
            "request.send()\nreturn request.status"
        ),
        "js-websocket": (
            "import js\nfrom pyodide.code import run_js\n"
            "return run_js('''(place) => new Promise((resolve, reject) => {\n"
            "  const socket = new WebSocket(place.replace('http', 'ws'));\n"
            "  socket.onopen = resolve;\n  socket.onerror = reject;\n})''')(place)"
        ),
        "js-event-source": (
            "from pyodide.code import run_js\n"
            "return run_js('''(place) => new Promise((resolve, reject) => {\n"
            "  const source = new EventSource(place);\n"
            "  source.onopen = resolve;\n  source.onerror = reject;\n})''')(place)"
        ),
        "run-js-import": "from pyodide.code import run_js\nreturn run_js(f\"import('{place}')\")",
        "load-package": ("import pyodide_js\nreturn pyodide_js._api.loadBinaryFile(place)"),
        "js-worker-blob": (
            "from pyodide.code import run_js\n"
            "return run_js('''(place) => new Promise((resolve) => {\n"
            "  const text = `fetch('${place}').then(() => postMessage(1))`;\n"
            "  new Worker(URL.createObjectURL(new Blob([text]))).onmessage = resolve;\n"
            "})''')(place)"
        ),
    },
    absent={
        "urllib": "import urllib.request\nreturn urllib.request.urlopen(place, timeout=2).status",
        "socket-datagram": (
            "import socket\nport = int(place.split('/')[2].split(':')[1])\n"
            "sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            "sender.sendto(b'x', ('127.0.0.1', port))\nreturn sender.recv(1)"
        ),
        "micropip": "import micropip\nreturn micropip.install(place)",
        "load-package-name": (
            "import pyodide_js\n"
            "async def load():\n    await pyodide_js.loadPackage('micropip')\n    import micropip\n"
            "return load()"
        ),
        "socket": (
            "import socket\nhost, port = place.split('/')[2].split(':')\n"
            "return socket.create_connection(('127.0.0.1', int(port)), 2).send(b'GET /socket')"
        ),
        "http-client": (
            "import http.client\nconnection = http.client.HTTPConnection(place.split('/')[2])\n"
            "connection.request('GET', '/http-client')\nreturn connection.getresponse()"
        ),
        "asyncio-connection": (
            "import asyncio\nport = int(place.split('/')[2].split(':')[1])\n"
            "return asyncio.open_connection('127.0.0.1', port)"
        ),
        "import-scripts": "import js\nreturn js.importScripts(place)",
        "subprocess": "import subprocess\nreturn subprocess.check_output(['id'])",
        "os-system": "import os\nstatus = os.system('id')\nif status: raise OSError\nreturn status",
        "os-fork": "import os\nreturn os.fork()",
        "os-exec": "import os\nreturn os.execv('/bin/sh', ['sh', '-c', 'id'])",
        "multiprocessing": (
            "import multiprocessing\nworker = multiprocessing.Process(target=print)\n"
            "worker.start()\nreturn worker"
        ),
        "host-files": "return open('/etc/hostname').read() + open('/etc/shadow').read()",
        "host-environment": (
            "import os\nfound = [key for key in os.environ if 'CODEINTERVIEW' in key]\n"
            "assert found\nreturn found"
        ),
        "mount-node-files": (
            "import pyodide_js\nFS = pyodide_js.FS\nFS.mkdir('/host')\n"
            "FS.mount(FS.filesystems.NODEFS, {'root': '/'}, '/host')\nreturn FS.readdir('/host')"
        ),
        "mount-indexeddb": (
            "import pyodide_js, js\nfrom pyodide.code import run_js\n"
            "js.pyodide_FS = pyodide_js.FS\n"
            "return run_js('''new Promise((resolve, reject) => {\n"
            "  const FS = pyodide_FS;\n  FS.mkdir('/idb');\n"
            "  FS.mount(FS.filesystems.IDBFS, {}, '/idb');\n"
            "  FS.syncfs(true, (error) => (error ? reject(error) : resolve('synced')));\n})''')"
        ),
        "mount-native-files": (
            "import js, pyodide_js\n"
            "async def mount():\n"
            "    folder = await js.navigator.storage.getDirectory()\n"
            "    return await pyodide_js.mountNativeFS('/opfs', folder)\n"
            "return mount()"
        ),
        "ctypes-library": "import ctypes\nreturn ctypes.CDLL('libc.so.6').getpid()",
        "module-wget": ("import pyodide_js\nreturn pyodide_js._module.asm.emscripten_wget(place)"),
        "js-parent": "import js\nreturn js.parent.location.href",
        "js-top": "import js\nreturn js.top.document.body",
        "js-document": "import js\nreturn js.document.cookie",
        "js-local-storage": "import js\nreturn js.localStorage.length",
        "js-caches": "import js\nreturn js.caches.keys()",
        "js-cookie-store": "import js\nreturn js.cookieStore.getAll()",
        "js-indexeddb": (
            "from pyodide.code import run_js\n"
            "return run_js('''new Promise((resolve, reject) => {\n"
            "  const request = indexedDB.open('x');\n"
            "  request.onsuccess = request.onupgradeneeded = resolve;\n"
            "  request.onerror = reject;\n})''')"
        ),
        "js-origin": "import js\nassert js.origin != 'null'\nreturn js.origin",
        "js-peer-connection": "import js\nreturn js.RTCPeerConnection.new()",
        "webbrowser": "import webbrowser\nassert webbrowser.open(place)\nreturn 'opened'",
        "threads": (
            "import threading\nthread = threading.Thread(target=print)\nthread.start()\n"
            "return thread"
        ),
    },
)
