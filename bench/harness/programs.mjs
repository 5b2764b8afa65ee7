// The programs that are measured: each is a process of its own, on ports of the loopback address
// that are free at the moment.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { API_KEY, SECRET } from './data.mjs';
import { ask } from './http.mjs';
import { collectJava, collectNative, collectNode } from './memory.mjs';
import { now, pause, until } from './stats.mjs';
import { portsOf, withoutPassword, withPath } from './uri.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const WORK = path.join(ROOT, 'target/bench');
/** As in Dockerfile.jvm. */
const JAVA_OPTIONS = `@${path.join(ROOT, 'deploy/java.options')}`;
/** As in Dockerfile.native. */
const NATIVE_OPTIONS = ['-Xmn32m', '-XX:MaximumHeapSizePercent=60'];
/** Where the executable writes its heap dumps (memory.mjs). */
const NATIVE_HOME = path.join(WORK, 'native');
const JAR = path.join(ROOT, 'target/quarkus-app/quarkus-run.jar');
const START_MS = 90_000;
/** SecantusDB reads its storage first. */
const STORAGE_MS = 600_000;
const HEARD = 'bench-';

const running = new Set();

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A running program. */
class Program {
  constructor(name, command, args, options = {}) {
    this.name = name;
    this.begunAt = now();
    mkdirSync(WORK, { recursive: true });
    this.logFile = path.join(WORK, `${name}.log`);
    const log = openSync(this.logFile, 'w');
    this.process = spawn(command, args, { cwd: ROOT, stdio: ['ignore', log, log], ...options });
    this.process.on('error', (error) => (this.failure = error));
    running.add(this);
    this.process.on('exit', () => running.delete(this));
  }

  get pid() {
    return this.process.pid;
  }

  /** The processes whose memory counts. */
  get pids() {
    return [this.pid];
  }

  get isDead() {
    return this.failure || this.process.exitCode !== null || this.process.signalCode !== null;
  }

  async ready(condition, everyMs, patienceMs = START_MS) {
    const inTime = await until(async () => this.isDead || (await condition()), patienceMs, everyMs);
    if (!inTime || this.isDead) {
      throw new Error(
        `${this.name} did not start: ${this.failure ?? ''}\n${readFileSync(this.logFile, 'utf8').slice(-4_000)}`,
      );
    }
    this.startMs = now() - this.begunAt;
    return this;
  }

  collect() {
    return pause(500);
  }

  async stop(signal = 'SIGKILL') {
    if (this.isDead) {
      return;
    }
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill(signal);
    await ended;
  }
}

/** Whatever happens, nothing of ours is left running. */
export async function stopAll() {
  await Promise.all([...running].map((program) => program.stop()));
}

/**
 * @param given "embedded" for the tests' database and "indexed" for SecantusDB, each as a program, or the connection
 *     string of any server; its path is ignored
 * @param storage the folder in which SecantusDB keeps its documents; in memory if missing
 */
export async function startDatabase(given, { storage } = {}) {
  if (given === 'embedded') {
    return embedded();
  }
  if (given === 'indexed') {
    return indexed(storage);
  }
  return {
    kind: 'given',
    title: `the server ${withoutPassword(given)}`,
    uri: (name) => withPath(given, name),
    ports: portsOf(given),
    hasIndexes: true,
    own: false,
    stop: async () => {},
  };
}

async function embedded() {
  const port = await freePort();
  const classpath = readFileSync(path.join(WORK, 'classpath'), 'utf8').trim();
  const program = new Program('database', 'java', [
    '-cp',
    `${path.join(ROOT, 'target/test-classes')}:${classpath}`,
    'chat.switchboard.support.StandaloneDatabase',
    String(port),
  ]);
  await program.ready(() => readFileSync(program.logFile, 'utf8').includes('listens at'));
  return {
    kind: 'embedded',
    title: 'the embedded database (mongo-java-server, with indexes of the fields that the benchmarks query)',
    uri: (name) => `mongodb://127.0.0.1:${port}/${name}`,
    ports: [port],
    hasIndexes: false,
    own: true,
    port,
    stop: () => program.stop(),
  };
}

