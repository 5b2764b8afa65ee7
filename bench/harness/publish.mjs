// Writes the results: as JSON, which keeps the parts of earlier runs, as Markdown, and as charts.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { charts } from './charts.mjs';
import { report } from './report.mjs';
import { sizing } from './sizing.mjs';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/**
 * @param results the parts of this run
 * @param json the file of the parts
 * @param record whether the parts of earlier runs stay; a part of this run replaces the same part of an earlier run
 * @param report the Markdown file
 * @param sizing the document with the table of sizes, or a false value
 * @returns the report's text, and the files that were written
 */
export function publish({ results, json, record, report: file, sizing: document }) {
  // Figures that are missing become null in JSON: all reports are made from what the file says.
  const all = JSON.parse(JSON.stringify({ ...(record ? stored(json) : {}), ...results }));
  put(json, `${JSON.stringify(all, null, 1)}\n`);
  const files = [json, file];
  const pictures = {};
  for (const [part, { figures }] of Object.entries(all)) {
    for (const [name, svg] of Object.entries(charts(part, figures))) {
      const place = path.join(path.dirname(file), 'charts', name);
      put(place, svg);
      files.push(place);
      (pictures[part] ??= []).push(name);
    }
  }
  const text = report({ results: all, pictures });
  put(file, between(existsSync(file) ? readFileSync(file, 'utf8') : '', text, '# Results\n\n'));
  if (document) {
    put(document, between(readFileSync(document, 'utf8'), sizing(all)));
    files.push(document);
  }
  return { text, files };
}

function stored(json) {
  return existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {};
}

function put(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The document with this text between its two marks; a new document if there are none. */
export function between(document, text, title = '') {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  const block = `${BEGIN}\n\n${text}\n\n${END}`;
  return begin >= 0 && end > begin
    ? document.slice(0, begin) + block + document.slice(end + END.length)
    : `${title}${block}\n`;
}
