// Secrets over the real database and a real key file, in a directory of the test's own, with a clock that a test sets.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SecretRequests } from '../../../src/accounts/secret-requests.ts';
import { FileKeyring } from '../../../src/adapters/file-keyring/file-keyring.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { Application } from '../../../src/model/package.ts';
import type { Keyring } from '../../../src/ports/keyring.ts';
import type { Store } from '../../../src/ports/store.ts';
import { T0 } from '../../builders/jobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

/** What requests about secrets stand on. */
export async function secretWorld() {
  const directory = await temporaryDirectory();
  const clock = new ManualClock(T0);
  const random = new SystemRandom();
  const path = join(directory, 'secrets');
  const store = new WatchedStore(SqliteStore.open({ path: join(directory, 'berth.db'), clock, log: silentLog }));
  onTestFinished(() => store.close());
  const openKeyring = () => FileKeyring.open({ path, clock, random });
  const requestsOn = (parts: { readonly store: Store; readonly keyring: Keyring }) =>
    new SecretRequests({
      ...parts,
      clock,
      log: silentLog,
      recordEvent: eventRecorder({ ...parts, clock, random, log: silentLog }),
    });
  const keyring = await openKeyring();
  for (const id of ['room', 'hall']) await store.create('application', anApplication(id));
  return {
    clock,
    random,
    log: silentLog,
    path,
    store,
    keyring,
    openKeyring,
    requestsOn,
    requests: requestsOn({ store, keyring }),
  };
}

/** An application without packages. */
function anApplication(id: string): Application {
  return { id, description: '', currentPackage: 'a'.repeat(64), createdAt: T0, updatedAt: T0 };
}

/** Every value that the store holds, opened. */
export async function valuesIn(store: Store, keyring: Keyring): Promise<Record<string, string>> {
  const { items } = await store.list('secret', { limit: 1000 });
  const opened = items.map(
    async ({ doc }) => [doc.id, Buffer.from(await keyring.open(doc.id, doc)).toString()] as const,
  );
  return Object.fromEntries(await Promise.all(opened));
}
