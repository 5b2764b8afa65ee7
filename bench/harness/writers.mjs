import { fork } from 'node:child_process';
import { once } from 'node:events';

/** LibreChat's users who write beside a measurement; see writers-process.mjs. */
export class Writers {
  static async start(uri, name, perSecond) {
    const writers = new Writers();
    writers.process = fork(new URL('./writers-process.mjs', import.meta.url), [uri, name, String(perSecond)]);
    await writers.#next();
    return writers;
  }

  async #next() {
    const ended = once(this.process, 'exit').then(([code]) => {
      throw new Error(`The writers' process ended with ${code}`);
    });
    const [message] = await Promise.race([once(this.process, 'message'), ended]);
    ended.catch(() => {});
    return message;
  }

  /** From here on the rate counts. */
  mark() {
    this.process.send({ command: 'mark' });
    return this.#next();
  }

  /** The writes a second since the mark that the database has acknowledged. */
  async perSecond() {
    this.process.send({ command: 'rate' });
    return (await this.#next()).perSecond;
  }

  async stop() {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}
