// Instance files in YAML: read as strictly as those in JSON.
import { describe, expect, test } from 'vitest';
import { readInstanceFile } from '../../../src/applications/read-instance-file.ts';
import { BerthError } from '../../../src/model/errors.ts';

const read = (text: string | Uint8Array) =>
  readInstanceFile({ name: 'a.yaml', contents: typeof text === 'string' ? Buffer.from(text) : text });

function problemOf(text: string | Uint8Array): string {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    return error.problems.map(({ path, found, expected }) => `${path}: ${found} → ${expected}`).join('\n');
  }
  throw new Error('It was accepted');
}

const GOOD = `# Every working day
name: lab-report
application: room-climate
algorithm: report
schedule:
  kind: cron
  expression: 0 8 * * MON-FRI
  zone: Europe/Berlin
  start: 2027-01-31T08:00:00+01:00
  windows: [{ days: weekdays, from: 08:00, to: 18:00 }]
parameters: { threshold: 24.5, unit: celsius, verbose: true }
`;

describe('an instance file in YAML', () => {
  test('is the same as in JSON', () => {
    const value = {
      name: 'lab-report',
      application: 'room-climate',
      algorithm: 'report',
      schedule: {
        kind: 'cron',
        expression: '0 8 * * MON-FRI',
        zone: 'Europe/Berlin',
        start: '2027-01-31T08:00:00+01:00',
        windows: [{ days: 'weekdays', from: '08:00', to: '18:00' }],
      },
      parameters: { threshold: 24.5, unit: 'celsius', verbose: true },
    };
    expect(read(GOOD)).toEqual(readInstanceFile({ name: 'a.json', contents: { value } }));
    expect(read(JSON.stringify(value))).toEqual(read(GOOD));
    expect(read(`\ufeff${JSON.stringify(value)}`)).toEqual(read(GOOD));
  });

  test.each([
    ['a key a second time', `${GOOD}name: other\n`, '$.name: the key a second time, at line 12 → each key once'],
    ['a key a second time within', GOOD.replace('zone:', 'kind: now\n  zone:'), '$.schedule.kind: the key a second'],
    ['no YAML', 'name: [a\nb: }', ' → YAML'],
    ['a tag', GOOD.replace('name: ', 'name: !secret '), 'Unresolved tag: !secret at line 2, column 7 → YAML'],
    ['a second document', `${GOOD}---\nname: b\n`, 'a second document at line 12, column 1 → one document'],
    ['a key that is a list', '? [a]\n: 1\n', '$: a key that is no text → names of fields as keys'],
    ['an alias of nothing', 'name: *nobody\n', 'Unresolved alias'],
    ['a field that is unknown', `${GOOD}copy: 2\n`, '$.copy: an unknown field → one of the fields'],
    ['nothing', '\n# only a comment\n', ': nothing → an instance file'],
    ['a bare word', 'hello\n', '$: "hello" → an object'],
    ['too much', `# ${'x'.repeat(300_000)}\n`, 'at most 262144 bytes'],
    ['bytes of another encoding', Uint8Array.of(0x61, 0xff, 0xfe), 'bytes that are not UTF-8 → text in UTF-8'],
    ['levels without end', '- '.repeat(2000), 'more of them → at most 64 levels of nesting'],
    ['brackets without end', `a: ${'['.repeat(100_000)}`, 'at most 64 levels of nesting'],
  ])('with %s is refused', (_, text, expected) => {
    expect(problemOf(text)).toContain(expected);
  });

  test('whose aliases stand for gigabytes is refused at once', () => {
    const lines = Array.from({ length: 12 }, (_, index) => {
      const inner = Array.from({ length: 10 }, () => (index === 0 ? 'x' : `*a${index - 1}`));
      return `a${index}: &a${index} [${inner.join(', ')}]`;
    });
    expect(problemOf(lines.join('\n'))).toContain('aliases of at most 100 values');
  });
});
