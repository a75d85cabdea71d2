// The routes of secrets with the shapes of what they carry.
import { z } from 'zod';
import type { Route } from './route.ts';
import { SECRET_ENDPOINTS } from './secret-endpoints.ts';
import { renewedKeyView, secretBody, secretsView, secretView } from './secret-views.ts';

const removed = z.object({ removed: z.string() });

/** The routes, by the name under which clients call them. */
export const SECRET_ROUTES = {
  listSecrets: { ...SECRET_ENDPOINTS.listSecrets, answer: secretsView },
  putSecret: { ...SECRET_ENDPOINTS.putSecret, body: secretBody, answer: secretView },
  removeSecret: { ...SECRET_ENDPOINTS.removeSecret, answer: removed },
  listPlatformSecrets: { ...SECRET_ENDPOINTS.listPlatformSecrets, answer: secretsView },
  putPlatformSecret: { ...SECRET_ENDPOINTS.putPlatformSecret, body: secretBody, answer: secretView },
  removePlatformSecret: { ...SECRET_ENDPOINTS.removePlatformSecret, answer: removed },
  renewSecretKey: { ...SECRET_ENDPOINTS.renewSecretKey, answer: renewedKeyView },
} as const satisfies Record<keyof typeof SECRET_ENDPOINTS, Route>;
