// The server of @y/websocket-server, in memory or, with FOLDER, writing every update to LevelDB.
// Usage: server.mjs PORT [FOLDER]. Says "ready" on stdout.
import http from 'node:http'
import { createRequire } from 'node:module'
import { setPersistence, setupWSConnection } from '@y/websocket-server/utils'
import * as Y from 'yjs'

// The version of ws that the server itself comes with.
const WebSocket = createRequire(import.meta.resolve('@y/websocket-server/utils'))('ws')
const [port, folder] = process.argv.slice(2)

if (folder) {
  const { LeveldbPersistence } = await import('y-leveldb')
  const store = new LeveldbPersistence(folder)
  setPersistence({
    provider: store,
    bindState: async (name, doc) => {
      doc.on('update', (update, origin) => {
        if (origin !== store) store.storeUpdate(name, update)
      })
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(await store.getYDoc(name)), store)
    },
    writeState: async () => {}
  })
}

const sockets = new WebSocket.Server({ noServer: true })
sockets.on('connection', setupWSConnection)
const server = http.createServer((_, response) => response.end('okay'))
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, opened => sockets.emit('connection', opened, request))
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
