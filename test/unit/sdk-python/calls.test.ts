// The SDK's calls for state, actions and controls, with a platform that restarts, breaks off, or says no.
import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { answer, type Call, ran, run } from './calls-world.ts';

describe('berth.state', () => {
  const keeping =
    (kept: Map<string, unknown>) =>
    async ({ method, url, request, response }: Call) => {
      const key = decodeURIComponent(url.pathname.slice('/sdk/v1/state/'.length));
      if (method === 'PUT') kept.set(key, await json(request));
      if (method === 'DELETE') kept.delete(key);
      if (url.pathname === '/sdk/v1/state') return answer(response, 200, { keys: [...kept.keys()] });
      if (method === 'GET') return kept.has(key) ? answer(response, 200, kept.get(key)) : answer(response, 204);
      answer(response, 200, {});
    };

  test('keeps values under any key, and tells None from nothing', async () => {
    const kept = new Map<string, unknown>();
    const lines = await ran(
      `
berth.state.set("größe/ü ?", {"a": [1, None, "é"]})
berth.state.set("nothing", None)
print(berth.state.get("größe/ü ?"), berth.state.get("nothing", 5), berth.state.get("absent"), berth.state.get("absent", 5))
print(berth.state.keys())
berth.state.delete("nothing")
print(berth.state.get("nothing", 5))
for act in (lambda: berth.state.set("x", float("nan")), lambda: berth.state.get(5), lambda: berth.state.set("x", object())):
    try: act()
    except (TypeError, ValueError) as error: print(type(error).__name__)
`,
      keeping(kept),
    );
    expect(kept).toEqual(new Map([['größe/ü ?', { a: [1, null, 'é'] }]]));
    expect(lines).toEqual([
      "{'a': [1, None, 'é']} None None 5",
      "['größe/ü ?', 'nothing']",
      '5',
      'ValueError',
      'TypeError',
      'TypeError',
    ]);
  });

  test('a call outlives a restart of the platform, errors that pass, and an answer that breaks off', async () => {
    let asked = 0;
    const launched = await run(
      'berth.state.set("x", 1)\nprint("kept", berth.state.get("x"))',
      ({ method, response }) => {
        asked += 1;
        if (method === 'GET') return response.end('7');
        if (asked === 1) return response.writeHead(200, { 'content-length': 2 }).write('{') && response.destroy();
        if (asked < 4) return answer(response, asked === 2 ? 503 : 429);
        answer(response, 200, {});
      },
    );
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines).toEqual(['kept 7']);
    // The first is repeated at once, because the connection might have been an old one.
    expect(asked).toBeGreaterThanOrEqual(5);
  });

  test('a refusal is an error with code and remedy', async () => {
    const lines = await ran(
      `
try: berth.state.set("x", 1)
except berth.StateRefused as error: print(error.code, "|", error)
`,
      ({ response }) =>
        answer(response, 409, { code: 'state.too-many-keys', message: 'Full.', remedy: 'Delete some.' }),
    );
    expect(lines).toEqual(['state.too-many-keys | Full. Delete some.']);
  });

  test('a call gives up when the job has to end and the platform is away, and when another task has the slot', async () => {
    const launched = await run(
      `
try: berth.state.set("x", 1)
except berth.JobEnding as error: print("fenced", error, flush=True)
berth.job.wait(60)
try: berth.state.set("x", 1)
except berth.JobEnding as error: print("gave up", flush=True)
`,
      ({ response }) => answer(response, 409, { code: 'sdk.fenced', message: 'Not yours.', remedy: '' }),
      { graceMs: 1000 },
    );
    await launched.printed('fenced Not yours.');
    launched.platform.want({ stop: { reason: 'a test', killAt: null } });
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(1));
    await launched.platform.down();
    await launched.printed('gave up');
    await launched.exit;
  });

  test('many threads call at once, each with its own answer', async () => {
    const lines = await ran(
      `
import threading
wrong = []
def ask(number):
    for turn in range(20):
        key = f"{number}-{turn}"
        if berth.state.get(key) != key: wrong.append(key)
threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("wrong:", wrong)
`,
      ({ url, response }) => answer(response, 200, url.pathname.slice('/sdk/v1/state/'.length).replaceAll('%2D', '-')),
    );
    expect(lines).toEqual(['wrong: []']);
  });
});

