// What the API answers: the shapes that cli and web read. Times are ISO 8601 in UTC. The ids are the names of the shapes in the OpenAPI
// document.
import { z } from 'zod';

/** An instant as ISO 8601 in UTC, with milliseconds. */
export const instant = z.iso.datetime().meta({ id: 'Instant' });

/** Which page of a list. */
export const page = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: z.string().optional(),
});

const optionalInstant = instant.nullable();
const labels = z.record(z.string(), z.string());

/** An error as every route answers it. */
export const errorView = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      remedy: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number()])),
      problems: z.array(
        z.object({
          file: z.string(),
          path: z.string(),
          found: z.string(),
          expected: z.string(),
          line: z.number().optional().describe('Line of the file, counted from 1, where it was sent as text.'),
        }),
      ),
    }),
  })
  .meta({ id: 'Error' });

/** The platform in one look. */
export const statusView = z
  .object({
    version: z.string(),
    platform: z.string(),
    startedAt: instant,
    applications: z.number(),
    instances: z.number(),
    jobs: z.record(z.string(), z.number()),
    nodes: z.record(z.string(), z.number()),
    schedules: z.enum(['running', 'paused']).describe('Whether all schedules are held back.'),
    backlog: z.object({ waiting: z.number(), running: z.number(), alarms: z.number() }),
  })
  .meta({ id: 'Status' });

/** One algorithm of a package. */
const algorithmView = z
  .object({
    id: z.string(),
    name: z.string(),
    script: z.string(),
    kind: z.enum(['run-to-completion', 'continuous']),
    output: z.string(),
    resources: z.object({ cpus: z.number(), memoryMiB: z.number(), diskMiB: z.number(), pids: z.number() }),
    exactlyOne: z.boolean(),
    sensors: z
      .array(z.object({ name: z.string(), type: z.string(), format: z.string(), count: z.number() }))
      .describe('What it reads, by the names in its code.'),
    controls: z.array(z.object({ name: z.string(), type: z.string() })).describe('What it may steer.'),
    actions: z.array(z.string()).describe('Kinds of actions that it may ask for.'),
  })
  .meta({ id: 'Algorithm' });

/** The image of a package. */
export const imageView = z
  .object({
    state: z.enum(['waiting', 'installing', 'ready', 'failed']),
    layers: z.array(z.object({ role: z.string(), digest: z.string(), sizeBytes: z.number() })),
    error: z
      .object({ code: z.string(), message: z.string(), remedy: z.string(), lastLines: z.array(z.string()) })
      .nullable(),
    readyAt: optionalInstant,
  })
  .meta({ id: 'Image' });

/** One upload of an application. */
export const packageView = z
  .object({
    id: z.string(),
    application: z.string(),
    version: z.string(),
    sizeBytes: z.number(),
    files: z.number(),
    createdAt: instant,
    algorithms: z.array(algorithmView),
    image: imageView.nullable(),
  })
  .meta({ id: 'Package' });

