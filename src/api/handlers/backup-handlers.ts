// Routes of backups.
import type { ApiParts } from '../api-parts.ts';
import type { BACKUP_ENDPOINTS } from '../contract/backup-endpoints.ts';
import type { Handlers } from '../handler.ts';

/** Handlers of backups. */
export function backupHandlers({ backup, clock }: ApiParts): Pick<Handlers, keyof typeof BACKUP_ENDPOINTS> {
  return {
    createBackup: async () => {
      const now = clock.now();
      const day = new Date(now).toISOString().slice(0, 19).replaceAll(':', '');
      return { contentType: 'application/zip', contents: backup(now), fileName: `berth-${day}.zip` };
    },
  };
}
