// The charts of the results: file name to SVG.

import { bars, lines } from './svg.mjs';

const COLOUR = { Switchboard: 'blue', 'Node service': 'orange', 'nginx + nchan': 'green' };
const colourOf = (service) => COLOUR[Object.keys(COLOUR).find((name) => service.startsWith(name))] ?? 'grey';

/** The charts of one part. */
export function charts(part, figures) {
  const found = MAKERS[part]?.(figures) ?? {};
  return Object.fromEntries(Object.entries(found).filter(([, svg]) => svg));
}

const MAKERS = {
  a({ rows }) {
    const callers = [...new Set(rows.map((row) => row.callers))];
    const services = [...new Set(rows.map((row) => row.service))];
    const of = (service, figure, isSpread) =>
      callers.map((count) => {
        const row = rows.find(
          (one) =>
            one.service === service && one.callers === count && one.conversations === (isSpread ? count : 1),
        );
        return row?.[figure];
      });
    const axis = { x: 'callers at once', places: callers.map(String) };
    const both = (figures) =>
      services.flatMap((service) =>
        figures.map(([name, figure, isSpread, dashed]) => ({
          name: `${service}, ${name}`,
          colour: colourOf(service),
          dashed,
          values: of(service, figure, isSpread),
        })),
      );
    return {
      'throughput.svg': lines({
        ...axis,
        title: 'Injection: messages a second',
        note: 'Solid: a conversation for each caller. Dashed: all into one conversation. More is better.',
        y: 'messages/s',
        series: both([
          ['into many', 'perSecond', true, false],
          ['into one', 'perSecond', false, true],
        ]),
      }),
      'latency.svg': lines({
        ...axis,
        title: 'Injection: time from the call to its event on the stream',
        note: 'A conversation for each caller. Dashed: p50, solid: p99. Logarithmic; less is better.',
        y: 'ms',
        log: true,
        series: both([
          ['p99', 'eventP99', true, false],
          ['p50', 'eventP50', true, true],
        ]),
      }),
    };
  },

  b({ rows }) {
    const services = [...new Set(rows.map((row) => row.service))];
    const levels = [...new Set(rows.map((row) => row.streams))];
    return {
      'memory.svg': lines({
        title: 'Memory of an idle stream',
        note: 'Resident memory of the process beyond that without streams, after a full collection. Less is better.',
        x: 'open streams, one each for as many users',
        y: 'KiB per stream',
        places: levels.map(String),
        series: services.map((service) => ({
          name: service,
          colour: service.includes('native') ? 'violet' : colourOf(service),
          // At few streams the difference of two looks can be below zero.
          values: levels.map((level) =>
            Math.max(0, rows.find((row) => row.service === service && row.streams === level)?.rss),
          ),
        })),
      }),
    };
  },

  c({ one, many }) {
    const group = (name, rows) => ({
      name,
      bars: rows.flatMap(({ service, p50, p99 }) => [
        { name: `${service}, p50`, colour: colourOf(service), value: p50, pale: true },
        { name: `${service}, p99`, colour: colourOf(service), value: p99 },
      ]),
    });
    return {
      'fan-out.svg': bars({
        title: 'From publishing to receipt at a stream',
        note: 'Pale: p50. Full: p99. Logarithmic; less is better.',
        x: 'ms',
        unit: 'ms',
        log: true,
        groups: [
          group(`one event to ${one[0].streams} streams of one user`, one),
          group(`one event a second to one of ${many[0].streams} streams`, many),
        ],
      }),
    };
  },

  f({ rows, rate, users, seconds }) {
    const variant = ({ service, redis, writers }) =>
      (service === 'Switchboard' ? (redis ? 'Redis' : 'no Redis') : service) + (writers ? `, ${writers} writes/s` : '');
    const look = ({ service, redis, writers }) => ({
      colour: service !== 'Switchboard' ? 'orange' : redis ? 'green' : 'blue',
      pale: Boolean(writers),
    });
    const groups = (figure) => {
      const names = [...new Set(rows.map((row) => `${row.service === 'Switchboard' ? 'Switchboard × ' : 'Node service × '}${row.replicas}`))];
      return names.map((name) => ({
        name,
        bars: rows
          .filter((row) => name === `${row.service} × ${row.replicas}`)
          .map((row) => ({ name: variant(row), ...look(row), value: row[figure] })),
      }));
    };
    const share = `All on one machine. Pale: with LibreChat's writes beside it.`;
    return {
      'replicas-throughput.svg': bars({
        title: `Replicas: messages a second, ${users} callers as fast as they can`,
        note: `${share} ${seconds} s each. More is better.`,
        x: 'messages/s',
        groups: groups('perSecond'),
      }),
      'replicas-latency.svg': bars({
        title: `Replicas: p99 from the call to the event at another replica`,
        note: `${share} ${rate} messages/s. Logarithmic; less is better.`,
        x: 'ms',
        unit: 'ms',
        log: true,
        groups: groups('eventP99'),
      }),
      'replicas-database.svg': bars({
        title: 'Replicas: database commands a second of each replica',
        note: `${share} ${rate} messages/s in all. Less is better.`,
        x: 'commands/s of one replica',
        groups: groups('commands'),
      }),
    };
  },

  g({ rows, few, many }) {
    return {
      'growth.svg': bars({
        title: 'Growth: the same measurement with few and with many documents',
        note: `p50. Pale: ${few} documents in each collection. Full: ${many}. Less is better.`,
        x: 'ms',
        unit: 'ms',
        groups: [...new Set(rows.map((row) => row.service))].flatMap((service) =>
          rows
            .filter((row) => row.service === service)
            .map((row) => ({
              name: `${service}: ${row.what}`,
              bars: [
                { name: `${few}`, colour: colourOf(service), value: row.few.p50, pale: true },
                { name: `${many}`, colour: colourOf(service), value: row.many.p50 },
              ],
            })),
        ),
      }),
    };
  },
};
