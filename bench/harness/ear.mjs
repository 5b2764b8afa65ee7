import net from 'node:net';
import { token } from './data.mjs';
import { now } from './stats.mjs';

/** One stream of the owner, read in this process: what was heard when. */
export class Ear {
  /** Number of the text to the time at which its event arrived. */
  heard = new Map();
  /** The id of the last event. */
  lastId = undefined;

  /**
   * @param heard a map that several streams share; without it, one of its own
   * @param after the id of the event after which the stream begins
   */
  static async open(service, user, { heard, after } = {}) {
    const ear = new Ear();
    ear.heard = heard ?? ear.heard;
    const { path, headers } = service.stream(user, token(user));
    const lines = Object.entries({ ...headers, ...(after && { 'Last-Event-ID': after }) }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    ear.socket = net.connect({ host: '127.0.0.1', port: service.port });
    ear.socket.setEncoding('latin1');
    let rest = '';
    const connected = new Promise((resolve, reject) => {
      ear.socket.on('error', reject);
      ear.socket.on('data', (text) => {
        const at = now();
        rest += text;
        ear.lastId = lastIdOf(rest) ?? ear.lastId;
        if (rest.includes(': connected')) {
          resolve();
        }
        let end = 0;
        for (const found of rest.matchAll(/bench-(\d{9});/g)) {
          end = found.index + found[0].length;
          if (!ear.heard.has(found[1])) {
            ear.heard.set(found[1], at);
          }
        }
        rest = rest.slice(Math.max(end, rest.length - 32));
      });
    });
    ear.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines.join('')}\r\n`);
    await connected;
    return ear;
  }

  close() {
    this.socket.destroy();
  }
}

function lastIdOf(text) {
  const at = text.lastIndexOf('\nid: ');
  const end = text.indexOf('\n', at + 1);
  return at < 0 || end < 0 ? undefined : text.slice(at + 5, end);
}
