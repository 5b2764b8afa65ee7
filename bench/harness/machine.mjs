// The machine of the measurement, in one line.

import { execFileSync } from 'node:child_process';
import os from 'node:os';

const round = (value) => value.toFixed(0);

function machine() {
  const version = (command, ...args) => {
    try {
      return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      return error.stderr ?? '';
    }
  };
  const java = /version "([^"]+)"/.exec(
    execFileSync('sh', ['-c', 'java -version 2>&1'], { encoding: 'utf8' }),
  )?.[1];
  const nginx = /nginx\/(\S+)/.exec(
    execFileSync('sh', ['-c', 'nginx -v 2>&1 || true'], { encoding: 'utf8' }),
  )?.[1];
  const commit = version('git', 'rev-parse', '--short', 'HEAD').trim();
  return (
    `${os.cpus().length} × ${os.cpus()[0].model.trim()}, ${round(os.totalmem() / 2 ** 30)} GiB, ` +
    `Linux ${os.release()}, Java ${java}, Node ${process.versions.node}, nginx ${nginx}, ` +
    `commit ${commit}, ${new Date().toISOString().slice(0, 16)}Z, ` +
    `load before the run ${os.loadavg()[0].toFixed(1)}.`
  );
}

export const machineLine = machine();
