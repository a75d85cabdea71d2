// The Blobs contract over databases and over a cache before one, and what several processes on one database may not do to each other.
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { CachedBlobs } from '../../src/adapters/cached-blobs/cached-blobs.ts';
import { FileBlobs } from '../../src/adapters/file-blobs/file-blobs.ts';
import { StoreBlobs } from '../../src/adapters/store-blobs/store-blobs.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import type { Blobs } from '../../src/ports/blobs.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { blobsContract } from './blobs-contract.ts';
import { mariadbKept, type OpenAgain, sqliteKept } from './kept-store.ts';
import { silentLog } from './silent-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const HOUR = 3_600_000;
const CHUNK = 512 * 1024;

const mariadb = mariadbKept(['blobHead', 'blobChunk']);

function blobsIn(store: Store, clock: Clock): StoreBlobs {
  return new StoreBlobs({ store, clock, random: new SystemRandom(), log: silentLog });
}

async function cachedIn(far: Blobs, clock: Clock, mostBytes: number) {
  const near = await FileBlobs.open({ directory: await temporaryDirectory(), clock });
  return { near, cached: await CachedBlobs.open({ far, near, mostBytes, log: silentLog }) };
}

blobsContract('SQLite store', async (clock) => blobsIn(await (await sqliteKept())(), clock));

blobsContract('MariaDB store', async (clock) => blobsIn(await (await mariadb())(), clock));

blobsContract('SQLite store, read through a cache', async (clock) => {
  const far = blobsIn(await (await sqliteKept())(), clock);
  return (await cachedIn(far, clock, 10_000)).cached;
});

/** Bytes of which no two chunks are the same. */
function varied(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  return bytes;
}

async function chunksIn(store: Store): Promise<number> {
  return store.count('blobChunk', {});
}

/** A store of which each reading of a chunk is counted. */
function counting(store: Store) {
  const counted = { reads: 0 };
  const proxy = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]) => {
        if (name === 'get' && args[0] === 'blobChunk') counted.reads++;
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { proxy, counted };
}

const databases: readonly (readonly [string, () => Promise<OpenAgain>])[] = [
  ['SQLite', sqliteKept],
  ['MariaDB', mariadb],
];

describe.each(databases)('Blobs in a database: %s', (_name, database) => {
  test('a blob of several chunks comes back whole and in any part, and reads no chunk that it does not need', async () => {
    const { proxy, counted } = counting(await (await database())());
    const blobs = blobsIn(proxy, new ManualClock());
    const bytes = varied(3 * CHUNK + 1000);
    const { digest, sizeBytes } = await blobs.put(Readable.from([bytes.subarray(0, 700_001), bytes.subarray(700_001)]));
    expect(sizeBytes).toBe(bytes.length);
    expect((await blobs.read(digest)).equals(bytes)).toBe(true);
    for (const [start, end, chunks] of [
      [0, 1, 1],
      [CHUNK - 1, CHUNK + 1, 2],
      [CHUNK, 2 * CHUNK, 1],
      [3 * CHUNK, 4 * CHUNK, 1],
      [10, 2 * CHUNK + 10, 3],
    ] as const) {
      counted.reads = 0;
      const part = await buffer(await blobs.open(digest, { start, end }));
      expect(part.equals(bytes.subarray(start, end))).toBe(true);
      expect(counted.reads).toBe(chunks);
    }
  });

  test('what another process put is there at once, and the same put by both is kept once', async () => {
    const open = await database();
    const [one, two] = [await open(), await open()];
    const [mine, theirs] = [blobsIn(one, new ManualClock()), blobsIn(two, new ManualClock())];
    const bytes = varied(CHUNK + 5);
    const put = await Promise.all([mine, theirs, mine, theirs].map((blobs) => blobs.put(bytes)));
    expect(new Set(put.map(({ digest }) => digest)).size).toBe(1);
    expect((await theirs.read(put[0]?.digest ?? '')).equals(bytes)).toBe(true);
    expect(await chunksIn(one)).toBe(2);
    await theirs.delete(put[0]?.digest ?? '');
    expect(await mine.stat(put[0]?.digest ?? '')).toBeUndefined();
    expect(await chunksIn(one)).toBe(0);
  });

  test('what was damaged is told and never given out as if it were right', async () => {
    const store = await (await database())();
    const blobs = blobsIn(store, new ManualClock());
    const { digest } = await blobs.put(varied(2 * CHUNK));
    const { items } = await store.list('blobChunk', { limit: 10 });
    const [first, second] = items;
    if (!first || !second) throw new Error('There are two chunks.');
    const other = Buffer.from(varied(CHUNK));
    other[5] = (other[5] ?? 0) ^ 1;
    const changed = await store.update('blobChunk', { ...first.doc, base64: other.toString('base64') }, first.version);
    await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'platform.blob-damaged' });
    const whole = await blobs.open(digest);
    await expect(buffer(whole)).rejects.toMatchObject({ code: 'platform.blob-damaged' });
    await store.update('blobChunk', { ...first.doc, base64: 'AAAA' }, changed.version);
    await expect(buffer(await blobs.open(digest, { start: 1, end: 2 }))).rejects.toMatchObject({
      code: 'platform.blob-damaged',
    });
    await store.delete('blobChunk', second.doc.id, second.version);
    await expect(buffer(await blobs.open(digest, { start: CHUNK }))).rejects.toMatchObject({
      code: 'platform.blob-damaged',
    });
  });

  test('what a process left that died while it put is collected some hours later, and nothing else is', async () => {
    const store = await (await database())();
    const clock = new ManualClock();
    const blobs = blobsIn(store, clock);
    const kept = await blobs.put(varied(CHUNK + 1));
    const endless = new Readable({ read: () => undefined });
    const dying = blobs.put(endless);
    endless.push(varied(3 * CHUNK + 1));
    await expect.poll(() => chunksIn(store)).toBe(2 + 3);
    await clock.advance(5 * HOUR);
    expect(await blobs.collectLeftovers(clock.now())).toBe(0);
    await clock.advance(2 * HOUR);
    expect(await blobs.collectLeftovers(clock.now())).toBe(3);
    expect((await blobs.read(kept.digest)).equals(varied(CHUNK + 1))).toBe(true);
    expect(await chunksIn(store)).toBe(2);
    endless.destroy(new Error('dead'));
    await expect(dying).rejects.toThrow('dead');
  });

  test('a put that is refused leaves no chunk', async () => {
    const store = await (await database())();
    const blobs = blobsIn(store, new ManualClock());
    const endless = new Readable({ read: (size) => endless.push(Buffer.alloc(size)) });
    await expect(blobs.put(endless, { limitBytes: 3 * CHUNK })).rejects.toThrow(RangeError);
    expect(await chunksIn(store)).toBe(0);
  });

  test('a reader is not disturbed by a deletion and a new put of the same bytes', async () => {
    const store = await (await database())();
    const blobs = blobsIn(store, new ManualClock());
    const bytes = varied(6 * CHUNK);
    const { digest } = await blobs.put(bytes);
    const reading = (await blobs.open(digest)).iterator();
    const first: Buffer = (await reading.next()).value;
    await blobs.delete(digest);
    await blobs.put(bytes);
    const rest: Buffer[] = [];
    for (let next = await reading.next(); !next.done; next = await reading.next()) rest.push(next.value);
    expect(Buffer.concat([first, ...rest]).equals(bytes)).toBe(true);
  });

  test('what one process discards stays for another that has put the same', async () => {
    const open = await database();
    const blobs = blobsIn(await open(), new ManualClock());
    const { digest } = await blobs.put(Buffer.from('refused here, wanted there'));
    await blobs.discard(digest);
    expect(await blobs.stat(digest)).toBeDefined();
  });
});

