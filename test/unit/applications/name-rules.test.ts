import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationMs } from '../../../src/applications/duration-text.ts';
import { EntryNames } from '../../../src/applications/entry-names.ts';
import { parseJsonText } from '../../../src/applications/json-text.ts';
import { mayBeSetInEnvironment, PLAIN_NAME } from '../../../src/applications/name-rules.ts';
import { isHost } from '../../../src/applications/network-host.ts';
import { pathFault } from '../../../src/applications/path-fault.ts';
import { pipRequirementFault } from '../../../src/applications/pip-requirement.ts';

/** Paths made of what attacks are made of. */
const hostilePath = fc
  .array(fc.constantFrom('..', '.', '/', '\\', 'C:', '', 'a', 'B', '\0', '\n', 'é', '…', '~', ' ', '\ufffd'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

describe('a path that is accepted', () => {
  test('stays below its directory, on every system', () => {
    fc.assert(
      fc.property(fc.oneof(hostilePath, fc.string({ unit: 'binary' })), (path) => {
        if (pathFault(path) !== undefined) return;
        expect(posix.join('/app', path)).toBe(`/app/${path}`);
        expect(posix.resolve('/app', path)).toBe(`/app/${path}`);
        expect(win32.resolve('C:\\app', path).startsWith('C:\\app\\')).toBe(true);
        expect(path).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 2000 },
    );
  });

  test('is any ordinary path', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_. -]{0,20}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
        expect(pathFault(segments.join('/'))).toBeUndefined();
      }),
    );
  });
});

describe('names in one package', () => {
  test('never collide where case does not count, in whatever order they come', () => {
    const name = fc
      .array(fc.constantFrom('a', 'A', 'b', 'é', 'e\u0301'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 8 }), (paths) => {
        const names = new EntryNames();
        const taken = paths.filter((path) => names.take(path, 'file') === undefined);
        const folded = taken.map((path) => path.normalize('NFC').toLowerCase());
        expect(new Set(folded).size).toBe(folded.length);
        for (const one of folded) for (const other of folded) expect(other.startsWith(`${one}/`)).toBe(false);
      }),
    );
  });
});

describe('plain names', () => {
  test('need no quoting in labels, image repositories, paths and URLs', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9-]{1,70}$/)), (name) => {
        if (!PLAIN_NAME.test(name)) return;
        expect(encodeURIComponent(name)).toBe(name);
        expect(name).toMatch(/^[a-z0-9]+(?:-+[a-z0-9]+)*$/);
        expect(name.length).toBeLessThanOrEqual(63);
      }),
    );
  });

  test.each(['PATH', 'LD_PRELOAD', 'BERTH_X', 'PYTHONPATH', 'HOME', 'A-B', '1A', '', 'A=B'])(
    '%s may not be set',
    (name) => {
      expect(mayBeSetInEnvironment(name)).toBe(false);
    },
  );

  test.each(['A', 'TZ', '_x', 'PYTHONUTF8', 'MY_PATH'])('%s may be set', (name) => {
    expect(mayBeSetInEnvironment(name)).toBe(true);
  });
});

describe('requirements for pip', () => {
  test.each([
    'requests',
    'requests>=2.31,<3',
    'requests [socks,security] >= 2.31 , < 3',
    'numpy==2.*',
    'a~=1.0',
    'a===1!2.0+local',
    'zope.interface (>=5)',
    "tomli; python_version < '3.11'",
    'x>=1; (python_version >= "3.9" and os_name == "posix") or sys_platform in "linux linux2"',
    'x; platform_machine not in "arm"',
  ])('%s is one', (text) => {
    expect(pipRequirementFault(text)).toBeUndefined();
  });

  test.each([
    '',
    '-r other.txt',
    '--index-url=https://x',
    'a b',
    'a==',
    'a=1',
    'git+https://x/a.git',
    'a @ https://x/a.whl',
    'a@git+ssh://x',
    './a',
    '/a',
    'a/b',
    '..\\a',
    '~/a',
    'a\nb',
    'a; python_version',
    'a; import os',
    'a; (os_name == "x"',
    'a # note',
    '$(id)',
    'a;os_name=="x";',
  ])('%s is none', (text) => {
    expect(pipRequirementFault(text)).toBeDefined();
  });

  test('that are long are judged quickly', () => {
    expect(pipRequirementFault(`${'a'.repeat(200)}${'.'.repeat(99)}`)).toBeDefined();
    expect(pipRequirementFault(`a;${'('.repeat(250)}`)).toBeDefined();
  });
});

describe('hosts', () => {
  test.each(['x.org', 'localhost', 'API.x-y.org', '10.0.0.1', '2001:db8::1', '1.2.3.4.example'])(
    '%s is one',
    (host) => {
      expect(isHost(host)).toBe(true);
    },
  );

  test.each(['', '.', 'x..org', '-x.org', 'x_.org', 'x.org.', '*.x.org', '1.2.3', '1.2.3.999', 'x:80', '[::1]', 'x/y'])(
    '%s is none',
    (host) => {
      expect(isHost(host)).toBe(false);
    },
  );
});

describe('lengths of time', () => {
  test.each([
    ['10s', 10_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['500ms', 500],
    ['1m500ms', 60_500],
    ['PT10S', 10_000],
    ['P1DT1H', 90_000_000],
    ['PT0.5S', 500],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each([
    '',
    '10',
    's',
    '1.5h',
    '-1s',
    'P',
    'PT',
    'P1Y',
    'P1M',
    'P1W',
    '-PT1S',
    '1s1m',
    '1e9s',
    `${'9'.repeat(30)}s`,
  ])('%s is none', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });
});

describe('JSON', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const { value, problems } = parseJsonText('a.json', text);
        if (problems.length === 0) expect(value).toEqual(JSON.parse(text));
        else expect(problems.every(({ found }) => /__proto__|second time/.test(found))).toBe(true);
      }),
    );
  });

  test('is refused where JSON.parse refuses it', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      '.5',
      'true',
      'nul',
      ' ',
      '\n',
      '"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join('');
        const isJson = canParse(text);
        const { problems } = parseJsonText('a.json', text);
        if (isJson) expect(problems.every(({ found }) => found.includes('second time'))).toBe(true);
        else expect(problems).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('of a megabyte in one string is read at once', () => {
    const text = JSON.stringify({ a: `${'x'.repeat(500_000)}${'\\"'.repeat(100_000)}` });
    expect(parseJsonText('a.json', text).value).toEqual(JSON.parse(text));
    expect(parseJsonText('a.json', text.slice(0, -5)).problems).toHaveLength(1);
  });
});

function canParse(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
