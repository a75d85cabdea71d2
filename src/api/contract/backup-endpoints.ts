// The routes of backups, in plain words.
import type { Endpoint } from './endpoint.ts';

/** Routes of backups. */
export const BACKUP_ENDPOINTS = {
  createBackup: {
    method: 'POST',
    path: '/api/v1/backups',
    permission: 'backups:write',
    summary: 'A backup of everything but the keys, as a zip, made while the platform runs',
  },
} as const satisfies Record<string, Endpoint>;
