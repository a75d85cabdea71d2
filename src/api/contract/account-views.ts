// People, projects, sessions and tokens, as the API takes and answers them.
import { z } from 'zod';
import { PLATFORM_PERMISSIONS, PROJECT_PERMISSIONS } from '../../model/permission.ts';
import { instant } from './views.ts';

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'one line of text' });

/** Longer ones are no safer, and are hashed as long as somebody sends them. */
const LONGEST_PASSWORD = 1000;
const YEAR_MS = 365 * 86_400_000;

const password = z.string().max(LONGEST_PASSWORD);
const secret = z.string().min(1).max(200).describe('What stands in the link, after the #.');
const email = z.string().max(254).nullable();

/** What somebody is in a project. */
const projectRole = z.enum(['developer', 'configurer', 'user']);

/** The role in each project. */
const memberships = z.record(z.string().max(63), projectRole).describe('The role in each project.');

/** What a token gives. */
const permissions = z
  .array(z.enum(['*', ...PROJECT_PERMISSIONS, ...PLATFORM_PERMISSIONS]))
  .min(1)
  .max(100)
  .describe('Permissions by name; * gives all that its owner has.');

/** What anybody may know before they sign in. */
export const doorView = z
  .object({
    claimed: z.boolean().describe('Whether there is an administrator already.'),
    mail: z.boolean().describe('Whether the platform can send links by e-mail.'),
    version: z.string(),
  })
  .meta({ id: 'Door' });

/** Who calls, and what they may. */
export const meView = z
  .object({
    name: z.string(),
    displayName: z.string(),
    email,
    mailsNotices: z.boolean(),
    administrator: z.boolean(),
    by: z.enum(['session', 'token']),
    user: z.string().nullable().describe('The person; null: a token that belongs to nobody.'),
    access: z.object({
      everywhere: z
        .array(z.string())
        .describe('Permissions on what the platform shares, and in every project; * is all.'),
      projects: z.record(z.string(), z.array(z.string())).describe('Permissions in single projects besides.'),
    }),
    expiresAt: instant.nullable().describe('When the session or token ends.'),
  })
  .meta({ id: 'Me' });

/** The first administrator. */
export const claimBody = z.object({
  secret,
  name: z.string().max(100),
  displayName: line(200),
  email: email.default(null),
  password,
});

/** A person who signs in. */
export const signInBody = z.object({ name: z.string().max(100), password });

/** What a link is for. */
export const invitationView = z
  .object({
    purpose: z.enum(['claim', 'invite', 'reset']),
    user: z.string().nullable().describe('Whose password it sets; null for the first administrator.'),
    displayName: z.string().nullable(),
    expiresAt: instant,
  })
  .meta({ id: 'Invitation' });

/** A link as it is looked at. */
export const lookBody = z.object({ secret });

/** A link with the password that it is to set. */
export const acceptBody = z.object({ secret, password });

/** Whose password is to be set anew. */
export const resetBody = z.object({ name: z.string().max(100) });

/** An old password and the one in its place. */
export const passwordBody = z.object({ old: password, new: password });

/** A session of a person. */
export const sessionView = z
  .object({
    id: z.string(),
    createdAt: instant,
    seenAt: instant,
    expiresAt: instant,
    address: z.string(),
    agent: z.string().describe('What the browser calls itself.'),
    current: z.boolean().describe('Whether it is the one that asks.'),
  })
  .meta({ id: 'Session' });

/** A token, without what it is made of. */
export const tokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    user: z.string().nullable().describe('The person whom it belongs to; null: nobody.'),
    permissions: z.array(z.string()),
    projects: z
      .array(z.string())
      .nullable()
      .describe('The projects that it is limited to; null: all that its owner has.'),
    createdAt: instant,
    expiresAt: instant.nullable(),
    usedAt: instant.nullable().describe('To a few minutes.'),
  })
  .meta({ id: 'Token' });

/** A token that was just made. */
export const madeTokenView = tokenView
  .extend({ token: z.string().describe('Shown this once.') })
  .meta({ id: 'MadeToken' });

/** A token that is to be made. */
export const newToken = z.object({
  name: line(100),
  permissions,
  projects: z.array(z.string().max(63)).max(100).nullable().default(null),
  expiresInMs: z
    .number()
    .int()
    .min(1000)
    .max(10 * YEAR_MS)
    .nullable()
    .describe('Null: it does not expire.'),
});

/** A project. */
export const projectView = z
  .object({
    name: z.string(),
    description: z.string(),
    applications: z.array(z.string()).describe('Names of the applications in it.'),
    createdAt: instant.nullable().describe('Null: it was always there.'),
  })
  .meta({ id: 'Project' });

const description = z.string().max(1000);

/** A project that is to be added. */
export const newProject = z.object({ name: z.string().max(100), description: description.default('') });

/** What is to be changed of a project. */
export const projectChange = z.object({ description });

/** A user. */
export const userView = z
  .object({
    name: z.string(),
    displayName: z.string(),
    email,
    mailsNotices: z.boolean().describe('Notices are sent by e-mail as well.'),
    administrator: z.boolean(),
    memberships,
    disabled: z.boolean().describe('May not sign in, and none of their tokens counts.'),
    hasPassword: z.boolean(),
    lastSeenAt: instant.nullable().describe('In a browser, to a few minutes.'),
    createdAt: instant,
  })
  .meta({ id: 'User' });

/** A new user. */
export const newUser = z.object({
  name: z.string().max(100),
  displayName: line(200).optional(),
  email: email.default(null),
  mailsNotices: z.boolean().default(false),
  administrator: z.boolean().default(false),
  memberships: memberships.default({}),
});

/** What is to be changed of a user; what is left out stays. */
export const userChange = z.object({
  displayName: z.exactOptional(line(200)),
  email: z.exactOptional(email),
  mailsNotices: z.exactOptional(z.boolean()),
});

/** What a user may, in place of what they could before; what is left out stays. */
export const userAccess = z.object({
  administrator: z.exactOptional(z.boolean()),
  memberships: z.exactOptional(memberships),
  disabled: z.exactOptional(z.boolean()),
});

/** How an invitation is to reach its user. */
export const inviteBody = z
  .object({ by: z.enum(['mail', 'link']).default('mail').describe('link: it is only answered, for you to pass on.') })
  .nullish();

/** An invitation that was made. */
export const invitedView = z
  .object({
    mailed: z.boolean(),
    link: z.string().nullable().describe('Shown this once, where it was not mailed.'),
    expiresAt: instant,
  })
  .meta({ id: 'Invited' });
