// Hocuspocus as its manual sets it up: in memory or, with URL, storing documents in PostgreSQL.
// Usage: server.mjs PORT [URL]. Says "ready" on stdout.
import { Database } from '@hocuspocus/extension-database'
import { Server } from '@hocuspocus/server'
import pg from 'pg'

const [port, url] = process.argv.slice(2)
const extensions = []

if (url) {
  const pool = new pg.Pool({ connectionString: url })
  await pool.query(
    'CREATE TABLE IF NOT EXISTS hocuspocus_documents (name text PRIMARY KEY, data bytea NOT NULL)')
  extensions.push(new Database({
    fetch: async ({ documentName }) => {
      const { rows } = await pool.query(
        'SELECT data FROM hocuspocus_documents WHERE name = $1', [documentName])
      return rows[0]?.data ?? null
    },
    store: async ({ documentName, state }) => {
      await pool.query(
        'INSERT INTO hocuspocus_documents VALUES ($1, $2) ' +
        'ON CONFLICT (name) DO UPDATE SET data = excluded.data', [documentName, state])
    }
  }))
}

const server = new Server({
  port: Number(port), address: '127.0.0.1', quiet: true, stopOnSignals: false, extensions
})
await server.listen()
console.log('ready')
