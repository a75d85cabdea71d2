// Readings over HTTP: sent by simple devices with their own credential, read by people.
import { describe, expect, it } from 'vitest';
import { aSensor, aSensorType, CELSIUS, PASSWORD } from '../../builders/sensors.ts';
import { openApi } from './api-world.ts';

async function world() {
  const api = await openApi();
  const note = { name: 'note', type: 'string', unit: '' } as const;
  await api.parts.store.create('sensorType', aSensorType({ id: 'noted', fields: [CELSIUS, note] }));
  await api.parts.store.create('sensorType', aSensorType());
  await api.parts.store.create('sensor', aSensor('t1'));
  await api.parts.store.create('sensor', aSensor('n1', { type: 'noted' }));
  await api.parts.store.create('sensor', aSensor('off', { enabled: false }));
  const send = async (sensor: string, payload: string, headers: Record<string, string> = basic(sensor)) => {
    const answer = await api.server.inject({ method: 'POST', url: `/api/v1/readings/${sensor}`, payload, headers });
    return { status: answer.statusCode, body: answer.json() as { taken?: number; error?: Record<string, unknown> } };
  };
  const get = (path: string) =>
    api.server.inject({ url: `/api/v1/sensors/${path}`, headers: { authorization: `Bearer ${api.token}` } });
  return { ...api, send, get };
}

function basic(user: string, password = PASSWORD): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

describe('a simple device', () => {
  it.each<[string, Record<string, string>]>([
    ['as JSON', { ...basic('t1'), 'content-type': 'application/json' }],
    ['as curl sends it', { ...basic('t1'), 'content-type': 'application/x-www-form-urlencoded' }],
    ['without saying what it sends', basic('t1')],
    ['with its credential as a bearer token', { authorization: `Bearer ${PASSWORD}` }],
  ])('sends a reading %s, and it is there', async (_, headers) => {
    const { send, get } = await world();
    expect(await send('t1', '21.5', headers)).toEqual({ status: 200, body: { taken: 1 } });
    expect((await get('t1/readings/latest')).json()).toMatchObject({ reading: { values: { celsius: 21.5 } } });
  });

  it.each<[string, Record<string, string>]>([
    ['without credential', {}],
    ['with a wrong one', basic('t1', 'guess')],
    ['with another sensor’s name', basic('n1')],
    ['with no name', { authorization: 'Basic nonsense' }],
  ])('%s is refused', async (_, headers) => {
    const { send } = await world();
    expect(await send('t1', '21.5', headers)).toMatchObject({
      status: 401,
      body: { error: { code: 'reading.device-refused' } },
    });
  });

  it('is told what does not fit, and what to do; what fits is taken', async () => {
    const { send } = await world();
    const { status, body } = await send('t1', '[20, "x", 99]');
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 'reading.misfit',
      message:
        '2 of 3 readings of t1 do not fit the type thermometer: celsius: "x" instead of a number from -40 to 85 (°C).',
      problems: [{ path: '$[0]', found: '"x"' }, { found: '99' }],
    });
    expect(await send('t1', '')).toMatchObject({ status: 400, body: { error: { code: 'reading.misfit' } } });
    expect(await send('off', '20')).toMatchObject({
      status: 409,
      body: { error: { code: 'reading.sensor-disabled' } },
    });
    expect(await send('nobody', '20')).toMatchObject({ status: 401 });
  });

  it('may not do anything else with its credential, and no token of a person sends readings', async () => {
    const { server, send, token } = await world();
    const listed = await server.inject({ url: '/api/v1/sensors', headers: { authorization: `Bearer ${PASSWORD}` } });
    expect(listed.statusCode).toBe(401);
    expect(await send('t1', '1', { authorization: `Bearer ${token}` })).toMatchObject({ status: 401 });
    const large = `[${'1,'.repeat(200_000)}1]`;
    expect((await send('t1', large)).status).toBe(400);
  });
});

describe('people', () => {
  it('read single readings, page by page', async () => {
    const { send, get } = await world();
    await send('t1', '[1, 2, 3]');
    const first = (await get('t1/readings?limit=2')).json() as { items: { values: object }[]; next: string };
    expect(first.items.map(({ values }) => values)).toEqual([{ celsius: 1 }, { celsius: 2 }]);
    const rest = (await get(`t1/readings?limit=2&after=${first.next}`)).json() as typeof first;
    expect(rest.items.map(({ values }) => values)).toEqual([{ celsius: 3 }]);
    expect(rest.next).toBeUndefined();
    expect((await get('nobody/readings')).statusCode).toBe(404);
  });

  it('take them away as CSV that is harmless in a spreadsheet', async () => {
    const { send, get } = await world();
    const at = new Date(Date.now() - 1000).toISOString();
    await send(
      'n1',
      JSON.stringify([
        { celsius: -1, note: '=2+3', at },
        { celsius: 2, note: 'say "hi",\nall', at },
      ]),
    );
    const answer = await get('n1/readings/csv');
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(answer.headers['content-disposition']).toContain('n1.csv');
    expect(answer.body).toBe(`sequence,at,celsius,note\r\n1,${at},-1,'=2+3\r\n2,${at},2,"say ""hi"",\nall"\r\n`);
  });

  it('see numbers over time, and are told which there are', async () => {
    const { get, parts } = await world();
    await parts.series.append([{ series: 'sensor/t1/celsius', at: Date.now(), value: 20 }]);
    const found = (await get('t1/series?since=10m')).json() as { fields: unknown };
    expect(found.fields).toMatchObject([{ name: 'celsius', unit: '°C', points: [{ min: 20, mean: 20, max: 20 }] }]);
    const unknown = await get('n1/series?field=note');
    expect(unknown.json()).toMatchObject({ error: { code: 'reading.no-field', details: { there: 'celsius' } } });
  });

  it('watch readings as they come', async () => {
    const { server, send, token } = await world();
    await server.listen({ port: 0, host: '127.0.0.1' });
    const [address] = server.addresses();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address.port : 0}/api/v1/sensors/t1/readings/follow`;
    const leaving = new AbortController();
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: leaving.signal });
    let text = '';
    const decoder = new TextDecoder();
    const sending = setInterval(() => void send('t1', '21'), 20);
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('event: reading')) break;
    }
    clearInterval(sending);
    leaving.abort();
    expect(text).toContain('"values":{"celsius":21}');
  });
});
