// Archives that are more than they say: packages that unpack to more than anybody can hold, at the real intake over HTTP; names that leave,
// collide, or stand twice; contents that nobody declared; and backups that were made by somebody else.
// Elsewhere: every lie of a zip, by its code (test/unit/applications/package-refusals.test.ts, test/contracts/archives-contract.ts), memory
// (test/unit/applications/intake-memory.test.ts), backups that were changed or cut (test/unit/backups/backup.test.ts).
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ZipBackup } from '../../../src/adapters/zip-backup/zip-backup.ts';
import { restore } from '../../../src/main/restore.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { callRaw, openApi } from '../api/api-world.ts';
import { type RawEntry, rawZip } from '../applications/raw-zip.ts';
import { SOUND } from '../applications/repository.ts';

const MIB = 1024 * 1024;
const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * MIB);

/** What is kept when nothing was taken in. */
async function pushed(entries: readonly RawEntry[], over: { readonly bytes?: Buffer } = {}) {
  const world = await openApi();
  const zip = over.bytes ?? rawZip(entries);
  const { statusCode, body } = await callRaw(world, 'pushPackage', { zip });
  const blobs = await Array.fromAsync(world.parts.blobs.list());
  const kept = { blobs: blobs.length, packages: await world.parts.store.count('package', {}) };
  return { status: statusCode, code: (JSON.parse(body) as { error?: { code: string } }).error?.code, kept };
}

/** A zip within a zip, some deep: unpacked, it is one file. */
function nested(depth: number): Buffer {
  let zip = rawZip([{ name: 'zeros', contents: zeros(1) }]);
  for (let left = depth; left > 0; left--) zip = rawZip([{ name: 'inner.zip', contents: zip, method: 8 }]);
  return zip;
}

const BOMBS: readonly (readonly [string, readonly RawEntry[]])[] = [
  ['one file of zeros', [{ name: 'zeros', contents: zeros(64) }]],
  ['many files of zeros', Array.from({ length: 12 }, (_, index) => ({ name: `zeros-${index}`, contents: zeros(17) }))],
  ['a file that says it is small', [{ name: 'zeros', contents: zeros(32), declaredBytes: 1000 }]],
  ['a file that says it is larger than everything', [{ name: 'a', contents: 'x', declaredBytes: 0xfffffff0 }]],
  [
    'files that share their contents',
    [
      { name: 'a', contents: zeros(8) },
      ...Array.from({ length: 300 }, (_, index) => ({ name: `b${index}`, contents: zeros(0), contentsOf: 2 })),
    ],
  ],
  ['a configuration that is large', [{ name: 'sensor_config.json', contents: `{"a":"${'x'.repeat(3 * MIB)}"}` }]],
  ['more files than it may hold', Array.from({ length: 20_001 }, (_, index) => ({ name: `f${index}`, method: 0 }))],
  [
    'names that are long together',
    Array.from({ length: 5000 }, (_, index) => ({
      name: `${'d'.repeat(250)}/${'e'.repeat(250)}/${'g'.repeat(250)}/${'h'.repeat(200)}${index}`,
      method: 0,
    })),
  ],
];

describe('a package that is a bomb', { timeout: 60_000 }, () => {
  it.each(BOMBS)('is refused, and nothing of it is kept: %s', async (_, entries) => {
    const { status, code, kept } = await pushed([...SOUND, ...entries]);
    expect([status >= 400 && status < 500, code]).toEqual([true, expect.stringMatching(/^package\./)]);
    expect(kept).toEqual({ blobs: 0, packages: 0 });
  });

  it('is never unpacked more than once: a zip in a zip is a file', async () => {
    const { status, kept } = await pushed([...SOUND, { name: 'inner.zip', contents: nested(20), method: 0 }]);
    expect([status, kept.packages]).toEqual([200, 1]);
  });

  it('is refused when its stream breaks off, says it is another type, or is no stream at all', async () => {
    const world = await openApi();
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/gzip']) {
      const headers = { authorization: `Bearer ${world.token}`, 'content-type': type };
      const { statusCode } = await world.server.inject({
        method: 'POST',
        url: '/api/v1/packages',
        headers,
        payload: 'x',
      });
      expect([type, statusCode]).toEqual([type, 400]);
    }
    for (const bytes of [Buffer.alloc(0), deflateRawSync(zeros(1)), rawZip(SOUND).subarray(0, 100)])
      expect((await pushed([], { bytes })).kept).toEqual({ blobs: 0, packages: 0 });
  });
});

