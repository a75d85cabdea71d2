// The part of the Machine contract about images. They are pulled from a registry in the test, which the machine reaches as its loopback.
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import type { Machine } from '../../src/ports/machine.ts';
import type { MachineUnderTest } from './machine-contract.ts';
import { TestRegistry } from './machine-registry.ts';
import { created, freshName, pythonSpec, started } from './machine-specs.ts';

/** Importing, pulling, saving, committing, removing. */
export function imagesContract(world: () => MachineUnderTest): void {
  importing(world);
  pulling(world);
  committing(world);
}

function importing(world: () => MachineUnderTest): void {
  test('a root file system becomes an image, is saved as a tar, and is removed more than once', async () => {
    const { machine } = world();
    const tag = `berth.test/${freshName()}:one`;
    expect(await machine.hasImage(tag)).toBe(false);
    await machine.importImage(rootTar(), tag);
    onTestFinished(() => machine.removeImage(tag));
    expect(await machine.hasImage(tag)).toBe(true);
    const names: string[] = [];
    for await (const entry of (await machine.saveImage(tag)).pipe(extract())) {
      names.push(entry.header.name);
      await buffer(entry);
    }
    expect(names).toContain('manifest.json');
    await machine.removeImage(tag);
    await machine.removeImage(tag);
    expect(await machine.hasImage(tag)).toBe(false);
    await expect(machine.saveImage(tag)).rejects.toMatchObject({ code: 'machine.no-image' });
  });

  test('what is no tar is refused, and no image is left', async () => {
    const { machine } = world();
    const tag = `berth.test/${freshName()}:one`;
    await expect(machine.importImage(Readable.from([Buffer.alloc(4096, 'x')]), tag)).rejects.toMatchObject({
      code: expect.stringMatching(/^machine\.engine-/),
    });
    expect(await machine.hasImage(tag)).toBe(false);
  });
}

function pulling(world: () => MachineUnderTest): void {
  test('an image is pulled by digest with credentials, reports its progress, and keeps only the tag', async () => {
    const { machine, docker } = world();
    const { registry, reference } = await registryOn(machine);
    const tag = `berth.test/${freshName()}:two`;
    onTestFinished(() => machine.removeImage(tag));
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    await machine.pullImage({ reference, user: registry.user, password: registry.password, tag, onProgress });
    expect(await machine.hasImage(tag)).toBe(true);
    const image = await docker.getImage(tag).inspect();
    expect(image.Config.Labels).toEqual(registry.labels);
    expect(image.RepoTags).toEqual([tag]);
    expect(image.RepoDigests ?? []).toEqual([]);
    expect(progress.at(-1)).toEqual([registry.layerBytes, registry.layerBytes]);
    const [found] = await machine.listImages(`berth.test.image=${registry.labels['berth.test.image']}`);
    expect(found).toMatchObject({ id: image.Id, tags: [tag], labels: registry.labels });
  });

  test('wrong credentials fail in the words of the registry', async () => {
    const { machine } = world();
    const { registry, reference } = await registryOn(machine);
    const pull = { reference, user: registry.user, password: 'wrong', tag: 'berth.test/never:1', onProgress() {} };
    await expect(machine.pullImage(pull)).rejects.toMatchObject({ code: 'machine.pull-failed' });
  });

  test('a public image needs no credentials; one that is absent fails', async () => {
    const { machine } = world();
    const { registry, reference } = await registryOn(machine);
    registry.open = true;
    const [repository] = reference.split('@');
    await machine.pullPublicImage(`${repository}:latest`, () => {});
    onTestFinished(() => machine.removeImage(`${repository}:latest`));
    expect(await machine.hasImage(`${repository}:latest`)).toBe(true);
    const absent = machine.pullPublicImage(`${repository}:absent`, () => {});
    await expect(absent).rejects.toMatchObject({ code: 'machine.pull-failed' });
  });
}

function committing(world: () => MachineUnderTest): void {
  test("a container's file system becomes an image that cannot be removed while a container uses it", async () => {
    const { machine, image } = world();
    const changes = { readOnlyRoot: false, user: '0:0', scratch: null } as const;
    const maker = await started(machine, pythonSpec(image, "open('/made', 'w').write('here')", changes));
    await expect.poll(async () => (await machine.inspectContainer(maker))?.state).toBe('exited');
    const tag = `berth.test/${freshName()}:three`;
    await machine.commitContainer(maker, tag);
    onTestFinished(() => machine.removeImage(tag));
    const user = await created(machine, pythonSpec(tag, 'pass'));
    expect(await machine.getArchive(user, '/made')).toBeDefined();
    await expect(machine.removeImage(tag)).rejects.toMatchObject({ code: 'machine.image-in-use' });
    await machine.removeContainer(user);
    await expect(machine.commitContainer(freshName(), tag)).rejects.toMatchObject({ code: 'machine.no-container' });
  });
}

async function registryOn(machine: Machine): Promise<{ registry: TestRegistry; reference: string }> {
  const registry = await TestRegistry.make(freshName());
  const opened = await machine.listenLoopback((connection) => registry.serve(connection));
  onTestFinished(async () => {
    await opened.close();
    registry.close();
  });
  return { registry, reference: `127.0.0.1:${opened.port}/berth/tests@${registry.digest}` };
}

function rootTar(): Readable {
  const tar = pack();
  tar.entry({ name: 'hello' }, 'world');
  tar.finalize();
  return Readable.from(tar, { objectMode: false });
}
