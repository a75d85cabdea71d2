// Which process looks after what, as documents come and go.
import { expect, test } from 'vitest';
import { PeerBook } from '../../../src/main/peer-book.ts';
import type { Component, ShardLease } from '../../../src/model/component.ts';

function aComponent(id: string, run: string): Component {
  const nothing = { backlog: 0, memoryBytes: 0, heldUpMs: 0, shards: {}, sentence: '', version: '0', pid: 1 };
  const times = { startedAt: 0, heartbeatAt: 0 };
  return { id, run, roles: [], machine: 'm', address: `http://${id}:1`, state: 'running', ...nothing, ...times };
}

function aLease(owner: string | null): ShardLease {
  return { id: 'nodes:5', role: 'nodes', shard: 5, owner, epoch: 1 };
}

test('a shard is looked after by the process that its lease names, while that is the one that runs', () => {
  const book = new PeerBook();
  book.written('component', 'a', aComponent('a', 'r1'));
  expect(book.ownerOf('nodes', 5)).toBeNull();
  book.written('shardLease', 'nodes:5', aLease('a/r1'));
  expect([book.ownerOf('nodes', 5), book.addressOf('a')]).toEqual(['a', 'http://a:1']);
  book.written('component', 'a', aComponent('a', 'r2'));
  expect(book.ownerOf('nodes', 5)).toBeNull();
  book.written('shardLease', 'nodes:5', aLease('a/r2'));
  expect(book.ownerOf('nodes', 5)).toBe('a');
  book.written('shardLease', 'nodes:5', aLease(null));
  expect(book.ownerOf('nodes', 5)).toBeNull();
  book.written('component', 'a', undefined);
  expect(book.addressOf('a')).toBeNull();
});
