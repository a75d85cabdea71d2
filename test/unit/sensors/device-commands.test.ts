// Commands to devices: checked before they leave, and acknowledged, refused, too late or not sent at all.
import { describe, expect, it } from 'vitest';
import { openSensors } from './sensor-world.ts';

const FAN = { id: 'c1', sensor: 't1', control: 'fan', parameters: { speed: 40 }, timeoutMs: 3000 };
const never = () => new AbortController().signal;

async function sending() {
  const world = await openSensors();
  const ack = (value: unknown, sensor = 't1') => world.door.acknowledged(sensor, Buffer.from(JSON.stringify(value)));
  const sent = async () => {
    while (world.commands.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...world, ack, sent };
}

describe('a command', () => {
  it('is published with its id, and acknowledged by it', async () => {
    const { room, commands, ack, sent } = await sending();
    const outcome = room.commands.send(FAN, never());
    await sent();
    expect(commands).toEqual([{ sensor: 't1', control: 'fan', sent: { id: 'c1', parameters: { speed: 40 } } }]);
    ack({ id: 'c2', ok: true });
    ack({ id: 'c1', ok: true }, 't2');
    ack('nonsense');
    ack({ id: 'c1', ok: true, answer: { rpm: 900 } });
    expect(await outcome).toEqual({ outcome: 'acknowledged', detail: 'the device did it', answer: { rpm: 900 } });
  });

  it('may be refused by the device, in its words', async () => {
    const { room, ack, sent } = await sending();
    const outcome = room.commands.send(FAN, never());
    await sent();
    ack({ id: 'c1', ok: false, detail: 'the fan is stuck' });
    expect(await outcome).toEqual({ outcome: 'refused', detail: 'the fan is stuck' });
  });

  it('is too late after its time', async () => {
    const { room, clock, sent } = await sending();
    const outcome = room.commands.send(FAN, never());
    await sent();
    await clock.advance(3000);
    expect(await outcome).toEqual({ outcome: 'timed-out', detail: 't1 did not acknowledge it within 3 s' });
  });

  it.each([
    [{ parameters: { speed: 101 } }, 'sensor.bad-parameters'],
    [{ parameters: {} }, 'sensor.bad-parameters'],
    [{ parameters: { speed: 1, mode: 'x' } }, 'sensor.bad-parameters'],
    [{ control: 'siren' }, 'sensor.no-such-control'],
    [{ sensor: 'nobody' }, 'request.not-found'],
  ])('that does not fit never leaves: %j', async (over, code) => {
    const { room, commands } = await sending();
    await expect(room.commands.send({ ...FAN, ...over }, never())).rejects.toMatchObject({ code });
    expect(commands).toEqual([]);
  });

  it('ends with whoever asked for it', async () => {
    const { room, sent } = await sending();
    const leaving = new AbortController();
    const outcome = room.commands.send(FAN, leaving.signal);
    await sent();
    leaving.abort(new Error('the platform stops'));
    await expect(outcome).rejects.toThrow('the platform stops');
  });
});
