// What the names of this task's sensors and controls stand for: asked once in a process, because it stays as it is for a whole job.
import { NotBound, Refused } from './errors.js';
import { call, documentOf, refusal } from './platform.js';

let described;

/** The declared names of a kind, `sensors` or `controls`, with what the platform says of each. */
export async function namesOf(kind) {
  described ??= describe().catch((error) => {
    described = undefined;
    throw error;
  });
  return (await described)[kind];
}

/** What a name stands for. @throws NotBound when it is not declared */
export async function named(kind, name) {
  const names = await namesOf(kind);
  const found = names.get(name);
  if (found) return found;
  const known = [...names.keys()].join(', ') || 'none';
  throw new NotBound(`This algorithm has no '${name}' among its ${kind} (${known}); declare it in app_config.json.`);
}

/** The device of a name at an index, or the only one where the index is null. @throws NotBound, TypeError */
export async function deviceAt(kind, name, index) {
  const about = await named(kind, name);
  const { length } = about.sensors;
  if (index === null && length > 1) {
    throw new TypeError(`${kind}.${name} stands for ${length} devices: say which, as in ${kind}.${name}[0].`);
  }
  const device = about.sensors[index ?? 0];
  if (device) return { about, device };
  const why = length === 0 ? 'no device: the instance runs without it' : `${length} devices, from 0 to ${length - 1}`;
  throw new NotBound(`${kind}.${name} stands for ${why}. await ${kind}.${name}.count() tells.`);
}

async function describe() {
  const answer = await call('GET', '/sdk/v1/sensors');
  if (answer.status !== 200) throw refusal(Refused, answer);
  const { sensors = [], controls = [] } = documentOf(answer);
  const byName = (needs) => new Map(needs.map((need) => [need.name, need]));
  return { sensors: byName(sensors), controls: byName(controls) };
}
