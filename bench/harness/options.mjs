// The options of bench/run.

import { parseArgs } from 'node:util';
import { portsOf } from './uri.mjs';

export const PARTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'storm'];
const ORDINARY = ['a', 'b', 'c', 'd', 'e'];
const REPLICAS = [1, 2, 4];
const GROWTH = 400_000;
const WRITERS = 500;
const CROWD = 100_000;

/** Options that may stand without a value. */
const OPTIONAL = ['growth', 'replicas', 'writers', 'redis', 'crowd'];

/** What a user can correct. */
export class WrongOption extends Error {}

/**
 * @param args the arguments of the command
 * @param environment MONGO_URI is the default of --database
 * @throws WrongOption with the option, and the values that it takes
 */
export function options(args, environment = {}) {
  const given = values(
    args.map((one, i) => {
      const hasValue = i + 1 < args.length && !args[i + 1].startsWith('--');
      return OPTIONAL.some((name) => one === `--${name}`) && !hasValue ? `${one}=` : one;
    }),
  );
  const scale = given.smoke ? 'smoke' : given.quick ? 'quick' : 'full';
  const found = {
    scale,
    parts: parts(given, scale),
    database: database(given.database ?? (environment.MONGO_URI || 'embedded')),
    streams: number(given, 'streams', 50) ?? Infinity,
    replicas: replicas(given.replicas),
    redis: given.redis === undefined ? undefined : redis(given.redis || 'local'),
    writers: given.writers === '' ? WRITERS : number(given, 'writers', 0),
    growth: given.growth === '' ? GROWTH : (number(given, 'growth', 2_000) ?? GROWTH),
    crowd: given.crowd === '' ? CROWD : number(given, 'crowd', 100),
    record: given.record || (scale === 'full' && !given.only && given.streams === undefined && !given.out && !asksForPart(given)),
    out: given.out,
  };
  return { ...found, growth: scale === 'smoke' && given.growth === undefined ? 2_000 : found.growth };
}

function values(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        only: { type: 'string' },
        streams: { type: 'string' },
        out: { type: 'string' },
        database: { type: 'string' },
        redis: { type: 'string' },
        replicas: { type: 'string' },
        writers: { type: 'string' },
        growth: { type: 'string' },
        crowd: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new WrongOption(error.message);
  }
}

const asksForPart = ({ replicas, growth, redis, writers, crowd }) =>
  [replicas, growth, redis, writers, crowd].some((one) => one !== undefined);

/** --growth alone means the part g, --crowd the part h, and --replicas, --redis and --writers the part f. */
function parts(given, scale) {
  const named = given.only?.split(',').filter(Boolean);
  for (const name of named ?? []) {
    if (!PARTS.includes(name)) {
      throw new WrongOption(`--only takes ${PARTS.join(', ')}; not ${name}`);
    }
  }
  if (named) {
    return named;
  }
  const asked = [
    ...([given.replicas, given.redis, given.writers].some((one) => one !== undefined) ? ['f'] : []),
    ...(given.growth === undefined ? [] : ['g']),
    ...(given.crowd === undefined ? [] : ['h']),
  ];
  if (scale === 'smoke') {
    return PARTS;
  }
  return asked.length > 0 ? asked : ORDINARY;
}

function number(given, name, least) {
  const text = given[name];
  if (text === undefined) {
    return undefined;
  }
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least)) {
    throw new WrongOption(`--${name} takes a number, ${least} or more; not ${text}`);
  }
  return value;
}

function replicas(text) {
  if (!text) {
    return REPLICAS;
  }
  const counts = text.split(',').map((one) => (/^\d+$/.test(one) ? Number(one) : NaN));
  if (!counts.every((count) => count >= 1 && count <= 16)) {
    throw new WrongOption(`--replicas takes numbers from 1 to 16, separated by commas; not ${text}`);
  }
  return counts;
}

function database(text) {
  if (text === 'embedded' || text === 'indexed') {
    return text;
  }
  try {
    portsOf(text);
    return text;
  } catch (error) {
    throw new WrongOption(`--database takes embedded, indexed, or a connection string: ${error.message}`);
  }
}

function redis(text) {
  if (text !== 'local' && !/^rediss?:\/\/./.test(text)) {
    throw new WrongOption('--redis takes local, or an address that begins with redis:// or rediss://');
  }
  return text;
}
