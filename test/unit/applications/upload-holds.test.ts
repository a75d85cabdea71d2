// Uploads of the same bytes that cross each other, in the orders that matter.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkPackage, pushPackage } from '../../../src/applications/package-requests.ts';
import { UploadHolds } from '../../../src/applications/upload-holds.ts';
import type { Blobs } from '../../../src/ports/blobs.ts';
import type { Store } from '../../../src/ports/store.ts';
import { openRepository, type Repository, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
});
afterEach(() => repository.end());

/** Stops whoever passes until it is opened; `reached` resolves when somebody waits at it. */
function gate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const pass = async () => {
    reached.resolve();
    await opened.promise;
  };
  return { pass, reached: reached.promise, open: () => opened.resolve() };
}

test('a check that lets go slowly does not delete what was pushed meanwhile', async () => {
  const { parts } = repository;
  const asking = gate();
  let isFirst = true;
  const store: Pick<Store, 'get'> = {
    get: async (kind, id) => {
      const found = await parts.store.get(kind, id);
      if (isFirst) {
        isFirst = false;
        await asking.pass();
      }
      return found;
    },
  };
  const holds = new UploadHolds({ blobs: parts.blobs, store });
  const checked = checkPackage({ ...parts, holds }, zipStream());
  await asking.reached;
  const pushed = await pushPackage({ ...parts, holds }, zipStream());
  asking.open();
  await checked;
  expect(await parts.blobs.stat(pushed.package.blob)).toBeDefined();
  expect(await repository.stored()).toEqual({ blobs: 1, packages: 1, applications: 1 });
});

test('whoever comes while the same bytes are being deleted waits for the end of it', async () => {
  const { parts } = repository;
  const deleting = gate();
  const blobs: Pick<Blobs, 'discard'> = {
    discard: async (digest) => {
      await deleting.pass();
      await parts.blobs.delete(digest);
    },
  };
  const holds = new UploadHolds({ blobs, store: parts.store });
  const order: string[] = [];
  const { digest } = await parts.blobs.put(Buffer.from('x'));
  await holds.take(digest);
  const released = holds.release(digest).then(() => order.push('deleted'));
  await deleting.reached;
  const taken = holds.take(digest).then(() => order.push('taken'));
  // Many turns of the loop: a take that did not wait would be through by now.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  deleting.open();
  await Promise.all([released, taken]);
  expect(order.toSorted()).toEqual(['deleted', 'taken']);
  expect(await parts.blobs.stat(digest)).toBeUndefined();
});

test('an upload that could not be deleted is logged, and the refusal is still told', async () => {
  const { parts } = repository;
  const blobs: Pick<Blobs, 'discard'> = { discard: () => Promise.reject(new Error('the disk is gone')) };
  const holds = new UploadHolds({ blobs, store: parts.store });
  const bad = zipStream({ name: '../a' });
  await expect(pushPackage({ ...parts, holds }, bad)).rejects.toMatchObject({ code: 'package.unsafe-entries' });
  expect(repository.complaints).toEqual(['An upload that nothing needs could not be deleted']);
});
