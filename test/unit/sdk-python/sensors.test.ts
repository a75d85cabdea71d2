// What the SDK reads of sensors, with a platform that restarts, cuts off in the middle of a line, or says no.
import { describe, expect, test } from 'vitest';
import { answer, line, ran, run } from './calls-world.ts';

describe('berth.sensors', () => {
  test('gives the last reading, with the bare value of a sensor that measures one thing', async () => {
    const lines = await ran(
      `
reading = berth.sensors.hall.latest()
print(reading.value, reading.values, reading.sensor, reading.sequence, reading.index, reading.at.isoformat())
print(berth.sensors.store.latest().value)
print(berth.sensors["hall"][0].id, berth.sensors.hall[0].location, len(berth.sensors.hall), list(berth.sensors))
`,
      ({ url, response }) => {
        const values = url.pathname.includes('/store/') ? { celsius: 4, door_open: true } : { celsius: 21.5 };
        response.end(line(7, values));
      },
    );
    expect(lines).toEqual([
      "21.5 {'celsius': 21.5} hall-1 7 0 2026-09-21T14:13:20.007000+00:00",
      "{'celsius': 4, 'door_open': True}",
      "hall-1 hall 1 ['hall', 'rooms', 'annotations', 'store']",
    ]);
  });

  test('gives None where there is no reading, and a window of them oldest first', async () => {
    const lines = await ran(
      `
print(berth.sensors.hall.latest())
print([reading.value for reading in berth.sensors.hall.window(60)])
`,
      ({ url, response }) => {
        if (url.pathname.endsWith('/latest')) return answer(response, 204);
        expect(url.searchParams.get('seconds')).toBe('60');
        response.end(`[${line(1)},${line(2)}]`);
      },
    );
    expect(lines).toEqual(['None', '[0.1, 0.2]']);
  });

  test('says what to do about a name that is not declared, stands for nothing, or for several', async () => {
    const lines = await ran(`
for act in (
    lambda: berth.sensors.cellar,
    lambda: berth.sensors.annotations.latest(),
    lambda: berth.sensors.annotations.stream(),
    lambda: berth.sensors.rooms.latest(),
    lambda: berth.sensors.hall.window(0),
    lambda: berth.sensors.hall.stream(rate=-1),
    lambda: berth.controls.hall,
):
    try: act()
    except Exception as error: print(type(error).__name__, "-", error)
print(len(berth.sensors.annotations), len(berth.sensors.rooms), hasattr(berth.sensors, "cellar"))
`);
    expect(lines).toEqual([
      "NotBound - This algorithm has no 'cellar' among its sensors (hall, rooms, annotations, store); declare it in app_config.json.",
      expect.stringMatching(/^NotBound - sensors.annotations stands for no device: the instance runs without it/),
      expect.stringMatching(/^NotBound - sensors.annotations stands for no device/),
      'TypeError - berth.sensors.rooms stands for 2 devices: say which, as in berth.sensors.rooms[0].',
      'ValueError - seconds must be a number above 0, not 0',
      'ValueError - rate must be a number above 0, not -1',
      "NotBound - This algorithm has no 'hall' among its controls (fan, door); declare it in app_config.json.",
      '0 2 False',
    ]);
  });

  test('streams all sensors of a name, each reading with its index', async () => {
    const lines = await ran(
      `
for reading in berth.sensors.rooms.stream(rate=5):
    print(reading.index, reading.sensor, reading.value)
    if reading.sequence == 12: break
`,
      ({ url, response }) => {
        if (url.pathname.endsWith('/latest')) return response.end(line(url.pathname.includes('/1/') ? 10 : 4));
        expect(url.search).toBe('?after=10&rate=5');
        response.write(`${line(11, { celsius: 1 }, 'b', 1)}\n\n${line(12, { celsius: 2 }, 'a', 0)}`);
      },
    );
    expect(lines).toEqual(['1 b 1', '0 a 2']);
  });

  test('a stream loses nothing and doubles nothing when its connection is cut in a line, refused for a while, or the platform restarts', async () => {
    const asked: string[] = [];
    const launched = await run(
      `
seen = []
for reading in berth.sensors.hall.stream():
    seen.append(reading.sequence)
    print(reading.sequence, flush=True)
    if reading.sequence == 300: break
assert seen == list(range(1, 301)), seen
print("whole")
`,
      ({ url, response }) => {
        if (url.pathname.endsWith('/latest')) return answer(response, 204);
        const after = Number(url.searchParams.get('after'));
        asked.push(`${after}`);
        if (asked.length === 3)
          return answer(response, 503, { code: 'platform.store-failed', message: '', remedy: '' });
        let text = '';
        for (let sequence = after + 1; sequence <= Math.min(300, after + 90); sequence++) text += line(sequence);
        response.write(after + 90 >= 300 ? text : text.slice(0, -7));
        // The rest of the line never comes.
        setImmediate(() => response.destroy());
      },
    );
    await launched.printed('\n150\n');
    await launched.platform.down();
    await launched.platform.up();
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.lines.at(-1)).toBe('whole');
  });

  test('a stream ends when the job is told to stop, and the program has time to finish', async () => {
    const launched = await run(
      `
print("begun", flush=True)
for reading in berth.sensors.hall.stream(): pass
berth.output.write("the last word")
print("ended", flush=True)
`,
      ({ url, response }) => {
        if (url.pathname.endsWith('/latest')) return answer(response, 204);
        response.write(line(1));
      },
      { graceMs: 5000 },
    );
    await launched.printed('begun');
    launched.platform.want({ stop: { reason: 'a test', killAt: null } });
    await launched.printed('ended');
    await launched.exit;
    expect(launched.platform.outputs()).toEqual(['the last word']);
  });

  test('a forked child makes connections of its own', async () => {
    const lines = await ran(
      `
import os
stream = berth.sensors.hall.stream()
print(next(stream).sequence, flush=True)
pid = os.fork()
if pid == 0:
    print("child", berth.sensors.hall.latest().sequence, next(stream).sequence, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
print("parent", berth.sensors.hall.latest().sequence, next(stream).sequence)
`,
      ({ url, response }) => {
        if (url.pathname.endsWith('/latest')) return response.end(line(1));
        const after = Number(url.searchParams.get('after'));
        response.write(line(after + 1));
        setTimeout(() => response.write(line(after + 2)), 300);
      },
    );
    expect(lines).toEqual(['2', 'child 1 3', 'parent 1 3']);
  });
});