/** An application. */
export const applicationView = z
  .object({
    name: z.string(),
    description: z.string(),
    project: z.string().describe('Where roles are given for it.'),
    currentPackage: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Application' });

/** An application with its packages and the names of its instances. */
export const applicationDetailView = applicationView
  .extend({
    packages: z.array(packageView),
    instances: z.array(z.string()),
  })
  .meta({ id: 'ApplicationDetail' });

/** The answer to an upload. */
export const pushView = z
  .object({
    application: z.string(),
    package: z.string(),
    version: z.string(),
    existed: z.boolean(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Push' });

const verdict = z.object({ node: z.string(), load: z.number().optional(), refused: z.string().optional() });
const placement = z.object({
  at: instant,
  chosen: z.string().nullable(),
  sentence: z.string(),
  verdicts: z.array(verdict),
});

/** One copy of a job. */
export const slotView = z
  .object({
    index: z.number(),
    state: z.string(),
    attempt: z.number(),
    task: z.string().nullable(),
    node: z.string().nullable(),
    failures: z.number(),
    notBefore: optionalInstant,
    lastEnd: z.string().nullable(),
    placement: placement.nullable(),
  })
  .meta({ id: 'Slot' });

/** A job. */
export const jobView = z
  .object({
    id: z.string(),
    instance: z.string(),
    application: z.string(),
    algorithm: z.string(),
    package: z.string(),
    origin: z.enum(['occurrence', 'manual', 'after', 'rerun']),
    priority: z.number(),
    state: z.string(),
    reason: z.string(),
    copies: z.number(),
    nodes: z.array(z.string()),
    startsAt: instant,
    endsAt: optionalInstant,
    startedAt: optionalInstant,
    endedAt: optionalInstant,
    createdAt: instant,
  })
  .meta({ id: 'Job' });

/** One attempt at a slot. */
export const taskView = z
  .object({
    id: z.string(),
    slot: z.number(),
    attempt: z.number(),
    node: z.string(),
    state: z.string(),
    reason: z.string(),
    exitCode: z.number().nullable(),
    containerId: z.string().nullable(),
    startedAt: optionalInstant,
    endedAt: optionalInstant,
    runs: z.array(
      z.object({
        number: z.number(),
        startedAt: instant,
        endedAt: optionalInstant,
        exitCode: z.number().nullable(),
        signal: z.string().nullable(),
      }),
    ),
    lastLines: z.array(z.string()),
  })
  .meta({ id: 'Task' });

/** A job with its slots, tasks and history. */
export const jobDetailView = jobView
  .extend({
    why: z.string(),
    machine: z.enum(['shared', 'standalone']),
    originOf: z
      .string()
      .nullable()
      .describe('The occurrence (an instant), the job that it came after, or the job that it is once more.'),
    by: z.string().nullable().describe('Who asked for it, when somebody did.'),
    parameters: labels,
    sensors: z
      .object({
        state: z.enum(['waiting', 'bound', 'refused']),
        reason: z.string(),
        bound: z.array(z.object({ name: z.string(), sensors: z.array(z.string()) })),
      })
      .nullable()
      .describe('The sensors that its names stand for; null: it needs none, or nobody has looked them up yet.'),
    stop: z.object({ by: z.string(), reason: z.string(), at: instant, graceMs: z.number().optional() }).nullable(),
    slots: z.array(slotView),
    tasks: z.array(taskView),
    notes: z.array(z.object({ at: instant, text: z.string() })),
    lastLines: z.array(z.string()),
  })
  .meta({ id: 'JobDetail' });

/** One piece of output. */
export const outputView = z
  .object({
    id: z.string(),
    job: z.string(),
    slot: z.number(),
    task: z.string(),
    kind: z.enum(['text', 'json', 'file']),
    name: z.string(),
    contentType: z.string(),
    sizeBytes: z.number(),
    text: z.string().nullable(),
    at: instant,
  })
  .meta({ id: 'Output' });

/** A node. */
export const nodeView = z
  .object({
    id: z.string(),
    address: z.string(),
    access: z.enum(['local', 'ssh']),
    hostKeyFingerprint: z.string().nullable(),
    labels,
    state: z.string(),
    reason: z.string(),
    trouble: z.string().nullable(),
    pressure: z.string().nullable(),
    machine: z.object({ provider: z.string(), machine: z.string(), added: z.boolean() }).nullable(),
    recovery: z.enum(['automatic', 'off']),
    drainUntil: optionalInstant,
    quarantinedUntil: optionalInstant,
    draining: z.boolean(),
    removing: z.boolean(),
    tasks: z.number(),
    claim: z.string().nullable(),
    cpus: z.number().nullable(),
    memoryBytes: z.number().nullable(),
    architecture: z.string().nullable(),
    engineVersion: z.string().nullable(),
    load: z
      .object({ at: instant, cpu: z.number(), memory: z.number(), diskFreeBytes: z.number(), harmonic: z.number() })
      .nullable(),
    reserved: z.object({ cpus: z.number(), memoryBytes: z.number() }),
    lastSeenAt: optionalInstant,
  })
  .meta({ id: 'Node' });

const loadPoints = z.array(z.object({ at: instant, min: z.number(), mean: z.number(), max: z.number() }));

/** A node's load over time; all measures are shares in [0, 1], `disk` the used one, `load` the harmonic mean of CPU and memory. */
export const nodeLoadView = z
  .object({
    node: z.string(),
    from: instant,
    to: instant,
    stepMs: z.number(),
    cpu: loadPoints,
    memory: loadPoints,
    disk: loadPoints,
    load: loadPoints,
  })
  .meta({ id: 'NodeLoad' });

/** Why a node is as it is. */
export const nodeWhyView = z
  .object({
    node: z.string(),
    state: z.string(),
    sentences: z.array(z.string()),
    recovery: z
      .object({
        state: z.string(),
        reason: z.string(),
        nextAt: optionalInstant,
        tries: z.array(
          z.object({
            step: z.string(),
            act: z.string(),
            at: instant,
            endedAt: optionalInstant,
            outcome: z.string(),
            text: z.string(),
          }),
        ),
      })
      .nullable(),
    tasks: z.array(z.object({ task: z.string(), state: z.string(), reason: z.string() })),
  })
  .meta({ id: 'NodeWhy' });

/** Something that happened. */
export const eventView = z
  .object({
    id: z.string(),
    at: instant,
    kind: z.string(),
    subject: z.string(),
    application: z.string().nullable(),
    text: z.string(),
    evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'Event' });

/** A piece of log: `data` is exactly the bytes, in base64. What a task writes to one stream within one millisecond may come as one. */
export const logFrameView = z
  .object({
    at: instant,
    atNs: z.string(),
    task: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    data: z.string(),
    gap: z.string().optional(),
  })
  .meta({ id: 'LogFrame' });

/** A page of anything. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });
