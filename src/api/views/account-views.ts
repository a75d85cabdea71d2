// People, projects, sessions and tokens, as the API answers them.
import type { z } from 'zod';
import type { Invited } from '../../accounts/invitation-requests.ts';
import type { ProjectView } from '../../accounts/project-reads.ts';
import type { MadeToken } from '../../accounts/token-requests.ts';
import type { UserView } from '../../accounts/user-reads.ts';
import { type Caller, mayEverywhere } from '../../model/access.ts';
import type { Invitation, Session, Token, User } from '../../model/account.ts';
import type { Instant } from '../../model/instant.ts';
import { PLATFORM_PERMISSIONS } from '../../model/permission.ts';
import type * as contract from '../contract/account-views.ts';
import { iso, isoOrNull } from './iso.ts';

/** Who calls; the user is null for a token that belongs to nobody. */
export function meView(
  { name, user: person, by, access }: Caller,
  user: User | null,
  expiresAt: Instant | null,
): z.output<typeof contract.meView> {
  const { displayName = name, email = null, mailsNotices = false } = user ?? {};
  const projects = Object.entries(access.projects).map(([project, given]) => [project, [...given]]);
  return {
    ...{ name, displayName, email, mailsNotices, user: person },
    administrator: PLATFORM_PERMISSIONS.every((permission) => mayEverywhere(access, permission)),
    by: by.kind === 'session' ? 'session' : 'token',
    access: { everywhere: [...access.everywhere], projects: Object.fromEntries(projects) },
    expiresAt: isoOrNull(expiresAt),
  };
}

/** A session; `current` is the id of the one that asks. */
export function sessionView(
  { id, createdAt, seenAt, expiresAt, address, agent }: Session,
  current: string,
): z.output<typeof contract.sessionView> {
  const times = { createdAt: iso(createdAt), seenAt: iso(seenAt), expiresAt: iso(expiresAt) };
  return { id, ...times, address, agent, current: id === current };
}

/** A token, without what it is made of. */
export function tokenView(token: Token): z.output<typeof contract.tokenView> {
  const { id, name, user = null, permissions, projects, createdAt, expiresAt, usedAt } = token;
  return {
    ...{ id, name, user, permissions: [...permissions], projects: projects ? [...projects] : null },
    ...{ createdAt: iso(createdAt), expiresAt: isoOrNull(expiresAt), usedAt: isoOrNull(usedAt) },
  };
}

/** A token that was just made, with what nobody sees again. */
export function madeTokenView({ token, doc }: MadeToken): z.output<typeof contract.madeTokenView> {
  return { ...tokenView(doc), token };
}

/** A user. */
export function userView({ user, hasPassword, lastSeenAt }: UserView): z.output<typeof contract.userView> {
  const { id, displayName, email, mailsNotices, administrator = false, memberships = {}, disabled = false } = user;
  return {
    ...{ name: id, displayName, email, mailsNotices, administrator, memberships: { ...memberships }, disabled },
    ...{ hasPassword, lastSeenAt: isoOrNull(lastSeenAt), createdAt: iso(user.createdAt) },
  };
}

/** What a link is for. */
export function invitationView(
  { purpose, user, expiresAt }: Invitation,
  person: User | null,
): z.output<typeof contract.invitationView> {
  return { purpose, user, displayName: person?.displayName ?? null, expiresAt: iso(expiresAt) };
}

/** An invitation that was made. */
export function invitedView({ mailed, link, invitation }: Invited): z.output<typeof contract.invitedView> {
  return { mailed, link, expiresAt: iso(invitation.expiresAt) };
}

/** A project. */
export function projectView({ project, applications }: ProjectView): z.output<typeof contract.projectView> {
  const { id, description, createdAt } = project;
  return { name: id, description, applications: [...applications], createdAt: isoOrNull(createdAt) };
}