describe('a name in a package', () => {
  it.each([
    ...['../x', 'a/../../x', '/etc/passwd', '//x', 'C:\\x', 'a\\..\\..\\x', '\\\\host\\x', './x', 'a/./x', 'a//x'],
    ...['REPORT.PY', 'Report.py', 'report.py/x', 'APP_CONFIG.json', 'a\0b', 'a\u202eb', '..', '.', ' ', '\u2028'],
  ])('that leaves, hides or collides is refused: %j', async (name) => {
    if (name === ' ') return expect((await pushed([...SOUND, { name, contents: 'x' }])).status).toBeLessThan(500);
    const { status, kept } = await pushed([...SOUND, { name, contents: 'x' }]);
    expect([status >= 400 && status < 500, kept]).toEqual([true, { blobs: 0, packages: 0 }]);
  });

  it.each([0o120777, 0o020666, 0o060666, 0o010644, 0o140755])(
    'of mode %o is refused: a link, a device, a pipe, a socket',
    async (unixMode) => {
      const { status, kept } = await pushed([...SOUND, { name: 'x', contents: '/etc/passwd', unixMode }]);
      expect([status >= 400 && status < 500, kept]).toEqual([true, { blobs: 0, packages: 0 }]);
    },
  );
});

/** A file that says of itself that it is a backup. */
async function forgedBackup(directory: string, parts: readonly { readonly name: string; readonly contents: string }[]) {
  const path = join(directory, 'forged.zip');
  const entries = parts.map(({ name, contents }) => ({ name, contents: [Buffer.from(contents)] }));
  const all = (async function* () {
    for (const { name, contents } of entries)
      yield {
        name,
        contents: (async function* () {
          yield* contents;
        })(),
      };
  })();
  await pipeline(new ZipBackup().write(all), createWriteStream(path));
  return path;
}

describe('a backup that somebody else made', () => {
  it.each(['../../outside', 'files/../../../outside', '/outside', 'files//outside', 'files/keys/../../../outside'])(
    'writes nothing outside of where it is brought back to: %s',
    async (name) => {
      const directory = await temporaryDirectory();
      const place = join(directory, 'a', 'data');
      const manifest = {
        format: 1,
        parts: [{ name, sha256: '0'.repeat(64), sizeBytes: 1 }],
        documents: {},
        keys: 'none',
      };
      // The writer of zips refuses such names, so they are written by hand.
      const path = join(directory, 'forged.zip');
      await writeFile(
        path,
        rawZip([
          { name: 'manifest.json', contents: JSON.stringify(manifest) },
          { name, contents: 'x' },
        ]),
      );
      await mkdir(join(directory, 'a'));
      await expect(
        restore({ file: path, directory: place, store: '', blobs: 'files' }, () => undefined),
      ).rejects.toMatchObject({
        code: expect.stringMatching(/^backup\./),
      });
      expect((await readdir(directory, { recursive: true })).toSorted()).toEqual(['a', 'forged.zip']);
    },
  );

  it.each([
    ['no manifest', []],
    ['a manifest that is none', [{ name: 'manifest.json', contents: '[]' }]],
    ['a manifest of nothing', [{ name: 'manifest.json', contents: '{}' }]],
    ['a manifest with odd keys', [{ name: 'manifest.json', contents: '{"__proto__":{"parts":[]},"format":1}' }]],
    [
      'documents of no kind',
      [
        { name: 'manifest.json', contents: '{"format":1,"parts":[],"documents":{},"keys":"none"}' },
        { name: 'documents.ndjson', contents: '{"kind":"__proto__","doc":{"id":"x"}}\n' },
      ],
    ],
  ])('is refused and leaves nothing: %s', async (_, parts) => {
    const directory = await temporaryDirectory();
    const path = await forgedBackup(directory, parts);
    const act = restore({ file: path, directory: join(directory, 'data'), store: '', blobs: 'files' }, () => undefined);
    await expect(act).rejects.toMatchObject({ code: expect.stringMatching(/^backup\./) });
    expect(await readdir(directory)).toEqual(['forged.zip']);
  });
});
