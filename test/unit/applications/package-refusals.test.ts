// Every zip that is refused, by its code, with nothing left behind.
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PackageLimits } from '../../../src/applications/package-limits.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import { type RawEntry, rawZip } from './raw-zip.ts';
import { appConfig, inPieces, openRepository, type Repository, refusal, SOUND } from './repository.ts';

const NOTHING = { blobs: 0, packages: 0, applications: 0 };

let repository: Repository;
// One for all: every test shows that it leaves nothing behind.
beforeAll(async () => {
  repository = await openRepository();
});
afterAll(() => repository.end());

async function refused(bytes: Buffer | Readable, limits: Partial<PackageLimits> = {}) {
  const parts = { ...repository.parts, limits: { ...repository.parts.limits, ...limits } };
  const error = await refusal(pushPackage(parts, bytes instanceof Readable ? bytes : inPieces(bytes)));
  expect(await repository.stored()).toEqual(NOTHING);
  expect(repository.complaints).toEqual([]);
  expect(error.message).not.toMatch(/\{\w+\}/);
  return error;
}

const sound = rawZip(SOUND);
const zeros = Buffer.alloc(1_000_000);

describe('a file that is no sound zip is refused', () => {
  test.each<[string, Buffer, string, RegExp]>([
    ['an empty file', Buffer.alloc(0), 'package.not-a-zip', /empty/],
    ['text', Buffer.from('hello, I am no zip'), 'package.not-a-zip', /begins with/],
    ['gzip', Buffer.from('1f8b080000000000', 'hex'), 'package.not-a-zip', /gzip/],
    ['a zip without its end', sound.subarray(0, sound.length - 30), 'package.truncated', /directory/],
    [
      'the first kilobyte of a zip',
      rawZip([...SOUND, { name: 'b', contents: zeros, method: 0 }]).subarray(0, 1024),
      'package.truncated',
      /./,
    ],
    ['a zip with bytes after its end', Buffer.concat([sound, Buffer.from('x')]), 'package.truncated', /./],
    ['a zip without its first bytes', sound.subarray(10), 'package.damaged', /./],
    ['an empty zip', rawZip([]), 'package.no-config', /no app_config.json/],
    [
      'a zip whose directory holds more than it declares',
      rawZip(SOUND, { entryCount: 1 }),
      'package.damaged',
      /more entries/,
    ],
    ['a zip whose directory holds less than it declares', rawZip(SOUND, { entryCount: 3 }), 'package.damaged', /./],
  ])('%s', async (_, bytes, code, message) => {
    const error = await refused(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe('an entry that lies is refused', () => {
  test.each<[string, RawEntry, RegExp]>([
    ['more bytes than it declares', { name: 'a', contents: 'abc', declaredBytes: 2 }, /more than the 2 bytes/],
    ['fewer bytes than it declares', { name: 'a', contents: 'abc', declaredBytes: 4 }, /3 bytes where it declares 4/],
    [
      'stored bytes of another size',
      { name: 'a', contents: 'abc', method: 0, declaredBytes: 5 },
      /3 bytes where it declares 5/,
    ],
    ['another checksum', { name: 'a', contents: 'abc', crc: 1 }, /checksum/],
    [
      'contents that do not inflate',
      { name: 'a', contents: '\xff\xff\xff', method: 0, localMethod: 8 },
      /two different/,
    ],
    ['contents beyond the end', { name: 'a', contents: 'abc', compressedBytes: 1_000_000 }, /./],
    ['another name before its contents', { name: 'a', localName: 'b', contents: 'x' }, /another name stands before/],
    [
      'the contents of another entry',
      { name: 'report2.py', contents: 'print("hello")\n', localName: 'x', contentsOf: 1 },
      /./,
    ],
    ['an unknown compression', { name: 'a', contents: 'abc', method: 93 }, /method 93/],
  ])('%s', async (_, entry, message) => {
    const error = await refused(rawZip([...SOUND, entry]));
    expect(error.code).toBe('package.damaged');
    expect(error.message).toMatch(message);
  });

  test('two entries that share bytes', async () => {
    const error = await refused(rawZip([...SOUND, { name: 'report.py', contents: 'print("hello")\n', contentsOf: 1 }]));
    expect(error.code).toBe('package.damaged');
    expect(error.message).toMatch(/overlaps/);
  });

  test('deflated bytes that break off', async () => {
    const whole = rawZip([{ name: 'a', contents: Buffer.from('abcdefgh'.repeat(20)) }]);
    whole.fill(0xff, 31, 40);
    expect((await refused(whole)).code).toBe('package.damaged');
  });
});

describe('an encrypted zip is refused', () => {
  test.each([
    ['with the old encryption', 0x801],
    ['with strong encryption', 0x841],
  ])('%s', async (_, flags) => {
    expect((await refused(rawZip([...SOUND, { name: 'a', contents: 'abc', flags }]))).code).toBe('package.encrypted');
  });
});

describe('a name or kind that a package may not have is refused', () => {
  test.each<[string, RawEntry[], string, RegExp]>([
    ['a path that leaves the package', [{ name: '../../etc/passwd' }], '../../etc/passwd', /without "\.\."/],
    ['a path that leaves a directory of it', [{ name: 'a/../../b' }], 'a/../../b', /without "\.\."/],
    ['an absolute path', [{ name: '/etc/passwd' }], '/etc/passwd', /relative/],
    ['a path with a drive', [{ name: 'C:/a' }], 'C:/a', /relative/],
    ['a path with backslashes', [{ name: 'a\\b.py' }], 'a\\b.py', /"\/" between/],
    ['a path that leaves with backslashes', [{ name: '..\\..\\a' }], '..\\..\\a', /"\/" between/],
    ['a path with an empty part', [{ name: 'a//b' }], 'a//b', /empty parts/],
    ['a path with a dot for a part', [{ name: './a' }], './a', /empty parts/],
    ['no name', [{ name: '' }], '', /a name/],
    ['a name with a control character', [{ name: 'a\nb' }], 'a\ufffdb', /control/],
    ['a name with NUL', [{ name: 'a.py\0.txt' }], 'a.py\ufffd.txt', /control/],
    ['a name that turns its direction', [{ name: 'a\u202eyp.b' }], 'a\ufffdyp.b', /control/],
    ['a name that is not UTF-8', [{ name: Buffer.from([0x61, 0xff]) }], 'a\ufffd', /UTF-8/],
    ['a name that is too long', [{ name: 'a'.repeat(256) }], 'a'.repeat(200), /255/],
    ['a path that is too deep', [{ name: `${'a/'.repeat(40)}b` }], `${'a/'.repeat(40)}b`, /32 directories/],
    ['a symbolic link', [{ name: 'link', contents: '/etc/passwd', unixMode: 0o120777 }], 'link', /file or a directory/],
    [
      'a symbolic link that calls itself a directory',
      [{ name: 'link/', contents: '/etc', unixMode: 0o120777 }],
      'link/',
      /file or a directory/,
    ],
    ['a device', [{ name: 'null', unixMode: 0o020666 }], 'null', /file or a directory/],
    ['a name that stands twice', [{ name: 'a' }, { name: 'a' }], 'a', /name of its own/],
    ['names that differ in case alone', [{ name: 'Data.csv' }, { name: 'data.csv' }], 'data.csv', /name of its own/],
    ['directories that differ in case alone', [{ name: 'Data/a' }, { name: 'data/b' }], 'data/b', /name of its own/],
    ['names that differ in normalisation alone', [{ name: 'é' }, { name: 'e\u0301' }], 'e\u0301', /name of its own/],
    ['a file that is a directory as well', [{ name: 'a' }, { name: 'a/b' }], 'a/b', /name of its own/],
    ['a directory that is a file as well', [{ name: 'a/b' }, { name: 'a' }], 'a', /name of its own/],
    ['a directory with contents', [{ name: 'a/', contents: 'abc' }], 'a/', /without contents/],
    ['an unsafe path among what macOS adds', [{ name: '__MACOSX/../../a' }], '__MACOSX/../../a', /without "\.\."/],
  ])('%s', async (_, entries, file, expected) => {
    const error = await refused(rawZip([...SOUND, ...entries]));
    expect(error.code).toBe('package.unsafe-entries');
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]?.file).toBe(file);
    expect(error.problems[0]?.expected).toMatch(expected);
  });

  test('all of them are told at once', async () => {
    const error = await refused(rawZip([{ name: '../a' }, { name: '/b' }, ...SOUND, { name: 'c\\d' }]));
    expect(error.problems.map((problem) => problem.file)).toEqual(['../a', '/b', 'c\\d']);
  });

  test('but never more than a hundred', async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ name: `../${index}` }));
    expect((await refused(rawZip(many))).problems).toHaveLength(100);
  });
});

