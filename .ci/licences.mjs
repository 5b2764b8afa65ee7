// Holds the bill of materials (target/bom.json) against the licences that may be shipped with an MIT
// program. A component with several may be taken under any one of them. What only tests run as a program of its own is
// not in it: SecantusDB (GPL-2.0), the server of ExplainIT, is neither linked nor shipped.
import { readFileSync } from 'node:fs';

const TAKEN = [
  /^(The )?Apache(-2\.0| Software License| License)?[,\s]*(Version |v)?(2(\.0)?)?$/i,
  /^MIT(-0| License)?$|^The MIT License/i,
  /BSD/i,
  /^(EPL|EDL)[- ]|Eclipse (Public|Distribution) License/i,
  /^(CC0|UPL|ISC|W3C|Unlicense|0BSD|Bouncy Castle)/i,
  /Public Domain/i,
  // With the exception that lets a program use it as a library.
  /GPL.*(classpath|CE)/i,
];

const bom = JSON.parse(readFileSync('target/bom.json', 'utf8'));
const refused = [];
for (const one of bom.components) {
  const names = (one.licenses ?? [])
    .map((choice) => choice.expression ?? choice.license?.id ?? choice.license?.name)
    .filter(Boolean)
    .flatMap((name) => name.split(/ OR /i));
  if (!names.some((name) => TAKEN.some((taken) => taken.test(name.replace(/[()]/g, '').trim())))) {
    refused.push(`${one.group}:${one.name}:${one.version}: ${names.join(', ') || 'no licence named'}`);
  }
}
console.log(`${bom.components.length} components, ${refused.length} under a licence that is not on the list`);
refused.forEach((line) => console.error(line));
process.exit(refused.length > 0 || bom.components.length === 0 ? 1 : 0);
