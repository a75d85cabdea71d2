// What a decision about the sensors of a job rests on.
import type { JobBinding, JobSensorNeeds } from '../model/binding.ts';
import type { RegistrationRequest, Sensor, SensorState } from '../model/sensor.ts';

/** A device with what is known of it; one that was never heard of is `unknown`. */
export interface Device {
  readonly sensor: Sensor;
  readonly state: SensorState;
}

/** Everything that the decision rests on. */
export interface BindingSnapshot {
  readonly job: { readonly id: string; readonly instance: string; readonly shard: number };
  readonly needs: JobSensorNeeds;
  /** Those of the needed types that are registered. */
  readonly types: ReadonlySet<string>;
  /** Every device that may be chosen: those that are named, and those that the queries find; by id. */
  readonly devices: ReadonlyMap<string, Device>;
  /** Wishes of packages for needed types (`type:<id>`) and named sensors (`sensor:<id>`) that are not registered. */
  readonly requests: ReadonlyMap<string, RegistrationRequest>;
  /** What was decided before; null: nothing. */
  readonly before: JobBinding | null;
}

/** One name that an algorithm declares, with what the instance says of it. */
export interface Need {
  readonly what: 'sensors' | 'controls';
  readonly name: string;
  readonly type: string;
  readonly count: number;
  readonly wish: JobSensorNeeds['wishes']['sensors'][string];
}

/** The names of a job in the order in which they are declared; one without a wish is bound by its type, anywhere. */
export function needsOf({ sensors, controls, wishes }: JobSensorNeeds): readonly Need[] {
  return [
    ...sensors.map(({ name, type, count }) => need('sensors', { name, type, count }, wishes)),
    ...controls.map(({ name, type }) => need('controls', { name, type, count: 1 }, wishes)),
  ];
}

function need(
  what: Need['what'],
  declared: Pick<Need, 'name' | 'type' | 'count'>,
  wishes: JobSensorNeeds['wishes'],
): Need {
  const own = Object.hasOwn(wishes[what], declared.name) ? wishes[what][declared.name] : undefined;
  return { what, ...declared, wish: own ?? { by: 'query', query: {} } };
}
