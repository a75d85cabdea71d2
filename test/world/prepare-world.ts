// Making everything that tests of the real world share, before the first of them is timed.
import Docker from 'dockerode';
import { baseImageTar } from './base-image.ts';
import { testEngine } from './engine.ts';
import { motoProgram } from './moto.ts';
import { installPrerequisites } from './prerequisites.ts';
import { serverImage } from './server-image.ts';

/** Starts the engine and makes the images that are not kept from an earlier run. */
export async function prepareWorld(say: (line: string) => void): Promise<void> {
  await installPrerequisites();
  const { socketPath } = await testEngine();
  say(`  the test engine answers at ${socketPath}`);
  say(`  the base image lies at ${await baseImageTar()}`);
  say(`  EC2 is stood in for by ${await motoProgram()}`);
  const docker = new Docker({ socketPath });
  for (const kind of ['engine', 'bare'] as const) say(`  servers start from ${await serverImage(docker, kind)}`);
}
