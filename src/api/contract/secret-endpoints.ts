// The routes of secrets, in plain words.
import type { Endpoint } from './endpoint.ts';

/** Routes of values that nobody sees again. */
export const SECRET_ENDPOINTS = {
  listSecrets: {
    method: 'GET',
    path: '/api/v1/applications/:application/secrets',
    permission: 'secrets:read',
    on: 'application',
    summary: 'Secrets of an application: names, never values',
  },
  putSecret: {
    method: 'PUT',
    path: '/api/v1/applications/:application/secrets/:secret',
    permission: 'secrets:write',
    on: 'application',
    summary: 'Keep a secret of an application, or give it another value; running tasks see it',
  },
  removeSecret: {
    method: 'DELETE',
    path: '/api/v1/applications/:application/secrets/:secret',
    permission: 'secrets:write',
    on: 'application',
    summary: 'Take a secret away that no instance names',
  },
  listPlatformSecrets: {
    method: 'GET',
    path: '/api/v1/platform-secrets',
    permission: 'platform-secrets:read',
    summary: 'Secrets of the platform, for channels and providers: names, never values',
  },
  putPlatformSecret: {
    method: 'PUT',
    path: '/api/v1/platform-secrets/:secret',
    permission: 'platform-secrets:write',
    summary: 'Keep a secret of the platform, or give it another value',
  },
  removePlatformSecret: {
    method: 'DELETE',
    path: '/api/v1/platform-secrets/:secret',
    permission: 'platform-secrets:write',
    summary: 'Take a secret of the platform away that no channel and no provider names',
  },
  renewSecretKey: {
    method: 'POST',
    path: '/api/v1/platform-secrets/key',
    permission: 'platform-secrets:write',
    summary: 'Make a new key and seal every secret with it',
  },
} as const satisfies Record<string, Endpoint>;
