// What every Archives must do.
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import { BerthError } from '../../src/model/errors.ts';
import type { Archive, ArchiveEntry, Archives } from '../../src/ports/archives.ts';
import type { Blobs } from '../../src/ports/blobs.ts';
import { type RawEntry, rawZip } from '../unit/applications/raw-zip.ts';

/** Archives over empty blobs of their own. */
export interface OpenedArchives {
  readonly archives: Archives;
  readonly blobs: Blobs;
}

/** Runs the contract. */
export function archivesContract(name: string, open: () => Promise<OpenedArchives>): void {
  describe(`Archives: ${name}`, () => {
    let opened: OpenedArchives;
    beforeEach(async () => {
      opened = await open();
    });
    const archiveOf = async (bytes: Buffer) => opened.archives.open((await opened.blobs.put(bytes)).digest);
    listing(archiveOf);
    reading(archiveOf);
    refusing(archiveOf, () => opened);
  });
}

type ArchiveOf = (bytes: Buffer) => Promise<Archive>;

const entriesOf = (archive: Archive): Promise<ArchiveEntry[]> => Array.fromAsync(archive.entries());

async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (error instanceof BerthError) return error.code;
    throw error;
  }
  return 'no error';
}

function listing(archiveOf: ArchiveOf): void {
  test('entries are listed in their order with what the directory says of them, raw names included', async () => {
    const archive = await archiveOf(
      rawZip([
        { name: 'a/' },
        { name: 'a/run.sh', contents: 'abc', method: 0, unixMode: 0o100755 },
        { name: '../x\\y', contents: 'abcabcabcabcabcabc' },
        { name: 'link', contents: '/etc', unixMode: 0o120777 },
        { name: 'pipe', unixMode: 0o010644 },
        { name: 'secret', contents: 'abc', flags: 0x801 },
        { name: 'é', flags: 0 },
      ]),
    );
    const entries = await entriesOf(archive);
    await archive.close();
    expect(archive.entryCount).toBe(7);
    expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['a/', 'directory'],
      ['a/run.sh', 'file'],
      ['../x\\y', 'file'],
      ['link', 'symlink'],
      ['pipe', 'other'],
      ['secret', 'file'],
      ['é', 'file'],
    ]);
    expect(entries.map(({ executable }) => executable).indexOf(true)).toBe(1);
    expect(entries.map(({ encrypted }) => encrypted).lastIndexOf(true)).toBe(5);
    expect(entries[1]).toMatchObject({ declaredBytes: 3, compressedBytes: 3 });
    expect(entries[2]?.declaredBytes).toBe(18);
  });

  test('an archive of thousands of entries is listed', async () => {
    const archive = await archiveOf(
      rawZip(Array.from({ length: 5000 }, (_, index) => ({ name: `f${index}`, contents: `${index}` }))),
    );
    const entries = await entriesOf(archive);
    expect(entries).toHaveLength(5000);
    expect(String(await buffer(await (entries[4321] as ArchiveEntry).open()))).toBe('4321');
    await archive.close();
  });

  test('an archive that ends with a comment of the largest size is opened', async () => {
    const archive = await archiveOf(rawZip([{ name: 'a' }], { comment: 'x'.repeat(65_535) }));
    expect(await entriesOf(archive)).toHaveLength(1);
    await archive.close();
  });
}

function reading(archiveOf: ArchiveOf): void {
  test.each<[string, Omit<RawEntry, 'name'>]>([
    ['stored', { method: 0 }],
    ['deflated', { method: 8 }],
    ['with sizes of 64 bits', { zip64: true }],
  ])('contents are read as they were packed: %s', async (_, how) => {
    const contents = randomBytes(300_000);
    const archive = await archiveOf(
      rawZip([
        { name: 'empty', ...how },
        { name: 'a', contents, ...how },
      ]),
    );
    const [empty, full] = await entriesOf(archive);
    expect(await buffer(await (full as ArchiveEntry).open())).toEqual(contents);
    expect(await buffer(await (empty as ArchiveEntry).open())).toHaveLength(0);
    await archive.close();
  });

  test('an entry may be read again and side by side with others until the archive is closed', async () => {
    const contents = [randomBytes(200_000), randomBytes(200_000)];
    const archive = await archiveOf(rawZip(contents.map((bytes, index) => ({ name: `f${index}`, contents: bytes }))));
    const entries = await entriesOf(archive);
    const read = await Promise.all([...entries, ...entries].map(async (entry) => buffer(await entry.open())));
    expect(read).toEqual([...contents, ...contents]);
    await archive.close();
  });

  test('reading and listing may be given up in the middle', async () => {
    const archive = await archiveOf(
      rawZip([
        { name: 'a', contents: randomBytes(5_000_000) },
        { name: 'b', contents: 'b' },
      ]),
    );
    for await (const entry of archive.entries()) {
      for await (const _ of await entry.open()) break;
      if (entry.name === 'a') break;
    }
    await archive.close();
  });
}

function refusing(archiveOf: ArchiveOf, opened: () => OpenedArchives): void {
  test('what is no zip is refused as such, and a cut one as cut', async () => {
    const zip = rawZip([{ name: 'a', contents: 'abc' }]);
    expect(await codeOf(archiveOf(Buffer.from('hello')))).toBe('package.not-a-zip');
    expect(await codeOf(archiveOf(Buffer.alloc(0)))).toBe('package.not-a-zip');
    expect(await codeOf(archiveOf(zip.subarray(0, -1)))).toBe('package.truncated');
  });

  test('a digest that Blobs does not have is refused', async () => {
    await expect(opened().archives.open(`sha256:${'0'.repeat(64)}`)).rejects.toThrow();
  });

  test.each<[string, Omit<RawEntry, 'name'>, string]>([
    ['more than it declares', { declaredBytes: 2 }, 'package.damaged'],
    ['less than it declares', { declaredBytes: 4 }, 'package.damaged'],
    ['another checksum', { crc: 7 }, 'package.damaged'],
    ['another name before it', { localName: 'b' }, 'package.damaged'],
    ['another method before it', { localMethod: 0 }, 'package.damaged'],
    ['a method that is unknown', { method: 12 }, 'package.damaged'],
    ['encrypted contents', { flags: 0x801 }, 'package.encrypted'],
  ])('contents that are not what the directory says fail: %s', async (_, how, code) => {
    const archive = await archiveOf(rawZip([{ name: 'a', contents: 'abc', ...how }]));
    const [entry] = await entriesOf(archive);
    expect(await codeOf((async () => buffer(await (entry as ArchiveEntry).open()))())).toBe(code);
    await archive.close();
  });

  test.each<[string, Buffer]>([
    ['more entries than are declared', rawZip([{ name: 'a' }, { name: 'b' }], { entryCount: 1 })],
    ['fewer entries than are declared', rawZip([{ name: 'a' }], { entryCount: 2 })],
    [
      'entries that share bytes',
      rawZip([
        { name: 'a', contents: 'abc' },
        { name: 'b', contents: 'abc', contentsOf: 0 },
      ]),
    ],
  ])('a directory that lies is refused while it is listed: %s', async (_, bytes) => {
    const archive = await archiveOf(bytes);
    expect(await codeOf(entriesOf(archive))).toBe('package.damaged');
    await archive.close();
  });
}
