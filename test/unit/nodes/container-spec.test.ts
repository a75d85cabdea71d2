// The container of a task as text, and what its launcher is told.
import { expect, test } from 'vitest';
import { containerSpec } from '../../../src/nodes/container-spec.ts';
import { taskDigest } from '../../../src/nodes/task-digest.ts';
import { taskFile } from '../../../src/nodes/task-file.ts';
import { aSpec } from '../../builders/jobs.ts';
import { STOP, theTask } from './task-snapshots.ts';

const network = [
  { host: 'api.example.org', ports: [443] },
  { host: 'db.example.org', ports: [5432, 5433] },
];
const task = theTask({
  spec: aSpec({ network, environment: { MODE: 'fast', PYTHONPATH: '/mine' }, parameters: { limit: '7' } }),
});

test('a task runs with nothing that it did not ask for', () => {
  expect(containerSpec(task, { platformUid: 'p1', image: 'berth/room:1' })).toMatchInlineSnapshot(`
    {
      "binds": [
        {
          "source": "/run/berth/p1",
          "target": "/run/berth",
        },
      ],
      "capabilities": "none",
      "command": [],
      "cpus": 0.25,
      "entrypoint": [
        "python3",
        "-B",
        "/opt/berth/sdk/launch.py",
      ],
      "environment": {
        "HOME": "/scratch",
        "MODE": "fast",
        "PYTHONPATH": "/opt/berth/sdk:/opt/berth/dependencies",
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": "/tmp",
      },
      "extraHosts": {
        "api.example.org": "127.0.1.1",
        "db.example.org": "127.0.1.2",
      },
      "hostname": "room-watch-0",
      "image": "berth/room:1",
      "labels": {
        "berth.application": "room",
        "berth.instance": "room-abc123",
        "berth.job": "room-abc123.o20261122T080000Z",
        "berth.platform": "p1",
        "berth.slot": "0",
        "berth.spec": "2e924b926c6677bb5f09406ba33d7fd2b5f9095135e755fabf058b13e2c3abc1",
        "berth.task": "room-abc123.o20261122T080000Z.0.1",
      },
      "memoryBytes": 67108864,
      "name": "room-abc123.o20261122T080000Z.0.1",
      "network": "none",
      "pids": 64,
      "readOnlyRoot": true,
      "scratch": {
        "path": "/scratch",
        "volume": "room-abc123.o20261122T080000Z.0.1",
      },
      "takesInput": true,
      "tmpfs": {
        "/tmp": 67108864,
      },
      "user": "65534:65534",
      "workingDirectory": "/app",
    }
  `);
});

test('a host name is a host name, whatever application and algorithm are called', () => {
  const odd = theTask({ application: 'Räume_1', algorithm: `x${'y'.repeat(80)}` });
  expect(containerSpec(odd, { platformUid: 'p1', image: 'i' }).hostname).toMatch(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
});

test('the mark of a task is the same however its keys are ordered, and after a stop', () => {
  const turned = { ...task, spec: Object.fromEntries(Object.entries(task.spec).reverse()) as typeof task.spec };
  expect(taskDigest(turned)).toBe(taskDigest(task));
  expect(taskDigest({ ...task, stop: STOP })).toBe(taskDigest(task));
  expect(taskDigest({ ...task, attempt: 2 })).not.toBe(taskDigest(task));
});

test('the task file tells the launcher everything', () => {
  expect(taskFile(task, { token: 'secret', clockOffsetMs: -3 })).toMatchInlineSnapshot(`
    {
      "algorithm": "watch",
      "application": "room",
      "attempt": 1,
      "clockOffsetMs": -3,
      "copies": 1,
      "endsAt": null,
      "exactlyOne": false,
      "graceMs": 10000,
      "instance": "room-abc123",
      "job": "room-abc123.o20261122T080000Z",
      "kind": "continuous",
      "network": [
        {
          "address": "127.0.1.1",
          "host": "api.example.org",
          "ports": [
            443,
          ],
        },
        {
          "address": "127.0.1.2",
          "host": "db.example.org",
          "ports": [
            5432,
            5433,
          ],
        },
      ],
      "parameters": {
        "limit": "7",
      },
      "runsPerTask": 5,
      "runtime": "python",
      "scheduledAt": 1795334400000,
      "script": "watch.py",
      "slot": 0,
      "socket": "/run/berth/sdk.sock",
      "stableAfterMs": 60000,
      "startsAt": 1795334400000,
      "task": "room-abc123.o20261122T080000Z.0.1",
      "token": "secret",
      "version": 1,
    }
  `);
});

test('a task that names secrets has a place for them in memory, and nothing of them anywhere else', () => {
  const named = theTask({ spec: aSpec({ secrets: ['db'] }) });
  const { privateTmpfs, ...spec } = containerSpec(named, { platformUid: 'p1', image: 'i' });
  expect(privateTmpfs).toEqual({ '/run/secrets': 33 * 64 * 1024 });
  const { 'berth.spec': _, ...labels } = spec.labels;
  expect(JSON.stringify({ ...spec, labels })).not.toContain('db');
  expect(taskFile(named, { token: 't', clockOffsetMs: 0 })).toMatchObject({ secrets: ['db'] });
  expect(containerSpec(task, { platformUid: 'p1', image: 'i' })).not.toHaveProperty('privateTmpfs');
});
