// Routes of sensors and their types.
import { Readable } from 'node:stream';
import { PUBLISHED_SCHEMAS } from '../../applications/schema-reads.ts';
import { writeSensorFile } from '../../applications/sensor-file-reads.ts';
import { planRegistry } from '../../applications/sensor-file-requests.ts';
import { approveRequest, listRegistrationRequests, refuseRequest } from '../../sensors/registration-requests.ts';
import {
  listSensors,
  listSensorTypes,
  showSensor,
  showSensorType,
  wholeRegistry,
} from '../../sensors/registry-reads.ts';
import { applyRegistry } from '../../sensors/registry-requests.ts';
import { removeSensor, renewCredential, revokeCredential, switchSensor } from '../../sensors/sensor-requests.ts';
import { removeSensorType } from '../../sensors/type-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { SENSOR_ENDPOINTS } from '../contract/sensor-endpoints.ts';
import type { Asked, Bytes, Handlers } from '../handler.ts';
import { filteredPage, paged, pageRequest } from '../paging.ts';
import {
  credentialView,
  sensorDetailView,
  sensorRequestView,
  sensorTypeView,
  sensorView,
} from '../views/sensor-views.ts';

type TypeRoute = 'listSensorTypes' | 'showSensorType' | 'removeSensorType';
type RequestRoute = 'listSensorRequests' | 'approveSensorRequest' | 'refuseSensorRequest';
type FileRoute = 'applySensors' | 'exportSensors' | 'sensorFileSchema';
type SensorRoute = Exclude<keyof typeof SENSOR_ENDPOINTS, TypeRoute | RequestRoute | FileRoute>;

/** Handlers of sensors and their types. */
export function sensorHandlers(parts: ApiParts): Pick<Handlers, keyof typeof SENSOR_ENDPOINTS> {
  return { ...oneSensor(parts), ...files(parts), ...types(parts), ...requests(parts) };
}

function oneSensor(parts: ApiParts): Pick<Handlers, SensorRoute> {
  const { store, schedules } = parts;
  const show = async (id: string) => sensorDetailView(await showSensor(store, id), schedules.inWords);
  const switched = async ({ params, caller }: Asked<'enableSensor'>, enabled: boolean) =>
    show((await switchSensor(parts, params.sensor, { enabled, by: caller.name })).id);
  return {
    listSensors: async ({ query: { type, location, tag, state, ...page } }) => {
      const wanted = Object.entries({ type, location, tag, state }).filter(([, value]) => value !== undefined);
      const found = await listSensors(store, { ...Object.fromEntries(wanted), ...pageRequest(page) });
      return paged(found, (view) => sensorView(view, schedules.inWords));
    },
    showSensor: ({ params }) => show(params.sensor),
    removeSensor: async ({ params, caller }) => {
      await removeSensor(parts, params.sensor, caller.name);
      return { removed: params.sensor };
    },
    enableSensor: (asked) => switched(asked, true),
    disableSensor: (asked) => switched(asked, false),
    renewSensorCredential: async ({ params, caller }) =>
      credentialView(await renewCredential(parts, params.sensor, caller.name)),
    revokeSensorCredential: async ({ params, caller }) =>
      show((await revokeCredential(parts, params.sensor, caller.name)).id),
  };
}

function files(parts: ApiParts): Pick<Handlers, FileRoute> {
  const { store, clock, schedules } = parts;
  const judging = { store, scheduleFaults: schedules.faults };
  return {
    applySensors: async ({ query: { form }, body, caller }) => {
      const contents = body instanceof Uint8Array ? body : { value: body };
      const wanted = await planRegistry(judging, { name: 'sensor file', form, contents }, clock.now());
      const { types: ofTypes, sensors } = await applyRegistry(parts, wanted, caller.name);
      return { types: [...ofTypes], sensors: [...sensors] };
    },
    exportSensors: async ({ query: { form } }) => fileOf(writeSensorFile(await wholeRegistry(store), form), form),
    sensorFileSchema: async () => ({ ...PUBLISHED_SCHEMAS.sensor_file() }),
  };
}

const MEDIA_TYPES = { json: 'application/json', yaml: 'application/yaml', csv: 'text/csv' } as const;

function fileOf(text: string, form: keyof typeof MEDIA_TYPES): Bytes {
  const bytes = Buffer.from(text);
  const contents = Readable.from([bytes]);
  return { contentType: MEDIA_TYPES[form], contents, fileName: `sensors.${form}`, sizeBytes: bytes.length };
}

function types(parts: ApiParts): Pick<Handlers, TypeRoute> {
  const { store } = parts;
  return {
    listSensorTypes: async ({ query }) => paged(await listSensorTypes(store, pageRequest(query)), sensorTypeView),
    showSensorType: async ({ params }) => sensorTypeView(await showSensorType(store, params.type)),
    removeSensorType: async ({ params, caller }) => {
      await removeSensorType(parts, params.type, caller.name);
      return { removed: params.type };
    },
  };
}

function requests(parts: ApiParts): Pick<Handlers, RequestRoute> {
  return {
    listSensorRequests: async ({ query: { state, ...page }, access }) => {
      const found = await filteredPage(
        page,
        (asked) => listRegistrationRequests(parts.store, { state, ...asked }),
        ({ application }) => access.sees(application),
      );
      return paged(found, sensorRequestView);
    },
    approveSensorRequest: async ({ params, body, caller }) =>
      sensorRequestView(await approveRequest(parts, params.request, { by: caller.name, reason: body?.reason ?? '' })),
    refuseSensorRequest: async ({ params, body, caller }) =>
      sensorRequestView(await refuseRequest(parts, params.request, { by: caller.name, reason: body.reason })),
  };
}
