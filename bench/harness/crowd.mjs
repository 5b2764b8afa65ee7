import { fork } from 'node:child_process';

/** Many listeners of one service, in a process of their own; see crowd-process.mjs. */
export class Crowd {
  #process = fork(new URL('./crowd-process.mjs', import.meta.url), {
    execArgv: ['--max-semi-space-size=64'],
  });
  #waiting = new Map();
  #last = 0;

  constructor() {
    this.#process.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) {
        reject(new Error(error));
      } else {
        resolve(result);
      }
    });
    this.#process.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`The listeners' process ended with ${code}`));
      }
    });
  }

  static async of(service) {
    const crowd = new Crowd();
    await crowd.tell('use', { port: service.port });
    return crowd;
  }

  tell(command, args) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, command, args });
    });
  }

  close() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#waiting.clear();
    this.#process.kill('SIGKILL');
    return ended;
  }
}
