import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aThermometer, aTypeOf, needsOfSensors } from '../../builders/bindings.ts';
import { aJob, aSpec, T0 } from '../../builders/jobs.ts';
import { aBinding } from '../../builders/sensors.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { type CliWorld, openCli } from './cli-world.ts';

const FILE = `types:
  - { id: temperature, fields: [{ name: celsius, type: number, unit: °C, range: [-30, 60] }], controls: [{ name: reset }] }
sensors:
  - { id: t-1, type: temperature, location: campus/a, tags: [indoor] }
  - { id: thermometer-2, type: temperature }
`;

async function withFile(
  text = FILE,
  name = 'sensors.yaml',
): Promise<{ readonly world: CliWorld; readonly path: string }> {
  const directory = await temporaryDirectory();
  await mkdir(directory, { recursive: true });
  const path = join(directory, name);
  await writeFile(path, text);
  return { world: await openCli(), path };
}

describe('berth sensor', () => {
  it('registers what a file describes and lists it in a table that lines up', async () => {
    const { world, path } = await withFile();
    expect((await world.berth(['sensor', 'apply', path])).out).toBe('1 types and 2 sensors: 3 are new.\n');
    expect((await world.berth(['sensor', 'import', path])).out).toBe('1 types and 2 sensors: 3 are as they were.\n');
    const { out } = await world.berth(['sensor', 'list']);
    expect(out.split('\n')).toEqual([
      'SENSOR         TYPE         STATE    LAST READING  MISFITS  LOCATION  TAGS',
      't-1            temperature  unknown  -                   0  campus/a  indoor',
      'thermometer-2  temperature  unknown  -                   0  -         -',
      '',
    ]);
    expect((await world.berth(['sensor', 'type', 'list'])).out).toContain(
      'temperature        2  1 Hz  celsius number °C -30…60  reset',
    );
    expect((await world.berth(['sensor', 'type', 'show', 'temperature'])).out).toContain('Takes        reset()');
  });

  it('tells every problem of a file with its path and what to do', async () => {
    const { world, path } = await withFile('sensors:\n  - { id: A, type: x }\n  - { type: y, plce: z }\n');
    const { code, err } = await world.berth(['sensor', 'apply', path]);
    expect(code).not.toBe(0);
    for (const text of ['$.sensors[0].id', '$.sensors[1].id', '$.sensors[1].plce', 'docs/sensors.md'])
      expect(err).toContain(text);
  });

  it('shows one sensor, switches it, gives it a password and forgets it', async () => {
    const { world, path } = await withFile();
    await world.berth(['sensor', 'apply', path]);
    const shown = (await world.berth(['sensor', 'show', 't-1'])).out;
    expect(shown).toContain('State         unknown: it was never heard of');
    expect(shown).toContain("Signs in      not yet; 'berth sensor credential t-1' makes a password");
    expect((await world.berth(['sensor', 'disable', 't-1'])).out).toBe('Sensor t-1 is disabled.\n');
    expect((await world.berth(['sensor', 'enable', 't-1'])).out).toBe('Sensor t-1 is enabled.\n');
    const made = await world.berth(['sensor', 'credential', 't-1']);
    expect(made.out).toMatch(/^User {9}t-1\nPassword {5}[\w-]{32}\nReadings to {2}berth\/t-1\/readings\n$/);
    expect(made.err).toContain('shown this once');
    expect((await world.berth(['sensor', 'credential', 't-1', '--revoke'])).out).toContain('cannot sign in any more');
    expect((await world.berth(['sensor', 'remove', 't-1'])).out).toBe('Sensor t-1 is forgotten.\n');
    const inUse = await world.berth(['sensor', 'type', 'remove', 'temperature']);
    expect(inUse.err).toContain('1 sensors are of it: thermometer-2');
    expect(inUse.err).toContain("Remove them first with 'berth sensor remove SENSOR'.");
  });

  it('exports what it can import, in the form that the file name tells', async () => {
    const { world, path } = await withFile();
    await world.berth(['sensor', 'apply', path]);
    const csv = path.replace('.yaml', '.csv');
    expect((await world.berth(['sensor', 'export', '--save', csv])).out).toBe(`Everything is in ${csv}.\n`);
    expect(await readFile(csv, 'utf8')).toMatch(/^id,name,type,location,tags,enabled,network,schedule\r\nt-1,/);
    expect((await world.berth(['sensor', 'import', csv])).out).toBe('0 types and 2 sensors: 2 are as they were.\n');
    const { out } = await world.berth(['sensor', 'export']);
    expect(JSON.parse(out)).toMatchObject({ types: [{ id: 'temperature' }], sensors: [{ id: 't-1' }, {}] });
  });

  it('lists what packages wish for, and approves or refuses it', async () => {
    const world = await openCli();
    const wish = { kind: 'type', type: aTypeOf('radar') } as const;
    const undecided = { packages: ['p'], application: 'room', state: 'open', decision: null, createdAt: T0 } as const;
    await world.api.parts.store.create('registrationRequest', { id: 'type:radar', wish, ...undecided });
    expect((await world.berth(['sensor', 'requests'])).out).toMatch(/type:radar {2}room {9}open {3}.*value number/);
    expect((await world.berth(['sensor', 'refuse', 'type:radar'])).code).toBe(64);
    const refusing = await world.berth(['sensor', 'refuse', 'type:radar', '--reason', 'not here']);
    expect(refusing.out).toBe('Sensor type radar is refused: not here\n');
    expect((await world.berth(['sensor', 'requests', '--state', 'refused'])).out).toContain('tester: not here');
    expect((await world.berth(['sensor', 'approve', 'type:radar'])).out).toBe('Sensor type radar is registered.\n');
    expect((await world.berth(['sensor', 'requests'])).out).toBe('No requests are open.\n');
  });

  it('approves all requests at once, types before their sensors; and asks for one or all', async () => {
    const world = await openCli();
    const sensor = { ...aThermometer('t-1'), type: 'radar' };
    const wishes = [
      { id: 'sensor:t-1', wish: { kind: 'sensor', sensor } },
      { id: 'type:radar', wish: { kind: 'type', type: aTypeOf('radar') } },
    ] as const;
    const undecided = { packages: ['p'], application: 'room', state: 'open', decision: null, createdAt: T0 } as const;
    for (const wish of wishes) await world.api.parts.store.create('registrationRequest', { ...wish, ...undecided });
    expect((await world.berth(['sensor', 'approve'])).err).toContain('Name one request, or say --all.');
    const { out } = await world.berth(['sensor', 'approve', '--all']);
    expect(out).toBe('Sensor type radar is registered.\nSensor t-1 is registered.\n');
    expect((await world.berth(['sensor', 'approve', '--all'])).out).toBe('No requests are open.\n');
  });

  it('prints JSON for programs', async () => {
    const world = await openCli();
    await world.api.parts.store.create('sensor', aThermometer('t-1'));
    expect(JSON.parse((await world.berth(['sensor', 'list', '--json'])).out)).toMatchObject([
      { id: 't-1', state: 'unknown' },
    ]);
  });
});

it('berth job why tells which sensors a job has, or waits for', async () => {
  const world = await openCli();
  const job = aJob({ spec: aSpec({ sensorNeeds: needsOfSensors({ air: ['temperature', 1] }) }) });
  await world.api.parts.store.create('job', job);
  await world.api.parts.store.create(
    'jobBinding',
    aBinding(job.id, { reason: 'air is t-1', sensors: { air: ['t-1'] } }),
  );
  expect((await world.berth(['job', 'why', job.id])).out).toContain('Sensors:  bound: air is t-1.');
  expect((await world.berth(['job', 'show', job.id])).out).toContain('Sensors  air: t-1');
});
