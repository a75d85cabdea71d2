// Sensors, their types, and what packages wish for, as the API answers them.
import type { z } from 'zod';
import type { RegistrationRequest, Sensor, SensorField, SensorType } from '../../model/sensor.ts';
import type { SensorTypeView, SensorView } from '../../sensors/registry-reads.ts';
import type { DeviceCredential } from '../../sensors/sensor-requests.ts';
import type * as contract from '../contract/sensor-views.ts';
import { type InstanceSurroundings, scheduleView } from './instance-view.ts';
import { iso, isoOrNull } from './iso.ts';

type RequestAnswer = z.output<typeof contract.sensorRequestView>;
type FieldAnswer = z.output<typeof contract.sensorTypeView>['fields'][number];
type InWords = InstanceSurroundings['inWords'];

/** A kind of device. */
export function sensorTypeView({ type, sensors }: SensorTypeView): z.output<typeof contract.sensorTypeView> {
  return { ...describedType(type), sensors, createdAt: iso(type.createdAt), updatedAt: iso(type.updatedAt) };
}

function describedType({
  id,
  description,
  fields,
  rateHz,
  controls,
}: Pick<SensorType, 'id' | 'description' | 'fields' | 'rateHz' | 'controls'>) {
  return {
    ...{ id, description, rateHz, fields: fields.map(fieldView) },
    controls: controls.map(({ name, parameters }) => ({ name, parameters: parameters.map(fieldView) })),
  };
}

function fieldView({ name, type, unit, range }: SensorField): FieldAnswer {
  const field = { name, type, unit };
  return range === undefined ? field : { ...field, range: [...range] };
}

/** A sensor with what is known of it. */
export function sensorView({ sensor, status }: SensorView, inWords: InWords): z.output<typeof contract.sensorView> {
  const { enabled, schedule, passwordHash, createdAt, updatedAt } = sensor;
  return {
    ...describedSensor(sensor),
    enabled,
    schedule: schedule && scheduleView(schedule, { inWords, names: new Map() }),
    hasCredential: passwordHash !== null,
    state: status?.state ?? 'unknown',
    reason: status?.reason ?? 'it was never heard of',
    stateSince: isoOrNull(status?.stateSinceAt),
    lastReadingAt: isoOrNull(status?.lastReadingAt),
    readings: status?.readings ?? 0,
    misfits: status?.misfits ?? 0,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
}

function describedSensor({
  id,
  name,
  type,
  location,
  tags,
  network,
}: Pick<Sensor, 'id' | 'name' | 'type' | 'location' | 'tags' | 'network'>) {
  return { id, name, type, location, tags: [...tags], network: { ...network } };
}

/** A sensor with the readings of it that were refused last, and the topics of its device. */
export function sensorDetailView(found: SensorView, inWords: InWords): z.output<typeof contract.sensorDetailView> {
  const samples = found.status?.samples.map(({ at, text, fault }) => ({ at: iso(at), text, fault })) ?? [];
  return { ...sensorView(found, inWords), samples, topics: topicsOf(found.sensor.id) };
}

/** A device's password, this once. */
export function credentialView({ sensor, password }: DeviceCredential): z.output<typeof contract.credentialView> {
  return { sensor: sensor.id, user: sensor.id, password, topics: topicsOf(sensor.id) };
}

/** As src/ports/device-gate.ts lays them down. */
function topicsOf(sensor: string) {
  const below = (name: string) => `berth/${sensor}/${name}`;
  return { readings: below('readings'), status: below('status'), controls: below('controls/+'), acks: below('acks') };
}

/** What a package wished for. */
export function sensorRequestView(request: RegistrationRequest): RequestAnswer {
  const { id, wish, application, packages, state, decision, createdAt } = request;
  return {
    ...{ id, application, packages: [...packages], state },
    wish:
      wish.kind === 'type'
        ? { kind: 'type', type: describedType(wish.type) }
        : { kind: 'sensor', sensor: describedSensor(wish.sensor) },
    decision: decision && { ...decision, at: iso(decision.at) },
    createdAt: iso(createdAt),
  };
}
