import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { pause, until } from './stats.mjs';

const run = promisify(execFile);

/** Resident memory of these processes together, in KiB. */
export function resident(pids) {
  return sum(pids, 'status', /^VmRSS:\s+(\d+)/m);
}

/** The same, with what several processes share counted once. */
export function proportional(pids) {
  return sum(pids, 'smaps_rollup', /^Pss:\s+(\d+)/m);
}

function sum(pids, file, figure) {
  return pids
    .map((pid) => Number(figure.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0))
    .reduce((all, one) => all + one, 0);
}

/** A full collection in a Java machine. */
export async function collectJava(pid) {
  await run('jcmd', [String(pid), 'GC.run']);
  await pause(300);
}

/**
 * A full collection in a native executable: built with heap dumps (Quarkus's default), it collects and then
 * writes one when it gets SIGUSR1. The dump goes to its working directory and is removed here.
 *
 * @returns whether there was a dump within ten seconds, and so a collection
 */
export async function collectNative(pid, folder) {
  const dumps = () => readdirSync(folder).filter((name) => name.endsWith('.hprof'));
  process.kill(pid, 'SIGUSR1');
  const written = await until(async () => {
    const sizes = () => dumps().map((name) => statSync(path.join(folder, name)).size);
    const before = sizes();
    await pause(300);
    const after = sizes();
    return after.length > 0 && after[0] > 0 && after.join() === before.join();
  }, 10_000);
  dumps().forEach((name) => rmSync(path.join(folder, name)));
  return Boolean(written);
}

/** A full collection in a Node process that was started with --expose-gc. */
export async function collectNode(pid) {
  process.kill(pid, 'SIGUSR2');
  await pause(700);
}

/** Bytes used in the heap of a Java machine, in KiB. */
export async function javaHeap(pid) {
  const { stdout } = await run('jcmd', [String(pid), 'GC.heap_info']);
  return stdout
    .split('\n')
    .filter((line) => /total \d+K, used \d+K/.test(line))
    .map((line) => Number(/used (\d+)K/.exec(line)[1]))
    .reduce((all, one) => all + one, 0);
}

/** What lies in the heap: class name to { count, bytes }; collects first. */
export async function javaClasses(pid) {
  const { stdout } = await run('jcmd', [String(pid), 'GC.class_histogram'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const classes = new Map();
  for (const line of stdout.split('\n')) {
    const row = /^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)/.exec(line);
    if (row) {
      classes.set(row[3], { count: Number(row[1]), bytes: Number(row[2]) });
    }
  }
  return classes;
}

/** What has grown most between two histograms, per stream. */
export function growth(before, after, streams, rows = 25) {
  return [...after]
    .map(([name, { count, bytes }]) => ({
      name,
      count: (count - (before.get(name)?.count ?? 0)) / streams,
      bytes: (bytes - (before.get(name)?.bytes ?? 0)) / streams,
    }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, rows);
}
