// Kinds of devices, the devices of each, what is known of them, and the wishes of packages that nobody has granted yet.
import type { Instant } from './instant.ts';
import type { Schedule } from './schedule.ts';

/** The JSON type of one field of a reading, or of one parameter of a control. */
export type FieldType = 'number' | 'integer' | 'boolean' | 'string' | 'object';

/** One field of what a device gives or takes. */
export interface SensorField {
  readonly name: string;
  readonly type: FieldType;
  /** As people write it: `°C`, `%`, `kWh`; empty: none. */
  readonly unit: string;
  /** Numbers only: the lowest and the highest that a working device gives. */
  readonly range?: readonly [number, number];
}

/** Something that a device can be told to do. */
export interface SensorControl {
  readonly name: string;
  readonly parameters: readonly SensorField[];
}

/** A kind of device with its data shape. Its id is its name. Written by sensors' requests. */
export interface SensorType {
  readonly id: string;
  readonly description: string;
  /** What a reading holds: its output type. A reading of one field may be given as the bare value. */
  readonly fields: readonly SensorField[];
  /** Readings per second that a device of it gives when it works. */
  readonly rateHz: number;
  /** What it can be told to do: its input type. */
  readonly controls: readonly SensorControl[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** One registered device. Written by sensors' requests. */
export interface Sensor {
  /** As its topics name it. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** A path such as `campus/building-a/room-12`; empty: nowhere in particular. */
  readonly location: string;
  readonly tags: readonly string[];
  /** How it is reached, for people: address, port, bus. */
  readonly network: Readonly<Record<string, string>>;
  /** Disabled: its readings are refused, and nothing binds it. */
  readonly enabled: boolean;
  /** When its readings are taken; null: always. Readings outside its schedule's open times are dropped and counted. */
  readonly schedule: Schedule | null;
  /** SHA-256 in hex of its device's password; null: the device cannot sign in. */
  readonly passwordHash: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly shard: number;
}

/** `unknown`: never heard of. `silent`: connected or not, it has given nothing for longer than its rate lets expect. `offline`: its connection ended, or its last will came. */
export type SensorState = 'unknown' | 'online' | 'silent' | 'offline';

/** A reading that was refused, as it came. */
export interface Misfit {
  readonly at: Instant;
  /** The beginning of what came. */
  readonly text: string;
  readonly fault: string;
}

/** What is known of a sensor (same id). Written by sensors' ingest. */
export interface SensorStatus {
  readonly id: string;
  readonly state: SensorState;
  /** Why, in a sentence. */
  readonly reason: string;
  readonly stateSinceAt: Instant;
  readonly lastReadingAt: Instant | null;
  /** Readings that were taken, and that were refused, since it was registered. */
  readonly readings: number;
  readonly misfits: number;
  /** Readings that came while it was disabled or closed by its schedule; absent: none. */
  readonly dropped?: number;
  /** The last few that were refused; newest last. */
  readonly samples: readonly Misfit[];
  readonly shard: number;
  /** When its silence is to be judged. */
  readonly nextAt: Instant | null;
}

/** A sensor or type that a package named and the platform does not know: an administrator decides. Id `type:<id>` or `sensor:<id>`. Written by sensors. */
export interface RegistrationRequest {
  readonly id: string;
  readonly wish:
    | {
        readonly kind: 'type';
        readonly type: Pick<SensorType, 'id' | 'description' | 'fields' | 'rateHz' | 'controls'>;
      }
    | {
        readonly kind: 'sensor';
        readonly sensor: Pick<Sensor, 'id' | 'name' | 'type' | 'location' | 'tags' | 'network'>;
      };
  /** Packages that named it, newest last; bounded. */
  readonly packages: readonly string[];
  readonly application: string;
  readonly state: 'open' | 'approved' | 'refused';
  /** Who decided and why; null while it is open. */
  readonly decision: { readonly by: string; readonly at: Instant; readonly reason: string } | null;
  readonly createdAt: Instant;
}

/** The values of one reading, by field. */
export type ReadingValues = Readonly<Record<string, unknown>>;

/** One reading that fitted its type. */
export interface SensorReading {
  readonly sensor: string;
  readonly at: Instant;
  readonly values: ReadingValues;
}

/** A reading as it is kept: `sequence` grows with every reading of the platform, so that who was interrupted can go on after it. */
export interface KeptReading extends SensorReading {
  readonly sequence: number;
}
