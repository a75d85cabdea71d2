// Intake streams: a package far larger than the memory that may be used goes through.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import yazl from 'yazl';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import { openRepository, type Repository, SOUND } from './repository.ts';

const MIB = 1024 * 1024;
const STORED_MIB = 300;
const DEFLATED_MIB = 200;
const MOST_GROWTH_MIB = 150;

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
});
afterEach(() => repository.end());

function largeZip(): Readable {
  const zip = new yazl.ZipFile();
  for (const { name, contents } of SOUND) zip.addBuffer(Buffer.from(contents ?? ''), String(name));
  zip.addReadStream(blocks(STORED_MIB, randomBytes(MIB)), 'noise.bin', { compress: false });
  const halfNoise = Buffer.concat([randomBytes(MIB / 64), Buffer.alloc(MIB - MIB / 64)]);
  zip.addReadStream(blocks(DEFLATED_MIB, halfNoise), 'data.bin', { compress: true });
  zip.end();
  return Readable.from(zip.outputStream, { objectMode: false });
}

function blocks(count: number, block: Buffer): Readable {
  return Readable.from(
    (function* () {
      for (let index = 0; index < count; index++) yield Buffer.from(block);
    })(),
    { objectMode: false },
  );
}

test('a package of 500 MiB is taken in with a small part of that in memory', { timeout: 120_000 }, async () => {
  const before = process.memoryUsage();
  let [mostRss, mostHeap] = [0, 0];
  const sampling = setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    mostRss = Math.max(mostRss, rss - before.rss);
    mostHeap = Math.max(mostHeap, heapUsed - before.heapUsed);
  }, 5);
  try {
    const { package: pushed } = await pushPackage(repository.parts, largeZip());
    expect(pushed.files.map(({ sizeBytes }) => sizeBytes)).toContain(STORED_MIB * MIB);
    expect(pushed.files.map(({ sizeBytes }) => sizeBytes)).toContain(DEFLATED_MIB * MIB);
    expect(pushed.sizeBytes).toBeGreaterThan(STORED_MIB * MIB);
  } finally {
    clearInterval(sampling);
  }
  // Measured: about 65 MiB resident, most of it zlib's and the garbage collector's slack, and under 1 MiB of heap.
  expect(mostRss / MIB).toBeLessThan(MOST_GROWTH_MIB);
  expect(mostHeap / MIB).toBeLessThan(20);
});
