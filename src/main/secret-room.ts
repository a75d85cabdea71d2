// Puts the room of secrets together: what may be asked of them, what tasks are given, what channels and providers name, and their keys.
import { NamedSecrets } from '../accounts/named-secrets.ts';
import { requireSecretKeys } from '../accounts/require-secret-keys.ts';
import { SecretKeyController } from '../accounts/secret-key-controller.ts';
import { type SecretParts, SecretRequests } from '../accounts/secret-requests.ts';
import { TaskSecrets } from '../accounts/task-secrets.ts';
import { FileSecrets } from '../adapters/file-secrets/file-secrets.ts';
import type { Controller } from '../engine/controller.ts';
import type { WatchedStore } from '../engine/watched-store.ts';
import { BerthError } from '../model/errors.ts';
import type { Role } from '../model/role.ts';
import { readsKind } from '../model/role-kinds.ts';

/** What the rest of the platform uses of secrets. */
export interface SecretRoom {
  readonly requests: SecretRequests;
  /** What tasks are given. */
  readonly tasks: TaskSecrets;
  /** What channels and providers name. */
  readonly named: NamedSecrets;
  readonly controllers: readonly Controller[];
  close(): void;
}

/** What the room is built on. */
export interface SecretRoomNeeds extends SecretParts {
  readonly store: WatchedStore;
  /** Whether to start though secrets cannot be opened: they must be set anew. */
  readonly acceptsLost: boolean;
  /** What this process does: whether it may read secrets follows from it. */
  readonly roles: ReadonlySet<Role>;
}

/** Builds the room. @throws secret.keys-missing, secret.unreadable where key ring and database do not belong together */
export async function openSecretRoom(needs: SecretRoomNeeds): Promise<SecretRoom> {
  if (readsKind([...needs.roles], 'secret')) await requireKeys(needs);
  const tasks = new TaskSecrets({ ...needs, onWritten: (listener) => needs.store.onWritten(listener) });
  return {
    requests: new SecretRequests(needs),
    tasks,
    named: new NamedSecrets({ ...needs, files: new FileSecrets() }),
    controllers: [new SecretKeyController(needs)],
    close: () => tasks.close(),
  };
}

async function requireKeys(needs: SecretRoomNeeds): Promise<void> {
  try {
    await requireSecretKeys(needs);
  } catch (error) {
    if (!(error instanceof BerthError) || !needs.acceptsLost) throw error;
    needs.log.error('Secrets cannot be opened and must be set anew', { error });
  }
}
