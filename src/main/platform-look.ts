// What a running platform lets people see of itself: its parts and its settings.
import type { ApiParts } from '../api/api-parts.ts';
import type { SdkEndpoint } from '../api/sdk-endpoint.ts';
import { shownSettings } from '../config/shown-settings.ts';
import type { Engine } from '../engine/engine.ts';
import type { Instant } from '../model/instant.ts';
import type { LiveLogs } from '../nodes/log-live.ts';
import type { Foundations } from './foundations.ts';
import { PlatformParts } from './platform-parts.ts';
import type { SensorRoom } from './sensor-room.ts';

/** The rooms that are looked at. */
export interface LookedAt {
  readonly engine: Engine;
  readonly sdk: Pick<SdkEndpoint, 'connections'>;
  readonly liveLogs: LiveLogs;
  readonly sensors: Pick<SensorRoom, 'url'>;
  readonly startedAt: Instant;
}

/** What the API is handed of them. */
export function platformLook(
  { clock, store, settings, busBacklog }: Foundations,
  { engine, sdk, liveLogs, sensors, startedAt }: LookedAt,
): Pick<ApiParts, 'components' | 'settings'> {
  const parts = new PlatformParts({
    ...{ clock, store, startedAt, storeSetting: settings.store, liveLogs, busBacklog },
    backlog: () => engine.backlog(),
    beatAt: () => engine.beatAt,
    sdk: () => sdk.connections,
    devicesUrl: sensors.url,
  });
  return { components: () => parts.look(), settings: shownSettings(settings) };
}