async function indexed(storage) {
  const port = await freePort();
  if (storage) {
    mkdirSync(storage, { recursive: true });
  }
  const program = new Program('database-indexed', path.join(ROOT, 'target/database/venv/bin/secantusd-py'), [
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...['--storage-path', storage ?? ':memory:', '--log-level', 'WARNING', '--cache-size', '2G'],
  ]);
  await program.ready(() => accepts(port), 50, STORAGE_MS);
  const front = await freePort();
  const relay = new Program('database-relay', process.execPath, [
    path.join(ROOT, 'bench/harness/flat-process.mjs'),
    ...[String(port), String(front)],
  ]);
  await relay.ready(() => accepts(front), 20);
  return {
    kind: 'indexed',
    title: 'SecantusDB, a server with real indexes (one process in Python, behind a relay that rewrites filters for its planner)',
    uri: (name) => `mongodb://127.0.0.1:${front}/${name}?directConnection=true&serverMonitoringMode=poll`,
    ports: [front],
    hasIndexes: true,
    own: true,
    port: front,
    stop: async () => {
      await relay.stop();
      // SIGTERM: the server writes its documents to the storage.
      await program.stop('SIGTERM');
    },
  };
}

/** A Redis server of Debian on a free port, without a file; or the given one. */
export async function startRedis(given) {
  if (given !== 'local') {
    const { port } = new URL(given);
    return { uri: given, ports: [Number(port || 6379)], stop: async () => {} };
  }
  const port = await freePort();
  const program = new Program('redis', 'redis-server', [
    ...['--bind', '127.0.0.1', '--port', String(port)],
    ...['--save', '', '--appendonly', 'no', '--dir', WORK],
  ]);
  await program.ready(() => accepts(port), 50);
  return { uri: `redis://127.0.0.1:${port}`, ports: [port], stop: () => program.stop() };
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** How to talk to a service that has the doors of Switchboard. */
const doors = {
  stream: (user, token) => ({
    path: '/api/messages/stream',
    headers: { Authorization: `Bearer ${token}` },
  }),
  publish: (conversationId, text) => ({
    path: `/api/messages/${conversationId}/external`,
    headers: { 'X-Internal-API-Key': API_KEY, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      role: 'external',
      content: text,
      metadata: { source: 'sms', phoneNumber: '+15551234567' },
    }),
  }),
};

export class Switchboard extends Program {
  static title = 'Switchboard';

  constructor(port, name, command, args, env, options = {}) {
    super(name, command, args, { env, ...options });
    this.port = port;
    Object.assign(this, doors);
  }

  static async start(mongoUri, { native, environment = {}, name = 'switchboard', patienceMs, port: given } = {}) {
    const port = given ?? (await freePort());
    const settings = [`-Dquarkus.http.port=${port}`, '-Dquarkus.http.host=127.0.0.1'];
    const env = {
      ...process.env,
      // Redis is an option of the measurement, not of the machine.
      REDIS_URI: undefined,
      MONGO_URI: mongoUri,
      INTERNAL_API_KEY: API_KEY,
      JWT_SECRET: SECRET,
      SWITCHBOARD_STREAM_MAX_PER_USER: '2000',
      ...environment,
    };
    mkdirSync(NATIVE_HOME, { recursive: true });
    const options = (process.env.BENCH_JAVA_OPTS ?? JAVA_OPTIONS).split(' ').filter(Boolean);
    const program = native
      ? new Switchboard(port, `${name}-native`, native, [...NATIVE_OPTIONS, ...settings], env, { cwd: NATIVE_HOME })
      : new Switchboard(port, name, 'java', [...options, ...settings, '-jar', JAR], env);
    program.isJava = !native;
    return program.ready(async () => (await ask(port, '/q/health/ready')).status === 200, 5, patienceMs);
  }

  collect() {
    return this.isJava ? collectJava(this.pid) : collectNative(this.pid, NATIVE_HOME);
  }

  async isHealthy() {
    return (await ask(this.port, '/q/health/ready')).status === 200;
  }

