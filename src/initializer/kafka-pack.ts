// Kafka as somebody has it, packed for a machine: its jars and nothing else, from the archive that Apache publishes or from a directory with
// its `libs`. The digest is of the jars, so that both forms of one release are the same.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, type Pack, pack } from 'tar-stream';
import { BerthError } from '../model/errors.ts';

/** A packed Kafka. */
export interface KafkaPack {
  /** Of its jars: 16 letters. */
  readonly digest: string;
  /** As its own jar names it: 4.1.1. */
  readonly version: string;
  /** A .tar.gz with `libs/*.jar`. */
  open(): Readable;
}

interface Jar {
  readonly name: string;
  readonly size: number;
  readonly contents: Readable;
}

type EachJar = (use: (jar: Jar) => Promise<void>) => Promise<void>;

const DIGEST_LETTERS = 16;
const ITS_JAR = /^kafka_[\d.]+-(\d+)\.([\d.]+)\.jar$/;
/** What a broker and its tools cannot be without, besides Kafka's own jars. */
const NEEDED = ['kafka-clients-', 'kafka-server-', 'kafka-metadata-', 'kafka-tools-', 'scala-library-', 'log4j-core-'];
/** From this release on a broker knows no way but KRaft. */
const FIRST_RELEASE = 4;
/** For programs that use Kafka Streams, and half of the archive. */
const LEFT_OUT = /^rocksdbjni-/;
/** Jars are compressed already. */
const PRESSURE = 1;
const ALWAYS = { mtime: new Date(0), uid: 0, gid: 0, uname: 'root', gname: 'root', mode: 0o644 };

/** Looks through the whole of it, which takes seconds. @throws initializer.kafka-unfit */
export async function kafkaPack(path: string): Promise<KafkaPack> {
  const each = jarsAt(path);
  const digests = new Map<string, string>();
  try {
    await each(async ({ name, contents }) => {
      const one = createHash('sha256');
      await pipeline(contents, one);
      digests.set(name, one.digest('hex'));
    });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new BerthError('initializer.kafka-unfit', { path, reason: cause.message }, { cause });
  }
  const version = versionAmong([...digests.keys()], path);
  const whole = createHash('sha256');
  for (const name of [...digests.keys()].sort()) whole.update(`${name}\0${digests.get(name)}\n`);
  return { digest: whole.digest('hex').slice(0, DIGEST_LETTERS), version, open: () => packed(each) };
}

function versionAmong(names: readonly string[], path: string): string {
  const unfit = (reason: string) => new BerthError('initializer.kafka-unfit', { path, reason });
  const [, major, minor] = names.map((name) => ITS_JAR.exec(name)).find((match) => match !== null) ?? [];
  if (major === undefined || minor === undefined)
    throw unfit("there is no libs/kafka_….jar in it, as in Kafka's binary archive");
  if (Number(major) < FIRST_RELEASE)
    throw unfit(`it is Kafka ${major}.${minor}, and ${FIRST_RELEASE}.0 or newer is needed`);
  const lacking = NEEDED.filter((begin) => !names.some((name) => name.startsWith(begin)));
  if (lacking.length > 0) throw unfit(`libs lacks ${lacking.map((begin) => `${begin}….jar`).join(', ')}`);
  return `${major}.${minor}`;
}

function packed(each: EachJar): Readable {
  const tar = pack();
  const gzip = createGzip({ level: PRESSURE });
  // A failure destroys both, and whoever reads hears of it there.
  pipeline(tar, gzip).catch(() => undefined);
  fill(tar, each).catch((error: Error) => tar.destroy(error));
  return gzip;
}

async function fill(tar: Pack, each: EachJar): Promise<void> {
  await each(async ({ name, size, contents }) => {
    await pipeline(contents, tar.entry({ ...ALWAYS, name: `libs/${name}`, size }));
  });
  tar.finalize();
}

function jarsAt(path: string): EachJar {
  return async (use) => ((await stat(path)).isDirectory() ? jarsInDirectory(path, use) : jarsInArchive(path, use));
}

async function jarsInDirectory(path: string, use: (jar: Jar) => Promise<void>): Promise<void> {
  const directory = join(path, 'libs');
  for (const name of (await readdir(directory)).filter(isJar).sort()) {
    const source = join(directory, name);
    await use({ name, size: (await stat(source)).size, contents: createReadStream(source) });
  }
}

async function jarsInArchive(path: string, use: (jar: Jar) => Promise<void>): Promise<void> {
  const entries = extract();
  const reading = pipeline(createReadStream(path), createGunzip(), entries);
  const using = (async () => {
    for await (const entry of entries) {
      const { name, size = 0, type } = entry.header;
      const isOne = type === 'file' && /^(\.\/)?[^/]+\/libs\/[^/]+$/.test(name) && isJar(basename(name));
      if (isOne) await use({ name: basename(name), size, contents: Readable.from(entry) });
      else entry.resume();
    }
  })();
  await Promise.all([reading, using]);
}

function isJar(name: string): boolean {
  return name.endsWith('.jar') && !LEFT_OUT.test(name);
}
