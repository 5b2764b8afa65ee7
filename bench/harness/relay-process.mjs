// Stands between a service and its database, and notes when the database has answered a write to
// messages or to conversations: what comes after is the service's own time.

import net from 'node:net';
import { now } from './stats.mjs';

const database = Number(process.argv[2]);
const INSERT = Buffer.from('insert\0');
const UPDATE = Buffer.from('update\0');
const MESSAGES = Buffer.from('messages\0');
const CONVERSATIONS = Buffer.from('conversations\0');

/** Whether this is one of the writes of an injection; they are small and come in one piece. */
const isWrite = (chunk) =>
  (chunk.includes(INSERT) && chunk.includes(MESSAGES)) ||
  (chunk.includes(UPDATE) && chunk.includes(CONVERSATIONS));

const server = net.createServer({ noDelay: true }, (client) => {
  const upstream = net.connect({ host: '127.0.0.1', port: database, noDelay: true });
  let writing = false;
  client.on('data', (chunk) => {
    writing ||= isWrite(chunk);
    upstream.write(chunk);
  });
  upstream.on('data', (chunk) => {
    const at = now();
    client.write(chunk);
    if (writing) {
      writing = false;
      process.send({ write: at });
    }
  });
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
