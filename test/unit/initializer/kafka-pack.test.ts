// Kafka as people have it: the archive and the directory are the same, and what is no Kafka is refused with its reason.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { type KafkaPack, kafkaPack } from '../../../src/initializer/kafka-pack.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { mustRun } from '../../world/command.ts';

const JARS = [
  ...['kafka_2.13-4.1.1', 'kafka-clients-4.1.1', 'kafka-server-4.1.1', 'kafka-metadata-4.1.1', 'kafka-tools-4.1.1'],
  ...['scala-library-2.13.16', 'log4j-core-2.24.3', 'rocksdbjni-9.7.3'],
].map((name) => `${name}.jar`);

async function release(jars: readonly string[]): Promise<string> {
  const directory = join(await temporaryDirectory(), 'kafka_2.13-4.1.1');
  await mkdir(join(directory, 'libs'), { recursive: true });
  await mkdir(join(directory, 'site-docs'));
  await writeFile(join(directory, 'site-docs', 'docs.jar'), 'no jar of a broker');
  for (const [index, name] of jars.entries())
    await writeFile(join(directory, 'libs', name), `jar ${index}`.repeat(9999));
  return directory;
}

async function archiveOf(directory: string): Promise<string> {
  const path = `${directory}.tgz`;
  await mustRun(['tar', '-C', join(directory, '..'), '-czf', path, 'kafka_2.13-4.1.1']);
  return path;
}

async function contentsOf(pack: KafkaPack): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of pack.open().pipe(createGunzip()).pipe(extract()))
    found[entry.header.name] = (await buffer(entry)).toString('utf8');
  return found;
}

test('an archive and the directory in it are the same Kafka', async () => {
  const directory = await release(JARS);
  const [fromDirectory, fromArchive] = [await kafkaPack(directory), await kafkaPack(await archiveOf(directory))];
  expect(fromArchive).toMatchObject({ digest: fromDirectory.digest, version: '4.1.1' });
  const contents = await contentsOf(fromArchive);
  expect(contents).toEqual(await contentsOf(fromDirectory));
  expect(Object.keys(contents).sort()).toEqual(
    JARS.slice(0, -1)
      .map((name) => `libs/${name}`)
      .sort(),
  );
  expect(contents['libs/kafka_2.13-4.1.1.jar']).toBe('jar 0'.repeat(9999));
});

test('another jar is another Kafka', async () => {
  const directory = await release(JARS);
  const { digest } = await kafkaPack(directory);
  await writeFile(join(directory, 'libs', 'kafka-server-4.1.1.jar'), 'mended');
  expect((await kafkaPack(directory)).digest).not.toBe(digest);
});

test.each([
  [
    'lacks jars of the broker',
    JARS.filter((name) => !/^(kafka-server|log4j)/.test(name)),
    'libs lacks kafka-server-….jar, log4j-core-….jar',
  ],
  ['is from before KRaft was all', ['kafka_2.13-3.9.1.jar'], 'it is Kafka 3.9.1, and 4.0 or newer is needed'],
  ['is something else', ['mongo.jar'], 'there is no libs/kafka_….jar in it'],
])('refused: what %s', async (_, jars, reason) => {
  await expect(kafkaPack(await release(jars))).rejects.toMatchObject({ code: 'initializer.kafka-unfit' });
  await expect(kafkaPack(await release(jars))).rejects.toThrow(reason);
});

test('refused: a file that is not there, one that is no archive, and one that is cut off', async () => {
  const directory = await release(JARS);
  const archive = await archiveOf(directory);
  const unfit = { code: 'initializer.kafka-unfit' };
  await expect(kafkaPack(join(directory, 'libs', 'kafka_2.13-4.1.1.jar'))).rejects.toMatchObject(unfit);
  await mustRun(['truncate', '-s', '-40', archive]);
  await expect(kafkaPack(archive)).rejects.toMatchObject(unfit);
  await rm(archive);
  await expect(kafkaPack(archive)).rejects.toMatchObject(unfit);
});
