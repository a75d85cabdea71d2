// The edge of the API, wired up: the audit with its sweep, and how the API stands towards browsers.
import { join } from 'node:path';
import { AuditRequests } from '../accounts/audit-requests.ts';
import { AuditSweepController } from '../accounts/audit-sweep-controller.ts';
import type { ApiParts } from '../api/api-parts.ts';
import type { Controller } from '../engine/controller.ts';
import type { Foundations } from './foundations.ts';
import { AUDIT_LIMITS } from './ordinary-limits.ts';
import { PROGRAM_DIRECTORY } from './program-directory.ts';

/** The edge: what the API is handed of it, and what the loop runs. */
export interface EdgeRoom {
  readonly parts: Pick<ApiParts, 'audit' | 'edge'>;
  readonly controllers: readonly Controller[];
}

/** Builds the edge. */
export function buildEdgeRoom({ store, clock, random, log, settings }: Foundations): EdgeRoom {
  const { publicUrl, trustProxy: trustedProxies, auditMaxAgeMs: maxAgeMs } = settings;
  const audit = new AuditRequests({ store, clock, random, log });
  const edge = { publicUrl, trustedProxies, webDirectory: join(PROGRAM_DIRECTORY, 'web', 'dist') };
  return {
    parts: { audit, edge },
    controllers: [new AuditSweepController({ store, audit, maxAgeMs, ...AUDIT_LIMITS })],
  };
}
