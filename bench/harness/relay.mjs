import { fork } from 'node:child_process';

/** See relay-process.mjs. */
export class Relay {
  #writes = [];

  static start(database) {
    const relay = new Relay();
    return new Promise((resolve, reject) => {
      relay.process = fork(new URL('./relay-process.mjs', import.meta.url), [String(database.port)]);
      relay.process.on('error', reject);
      relay.process.on('message', ({ port, write }) => {
        if (port) {
          relay.uri = (name) => database.uri(name).replace(`:${database.port}/`, `:${port}/`);
          resolve(relay);
        } else {
          relay.#writes.push(write);
        }
      });
    });
  }

  forget() {
    this.#writes = [];
  }

  /** When the database last answered a write before this moment. */
  lastWrite(before) {
    return Math.max(...this.#writes.filter((at) => at <= before));
  }

  stop() {
    this.process.kill('SIGKILL');
  }
}
