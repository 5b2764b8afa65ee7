// How much of everything a run measures.

export const SCALES = {
  full: {
    a: {
      sizes: [
        { callers: 1, messages: 600 },
        { callers: 16, messages: 128 },
        { callers: 64, messages: 48 },
      ],
      rounds: 9,
      warmUp: 60,
    },
    b: { levels: [1_000, 5_000, 10_000], rounds: 2, churns: 30, settleMs: 1_000 },
    c: {
      users: 10_000,
      events: 200,
      perSecond: 600,
      fan: { streams: 1_000, events: 60, warmUp: 400, warmUpMany: 1_500 },
    },
    d: { rounds: 5, settleMs: 2_000 },
    e: { callers: 50, messages: 12, rounds: 5, warmUp: 6, flood: { perSecond: 1_000, seconds: 10 } },
    f: { users: 16, idle: 200, rate: 40, seconds: 8, settle: 2, warmUp: 20 },
    g: { users: 16, rounds: 5, seconds: 4, reconnects: 20, warmUp: 5 },
    h: { streams: 100_000, perSecond: 1_500, events: 100, warmUp: 60, idleMs: 30_000, settleMs: 2_000 },
    storm: { connects: 5_000, vanishing: 2_000, events: 300, characters: 24_000, patienceMs: 15_000 },
  },
  quick: {
    a: {
      sizes: [
        { callers: 1, messages: 100 },
        { callers: 16, messages: 24 },
        { callers: 64, messages: 16 },
      ],
      rounds: 3,
      warmUp: 10,
    },
    b: { levels: [1_000, 10_000], rounds: 1, churns: 20, settleMs: 1_000 },
    c: {
      users: 10_000,
      events: 20,
      perSecond: 800,
      fan: { streams: 1_000, events: 10, warmUp: 15, warmUpMany: 100 },
    },
    d: { rounds: 3, settleMs: 2_000 },
    e: { callers: 50, messages: 8, rounds: 3, warmUp: 4, flood: { perSecond: 1_000, seconds: 5 } },
    f: { users: 16, idle: 100, rate: 40, seconds: 5, settle: 1, warmUp: 5 },
    g: { users: 16, rounds: 3, seconds: 3, reconnects: 10, warmUp: 3 },
    h: { streams: 100_000, perSecond: 1_500, events: 30, warmUp: 30, idleMs: 15_000, settleMs: 2_000 },
    storm: { connects: 5_000, vanishing: 1_000, events: 300, characters: 24_000, patienceMs: 15_000 },
  },
  smoke: {
    a: { sizes: [{ callers: 4, messages: 4 }], rounds: 1, warmUp: 0 },
    b: { levels: [20, 50], rounds: 1, churns: 1, settleMs: 100 },
    c: { users: 50, events: 2, perSecond: 200, fan: { streams: 20, events: 2, warmUp: 1, warmUpMany: 1 } },
    d: { rounds: 1, settleMs: 100 },
    e: { callers: 4, messages: 2, rounds: 1, warmUp: 0, flood: { perSecond: 100, seconds: 1 } },
    f: { users: 4, idle: 4, rate: 10, seconds: 1, settle: 0, warmUp: 0.2, replicas: [1, 2] },
    g: { users: 4, rounds: 1, seconds: 0.3, reconnects: 2, warmUp: 0.1 },
    h: { streams: 200, perSecond: 200, events: 2, warmUp: 1, idleMs: 500, settleMs: 100 },
    storm: { connects: 100, vanishing: 50, events: 5, characters: 500, patienceMs: 0 },
  },
};

/** On a small machine: no more streams than this. */
export function within({ b, c, ...others }, most) {
  const levels = b.levels.filter((level) => level < most);
  return {
    ...others,
    b: { ...b, levels: levels.length < b.levels.length ? [...levels, most] : levels },
    c: { ...c, users: Math.min(c.users, most) },
  };
}