describe('berth.actions', () => {
  test('hands over what is asked under its key, the same key when it has to ask again', async () => {
    const asked: { key: string; body: unknown }[] = [];
    const lines = await ran(
      `
action = berth.actions.email("a@example.org", "Warm {x}", "It is {x}", values={"x": 30}, attachments=["report.csv"], key="k 1")
print(action.id, action.key)
berth.actions.sms(["+49", "+50"], "hi")
berth.actions.notify("title", "text", severity="alert")
berth.actions.webhook("https://example.org/x", {"a": 1}, headers={"X-A": "1"})
print(action.state(), action.wait(), action.reason)
`,
      async ({ method, url, request, response }) => {
        const key = decodeURIComponent(url.pathname.slice('/sdk/v1/actions/'.length));
        if (method === 'GET') {
          const ended = url.searchParams.get('wait') !== '0.000';
          return answer(response, 200, { id: key, state: ended ? 'delivered' : 'waiting', reason: 'It was taken.' });
        }
        asked.push({ key, body: await json(request) });
        if (asked.length === 2) return answer(response, 503);
        answer(response, 200, { id: `id-${key}`.slice(0, 8), state: 'waiting' });
      },
    );
    expect(lines).toEqual(['id-k 1 k 1', 'waiting delivered It was taken.']);
    expect(asked[0]).toEqual({
      key: 'k 1',
      body: {
        kind: 'email',
        to: ['a@example.org'],
        subject: 'Warm {x}',
        text: 'It is {x}',
        html: null,
        values: { x: '30' },
        attachments: [{ output: 'report.csv' }],
      },
    });
    const [, first, again, notice, hook] = asked;
    expect(first).toEqual(again);
    expect(first?.body).toEqual({ kind: 'sms', to: ['+49', '+50'], text: 'hi' });
    expect(first?.key).toMatch(/^count\..*-[0-9a-f]{32}$/);
    expect(notice?.body).toEqual({ kind: 'notify', title: 'title', text: 'text', severity: 'alert' });
    expect(hook?.body).toEqual({
      kind: 'webhook',
      url: 'https://example.org/x',
      method: 'POST',
      headers: { 'X-A': '1' },
      body: '{"a": 1}',
    });
    expect(new Set(asked.map(({ key }) => key)).size).toBe(4);
  });

  test('an action that is not allowed raises, with what to do about it', async () => {
    const lines = await ran(
      'try: berth.actions.sms("+49", "x")\nexcept berth.ActionRefused as error: print(error.code, error.remedy)',
      ({ response }) => answer(response, 400, { code: 'action.invalid', message: 'No.', remedy: 'Declare it.' }),
    );
    expect(lines).toEqual(['action.invalid Declare it.']);
  });
});

describe('berth.controls', () => {
  /** Takes every control and lets it end as the test says. */
  const ending =
    (wanted: unknown[], end: object) =>
    async ({ method, request, response }: Call) => {
      if (method === 'GET') return answer(response, 200, { id: 'x', reason: 'so it is', ...end });
      wanted.push(await json(request));
      answer(response, 200, { id: 'x', state: 'sending' });
    };

  test('tells a device what to do and gives what it answered', async () => {
    const wanted: unknown[] = [];
    const lines = await ran(
      `
print(berth.controls.fan.set(percent=40), berth.controls.fan.set({"timeout": 3}), len(berth.controls.fan))
print(berth.controls.door[0].within(2).do("open", wide=True))
try: berth.controls.door.set()
except TypeError as error: print(error)
`,
      ending(wanted, { state: 'delivered', answer: { rpm: 900 } }),
    );
    const said = { kind: 'control', index: 0, timeoutSeconds: 10 };
    expect(wanted).toEqual([
      { ...said, name: 'fan', control: 'speed', parameters: { percent: 40 } },
      { ...said, name: 'fan', control: 'speed', parameters: { timeout: 3 } },
      { ...said, name: 'door', control: 'open', parameters: { wide: true }, timeoutSeconds: 2 },
    ]);
    expect(lines).toEqual([
      "{'rpm': 900} {'rpm': 900} 1",
      "{'rpm': 900}",
      'berth.controls.door can be told several things (open, close): say which, as in .do("name", ...).',
    ]);
  });

  test.each(['failed', 'refused', 'unknown'])('raises when the outcome is %s, with the reason', async (state) => {
    const lines = await ran(
      'try: berth.controls.fan.set(percent=1)\nexcept berth.ControlFailed as fault: print(fault.state, fault.id, fault)',
      ending([], { state }),
    );
    expect(lines).toEqual([`${state} x fan-1 did not do 'speed': so it is`]);
  });

  test('raises the same when the platform does not take the command', async () => {
    const lines = await ran(
      'try: berth.controls.fan.set(percent=1000)\nexcept berth.ControlFailed as fault: print(fault.state, fault)',
      ({ response }) => answer(response, 400, { code: 'sensor.bad-parameters', message: 'Too much.', remedy: 'Less.' }),
    );
    expect(lines).toEqual(['refused Too much. Less.']);
  });
});