describe('Blobs read through a cache', () => {
  async function world(mostBytes: number) {
    const clock = new ManualClock();
    const { proxy, counted } = counting(await (await sqliteKept())());
    const far = blobsIn(proxy, clock);
    return { far, counted, ...(await cachedIn(far, clock, mostBytes)) };
  }

  test('a blob is fetched once, whoever asks at the same time or later, and whatever part of it', async () => {
    const { far, cached, counted } = await world(100 * CHUNK);
    const bytes = varied(2 * CHUNK);
    const { digest } = await far.put(bytes);
    await Promise.all([
      cached.read(digest),
      cached.read(digest),
      cached.open(digest, { start: 5, end: 9 }).then(buffer),
    ]);
    expect(counted.reads).toBe(2);
    expect((await buffer(await cached.open(digest, { start: CHUNK }))).equals(bytes.subarray(CHUNK))).toBe(true);
    expect(counted.reads).toBe(2);
  });

  test('what was used least lately makes room; what is too large is never kept', async () => {
    const { far, near, cached } = await world(400);
    const put = async (text: string) => (await far.put(Buffer.from(text.repeat(90)))).digest;
    const [a, b, c, d, e] = [await put('a'), await put('b'), await put('c'), await put('d'), await put('e')];
    for (const digest of [a, b, c, d, a, e]) await cached.read(digest);
    const there = await Promise.all([a, b, c, d, e].map((digest) => near.stat(digest)));
    expect(there.map((stat) => stat !== undefined)).toEqual([true, false, true, true, true]);
    const large = await put('xx');
    expect(String(await cached.read(large))).toBe('xx'.repeat(90));
    expect(await near.stat(large)).toBeUndefined();
  });

  test('what lay near before a restart is used again, within the room there is', async () => {
    const { far, near, cached, counted } = await world(1000);
    const { digest } = await far.put(Buffer.from('kept'));
    await cached.read(digest);
    counted.reads = 0;
    const again = await CachedBlobs.open({ far, near, mostBytes: 1000, log: silentLog });
    expect(String(await again.read(digest))).toBe('kept');
    expect(counted.reads).toBe(0);
    await CachedBlobs.open({ far, near, mostBytes: 3, log: silentLog });
    expect(await near.stat(digest)).toBeUndefined();
  });

  test('what went away near behind its back is read from far', async () => {
    const { far, near, cached } = await world(1000);
    const { digest } = await far.put(Buffer.from('kept'));
    await cached.read(digest);
    await near.delete(digest);
    expect(String(await cached.read(digest))).toBe('kept');
    expect(String(await buffer(await cached.open(digest, { start: 1 })))).toBe('ept');
  });
});
