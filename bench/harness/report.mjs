// What was measured, as Markdown.

const ms = (value) =>
  Number.isFinite(value) ? (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)) : '';
const round = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '');

export function table(heads, rows) {
  const cells = [heads, ...rows.map((row) => row.map(String))];
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  // Names to the left, figures to the right.
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** Each part: its heading, and what is below it. */
const SECTIONS = {
  a: ['(a) Injection', (a) => [injectionTable(a), injectionNotes(a)]],
  b: [
    '(b) Memory of an idle stream, after a full collection',
    (b) => [idleTable(b), ...(b.classes.length > 0 ? [classesTable(b)] : [])],
  ],
  c: ['(c) Fan-out, from publishing to receipt', (c) => [fanTable(c)]],
  d: ['(d) Start and idle memory', (d) => [startTable(d)]],
  e: ['(e) Webhooks of other services', (e) => [hooksTable(e), floodNote(e)]],
  f: ['(f) Replicas', (f) => [replicasTable(f), replicasNote(f)]],
  g: ['(g) Growth', (g) => [growthTable(g), growthNote(g)]],
  h: ['(h) Many streams over several replicas', (h) => [manyTable(h)]],
  storm: ['Bad days', (storm) => [stormTable(storm)]],
};

/**
 * @param results part to its command, machine, database and figures
 * @param pictures part to the file names of its charts
 * @param folder the folder of the charts, as seen from the report
 */
export function report({ results, pictures = {}, folder = 'charts' }) {
  const runs = [];
  const runOf = ({ command, database, machine }) => {
    const line = `\`${command}\`, on ${database}. ${machine}`;
    if (!runs.includes(line)) {
      runs.push(line);
    }
    return runs.indexOf(line) + 1;
  };
  const sections = Object.entries(SECTIONS)
    .filter(([part]) => results[part])
    .flatMap(([part, [title, write]]) => [
      `### ${title}`,
      `Run ${runOf(results[part])}.`,
      ...(pictures[part] ?? []).map((file) => `![${alt(file)}](${folder}/${file})`),
      ...write(results[part].figures),
    ]);
  return ['Runs:', runs.map((line, i) => `${i + 1}. ${line}`).join('\n'), ...sections].join('\n\n');
}

const alt = (file) => file.replace(/\.svg$/, '').replaceAll('-', ' ');

function startTable(d) {
  return table(
    ['', 'start to ready, ms', 'idle RSS, MiB', 'after a full collection, MiB'],
    d.map((row) => [row.service, round(row.ready), round(row.idle), round(row.collected)]),
  );
}

function manyTable(h) {
  return table(
    ['', 'value'],
    [
      ['streams, one for each user', h.streams],
      ['replicas', h.replicas],
      ['all open after, s', round(h.openMs / 1_000)],
      ['RSS of a replica without streams, MiB', round(h.emptyMiB)],
      ['RSS of a replica with its streams, MiB', round(h.fullMiB)],
      ['the same before a collection, MiB', round(h.uncollectedMiB)],
      ['RSS per stream, KiB', round(h.rss, 1)],
      ['PSS per stream, KiB', round(h.pss, 1)],
      ['idle: processors in use, all replicas', round(h.idleCpu, 2)],
      ['idle: commands/s a replica', round(h.idleCommands, 2)],
      [`one event a second to one stream, ${h.events} events: p50, ms`, ms(h.p50)],
      ['p99, ms', ms(h.p99)],
      ['max, ms', ms(h.max)],
      ['events lost', h.lost],
      ['streams that ended', h.ended],
    ],
  );
}

function stormTable(storm) {
  return table(
    ['', 'service', 'result'],
    storm.map((row) => [row.what, row.service, row.figure]),
  );
}

function replicasTable({ rows, rate, users }) {
  const kib = (bytes) => round(bytes / 1024, 1);
  return table(
    [
      'replicas',
      'Redis',
      'LibreChat, writes/s',
      `messages/s, ${users} callers`,
      `at ${rate}/s: 201 p50, ms`,
      '201 p99, ms',
      'event p50, ms',
      'event p99, ms',
      'commands/s a replica',
      'read a replica, KiB/s',
      'idle: commands/s a replica',
      'read, KiB/s',
      'lost',
    ],
    rows.map((row) => [
      row.service === 'Switchboard' ? row.replicas : `${row.service}, one process`,
      row.redis ? 'yes' : 'no',
      row.writers ? `${round(row.written)} of ${row.writers}` : '0',
      round(row.perSecond),
      ms(row.answerP50),
      ms(row.answerP99),
      ms(row.eventP50),
      ms(row.eventP99),
      round(row.commands, 1),
      kib(row.read),
      round(row.idleCommands, 1),
      kib(row.idleRead),
      row.lost,
    ]),
  );
}

function replicasNote({ rows, idle, seconds, users }) {
  const odd = rows
    .filter((row) => Object.keys(row.statuses).some((status) => status !== '201'))
    .map((row) => ` ${row.service} × ${row.replicas}: answers ${JSON.stringify(row.statuses)}.`);
  return (
    `All replicas, the database, the callers and the listeners share one machine: the table shows what replicas cost ` +
    `each other and the database, not what more machines bring. Each of ${users} callers writes into its own ` +
    `conversation by one replica, and the owner's stream is open at the next replica; ${idle} more streams hear ` +
    `nothing. ${seconds} s a cell. *idle*: no messages from outside.${odd.join('')}`
  );
}

function growthTable({ rows, few, many }) {
  return table(
    [
      '',
      `${few}: p50, ms`,
      'p99, ms',
      'messages/s',
      `${many}: p50, ms`,
      'p99, ms',
      'messages/s',
      'p50, many : few',
    ],
    rows.map((row) => [
      `${row.service}: ${row.what}`,
      ms(row.few.p50),
      ms(row.few.p99),
      round(row.few.perSecond),
      ms(row.many.p50),
      ms(row.many.p99),
      round(row.many.perSecond),
      `${(row.many.p50 / row.few.p50).toFixed(2)} ×`,
    ]),
  );
}

function growthNote({ hasIndexes, callers, rows }) {
  const lost = rows.reduce((all, row) => all + row.few.lost + row.many.lost, 0);
  return (
    `${callers} callers; in turn, on one server.` +
    (lost > 0 ? ` ${lost} events were not heard.` : '') +
    (hasIndexes
      ? ''
      : ' **The embedded database has no index except unique ones: it reads all documents for most queries. These ' +
        'figures show the embedded database, not Switchboard; use `--database`.**')
  );
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
