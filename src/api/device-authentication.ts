// Devices that speak HTTP: who they are is told by the credential of their sensor, and it opens nothing but their own readings.
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../model/access.ts';
import { BerthError } from '../model/errors.ts';
import type { ReadingRequests } from '../sensors/reading-requests.ts';

/** The caller of a request that the device of a sensor sent. @throws reading.device-refused */
export async function authenticateDevice(readings: ReadingRequests, request: FastifyRequest): Promise<Caller> {
  const { sensor = '' } = request.params as { readonly sensor?: string };
  const { user, password } = credentialIn(request.headers.authorization ?? '', sensor);
  if (user !== sensor) throw new BerthError('reading.device-refused', { sensor });
  await readings.authenticate(sensor, password);
  return {
    ...{ name: `sensor ${sensor}`, user: null, by: { kind: 'device', id: sensor } },
    access: { everywhere: [], projects: {} },
  };
}

/** HTTP Basic (RFC 7617) with the sensor's id as the user, or the credential as a bearer token. */
function credentialIn(header: string, sensor: string): { readonly user: string; readonly password: string } {
  const [scheme = '', text = ''] = header.trim().split(/ +/, 2);
  if (scheme.toLowerCase() === 'bearer') return { user: sensor, password: text };
  if (scheme.toLowerCase() !== 'basic') return { user: '', password: '' };
  const pair = Buffer.from(text, 'base64').toString('utf8');
  const split = pair.indexOf(':');
  return split < 0 ? { user: '', password: '' } : { user: pair.slice(0, split), password: pair.slice(split + 1) };
}
