// What every Blobs must do.
import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Blobs } from '../../src/ports/blobs.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const MISSING = digestOf(Buffer.from('nobody stored this'));

/** Runs the contract; `open` gives empty blobs that tell the time by a clock. */
export function blobsContract(name: string, open: (clock: Clock) => Promise<Blobs>): void {
  describe(`Blobs: ${name}`, () => {
    let blobs: Blobs;
    let clock: ManualClock;
    beforeEach(async () => {
      clock = new ManualClock();
      blobs = await open(clock);
    });
    putting(() => blobs);
    failing(() => blobs);
    reading(() => blobs);
    forgetting(() => blobs);
    sparing(() => ({ blobs, clock }));
  });
}

function putting(blobs: () => Blobs): void {
  test('any bytes, in any pieces, are stored under their SHA-256 and read back the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), async (pieces) => {
        const whole = Buffer.concat(pieces);
        const stored = await blobs().put(Readable.from(pieces, { objectMode: false }));
        expect(stored).toEqual({ digest: digestOf(whole), sizeBytes: whole.length });
        expect(await blobs().put(whole)).toEqual(stored);
        expect(await blobs().stat(stored.digest)).toEqual(stored);
        expect(await blobs().read(stored.digest)).toEqual(whole);
        expect(await buffer(await blobs().open(stored.digest))).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test('the same bytes put many times at once are one blob', async () => {
    const bytes = Buffer.alloc(100_000, 'x');
    const all = await Promise.all(Array.from({ length: 10 }, () => blobs().put(Readable.from([bytes]))));
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
    expect(await listed(blobs())).toEqual([digestOf(bytes)]);
  });

  test('a stream of 128 MiB goes through bounded memory', async () => {
    const piece = Buffer.alloc(1024 * 1024, 7);
    let most = 0;
    const before = heldBytes();
    async function* pieces() {
      for (let count = 0; count < 128; count++) {
        if (count % 16 === 0) most = Math.max(most, heldBytes() - before);
        yield Buffer.from(piece);
      }
    }
    const { sizeBytes, digest } = await blobs().put(Readable.from(pieces(), { objectMode: false }));
    expect(sizeBytes).toBe(128 * 1024 * 1024);
    expect(most).toBeLessThan(32 * 1024 * 1024);
    await blobs().delete(digest);
  });

  test('as many bytes as the limit are taken; one more is refused, leaves nothing and ends the stream', async () => {
    const bytes = Buffer.from('twelve bytes');
    expect(await blobs().put(bytes, { limitBytes: 12 })).toMatchObject({ sizeBytes: 12 });
    await expect(blobs().put(Buffer.from('thirteen byte'), { limitBytes: 12 })).rejects.toThrow(RangeError);
    const endless = new Readable({ read: (size) => endless.push(Buffer.alloc(size)) });
    await expect(blobs().put(endless, { limitBytes: 1_000_000 })).rejects.toThrow(RangeError);
    expect(endless.destroyed).toBe(true);
    expect(await listed(blobs())).toEqual([digestOf(bytes)]);
  });
}

function failing(blobs: () => Blobs): void {
  const broken = new Error('the upload broke off');

  test('a stream that fails midway fails the put with its own error and leaves nothing', async () => {
    const stream = Readable.from(
      (async function* () {
        yield Buffer.alloc(300_000, 1);
        throw broken;
      })(),
      { objectMode: false },
    );
    await expect(blobs().put(stream)).rejects.toBe(broken);
    expect(await listed(blobs())).toEqual([]);
  });

  test('a stream that had failed before, or fails at once, fails the put', async () => {
    const before = new PassThrough();
    before.on('error', () => undefined);
    before.destroy(broken);
    await expect(blobs().put(before)).rejects.toBe(broken);
    const atOnce = new PassThrough();
    const put = blobs().put(atOnce);
    atOnce.destroy(broken);
    await expect(put).rejects.toBe(broken);
    expect(await listed(blobs())).toEqual([]);
  });

  test('a stream that is cut off without an error fails the put', async () => {
    const stream = new PassThrough();
    const put = blobs().put(stream);
    stream.write('half of it', () => stream.destroy());
    await expect(put).rejects.toThrow();
    expect(await listed(blobs())).toEqual([]);
  });

  test('a stream of anything but bytes fails the put', async () => {
    await expect(blobs().put(Readable.from([{ not: 'bytes' }]))).rejects.toThrow(TypeError);
    expect(await listed(blobs())).toEqual([]);
  });
}

function reading(blobs: () => Blobs): void {
  test.each([
    [{ start: 0 }, '0123456789'],
    [{ start: 3 }, '3456789'],
    [{ start: 3, end: 5 }, '34'],
    [{ start: 9, end: 10 }, '9'],
    [{ start: 4, end: 4 }, ''],
    [{ start: 8, end: 100 }, '89'],
    [{ start: 10 }, ''],
    [{ start: 50, end: 60 }, ''],
  ])('the range %j of ten digits is %j', async (range, expected) => {
    const { digest } = await blobs().put(Buffer.from('0123456789'));
    expect(String(await buffer(await blobs().open(digest, range)))).toBe(expected);
  });

  test.each([{ start: -1 }, { start: 5, end: 4 }, { start: Number.NaN }])('there is no range %j', async (range) => {
    const { digest } = await blobs().put(Buffer.from('0123456789'));
    await expect(blobs().open(digest, range)).rejects.toThrow(RangeError);
  });

  test('what is not there has no stat, and opening or reading it fails', async () => {
    expect(await blobs().stat(MISSING)).toBeUndefined();
    await expect(blobs().open(MISSING)).rejects.toMatchObject({ code: 'platform.blob-missing' });
    await expect(blobs().read(MISSING)).rejects.toMatchObject({ code: 'platform.blob-missing' });
  });

  test.each(['', 'sha256:', 'sha256:../../../etc/passwd', `sha256:${'A'.repeat(64)}`, `md5:${'a'.repeat(64)}`])(
    '%j is no digest, so nothing is there',
    async (digest) => {
      expect(await blobs().stat(digest)).toBeUndefined();
      await expect(blobs().read(digest)).rejects.toMatchObject({ code: 'platform.blob-missing' });
      await expect(blobs().open(digest)).rejects.toMatchObject({ code: 'platform.blob-missing' });
      await blobs().delete(digest);
    },
  );
}

function forgetting(blobs: () => Blobs): void {
  test('a deleted blob is gone; deleting it again is no error', async () => {
    const { digest } = await blobs().put(Buffer.from('short-lived'));
    await blobs().delete(digest);
    await blobs().delete(digest);
    expect(await blobs().stat(digest)).toBeUndefined();
    expect(await listed(blobs())).toEqual([]);
  });

  test('the list names every blob once, with its size and when it was stored', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `blob ${index}`);
    for (const text of texts) await blobs().put(Buffer.from(text));
    const expected = texts.map((text) => digestOf(Buffer.from(text))).toSorted();
    expect((await listed(blobs())).toSorted()).toEqual(expected);
    for await (const { sizeBytes, storedAt } of blobs().list()) {
      expect(sizeBytes).toBeGreaterThan(5);
      expect(storedAt).toBeGreaterThan(0);
    }
  });
}

