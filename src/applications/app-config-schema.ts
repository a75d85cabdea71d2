// The shape of app_config.json. What only the package as a whole can tell (duplicate ids, scripts that are missing) is judged in
// app-config-problems.ts.
import { z } from 'zod';
import type { AppConfig } from '../model/package.ts';
import { codeName, dataFormat, environment, plainName, resourceShape, titleText } from './config-values.ts';
import { isHost } from './network-host.ts';
import { npmPackageFault } from './npm-package.ts';
import { pipRequirementFault } from './pip-requirement.ts';

// Debian policy 5.6.1 and 5.6.12. A name that ends in "-" would tell apt to remove the package.
const DEBIAN_PACKAGE = /^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?:=(?:\d+:)?\d[A-Za-z0-9.+~-]*)?$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

const pipRequirement = z.string().check((context) => {
  const fault = pipRequirementFault(context.value);
  if (fault !== undefined) context.issues.push({ code: 'custom', message: fault, input: context.value });
});

const npmPackage = z.string().check((context) => {
  const fault = npmPackageFault(context.value);
  if (fault !== undefined) context.issues.push({ code: 'custom', message: fault, input: context.value });
});

const debianPackage = z
  .string()
  .max(200)
  .regex(DEBIAN_PACKAGE, { error: 'a Debian package, "name" or "name=version"' });

const networkNeed = z.strictObject({
  host: z.string().refine(isHost, { error: 'a host name or an IP address, without scheme, port or wildcard' }),
  ports: z
    .array(z.number().int().min(1).max(65_535))
    .min(1)
    .max(32)
    .refine((ports) => new Set(ports).size === ports.length, { error: 'each port once' }),
});

const resources = z.strictObject({
  cpus: resourceShape.cpus.default(0.25),
  memoryMiB: resourceShape.memoryMiB.default(128),
  diskMiB: resourceShape.diskMiB.default(256),
  pids: resourceShape.pids.default(64),
});

const algorithm = z
  .strictObject({
    id: plainName,
    name: titleText.optional(),
    script: z.string().min(1).max(500),
    kind: z.enum(['run-to-completion', 'continuous']).default('run-to-completion'),
    sensors: z
      .array(
        z.strictObject({
          name: codeName,
          type: plainName,
          format: dataFormat,
          count: z.number().int().min(1).max(1000).default(1),
        }),
      )
      .max(100)
      .default([]),
    controls: z
      .array(z.strictObject({ name: codeName, type: plainName }))
      .max(100)
      .default([]),
    actions: z
      .array(z.enum(['email', 'sms', 'notify', 'webhook']))
      .max(4)
      .refine((actions) => new Set(actions).size === actions.length, { error: 'each action once' })
      .default([]),
    output: z.enum(['none', 'text', 'json', 'files']).default('none'),
    resources: resources.prefault({}),
    environment: environment.default({}),
    exactlyOne: z.boolean().default(false),
  })
  .transform((read) => ({ ...read, name: read.name ?? read.id }));

/** The shape of app_config.json; parsing fills in the defaults. */
export const appConfigSchema = z
  .strictObject({
    $schema: z.string().max(500).optional(),
    name: plainName,
    version: z.string().regex(VERSION, {
      error: 'a version such as "1.2.0": letters, digits, ".", "_", "+" and "-", at most 64 characters',
    }),
    description: z.string().max(4000).default(''),
    runtime: z.enum(['python', 'node']).default('python'),
    dependencies: z
      .strictObject({
        pip: z.array(pipRequirement).max(200).default([]),
        debian: z.array(debianPackage).max(200).default([]),
        npm: z.array(npmPackage).max(200).default([]),
      })
      .prefault({}),
    network: z.array(networkNeed).max(64).default([]),
    algorithms: z.array(algorithm).min(1).max(100),
  })
  .transform(({ $schema: _, ...config }): AppConfig => config);

/** JSON Schema (2020-12) of app_config.json, for editors and for other programs. */
export function appConfigJsonSchema(): object {
  return { title: 'app_config.json of a Berth application', ...z.toJSONSchema(appConfigSchema, { io: 'input' }) };
}
