// Routes of secrets.
import type { z } from 'zod';
import type { SecretView } from '../../accounts/secret-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { SECRET_ENDPOINTS } from '../contract/secret-endpoints.ts';
import type { secretView } from '../contract/secret-views.ts';
import type { Handlers } from '../handler.ts';
import { iso } from '../views/iso.ts';

/** Handlers of secrets. */
export function secretHandlers({ secrets }: ApiParts): Pick<Handlers, keyof typeof SECRET_ENDPOINTS> {
  return {
    listSecrets: async ({ params }) => ({ items: (await secrets.list(params.application)).map(viewOf) }),
    putSecret: async ({ params: { application, secret: name }, body: { value }, caller: { name: by } }) =>
      viewOf(await secrets.put({ application, name, value, by })),
    removeSecret: async ({ params: { application, secret } }) => {
      await secrets.remove(application, secret);
      return { removed: secret };
    },
    listPlatformSecrets: async () => ({ items: (await secrets.list(null)).map(viewOf) }),
    putPlatformSecret: async ({ params: { secret: name }, body: { value }, caller: { name: by } }) =>
      viewOf(await secrets.put({ application: null, name, value, by })),
    removePlatformSecret: async ({ params: { secret } }) => {
      await secrets.remove(null, secret);
      return { removed: secret };
    },
    renewSecretKey: () => secrets.renewKey(),
  };
}

function viewOf({ name, version, updatedAt, by, isReadable }: SecretView): z.output<typeof secretView> {
  return { name, version, updatedAt: iso(updatedAt), by, readable: isReadable };
}
