// Processes, alerts, silences and routes as the API answers them.
import type { Alert, AlertRoute, AlertSilence } from '../../model/alert.ts';
import type { PlatformProcess } from '../../monitoring/component-reads.ts';
import { iso, isoOrNull } from './iso.ts';

/** A process of the platform. */
export function processView(process: PlatformProcess) {
  const { id, roles, machine, address, version, pid, startedAt, heartbeatAt, state, sentence } = process;
  const { backlog, memoryBytes, heldUpMs, shards, disk } = process;
  return {
    ...{ id, roles: [...roles], machine, address, version, pid, state, sentence, backlog, memoryBytes, heldUpMs },
    ...{ startedAt: iso(startedAt), heartbeatAt: iso(heartbeatAt), shards: { ...shards }, disk: disk ?? null },
  };
}

/** An alert, with until when it is kept quiet. */
export function alertView({ toldState: _, ...alert }: Alert, silencedUntilAt: number | null) {
  const { openedAt, closedAt, toldAt } = alert;
  const times = { openedAt: iso(openedAt), closedAt: isoOrNull(closedAt), toldAt: isoOrNull(toldAt) };
  return { ...alert, ...times, silencedUntil: isoOrNull(silencedUntilAt) };
}

/** A silence. */
export function silenceView({ createdAt, untilAt, ...silence }: AlertSilence) {
  return { ...silence, createdAt: iso(createdAt), until: iso(untilAt) };
}

/** A route. */
export function alertRouteView({ createdAt, to, ...route }: AlertRoute) {
  return { ...route, to: [...to], createdAt: iso(createdAt) };
}
