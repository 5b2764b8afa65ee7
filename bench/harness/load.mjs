// Callers of a service: as fast as they can, or at a steady rate.

import { Caller } from './http.mjs';
import { marked } from './programs.mjs';
import { median, now, p99, pause, until } from './stats.mjs';

/** No part has more messages than the nine digits of a text. */
let last = 100_000_000;

/** A new number, and the text that contains it. */
export function numbered() {
  const text = marked(++last);
  return { text, number: text.slice(6, 15) };
}

/** One connection to each of these services, in turn. */
export function callers(services, count) {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const caller = new Caller(services[i % services.length].port);
      await caller.connect();
      return caller;
    }),
  );
}

/** What callers send, how long each call took, and when the text of each was heard. */
class Round {
  begun = new Map();
  took = [];
  statuses = {};

  async send(caller, request, { text, number }) {
    const { path, headers, body } = request(text, number);
    const at = now();
    this.begun.set(number, at);
    const { status } = await caller.request('POST', path, headers, body);
    this.took.push(now() - at);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
  }

  /** The figures, when all texts are heard or after five seconds. */
  async figures(heard, seconds) {
    const missing = () => [...this.begun.keys()].filter((number) => !heard.has(number)).length;
    if (heard) {
      await until(() => missing() === 0, 5_000);
    }
    const waits = heard
      ? [...this.begun].flatMap(([number, at]) => (heard.has(number) ? [heard.get(number) - at] : []))
      : [];
    const lost = heard ? missing() : 0;
    heard?.clear();
    return {
      count: this.took.length,
      perSecond: this.took.length / seconds,
      answerP50: median(this.took),
      answerP99: p99(this.took),
      eventP50: median(waits),
      eventP99: p99(waits),
      lost,
      statuses: this.statuses,
    };
  }
}

/**
 * Each connection sends one request after the other.
 *
 * @param request the index of a caller, a text and its number to a request
 * @param heard where the streams note what they hear; none if the streams are not measured
 */
export async function closedLoop(connections, request, { seconds, heard }) {
  const round = new Round();
  const begun = now();
  const end = begun + seconds * 1_000;
  await Promise.all(
    connections.map(async (caller, index) => {
      while (now() < end) {
        await round.send(caller, (text, number) => request(index, text, number), numbered());
      }
    }),
  );
  return round.figures(heard, (now() - begun) / 1_000);
}

/** A steady rate, whatever the service does, as long as a connection is free. */
export async function paced(connections, request, { perSecond, seconds, heard }) {
  const round = new Round();
  const free = connections.map((caller, index) => ({ caller, index }));
  const open = new Set();
  const begun = now();
  for (let i = 0; i < perSecond * seconds; i++) {
    const due = begun + (i * 1_000) / perSecond;
    if (due > now()) {
      await pause(due - now());
    }
    await until(() => free.length > 0, 30_000, 1);
    const one = free.shift();
    const sending = round
      .send(one.caller, (text, number) => request(one.index, text, number), numbered())
      .finally(() => {
        free.push(one);
        open.delete(sending);
      });
    open.add(sending);
  }
  await Promise.all(open);
  return round.figures(heard, (now() - begun) / 1_000);
}
