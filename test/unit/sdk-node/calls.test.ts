// Calls of Node programs to the platform: sensors, controls, actions, state; with connections that break and a platform that restarts.
import { describe, expect, test } from 'vitest';
import type { Launched } from '../sdk-python/launched.ts';
import { answering, type Called, launchNode, ok, printed } from './node-launch.ts';

const CELSIUS = [{ name: 'celsius', type: 'number', unit: '°C' }];
const DEVICE = { type: 'thermometer', rateHz: 1, fields: CELSIUS };
const TASK_SENSORS = {
  sensors: [
    { name: 'room', type: 'thermometer', sensors: [{ id: 't1', name: 'T 1', location: 'a/b', ...DEVICE }] },
    {
      name: 'halls',
      type: 'thermometer',
      sensors: ['t2', 't3'].map((id) => ({
        id,
        name: id,
        location: '',
        ...DEVICE,
        fields: [...CELSIUS, { name: 'ok' }],
      })),
    },
    { name: 'absent', type: 'thermometer', sensors: [] },
  ],
  controls: [
    {
      name: 'fan',
      type: 'fan',
      sensors: [{ id: 'f1', name: 'Fan', location: 'a' }],
      controls: [{ name: 'speed', parameters: [] }],
    },
    {
      name: 'lamps',
      type: 'lamp',
      sensors: [{ id: 'l1', name: 'Lamp', location: 'a' }],
      controls: [
        { name: 'on', parameters: [] },
        { name: 'off', parameters: [] },
      ],
    },
  ],
};
const reading = (sequence: number, values: object = { celsius: sequence / 2 }, index = 0) => ({
  sequence,
  sensor: `t${index + 1}`,
  index,
  at: 1000 * sequence,
  values,
});

/** A script that prints what an expression is, with the SDK at hand. */
async function value(expression: string, give: (call: Called) => ReturnType<typeof ok>): Promise<unknown> {
  const launched = await asking(`console.log(JSON.stringify(await (async () => ${expression})() ?? null));`, give);
  return (await printed(launched))[0];
}

async function asking(script: string, give: (call: Called) => ReturnType<typeof ok>): Promise<Launched> {
  const launched = await launchNode(
    `import { actions, controls, job, sensors, state } from 'berth';\nconst caught = (error) => ({ name: error.name, message: error.message, code: error.code, state: error.state });\n${script}`,
    { platform: 'down' },
  );
  answering(launched.platform, (call) => (call.target === '/sdk/v1/sensors' ? ok(TASK_SENSORS) : give(call)));
  await launched.platform.up();
  return launched;
}

