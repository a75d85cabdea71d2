// What somebody sent as a secret, and what the platform keeps as one, stands in no answer: not in the refusal of a request that did not fit,
// not in a list, not in the document of the API, not in settings, states, events, the audit, or the platform's own log.
// Elsewhere: secrets on the real platform, in every place where programs write values down (test/reality/secrets/canary.test.ts), the audit
// (test/unit/api/audit.test.ts), what is stored of passwords and tokens (test/unit/accounts/account-routes.test.ts).
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { readSettings } from '../../../src/config/read-settings.ts';
import { shownSettings } from '../../../src/config/shown-settings.ts';
import { PASSWORD } from '../accounts/accounts-world.ts';
import { type AccessWorld, openAccessWorld } from '../api/access-world.ts';
import { call, callRaw } from '../api/api-world.ts';
import { NAMED } from '../api/route-calls.ts';
import { sendJson, sendRaw } from './raw-request.ts';

const CANARY = 'Xylophon-4711-Quarz';

/** Everything that people may read afterwards. */
async function readEverything(world: AccessWorld): Promise<string> {
  const by = await world.tokenOf({ user: 'admin' });
  const texts: string[] = [];
  for (const name of (Object.keys(ROUTES) as RouteName[]).filter((each) => ROUTES[each].method === 'GET'))
    texts.push((await world.ask(name, by)).text);
  texts.push((await sendRaw(world.url, { path: '/api/v1/openapi.json' })).text, JSON.stringify(world.complaints));
  return texts.join('\n');
}

/** Where a word stands in a text, with a little around it. */
function around(text: string, word: string): readonly string[] {
  return text
    .split(word)
    .slice(1)
    .map((rest, index) => `${(text.split(word)[index] ?? '').slice(-80)}…${rest.slice(0, 80)}`);
}

/** Bodies that do not fit and hold a secret somewhere. */
const UNFIT = [
  (field: string) => `{"${field}":{"nested":"${CANARY}"}}`,
  (field: string) => `{"${field}":["${CANARY}"]}`,
  (field: string) => `{"${field}":"${CANARY.repeat(9000)}"}`,
  (field: string) => `{"${field}":"${CANARY}"`,
  (field: string) => `{"${field}":"${CANARY}",}`,
  (field: string) => `{"other":{"${field}":"${CANARY}"},"name":7}`,
  (field: string) => `[{"${field}":"${CANARY}"}]`,
  () => `"${CANARY}"`,
  () => CANARY,
] as const;

const CARRIERS: readonly (readonly [string, string, string])[] = [
  ['POST', 'claim', 'secret'],
  ['POST', 'claim', 'password'],
  ['POST', 'sessions', 'password'],
  ['POST', 'invitations/look', 'secret'],
  ['POST', 'invitations/accept', 'password'],
  ['PUT', 'me/password', 'old'],
  ['PUT', 'me/password', 'new'],
  ['PUT', `applications/${NAMED.application}/secrets/x`, 'value'],
  ['PUT', 'platform-secrets/x', 'value'],
];

describe('a request that does not fit', () => {
  it.each(CARRIERS)('is refused without what it carried: %s %s in %s', async (method, path, field) => {
    const world = await openAccessWorld();
    const by = await world.signIn('admin');
    for (const [index, unfit] of UNFIT.entries()) {
      const asked = { method, path: `/api/v1/${path}`, headers: by, json: unfit(field) };
      const { status, text } = await sendJson(world.url, asked);
      expect([index, status >= 400, text.includes('Xylophon')]).toEqual([index, true, false]);
    }
    expect(around(await readEverything(world), 'Xylophon')).toEqual([]);
  });

  it('names no token, cookie or link of its headers', async () => {
    const world = await openAccessWorld();
    const headers: readonly Readonly<Record<string, string>>[] = [
      { authorization: `Bearer ${CANARY}` },
      { authorization: `Bearer berth_${CANARY}_x` },
      { authorization: `Basic ${CANARY}` },
      { cookie: `berth_session=${CANARY}` },
    ];
    for (const each of headers) {
      const { status, text } = await sendRaw(world.url, { path: '/api/v1/me', headers: each });
      expect([status, text.includes('Xylophon')]).toEqual([401, false]);
    }
    expect(around(await readEverything(world), 'Xylophon')).toEqual([]);
  });
});