  /** A figure of its metrics, summed over all labels; undefined if it has none of that name. */
  async metric(name) {
    const { body } = await ask(this.port, '/q/metrics');
    const lines = body
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.length === 0
      ? undefined
      : lines.reduce((all, line) => all + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}

export class NodeService extends Program {
  static title = 'Node service';

  constructor(port, mongoUri) {
    super(
      'node-service',
      process.execPath,
      ['--expose-gc', path.join(ROOT, 'bench/node-service/server.mjs')],
      {
        env: {
          ...process.env,
          NODE_ENV: 'production',
          PORT: String(port),
          MONGO_URI: mongoUri,
          INTERNAL_API_KEY: API_KEY,
          JWT_SECRET: SECRET,
        },
      },
    );
    this.port = port;
    Object.assign(this, doors);
  }

  static async start(mongoUri) {
    const port = await freePort();
    return new NodeService(port, mongoUri).ready(
      async () => (await ask(port, '/health')).status === 200,
      5,
    );
  }

  collect() {
    return collectNode(this.pid);
  }

  async isHealthy() {
    return (await ask(this.port, '/health')).status === 200;
  }
}

/** nginx with nchan: one channel for each user, as an EventSource reads it. */
export class Nchan extends Program {
  static title = 'nginx + nchan';

  static async start() {
    const port = await freePort();
    const folder = path.join(WORK, 'nchan');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'nginx.conf');
    writeFileSync(file, configuration(port, folder));
    const program = new Nchan('nchan', 'nginx', ['-c', file, '-p', folder]);
    program.port = port;
    return program.ready(async () => (await ask(port, '/health')).status === 200, 5);
  }

  get pids() {
    return readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
  }

  stream(user) {
    return { path: `/sub/${user}`, headers: {} };
  }

  publish(conversationId, text, user) {
    return {
      path: `/pub/${user}`,
      headers: { 'Content-Type': 'application/json' },
      body: eventOf(conversationId, text),
    };
  }

  async isHealthy() {
    return (await ask(this.port, '/health')).status === 200;
  }

  async stop() {
    if (this.isDead) {
      return;
    }
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    // SIGKILL would leave the workers.
    this.process.kill('SIGTERM');
    await ended;
  }
}

/** nchan is given what Switchboard's stream sends, so that both carry the same. */
function eventOf(conversationId, text) {
  const id = '6b030c1f-53c4-588b-8af0-65780c1f53c4';
  const date = '2026-01-01T12:00:00.000Z';
  const message = {
    messageId: id,
    conversationId,
    parentMessageId: id,
    sender: 'SMS +15551234567',
    text,
    content: [{ type: 'text', text }],
    isCreatedByUser: false,
    role: 'external',
    metadata: { source: 'sms', phoneNumber: '+15551234567', role: 'external' },
    endpoint: 'openAI',
    model: 'sms',
    unfinished: false,
    error: false,
    isTemporary: false,
    expiredAt: null,
    createdAt: date,
    updatedAt: date,
  };
  return JSON.stringify({
    type: 'newMessage',
    conversationId,
    messageId: id,
    parentMessageId: id,
    source: 'sms',
    message,
  });
}

function configuration(port, folder) {
  return `load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
user root;
daemon off;
worker_processes auto;
worker_rlimit_nofile 65536;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 40000; }
http {
  access_log off;
  nchan_shared_memory_size 128M;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    keepalive_requests 1000000;
    location = /health { return 200 "ok"; }
    location ~ ^/sub/(\\w+)$ {
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_eventsource_ping_interval 15;
    }
    location ~ ^/pub/(\\w+)$ {
      nchan_publisher;
      nchan_channel_id $1;
    }
  }
}
`;
}

/** The executable, where it was built. */
export function nativeExecutable() {
  const folder = path.join(ROOT, 'target');
  const name = existsSync(folder) && readdirSync(folder).find((file) => file.endsWith('-runner'));
  return name ? path.join(folder, name) : undefined;
}

/** A text that is told from all others, and found again in what a stream says. */
export const marked = (number) => `${HEARD}${String(number).padStart(9, '0')};`;
export { HEARD };
