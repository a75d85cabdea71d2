// Which paths a package may have. They must mean the same on every system and stay below the package's directory.

interface PathRule {
  readonly broken: (path: string, segments: readonly string[]) => boolean;
  readonly expected: string;
}

const LONGEST_PATH = 1024;
const LONGEST_SEGMENT = 255;
const MOST_SEGMENTS = 32;
// Control characters, line separators and marks that turn the direction of writing hide what a name is.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** In order: the first that is broken is told. */
const RULES: readonly PathRule[] = [
  { broken: (path) => path === '', expected: 'a name' },
  { broken: (path) => path.includes('\ufffd'), expected: 'a name in UTF-8' },
  { broken: (path) => UNPRINTABLE.test(path), expected: 'a name without control characters' },
  { broken: (path) => path.includes('\\'), expected: 'a path with "/" between its parts' },
  { broken: (path) => path.startsWith('/') || /^[A-Za-z]:/.test(path), expected: 'a relative path' },
  { broken: (_, segments) => segments.includes('..'), expected: 'a path without ".."' },
  {
    broken: (_, segments) => segments.some((segment) => segment === '' || segment === '.'),
    expected: 'a path without empty parts and "."',
  },
  { broken: (path) => Buffer.byteLength(path) > LONGEST_PATH, expected: `at most ${LONGEST_PATH} bytes` },
  {
    broken: (_, segments) => segments.some((segment) => Buffer.byteLength(segment) > LONGEST_SEGMENT),
    expected: `at most ${LONGEST_SEGMENT} bytes in each part of the path`,
  },
  { broken: (_, segments) => segments.length > MOST_SEGMENTS, expected: `at most ${MOST_SEGMENTS} directories deep` },
];

/** What is wrong with a relative path, as what was expected instead; undefined when nothing is. */
export function pathFault(path: string): string | undefined {
  const segments = path.split('/');
  return RULES.find((rule) => rule.broken(path, segments))?.expected;
}