function sparing(parts: () => { readonly blobs: Blobs; readonly clock: ManualClock }): void {
  const DAY = 86_400_000;

  test('putting the same bytes again makes them new, so that a collector of old ones leaves them', async () => {
    const { blobs, clock } = parts();
    const { digest } = await blobs.put(Buffer.from('again'));
    await clock.advance(DAY);
    const judgedAt = clock.now();
    await clock.advance(1000);
    await blobs.put(Buffer.from('again'));
    for await (const { storedAt } of blobs.list()) expect(storedAt).toBe(clock.now());
    await blobs.delete(digest, { storedBefore: judgedAt });
    expect(String(await blobs.read(digest))).toBe('again');
    await clock.advance(1000);
    await blobs.delete(digest, { storedBefore: clock.now() });
    expect(await blobs.stat(digest)).toBeUndefined();
    await blobs.delete(digest, { storedBefore: clock.now() });
  });

  test('a put that crosses the deletion of the same old bytes ends with them there', async () => {
    const { blobs, clock } = parts();
    const bytes = Buffer.alloc(70_000, 'x');
    for (let round = 0; round < 20; round++) {
      const { digest } = await blobs.put(bytes);
      await clock.advance(DAY);
      await Promise.all([
        blobs.put(bytes),
        blobs.delete(digest, { storedBefore: clock.now() }),
        blobs.delete(digest, { storedBefore: clock.now() }),
      ]);
      expect(await blobs.read(digest)).toEqual(bytes);
    }
    expect(await listed(blobs)).toEqual([digestOf(bytes)]);
  });
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Of buffers that somebody still refers to. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

async function listed(blobs: Blobs): Promise<readonly string[]> {
  const digests: string[] = [];
  for await (const { digest } of blobs.list()) digests.push(digest);
  return digests;
}
