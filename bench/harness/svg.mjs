// Charts as SVG: lines and bars, with a title, axes with units, and labels beside the data. The colours follow the
// reader's choice of light or dark.

const WIDTH = 760;
const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif';
/** Light and dark: each pair has a contrast of at least 4.5 to its background. */
const COLOURS = {
  blue: ['#1d4ed8', '#8ab4ff'],
  orange: ['#b45309', '#f5a65b'],
  green: ['#0f766e', '#5eead4'],
  violet: ['#7c3aed', '#c4a7ff'],
  grey: ['#52606d', '#a9b4c0'],
};
const TICKS = 5;
const CHARACTER = 6.4;

const escaped = (text) =>
  String(text).replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one]);

/** A figure with as many digits as a reader needs. */
export function short(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  return size >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(size >= 10 ? 3 : 2)));
}

/** Round steps from zero to at least this value. */
export function ticks(most) {
  if (!(most > 0)) {
    return [0, 1];
  }
  const rough = most / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const found = [];
  for (let i = 0; found.length === 0 || found.at(-1) < most; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

/** The powers of ten, and 2 and 5 times them, that enclose these values. */
export function logTicks(least, most) {
  const all = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    all.push(...[1, 2, 5].map((factor) => Number((factor * 10 ** power).toPrecision(3))));
  }
  const from = all.findLastIndex((one) => one <= least);
  const to = all.findIndex((one) => one >= most);
  return all.slice(Math.max(0, from), to + 1);
}

/** Moves labels apart, so that no two are closer than this; the order stays. */
export function apart(places, distance) {
  const order = places.map((place, i) => ({ place, i })).sort((one, other) => one.place - other.place);
  for (let again = 0; again < 50; again++) {
    let isMoved = false;
    for (let k = 1; k < order.length; k++) {
      const missing = distance - (order[k].place - order[k - 1].place);
      if (missing > 0.01) {
        order[k].place += missing / 2;
        order[k - 1].place -= missing / 2;
        isMoved = true;
      }
    }
    if (!isMoved) break;
  }
  return order.sort((one, other) => one.i - other.i).map(({ place }) => place);
}

function page(height, title, note, content) {
  const style = Object.entries(COLOURS)
    .map(([name, [light]]) => `.${name}{--c:${light}}`)
    .join('');
  const dark = Object.entries(COLOURS)
    .map(([name, [, colour]]) => `.${name}{--c:${colour}}`)
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<desc>${escaped(note)}</desc>
<style>
svg{--bg:#fff;--ink:#1f2933;--soft:#52606d;--line:#d9dee4;font:12px ${FONT}}
.bg{fill:var(--bg)}text{fill:var(--ink)}.soft{fill:var(--soft)}.title{font-size:16px;font-weight:600}
.grid{stroke:var(--line)}.axis{stroke:var(--soft)}
.line{stroke:var(--c);fill:none;stroke-width:2.25}.dashed{stroke-dasharray:6 4}.mark{fill:var(--c)}text.label{fill:var(--c);font-weight:600}
.pale{fill-opacity:.45}.group{paint-order:stroke;stroke:var(--bg);stroke-width:6px}
${style}
@media (prefers-color-scheme:dark){svg{--bg:#0d1117;--ink:#e6edf3;--soft:#a9b4c0;--line:#30363d}${dark}}
</style>
<rect class="bg" width="100%" height="100%" rx="6"/>
<text class="title" x="20" y="28">${escaped(title)}</text>
<text class="soft" x="20" y="48">${escaped(note)}</text>
${content}
</svg>
`;
}

const text = (x, y, words, { anchor = 'start', kind = '' } = {}) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${kind && ` class="${kind}"`}>${escaped(words)}</text>`;
const rule = (x1, y1, x2, y2, kind) =>
  `<line class="${kind}" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"/>`;

/**
 * Lines over a few places, such as numbers of callers, at equal distances.
 *
 * @param places the words below the axis
 * @param series name, colour, whether dashed, and a value for each place (undefined for none)
 * @param log whether the vertical axis is logarithmic
 */
export function lines({ title, note, x, y, places, series, log = false }) {
  const height = 400;
  const labels = Math.max(...series.map(({ name }) => name.length)) * CHARACTER + 60;
  const box = { left: 64, right: WIDTH - labels, top: 84, bottom: height - 56 };
  const values = series.flatMap((one) => one.values).filter((one) => Number.isFinite(one) && (!log || one > 0));
  const steps = log ? logTicks(Math.min(...values), Math.max(...values)) : ticks(Math.max(...values));
  const scale = log ? Math.log10 : (value) => value;
  const share = (value) => (scale(value) - scale(steps[0])) / (scale(steps.at(-1)) - scale(steps[0]) || 1);
  const at = (value) => box.bottom - share(value) * (box.bottom - box.top);
  const across = (i) =>
    box.left + 24 + (places.length < 2 ? 0 : (i / (places.length - 1)) * (box.right - box.left - 40));
  const parts = [text(box.left - 8, box.top - 14, y, { anchor: 'start', kind: 'soft' })];
  for (const step of steps) {
    parts.push(rule(box.left, at(step), box.right, at(step), 'grid'));
    parts.push(text(box.left - 8, at(step) + 4, short(step), { anchor: 'end', kind: 'soft' }));
  }
  parts.push(rule(box.left, box.bottom, box.right, box.bottom, 'axis'));
  places.forEach((place, i) => parts.push(text(across(i), box.bottom + 20, place, { anchor: 'middle' })));
  parts.push(text((box.left + box.right) / 2, box.bottom + 42, x, { anchor: 'middle', kind: 'soft' }));
  const known = series.map((one) => ({
    ...one,
    points: one.values.flatMap((value, i) => (Number.isFinite(value) ? [[across(i), at(value), value]] : [])),
  }));
  const shown = known.filter(({ points }) => points.length > 0);
  const beside = apart(
    shown.map(({ points }) => points.at(-1)[1]),
    15,
  );
  shown.forEach(({ name, colour, dashed, points }, i) => {
    const way = points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ');
    const [, , last] = points.at(-1);
    parts.push(
      `<g class="${colour}"><polyline class="line${dashed ? ' dashed' : ''}" points="${way}"/>` +
        points.map(([px, py]) => `<circle class="mark" cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3.5"/>`).join('') +
        text(box.right - 6, beside[i] + 4, `${name}: ${short(last)}`, { kind: 'label' }) +
        '</g>',
    );
  });
  return page(height, title, note, parts.join('\n'));
}

/**
 * Horizontal bars in groups, each with its name on the left and its figure at its end.
 *
 * @param groups name, and bars of name, colour, value, and whether pale
 * @param unit behind each figure
 * @param log whether the axis is logarithmic, for values of different sizes
 */
export function bars({ title, note, x, groups, unit = '', log = false }) {
  const thick = 18;
  const gap = 5;
  const shown = groups
    .map((group) => ({ ...group, bars: group.bars.filter(({ value }) => Number.isFinite(value)) }))
    .filter((group) => group.bars.length > 0);
  const rows = shown.reduce((all, group) => all + group.bars.length * (thick + gap) + 34, 0);
  const height = 84 + rows + 44;
  const longest = Math.max(...shown.flatMap((group) => group.bars.map(({ name }) => name.length)));
  const box = { left: 28 + longest * CHARACTER, right: WIDTH - 90, top: 66, bottom: 66 + rows };
  const values = shown.flatMap((group) => group.bars.map(({ value }) => value));
  const least = Math.min(...values.filter((value) => value > 0));
  const steps = log ? logTicks(least / 2, Math.max(...values)) : ticks(Math.max(...values));
  const scale = log ? (value) => Math.log10(Math.max(value, steps[0])) : (value) => value;
  const at = (value) =>
    box.left + ((scale(value) - scale(steps[0])) / (scale(steps.at(-1)) - scale(steps[0]) || 1)) * (box.right - box.left);
  const parts = [];
  let lastEnd = -Infinity;
  for (const step of steps) {
    parts.push(rule(at(step), box.top, at(step), box.bottom, 'grid'));
    // Ticks of a logarithmic axis can stand close to one another.
    const half = (short(step).length * CHARACTER) / 2 + 4;
    if (at(step) - half > lastEnd) {
      parts.push(text(at(step), box.bottom + 18, short(step), { anchor: 'middle', kind: 'soft' }));
      lastEnd = at(step) + half;
    }
  }
  parts.push(rule(box.left, box.top, box.left, box.bottom, 'axis'));
  parts.push(text((box.left + box.right) / 2, box.bottom + 38, x, { anchor: 'middle', kind: 'soft' }));
  let top = box.top;
  for (const group of shown) {
    parts.push(text(20, top + 20, group.name, { kind: 'group' }));
    top += 28;
    for (const { name, colour, value, pale } of group.bars) {
      const end = Math.max(at(value), box.left + 1);
      parts.push(
        `<g class="${colour}">` +
          text(box.left - 8, top + 13, name, { anchor: 'end', kind: 'soft' }) +
          `<rect class="mark${pale ? ' pale' : ''}" x="${box.left}" y="${top}" width="${(end - box.left).toFixed(1)}" height="${thick}" rx="2"/>` +
          text(end + 6, top + 13, `${short(value)}${unit && ` ${unit}`}`, { kind: 'label' }) +
          '</g>',
      );
      top += thick + gap;
    }
    top += 6;
  }
  return page(height, title, note, parts.join('\n'));
}
