// The part of the Machine contract about files in containers.
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, type Pack, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import type { MachineUnderTest } from './machine-contract.ts';
import { created, freshName, outputOf, pythonSpec, started } from './machine-specs.ts';

const MEBIBYTE = 1024 * 1024;

/** Tars in and out. */
export function archivesContract(world: () => MachineUnderTest): void {
  test("files put into a container's volume before its start are there with owner and mode, and come out again", async () => {
    const { machine, image } = world();
    const spec = pythonSpec(image, "print(open('/scratch/.berth/task.json').read())");
    const name = await created(machine, spec);
    await machine.putArchive(name, '/scratch', await buffer(taskFile()));
    await machine.putArchive(name, '/scratch', Readable.from(taskFile()));
    expect(await outputOf(machine, spec)).toBe('{"task":1}\n');
    const files = await filesOf(await machine.getArchive(name, '/scratch/.berth'));
    expect(files['.berth/task.json']).toMatchObject({ uid: 65534, gid: 65534, mode: 0o400, text: '{"task":1}' });
  });

  test('a path that is not there is undefined, and so is a container', async () => {
    const { machine, image } = world();
    const name = await created(machine, pythonSpec(image, 'pass'));
    expect(await machine.getArchive(name, '/scratch/absent')).toBeUndefined();
    expect(await machine.getArchive(freshName(), '/')).toBeUndefined();
    const put = machine.putArchive(freshName(), '/', await buffer(taskFile()));
    await expect(put).rejects.toMatchObject({ code: 'machine.no-container' });
  });

  test('many mebibytes come out of a running container whole, and a reader that stops early harms nobody', async () => {
    const { machine, image } = world();
    const code = `open('/tmp/ready', 'w').close(); print('ready', flush=True); import time; time.sleep(60)`;
    const name = await started(machine, pythonSpec(image, code));
    const bytes = Buffer.alloc(24 * MEBIBYTE, 'some text ');
    const tar = pack();
    tar.entry({ name: 'big', uid: 65534 }, bytes);
    tar.finalize();
    await machine.putArchive(name, '/scratch', Readable.from(tar, { objectMode: false }));
    const files = await filesOf(await machine.getArchive(name, '/scratch/big'));
    expect(files.big?.text.length).toBe(bytes.length);
    for (let times = 0; times < 6; times++) (await machine.getArchive(name, '/scratch/big'))?.destroy();
    expect(await machine.getArchive(name, '/scratch/absent')).toBeUndefined();
  });

  test('a source that breaks off is an error, not half a tar', async () => {
    const { machine, image } = world();
    const name = await created(machine, pythonSpec(image, 'pass'));
    const source = new PassThrough();
    source.write(Buffer.alloc(1024));
    const putting = machine.putArchive(name, '/scratch', source);
    source.destroy();
    await expect(putting).rejects.toThrow();
  });
}

function taskFile(): Pack {
  const tar = pack();
  tar.entry({ name: '.berth/', type: 'directory', mode: 0o755, uid: 65534, gid: 65534 });
  tar.entry({ name: '.berth/task.json', mode: 0o400, uid: 65534, gid: 65534 }, '{"task":1}');
  tar.finalize();
  return tar;
}

interface File {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly mode: number;
  readonly text: string;
}

async function filesOf(tar: Readable | undefined): Promise<Record<string, File>> {
  if (!tar) throw new Error('there is no such path');
  const files: Record<string, File> = {};
  for await (const entry of tar.pipe(extract())) {
    const { name, uid, gid, mode } = entry.header;
    files[name] = { uid, gid, mode: (mode ?? 0) & 0o777, text: (await buffer(entry)).toString() };
  }
  return files;
}