describe('state', () => {
  test('is kept, read, listed and forgotten, under keys of any letters', async () => {
    const kept = new Map<string, string>();
    const expression = `{
  const before = await state.get('größe/1', 'none');
  await state.set('größe/1', { deep: [1, null] });
  const seen = [before, await state.get('größe/1'), await state.keys()];
  await state.delete('größe/1');
  return [...seen, await state.get('größe/1') ?? 'gone'];
}`;
    const found = await value(expression, ({ method, target, body }) => {
      const key = decodeURIComponent(target.replace('/sdk/v1/state', '').slice(1));
      if (key === '') return ok({ keys: [...kept.keys()] });
      if (method === 'GET') return kept.has(key) ? ok(JSON.parse(kept.get(key) ?? '')) : 'nothing';
      if (method === 'PUT') kept.set(key, body);
      else kept.delete(key);
      return ok({});
    });
    expect(found).toEqual(['none', { deep: [1, null] }, ['größe/1'], 'gone']);
  });

  test('that is refused is an error with its code and what to do', async () => {
    const refusal = { code: 'state.too-large', message: 'Too large.', remedy: 'Keep less.' };
    const found = await value("state.set('x', 1).catch(caught)", () => ({ status: 413, value: refusal }));
    expect(found).toEqual({ name: 'StateRefused', code: 'state.too-large', message: 'Too large. Keep less.' });
  });

  test('is asked again while connections break, answers are errors, and the platform restarts', async () => {
    const launched = await asking("await state.set('x', 1);\nconsole.log('\"kept\"');", () => 'cut');
    let asked = 0;
    const calls = answering(launched.platform, () => {
      asked += 1;
      if (asked === 1) return 'cut';
      return asked < 4 ? { status: asked === 2 ? 503 : 429, value: {} } : ok({});
    });
    await launched.until(() => expect(calls.length).toBeGreaterThan(0));
    await launched.platform.down();
    await launched.platform.up();
    expect(await printed(launched)).toEqual(['kept']);
    expect(new Set(calls.map(({ body, target }) => `${target} ${body}`))).toEqual(new Set(['/sdk/v1/state/x 1']));
  });

  test('goes to the platform that came back by another socket while the old one hangs', async () => {
    const launched = await asking("await state.set('x', 1);\nconsole.log('\"kept\"');", () => 'cut');
    let hung = 0;
    launched.platform.answerCall = ({ response }) => {
      hung += 1;
      if (hung > 1) response.writeHead(200).end('{}');
    };
    await launched.until(() => expect(hung).toBe(1));
    // The first answer never comes, and its connection stays open: only the path leads elsewhere.
    await launched.platform.moves();
    expect(await printed(launched)).toEqual(['kept']);
  });

  test('that cannot be kept before the job has to end is given up', async () => {
    const launched = await asking(
      "console.log('up');\nconsole.log(await state.set('x', 1).catch((error) => error.name));",
      () => 'cut',
    );
    await launched.printed('up');
    launched.platform.want({ stop: { reason: 'enough', killAt: Date.now() + 8000 } });
    expect(await launched.exit).toBe(200);
    expect(launched.lines).toEqual(['up', 'JobEnding']);
  });

  test('of a task that is over is given up at once', async () => {
    const over = { code: 'sdk.fenced', message: 'Another task has the slot.', remedy: '' };
    const found = await value("state.get('x').catch(caught)", () => ({ status: 409, value: over }));
    expect(found).toMatchObject({ name: 'JobEnding', message: 'Another task has the slot.' });
  });
});

