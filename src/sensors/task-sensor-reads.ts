// What tasks may read of their sensors, by the names that their algorithm declared.
import type { SensorControl, SensorField } from '../model/sensor.ts';

/** A device that a name stands for. */
export interface BoundSensor {
  readonly id: string;
  readonly name: string;
  readonly location: string;
}

/** What a task's names stand for. */
export interface TaskSensors {
  readonly sensors: readonly {
    readonly name: string;
    readonly type: string;
    readonly sensors: readonly (BoundSensor & { readonly rateHz: number; readonly fields: readonly SensorField[] })[];
  }[];
  readonly controls: readonly {
    readonly name: string;
    readonly type: string;
    readonly sensors: readonly BoundSensor[];
    readonly controls: readonly SensorControl[];
  }[];
}

/** Which readings of a name a stream gives. */
export interface StreamWish {
  /** Which of its sensors; null: all. */
  readonly index: number | null;
  /** Those behind this sequence; null: those that come from now on. */
  readonly after: number | null;
  /** At most so many per second of each sensor; null: all. */
  readonly rateHz: number | null;
}
