// What the API tells of the platform itself, as it is handed over.
import type { Instant } from '../model/instant.ts';

/** A part of the platform, and how it is. */
export interface PlatformPart {
  readonly name: 'engine' | 'api' | 'store' | 'bus' | 'devices' | 'logs' | 'sdk' | 'nodes';
  readonly state: 'running' | 'troubled' | 'off';
  /** Since when it is in this state, as far back as the process knows. */
  readonly sinceAt: Instant;
  /** When it last did or answered something; null: never yet. */
  readonly heartbeatAt: Instant | null;
  /** What waits for it; null: nothing can. */
  readonly backlog: number | null;
  readonly sentence: string;
}

/** A setting with its value, without passwords. */
export interface ShownSetting {
  readonly name: string;
  readonly variable: string;
  readonly type: 'text' | 'number' | 'port' | 'milliseconds' | 'bytes' | 'list' | 'level';
  readonly value: string | number | readonly string[];
  readonly default: string;
  readonly isDefault: boolean;
  readonly sentence: string;
}
