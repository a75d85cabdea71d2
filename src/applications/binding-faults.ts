// Judges the bindings of an instance file by what the algorithm declares and by the sensors that there are.
import type { BindingWish } from '../model/binding.ts';
import type { Problem } from '../model/errors.ts';
import type { Algorithm } from '../model/package.ts';
import type { Sensor } from '../model/sensor.ts';
import type { InstanceFile } from './instance-file-schema.ts';
import { childPath } from './json-path.ts';
import { shortened } from './shortened.ts';

/** What bindings are judged by. */
export interface KnownSensors {
  /** Those that the file names and that are registered, by id. */
  readonly sensors: ReadonlyMap<string, Pick<Sensor, 'type'>>;
  /** Those that the file names and that an administrator is asked to register, with their types. */
  readonly requested: ReadonlyMap<string, string>;
}

type Fault = Omit<Problem, 'file'>;

interface Need {
  readonly name: string;
  readonly type: string;
  readonly count: number;
}

/** What is wrong with the bindings of a file; nothing when it has none. */
export function bindingFaults(file: InstanceFile, algorithm: Algorithm, known: KnownSensors): Fault[] {
  const { bindings } = file;
  if (!bindings) return [];
  const controls = algorithm.controls.map((need) => ({ ...need, count: 1 }));
  return [
    ...ofEach(bindings.sensors, algorithm.sensors, { path: '$.bindings.sensors', what: 'sensor', algorithm, known }),
    ...ofEach(bindings.controls, controls, { path: '$.bindings.controls', what: 'control', algorithm, known }),
  ];
}

interface Place {
  readonly path: string;
  readonly what: 'sensor' | 'control';
  readonly algorithm: Algorithm;
  readonly known: KnownSensors;
}

function ofEach(wishes: Readonly<Record<string, BindingWish>>, needs: readonly Need[], place: Place): Fault[] {
  return Object.entries(wishes).flatMap(([name, wish]) => {
    const path = childPath(place.path, name);
    const need = needs.find((each) => each.name === name);
    if (!need) return [{ path, found: 'an unknown name', expected: namesInWords(needs, place) }];
    return wish.by === 'id' ? idFaults(wish.sensors, need, path, place.known) : [];
  });
}

function namesInWords(needs: readonly Need[], { what, algorithm }: Place): string {
  if (needs.length === 0) return `no ${what}s: the algorithm ${algorithm.id} declares none`;
  return `one of the ${what}s of ${algorithm.id}: ${needs.map(({ name }) => name).join(', ')}`;
}

function idFaults(ids: readonly string[], need: Need, path: string, known: KnownSensors): Fault[] {
  const expected = `${need.count} of the type ${need.type}`;
  const wrongCount = ids.length === need.count ? [] : [{ path, found: `${ids.length} sensors`, expected }];
  return [
    ...wrongCount,
    ...ids.flatMap((_, index) =>
      idFault(ids, index, need, known).map((fault) => ({ ...fault, path: `${path}[${index}]` })),
    ),
  ];
}

function idFault(
  ids: readonly string[],
  index: number,
  { type }: Need,
  { sensors, requested }: KnownSensors,
): Omit<Fault, 'path'>[] {
  const id = ids[index] ?? '';
  const found = shortened(id);
  if (ids.indexOf(id) !== index) return [{ found: `${found} a second time`, expected: 'each sensor once' }];
  const its = sensors.get(id)?.type ?? requested.get(id);
  if (its === undefined) return [{ found, expected: `a sensor of the type ${type} that is registered, or asked for` }];
  return its === type
    ? []
    : [{ found: `${found}, which is of the type ${its}`, expected: `a sensor of the type ${type}` }];
}