describe('sensors', () => {
  test('are read by name: the last reading and a window of them', async () => {
    const expression = `{
  const latest = await sensors.room.latest();
  const window = await sensors.halls[1].window(1.5);
  return [latest.value, latest.at, latest.sensor, latest.sequence, await sensors['room'].latest(), window.map(({ value, index }) => [value, index]),
    await sensors.room.count(), await sensors.absent.count(), await sensors.room[0].about(), (await sensors.halls.all()).length, await Array.fromAsync(sensors)];
}`;
    let asked = 0;
    const found = await value(expression, ({ target }) => {
      if (target === '/sdk/v1/sensors/halls/1/window?seconds=1.5') return ok([reading(4, { celsius: 1, ok: true }, 1)]);
      expect(target).toBe('/sdk/v1/sensors/room/0/latest');
      asked += 1;
      return asked === 1 ? ok(reading(7)) : 'nothing';
    });
    expect(found).toEqual([
      ...[3.5, '1970-01-01T00:00:07.000Z', 't1', 7, null],
      [[{ celsius: 1, ok: true }, 1]],
      ...[1, 0],
      { id: 't1', name: 'T 1', location: 'a/b', rate: 1, fields: CELSIUS },
      2,
      ['room', 'halls', 'absent'],
    ]);
  });

  test.each([
    ['sensors.typo.latest()', 'NotBound', "no 'typo' among its sensors (room, halls, absent)"],
    ['sensors.absent.latest()', 'NotBound', 'stands for no device'],
    ['sensors.absent.stream().next()', 'NotBound', 'stands for no device'],
    ['sensors.room[1].latest()', 'NotBound', 'from 0 to 0'],
    ['sensors.halls.latest()', 'TypeError', 'say which, as in sensors.halls[0]'],
    ['sensors.room.window(0)', 'RangeError', 'above 0'],
    ['controls.lamps.set({})', 'TypeError', 'several things (on, off)'],
  ])('%s is a %s', async (expression, name, message) => {
    const found = await value(`${expression}.catch(caught)`, () => 'nothing');
    expect(found).toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('stream what comes after the moment of asking, none lost and none twice over broken connections', async () => {
    const launched = await asking(
      `const seen = [];
for await (const { sequence, value } of sensors.room.stream({ rate: 10 })) { seen.push([sequence, value]); if (sequence === 9) break; }
console.log(JSON.stringify(seen));`,
      () => ok(reading(4)),
    );
    const targets: string[] = [];
    const whole = (sequence: number) => `${JSON.stringify(reading(sequence))}\n`;
    const parts = [
      `${whole(5)}\n${whole(6).slice(0, 20)}`,
      `\n${whole(6)}${whole(7)}`,
      'not JSON\n',
      `${whole(8)}${whole(9)}${whole(10)}`,
    ];
    const { answerCall } = launched.platform;
    launched.platform.answerCall = async (call) => {
      if (!call.url.pathname.endsWith('/stream')) return answerCall(call);
      targets.push(call.url.pathname + call.url.search);
      const part = parts[targets.length - 1] ?? '';
      call.response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      // Split where it hurts: in the middle of a letter and of a line.
      call.response.write(Buffer.from(part).subarray(0, 11));
      call.response.write(Buffer.from(part).subarray(11), () => {
        if (targets.length < parts.length) call.response.destroy();
      });
    };
    const [seen] = await printed(launched);
    expect(seen).toEqual([5, 6, 7, 8, 9].map((sequence) => [sequence, sequence / 2]));
    expect(targets).toEqual([4, 5, 7, 7].map((after) => `/sdk/v1/sensors/room/stream?after=${after}&rate=10`));
  });

  test('of one name stream together, each with its index, and the stream ends with the job', async () => {
    const launched = await asking(
      `for await (const { index, value } of sensors.halls.stream()) console.log(index, JSON.stringify(value));
console.log('over', job.stopping());`,
      () => 'nothing',
    );
    const { answerCall } = launched.platform;
    launched.platform.answerCall = async (call) => {
      if (!call.url.pathname.endsWith('/stream')) return answerCall(call);
      expect(call.url.search).toBe('?after=0');
      const lines = [reading(1, { celsius: 20, ok: true }, 0), reading(2, { celsius: 21, ok: false }, 1)];
      call.response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    };
    await launched.printed('21');
    launched.platform.want({ stop: { reason: 'enough', killAt: Date.now() + 8000 } });
    launched.signal('SIGTERM');
    expect(await launched.exit, launched.stderr).toBe(200);
    expect(launched.lines).toEqual(['0 {"celsius":20,"ok":true}', '1 {"celsius":21,"ok":false}', 'over true']);
  });
});

describe('actions', () => {
  test('are asked for under a key of their own, or under the one that is given, and awaited', async () => {
    const wanted: unknown[] = [];
    const keys: string[] = [];
    const expression = `{
  await actions.sms({ to: '+49170', text: 'x' });
  await actions.notify({ title: 't', text: 'x', severity: 'alert' });
  await actions.webhook({ url: 'https://x.example', body: { a: 1 }, headers: { b: 'c' } });
  const mail = await actions.email({ to: 'a@x.org', subject: 's', text: '{n}', values: { n: 5 }, attachments: ['chart.png'], key: 'once/1' });
  return [mail.key, mail.id, await mail.state(), await mail.wait(), mail.reason, await mail.state()];
}`;
    let looks = 0;
    const found = await value(expression, ({ method, target, body }) => {
      if (method === 'PUT') {
        keys.push(decodeURIComponent(target.replace('/sdk/v1/actions/', '')));
        wanted.push(JSON.parse(body));
        return ok({ id: `a/${wanted.length}`, state: 'waiting' });
      }
      looks += 1;
      expect(target).toBe(`/sdk/v1/actions/a%2F4?wait=${looks === 1 ? '0.000' : '25.000'}`);
      if (looks === 2) return 'cut';
      return ok({ id: 'a/4', state: ['sending', '', 'held', 'delivered'][looks - 1], reason: `look ${looks}` });
    });
    expect(found).toEqual(['once/1', 'a/4', 'sending', 'delivered', 'look 4', 'delivered']);
    for (const key of keys.slice(0, 3)) expect(key).toMatch(/^count\.o20261122T080000Z\.0\.1-[0-9a-f]{32}$/);
    expect([new Set(keys).size, keys[3]]).toEqual([4, 'once/1']);
    expect(wanted).toEqual([
      { kind: 'sms', to: ['+49170'], text: 'x' },
      { kind: 'notify', title: 't', text: 'x', severity: 'alert' },
      { kind: 'webhook', url: 'https://x.example', method: 'POST', headers: { b: 'c' }, body: { a: 1 } },
      {
        kind: 'email',
        to: ['a@x.org'],
        ...{ subject: 's', text: '{n}', html: null, values: { n: '5' } },
        attachments: [{ output: 'chart.png' }],
      },
    ]);
  });

  test('that the platform refuses for good are errors', async () => {
    const refusal = { code: 'action.not-declared', message: 'No sms.', remedy: 'Declare it.' };
    const found = await value("actions.sms({ to: '1', text: 'x' }).catch(caught)", () => ({
      status: 403,
      value: refusal,
    }));
    expect(found).toEqual({ name: 'ActionRefused', code: 'action.not-declared', message: 'No sms. Declare it.' });
  });
});

describe('controls', () => {
  test('are told, and give what the device answers when it has acknowledged', async () => {
    const wanted: unknown[] = [];
    const expression =
      "[await controls.fan.set({ level: 3 }), await controls.lamps[0].within(2).do('off') ?? null, await controls.fan[0].about()]";
    const found = await value(expression, ({ method, body }) => {
      if (method === 'GET')
        return ok({
          id: 'a',
          state: 'delivered',
          reason: '',
          ...(wanted.length === 1 ? { answer: { rpm: 900 } } : {}),
        });
      wanted.push(JSON.parse(body));
      return ok({ id: 'a', state: 'waiting' });
    });
    expect(found).toEqual([
      { rpm: 900 },
      null,
      { id: 'f1', name: 'Fan', location: 'a', controls: [{ name: 'speed', parameters: [] }] },
    ]);
    const common = { kind: 'control', index: 0 };
    expect(wanted).toEqual([
      { ...common, name: 'fan', control: 'speed', parameters: { level: 3 }, timeoutSeconds: 10 },
      { ...common, name: 'lamps', control: 'off', parameters: {}, timeoutSeconds: 2 },
    ]);
  });

  test('that a device does not do, or the platform refuses, are errors with the reason', async () => {
    const refusal = { code: 'sensor.bad-parameters', message: 'level is at most 3.', remedy: '' };
    const expression = '[await controls.fan.set({}).catch(caught), await controls.fan.set({ level: 9 }).catch(caught)]';
    const found = await value(expression, ({ method, body }) => {
      if (method === 'GET') return ok({ id: 'a', state: 'unknown', reason: 'no answer within 10 s' });
      return body.includes('9') ? { status: 422, value: refusal } : ok({ id: 'a', state: 'waiting' });
    });
    expect(found).toEqual([
      { name: 'ControlFailed', state: 'unknown', message: "f1 did not do 'speed': no answer within 10 s" },
      { name: 'ControlFailed', state: 'refused', message: 'level is at most 3.' },
    ]);
  });
});
