// One kept-alive connection that sends one request after the other. As little as possible happens
// here, so that it is the service that is measured.

import net from 'node:net';

const TIMEOUT_MS = 30_000;

export class Caller {
  #socket;
  #waiting;
  #text = '';

  constructor(port) {
    this.port = port;
  }

  connect() {
    return new Promise((resolve, reject) => {
      this.#socket = net.connect({ host: '127.0.0.1', port: this.port, noDelay: true }, resolve);
      this.#socket.setEncoding('latin1');
      this.#socket.on('data', (text) => this.#read(text));
      const failed = (error) => {
        reject(error);
        this.#waiting?.reject(error);
        this.#waiting = undefined;
      };
      this.#socket.on('error', failed);
      this.#socket.on('close', () => failed(new Error('The connection was closed')));
      this.#socket.setTimeout(TIMEOUT_MS, () => this.#socket.destroy(new Error('No answer')));
    });
  }

  /** Answers with the status and the body; connects anew if the connection was closed meanwhile. */
  async request(method, path, headers = {}, body = '') {
    if (this.#socket.destroyed || !this.#socket.writable) {
      await this.connect();
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines.join('')}` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  #read(text) {
    this.#text += text;
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0 || !this.#waiting) {
      return;
    }
    const head = this.#text.slice(0, end);
    const length = /^content-length: *(\d+)/im.exec(head);
    const whole = length
      ? this.#text.length >= end + 4 + Number(length[1])
      : this.#text.endsWith('0\r\n\r\n');
    if (whole) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      const rest = this.#text.slice(end + 4);
      const body = length ? rest : unchunked(rest);
      this.#text = '';
      resolve({ status: Number(head.slice(9, 12)), body });
    }
  }

  close() {
    this.#socket?.removeAllListeners('close');
    this.#socket?.destroy();
  }
}

/** The body without the lengths of its chunks; the text is latin1, so that a character is a byte. */
function unchunked(text) {
  let body = '';
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\r\n', at);
    const length = parseInt(text.slice(at, end), 16);
    body += text.slice(end + 2, end + 2 + length);
    at = end + 2 + length + 2;
  }
  return body;
}

/** One request on a connection of its own; status 0 if there is no answer. */
export async function ask(port, path, headers) {
  const caller = new Caller(port);
  try {
    await caller.connect();
    return await caller.request('GET', path, headers);
  } catch {
    return { status: 0, body: '' };
  } finally {
    caller.close();
  }
}
