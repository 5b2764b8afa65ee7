// Stands in front of SecantusDB and flattens filters (filters.mjs), so that the server uses its indexes.

import net from 'node:net';
import mongoose from 'mongoose';
import { flatMessage, Messages } from './wire.mjs';

const { BSON } = mongoose.mongo;
const [database, listen] = process.argv.slice(2).map(Number);

net
  .createServer({ noDelay: true }, (client) => {
    const upstream = net.connect({ host: '127.0.0.1', port: database, noDelay: true });
    const messages = new Messages();
    client.on('data', (chunk) => {
      for (const message of messages.add(chunk)) {
        upstream.write(flatMessage(message, BSON));
      }
    });
    upstream.on('data', (chunk) => client.write(chunk));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  })
  .listen(listen, '127.0.0.1');
