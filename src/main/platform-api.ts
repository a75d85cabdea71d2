// Hands the API what it answers from.
import { IcalCalendars } from '../adapters/ical-calendars/ical-calendars.ts';
import type { ApiParts } from '../api/api-parts.ts';
import { addProbes } from '../api/probes.ts';
import { buildServer } from '../api/server.ts';
import { DEFAULT_PACKAGE_LIMITS } from '../applications/package-limits.ts';
import { UploadHolds } from '../applications/upload-holds.ts';
import { scheduleFaults } from '../scheduler/schedule-faults.ts';
import { scheduleInWords } from '../scheduler/schedule-words.ts';
import { backupOf } from './backup-room.ts';
import type { Foundations } from './foundations.ts';
import { platformLook } from './platform-look.ts';
import type { PlatformRooms } from './platform-rooms.ts';
import { VERSION } from './version.ts';

/** The API of a platform, not listening yet. */
export async function buildApi(foundations: Foundations, built: PlatformRooms) {
  const { engine, recordEvent, rooms, servers, nodes, actions, sensors, secrets, edge, accounts, peers, monitoring } =
    built;
  const { clock, random, log, store, blobs, bus, archives, machines, platform, settings } = foundations;
  const limits = { ...DEFAULT_PACKAGE_LIMITS, zipBytes: settings.packageLimitBytes };
  const startedAt = clock.now();
  const parts: ApiParts = {
    ...edge.parts,
    accounts: accounts.parts,
    ...{ store, blobs, bus, clock, random, log, recordEvent, machines, nodes, series: foundations.series },
    applications: {
      store,
      blobs,
      archives,
      clock,
      log,
      record: recordEvent,
      limits,
      holds: new UploadHolds({ blobs, store }),
    },
    images: rooms.images.requests,
    installations: rooms.images.installations,
    servers: servers.servers,
    providers: servers.providers,
    channels: actions.channels,
    secrets: secrets.requests,
    readings: { reads: sensors.reads, requests: sensors.requests },
    calendars: new IcalCalendars(),
    schedules: { faults: scheduleFaults, inWords: scheduleInWords },
    liveLogs: peers?.tails ?? rooms.liveLogs,
    ...(peers ? { elsewhere: peers.elsewhere } : {}),
    backup: backupOf(foundations),
    platform: { uid: platform.uid, version: VERSION, startedAt },
    ...platformLook(foundations, { engine, sdk: rooms.sdkEndpoint, liveLogs: rooms.liveLogs, sensors, startedAt }),
    backlog: () => engine.backlog(),
  };
  const server = await buildServer(parts);
  addProbes(server, parts, monitoring.probes);
  return server;
}