describe('what was taken', () => {
  it('is told of by no answer: a secret, a password, a credential, a token', async () => {
    const world = await openAccessWorld();
    const params = { application: NAMED.application, secret: 'db-password' };
    const answers = [
      await callRaw(world, 'putSecret', { params, body: { value: CANARY } }),
      await callRaw(world, 'putPlatformSecret', { params: { secret: 'signing' }, body: { value: `${CANARY}-2` } }),
      await callRaw(world, 'applyChannel', { body: { kind: 'webhooks', secretFile: 'secret:signing' } }),
    ];
    for (const { statusCode, body } of answers) expect([statusCode, body.includes('Xylophon')]).toEqual([200, false]);
    const everything = await readEverything(world);
    expect(around(everything, 'db-password')).not.toEqual([]);
    expect(around(everything, 'Xylophon')).toEqual([]);
    expect(around(everything, Buffer.from(CANARY).toString('base64').slice(0, 20))).toEqual([]);
    for (const field of ['"hash":"', '"sealed":"', '"privateKey":"'])
      expect(around(everything.replaceAll(`${field}«secret»`, ''), field)).toEqual([]);
  });

  it('is shown once: a token, a link and a device’s password stand nowhere afterwards', async () => {
    const world = await openAccessWorld();
    const wanted = { name: 'ci', permissions: ['jobs:read'], projects: null, expiresInMs: null };
    const { token } = await call(world, 'makeToken', { body: wanted });
    const { link } = await call(world, 'inviteUser', { params: { user: 'somebody' }, body: { by: 'link' } });
    const types = [{ id: 'temperature', fields: [{ name: 'celsius', type: 'number' }] }];
    await call(world, 'applySensors', { body: { types, sensors: [{ id: 't-1', type: 'temperature' }] } });
    const credential = await call(world, 'renewSensorCredential', { params: { sensor: 't-1' } });
    const secrets = [token, link?.split('#')[1] ?? '', credential.password];
    const everything = await readEverything(world);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(around(everything, secret)).toEqual([]);
      expect(around(everything, secret.slice(-20))).toEqual([]);
    }
  });

  it('is not told to whoever fails to sign in: whether there is such a person, or what is wrong', async () => {
    const world = await openAccessWorld();
    const tried = async (name: string) => {
      const json = JSON.stringify({ name, password: PASSWORD });
      const { status, text } = await sendJson(world.url, { method: 'POST', path: '/api/v1/sessions', json });
      return [status, text];
    };
    expect(await tried('admin')).toEqual(await tried('nobody-at-all'));
    expect(await tried('admin')).toEqual(await tried('somebody'));
  });
});

describe('the commands and addresses of a provider', () => {
  it('are told without their words, which may hold keys', async () => {
    const world = await openAccessWorld();
    const access = { kind: 'command', status: ['/bin/true', `--key=${CANARY}`, '{machine}'] };
    const added = await callRaw(world, 'addProvider', { body: { name: 'cloud', access } });
    expect([added.statusCode, added.body.includes('Xylophon')]).toEqual([200, false]);
    expect(around(await readEverything(world), 'Xylophon')).toEqual([]);
  });

  it('are not repeated by a refusal', async () => {
    const world = await openAccessWorld();
    for (const status of [[`--key=${CANARY}`], [`/nonexistent/${CANARY}`, 'x'], [CANARY, 7], `--key=${CANARY}`]) {
      const body = { name: 'cloud', access: { kind: 'command', status } };
      const { statusCode, body: text } = await callRaw(world, 'addProvider', { body });
      if (Array.isArray(status) && typeof status[1] !== 'number') expect(text).not.toContain(`--key=${CANARY}`);
      expect(statusCode).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('settings', () => {
  it.each([
    `https://ana:${CANARY}@mirror.example.org/simple`,
    `https://${CANARY}@mirror.example.org/simple`,
    `https://:${CANARY}@mirror.example.org/`,
    `https://mirror.example.org/?token=${CANARY}`,
    `https://mirror.example.org/?api_key=${CANARY}&x=1`,
    `https://ana:p@${CANARY}@mirror.example.org/`,
    `http://ana:${CANARY}@:bad:port/`,
  ])('are shown without what opens a door: %s', (address) => {
    const settings = readSettings({
      BERTH_PIP_INDEX_URL: address,
      BERTH_PROXY: address,
      BERTH_NPM_REGISTRY_URL: address,
    });
    expect(JSON.stringify(shownSettings(settings))).not.toContain('Xylophon');
  });

  it('are shown without the password of the database', () => {
    const settings = readSettings({ BERTH_STORE: `mysql://berth:${CANARY}@db.example.org/berth` });
    const text = JSON.stringify(shownSettings(settings));
    expect(text).not.toContain('Xylophon');
    expect(text).toContain('db.example.org');
  });
});

describe('the document of the API', () => {
  it('has no example, no default and no description with a secret, and marks none as readable', async () => {
    const world = await openAccessWorld();
    const text = (await sendRaw(world.url, { path: '/api/v1/openapi.json' })).text;
    expect(text).not.toMatch(/(?:berth|session|link)_[a-z0-9]{6,}_[\w-]{10,}/);
    expect(text).not.toMatch(/"(?:default|example)":"[^"]*(?:password|secret)[^"]*"/i);
    const secret = Object.entries(ROUTES as Readonly<Record<string, Route>>).filter(([name]) => /Secret/.test(name));
    for (const [name, { answer }] of secret)
      if (typeof answer !== 'string')
        expect([name, JSON.stringify(answer.toJSONSchema()).includes('"value"')]).toEqual([name, false]);
  });
});
