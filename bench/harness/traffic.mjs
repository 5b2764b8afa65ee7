// How much the processes of a service exchange with the database, from the kernel's counters of their connections:
// nothing stands between the service and the database, and nothing is slower.

import { execFileSync } from 'node:child_process';

/**
 * The counters of each connection to one of these ports, by process. A connection of MongoDB's driver carries one
 * command at a time, and a command is one segment on the loopback interface unless the command is longer than 64 KB.
 *
 * @param text the output of `ss -tinpOH`
 * @returns process id to connections, each by its local address: { sent, segments, received }
 */
export function connections(text, ports) {
  const found = new Map();
  for (const line of text.split('\n')) {
    const [, , , local, peer] = line.trim().split(/\s+/);
    const port = Number(/:(\d+)$/.exec(peer ?? '')?.[1]);
    const pid = Number(/pid=(\d+)/.exec(line)?.[1]);
    if (!ports.includes(port) || !pid) {
      continue;
    }
    const counter = (name) => Number(new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1] ?? 0);
    if (!found.has(pid)) {
      found.set(pid, new Map());
    }
    found.get(pid).set(local, {
      sent: counter('bytes_sent'),
      segments: counter('data_segs_out'),
      received: counter('bytes_received'),
    });
  }
  return found;
}

/** What happened between two looks, in all processes together. A connection that ended meanwhile is missing. */
export function difference(before, after, pids) {
  const all = { commands: 0, sent: 0, received: 0 };
  for (const pid of pids) {
    for (const [local, now] of after.get(pid) ?? []) {
      const then = before.get(pid)?.get(local) ?? { sent: 0, segments: 0, received: 0 };
      all.commands += now.segments - then.segments;
      all.sent += now.sent - then.sent;
      all.received += now.received - then.received;
    }
  }
  return all;
}

export function look(ports) {
  return connections(
    execFileSync('ss', ['-tinpOH'], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }),
    ports,
  );
}