describe('a zip that would fill the disk is refused', () => {
  test('one that is too large, as soon as it is', async () => {
    let sent = 0;
    const endless = Readable.from(
      (function* () {
        for (; sent < 10_000; sent++) yield Buffer.alloc(1000);
      })(),
      { objectMode: false },
    );
    const error = await refused(endless, { zipBytes: 100_000 });
    expect(error.code).toBe('package.too-large');
    expect(error.message).toContain('100000');
    expect(sent).toBeLessThan(1000);
    expect(endless.destroyed).toBe(false);
  });

  test.each<[string, Buffer, Partial<PackageLimits>, string]>([
    ['too many entries', sound, { entries: 1 }, 'package.too-many-entries'],
    ['too many long names', sound, { nameBytes: 20 }, 'package.names-too-long'],
    [
      'an entry that packs too well',
      rawZip([...SOUND, { name: 'zeros', contents: zeros }]),
      { ratioFloorBytes: 999_999 },
      'package.expands-too-much',
    ],
    [
      'too much together',
      rawZip([...SOUND, { name: 'a', contents: zeros }, { name: 'b', contents: zeros }]),
      { unpackedBytes: 1_500_000 },
      'package.expands-too-much',
    ],
    [
      'an entry that declares terabytes',
      rawZip([...SOUND, { name: 'a', contents: 'abc', zip64: true, declaredBytes: 2 ** 42 }]),
      {},
      'package.expands-too-much',
    ],
    [
      'an entry that declares little and holds much',
      rawZip([...SOUND, { name: 'a', contents: zeros, declaredBytes: 10 }]),
      {},
      'package.damaged',
    ],
    [
      'what macOS adds, when it is too much',
      rawZip([...SOUND, { name: '__MACOSX/a', contents: zeros }]),
      { unpackedBytes: 500_000 },
      'package.expands-too-much',
    ],
  ])('%s', async (_, bytes, limits, code) => {
    expect((await refused(bytes, limits)).code).toBe(code);
  });
});

describe('a zip without its configuration at the top is refused', () => {
  test('and says where it was found', async () => {
    const error = await refused(
      rawZip([{ name: 'x/app_config.json', contents: appConfig() }, { name: 'x/report.py' }]),
    );
    expect(error.code).toBe('package.no-config');
    expect(error.message).toContain('x/app_config.json');
    expect(error.remedy).toContain('not the folder');
  });

  test('and says how it was spelt', async () => {
    const error = await refused(rawZip([{ name: 'App_Config.json', contents: appConfig() }]));
    expect(error.message).toContain('App_Config.json');
  });

  test('and never believes a file of macOS to be it', async () => {
    const error = await refused(rawZip([{ name: '__MACOSX/app_config.json', contents: appConfig() }]));
    expect(error.message).toBe('There is no app_config.json at the top of the zip.');
  });
});

describe('an upload that breaks off', () => {
  test('ends in the stream’s own error and leaves nothing', async () => {
    const broken = Readable.from(
      (async function* () {
        yield sound.subarray(0, 100);
        throw new Error('connection reset');
      })(),
      { objectMode: false },
    );
    await expect(pushPackage(repository.parts, broken)).rejects.toThrow('connection reset');
    expect(await repository.stored()).toEqual(NOTHING);
  });
});
