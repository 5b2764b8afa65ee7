// What was measured, as Markdown.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

const ms = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));
const round = (value, digits = 0) => (value === undefined ? '' : value.toFixed(digits));

function table(heads, rows) {
  const cells = [heads, ...rows.map((row) => row.map(String))];
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  // Names to the left, figures to the right.
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

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

export function report({ command, database, results }) {
  const parts = [machineLine, `\`${command}\`, on ${database}.`];
  const { a, b, c, d, e, storm } = results;
  if (a) {
    parts.push('### (a) Injection\n', injectionTable(a), injectionNotes(a));
  }
  if (b) {
    parts.push('### (b) Memory of an idle stream, after a full collection\n', idleTable(b));
    if (b.classes.length > 0) {
      parts.push(classesTable(b));
    }
  }
  if (c) {
    parts.push('### (c) Fan-out, from publishing to receipt\n', fanTable(c));
  }
  if (d) {
    parts.push(
      '### (d) Start and idle memory\n',
      table(
        ['', 'start to ready, ms', 'idle RSS, MiB', 'after a full collection, MiB'],
        d.map((row) => [row.service, round(row.ready), round(row.idle), round(row.collected)]),
      ),
    );
  }
  if (e) {
    parts.push('### (e) Webhooks of other services\n', hooksTable(e), floodNote(e));
  }
  if (storm) {
    parts.push(
      '### Bad days\n',
      table(
        ['', 'service', 'came of it'],
        storm.map((row) => [row.what, row.service, row.figure]),
      ),
    );
  }
  return parts.join('\n\n').replaceAll('\n\n\n', '\n\n');
}

function hooksTable({ rows, callers }) {
  return table(
    [`${callers} callers`, 'conversations', 'messages/s', 'p50, ms', 'p99, ms', 'branches', ': API, messages/s'],
    rows.map((row) => {
      const api = rows.find((one) => one.count === row.count && one.side === 'API');
      return [
        row.side,
        row.count,
        round(row.perSecond),
        ms(row.p50),
        ms(row.p99),
        row.branches,
        row === api ? '' : `${(row.perSecond / api.perSecond).toFixed(2)} ×`,
      ];
    }),
  );
}

function floodNote({ rows, flooded }) {
  const odd = rows
    .filter((row) => row.missing > 0 || row.others.length > 0)
    .map((row) => ` ${row.side}, ${row.count}: ${row.missing} missing, other answers ${JSON.stringify(row.others)}.`);
  return (
    `One caller of the API alone: p50 ${ms(flooded.alone.p50)} ms, p99 ${ms(flooded.alone.p99)} ms; while one hook ` +
    `with the default limit gets ${round(flooded.rate)} deliveries a second (answers ` +
    `${JSON.stringify(flooded.statuses)}): p50 ${ms(flooded.during.p50)} ms, p99 ${ms(flooded.during.p99)} ms.` +
    odd.join('')
  );
}

function injectionTable({ rows }) {
  const cells = rows.map((row, i) => {
    const other = i % 2 === 0 ? undefined : rows[i - 1];
    return [
      i % 2 === 0 ? `${row.callers} into ${row.conversations}: ${row.service}` : row.service,
      round(row.perSecond),
      ms(row.answerP50),
      ms(row.answerP99),
      ms(row.eventP50),
      ms(row.eventP99),
      row.branches,
      other ? `${(other.perSecond / row.perSecond).toFixed(1)} ×` : '',
      other ? `${(other.answerP99 / row.answerP99).toFixed(2)} ×` : '',
    ];
  });
  return table(
    [
      'callers into conversations',
      'messages/s',
      '201 p50, ms',
      '201 p99, ms',
      'event p50, ms',
      'event p99, ms',
      'branches',
      'Switchboard : Node, messages/s',
      'p99',
    ],
    cells,
  );
}

function injectionNotes({ rows, alone }) {
  const notes = [
    `The database alone, the same three steps from a bare driver (find the last, insert, update), ` +
      `${alone.callers} at once: into one conversation ${round(alone.one)} messages/s, into ` +
      `${alone.callers} conversations ${round(alone.many)}; by groups of ${alone.callers} ` +
      `(one find, one insertMany, one update), one group after the other, ` +
      `${round(alone.groups)} messages/s.`,
  ];
  const odd = rows.filter((row) => row.unheard > 0 || row.others.length > 0);
  for (const row of odd) {
    notes.push(
      `${row.service}, ${row.callers} into ${row.conversations}: ${row.unheard} not heard, ` +
        `other answers ${JSON.stringify(row.others)}.`,
    );
  }
  return notes.join('\n\n');
}

function idleTable({ rows }) {
  return table(
    [
      '',
      'streams',
      'RSS per stream, KiB',
      'PSS per stream, KiB',
      'Java heap per stream, KiB',
      'RSS in all, MiB',
    ],
    rows.map((row) => [
      row.service,
      row.streams,
      round(row.rss, 1),
      round(row.pss, 1),
      round(row.heap, 1),
      round(row.total),
    ]),
  );
}

function classesTable({ classes }) {
  return (
    'Where the bytes of the Java heap are, per stream (at the most streams):\n\n' +
    table(
      ['class', 'objects', 'bytes'],
      classes
        .slice(0, 20)
        .map((row) => [`\`${row.name}\``, round(row.count, 2), round(row.bytes, 0)]),
    )
  );
}

function fanTable({ one, many }) {
  return [
    table(
      ['one event to all streams of one user', 'streams', 'p50, ms', 'p99, ms', 'the last, p50, ms', 'the last, max, ms', 'lost'],
      one.map((row) => [
        row.service,
        row.streams,
        ms(row.p50),
        ms(row.p99),
        ms(row.allP50),
        ms(row.allMax),
        row.lost,
      ]),
    ),
    '',
    table(
      ['one event a second to one of all', 'streams', 'events', 'p50, ms', 'p99, ms', 'max, ms', 'lost'],
      many.map((row) => [
        row.service,
        row.streams,
        row.events,
        ms(row.p50),
        ms(row.p99),
        ms(row.max),
        row.lost,
      ]),
    ),
  ].join('\n');
}

/** Puts the report into the file; where it has a place for it, nothing else is touched. */
export function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const begin = before.indexOf(BEGIN);
  const end = before.indexOf(END);
  const block = `${BEGIN}\n\n${text}\n\n${END}`;
  writeFileSync(
    file,
    begin >= 0 && end > begin
      ? before.slice(0, begin) + block + before.slice(end + END.length)
      : `# Results\n\n${block}\n`,
  );
}
