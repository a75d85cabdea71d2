// The published JSON schema of machines files is the one that is held.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { machinesFileSchema } from '../../../src/initializer/machines-file-schema.ts';

test('docs/machines-file.schema.json is that of the program', () => {
  const path = join(import.meta.dirname, '..', '..', '..', 'docs', 'machines-file.schema.json');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(z.toJSONSchema(machinesFileSchema, { io: 'input' }));
});
