// Chooses the door for devices: a broker of the platform's own, somebody else's, or none.
import { readFile } from 'node:fs/promises';
import { AedesGate } from '../adapters/aedes-gate/aedes-gate.ts';
import { MqttGate } from '../adapters/mqtt-gate/mqtt-gate.ts';
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceGate, DeviceListener } from '../ports/device-gate.ts';
import type { Log } from '../ports/log.ts';

/** What a gate is opened with. */
export interface DeviceGateNeeds {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly listener: DeviceListener;
  readonly platformUid: string;
}

/** What a device may use of the platform's own broker. */
const GATE_LIMITS = { packetBytes: 256 * 1024, connections: 50_000, connectionsPerSensor: 8 } as const;

/** The gate of a platform without devices. */
export const NO_GATE: DeviceGate = {
  url: null,
  command: async () => {
    throw new BerthError('sensor.gate-closed', { detail: 'this platform takes no devices over MQTT' });
  },
  cut() {},
  async close() {},
};

/** Opens the gate that the settings ask for. @throws sensor.gate-not-open */
export async function openDeviceGate(needs: DeviceGateNeeds): Promise<DeviceGate> {
  const { mqttBroker, mqttHost, mqttPort, mqttTlsHost, mqttTlsPort, ...settings } = needs.settings;
  if (mqttBroker !== '') return openBroker(needs, mqttBroker);
  const { mqttTlsCertificate: certificate, mqttTlsKey: key } = settings;
  const tls = certificate === '' ? null : { host: mqttTlsHost, port: mqttTlsPort, certificate, key };
  const plain = mqttHost === '' ? null : { host: mqttHost, port: mqttPort };
  if (!tls && !plain) return NO_GATE;
  const gate = await AedesGate.open({ ...needs, ports: { plain, tls }, limits: GATE_LIMITS });
  needs.log.info('Devices come in over MQTT', { url: gate.url });
  return gate;
}

async function openBroker({ settings, platformUid, ...parts }: DeviceGateNeeds, broker: string): Promise<DeviceGate> {
  const { mqttBrokerVersion, mqttBrokerCredentials, mqttBrokerCertificates } = settings;
  const version = mqttBrokerVersion;
  if (version !== '5' && version !== '3.1.1')
    throw notOpen(`BERTH_MQTT_BROKER_VERSION is ${version} instead of 5 or 3.1.1`);
  if (!/^mqtts?:\/\/[^@/]+$/.test(broker))
    throw notOpen('BERTH_MQTT_BROKER is not of the form mqtt://host:port or mqtts://host:port');
  const access = {
    ...({ url: broker, version, clientId: `berth-${platformUid}` } as const),
    credentials: mqttBrokerCredentials === '' ? null : credentialsIn(await readText(mqttBrokerCredentials)),
    certificates: mqttBrokerCertificates === '' ? null : await readText(mqttBrokerCertificates),
  };
  return MqttGate.open({ ...parts, access });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw notOpen(`${path} cannot be read`, cause);
  }
}

function credentialsIn(text: string): { readonly user: string; readonly password: string } {
  const line = text.split('\n', 1)[0] ?? '';
  const split = line.indexOf(':');
  if (split < 1) throw notOpen('the file of BERTH_MQTT_BROKER_CREDENTIALS does not hold user:password');
  return { user: line.slice(0, split), password: line.slice(split + 1).replace(/\r$/, '') };
}

function notOpen(detail: string, cause?: unknown): BerthError {
  return new BerthError('sensor.gate-not-open', { detail }, { cause });
}
