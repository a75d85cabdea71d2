// The routes of backups with the shapes of what they carry.
import { BACKUP_ENDPOINTS } from './backup-endpoints.ts';
import type { Route } from './route.ts';

/** The routes, by the name under which clients call them. */
export const BACKUP_ROUTES = {
  createBackup: { ...BACKUP_ENDPOINTS.createBackup, answer: 'bytes' },
} as const satisfies Record<keyof typeof BACKUP_ENDPOINTS, Route>;
