// What tasks ask to be done in the world, and what became of it.
import type { Instant } from './instant.ts';

/** A file that goes with an e-mail: an output of the same job, by its name. */
export interface Attachment {
  readonly output: string;
}

/** What is to be done. */
export type ActionOrder =
  | {
      readonly kind: 'email';
      readonly to: readonly string[];
      readonly subject: string;
      /** Text, with `{name}` places filled from `values`. */
      readonly text: string;
      /** HTML, with the same places, whose values are escaped; null: text alone. */
      readonly html: string | null;
      readonly values: Readonly<Record<string, string>>;
      readonly attachments: readonly Attachment[];
    }
  | { readonly kind: 'sms'; readonly to: readonly string[]; readonly text: string }
  /** To the users that the instance names. */
  | { readonly kind: 'notify'; readonly title: string; readonly text: string; readonly severity: NoticeSeverity }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly method: 'POST' | 'PUT';
      readonly headers: Readonly<Record<string, string>>;
      /** JSON text. */
      readonly body: string;
    }
  | {
      readonly kind: 'control';
      readonly sensor: string;
      readonly control: string;
      readonly parameters: Readonly<Record<string, unknown>>;
      /** The device has this long to acknowledge. */
      readonly timeoutMs: number;
    };

/** How urgent a notice is; `alert` is not held back by quiet hours. */
export type NoticeSeverity = 'info' | 'warning' | 'alert';

/** One thing that a task asked for. Its id is derived from the instance and the key, so that a repeated request is one action. Written once, by actions' requests. */
export interface Action {
  readonly id: string;
  readonly instance: string;
  readonly application: string;
  readonly job: string;
  readonly task: string;
  /** The idempotence key that the algorithm gave, or one that the SDK made. */
  readonly key: string;
  readonly order: ActionOrder;
  /** The notice of which an e-mail tells one of its readers; budget and quiet hours were judged for the notice. Absent: it stands for itself. */
  readonly notice?: string;
  readonly requestedAt: Instant;
  /** Tried until then; afterwards it has failed. */
  readonly expiresAt: Instant;
  readonly shard: number;
}

/**
 * `waiting`: to be tried, for the first time or again. `held`: by a budget or quiet hours. `sending`: claimed, the outcome is not known yet.
 * The others are ends; `unknown`: it may have been done, and is not tried blindly again.
 */
export type ActionState = 'waiting' | 'held' | 'sending' | 'delivered' | 'failed' | 'refused' | 'unknown';

/** One try to do it. */
export interface ActionTry {
  readonly actId: string;
  readonly at: Instant;
  readonly endedAt: Instant | null;
  readonly outcome: 'under-way' | 'delivered' | 'failed' | 'unknown';
  /** What the other side said, without secrets. */
  readonly text: string;
  /** Recipients who have it, by this try and those before, where not all of them have; absent: none. */
  readonly reached?: readonly string[];
}

/** What became of an action (same id). Written by actions. */
export interface ActionStatus {
  readonly id: string;
  readonly instance: string;
  readonly application: string;
  readonly kind: ActionOrder['kind'];
  readonly state: ActionState;
  readonly reason: string;
  /** Newest last; bounded. */
  readonly tries: readonly ActionTry[];
  /** What the device answered to a control. */
  readonly answer?: unknown;
  /** Somebody asked for it once more: its time counts from then, and budget and quiet hours do not hold it. */
  readonly again?: { readonly by: string; readonly at: Instant };
  readonly requestedAt: Instant;
  readonly endedAt: Instant | null;
  readonly shard: number;
  readonly nextAt: Instant | null;
}

/** How many actions of a kind an instance has begun of late, minute by minute for about an hour. Id `<instance>/<kind>`. Written by actions. */
export interface ActionBudget {
  readonly id: string;
  /** Minutes in which any was begun, oldest first. */
  readonly minutes: readonly { readonly at: Instant; readonly begun: number }[];
}

/** What an instance may ask for, and to whom it tells things. */
export interface ActionRules {
  /** Users who are notified. */
  readonly notify: readonly string[];
  /** Actions of each kind in an hour. */
  readonly perHour: Readonly<Partial<Record<ActionOrder['kind'], number>>>;
  /** Local times of day, in the schedule's zone, at which e-mails, SMS and notices below `alert` wait; null: none. */
  readonly quiet: { readonly fromMinute: number; readonly toMinute: number } | null;
}

/** How one kind of action leaves the platform. Secrets are named by the path of a file on the platform's machine, never held here. */
export type ChannelAccess =
  | {
      readonly kind: 'smtp';
      readonly host: string;
      readonly port: number;
      /** `implicit`: TLS from the first byte; `starttls`: required; `none`: in the clear, for a relay on the own machine. */
      readonly tls: 'implicit' | 'starttls' | 'none';
      readonly user: string | null;
      readonly passwordFile: string | null;
      readonly from: string;
    }
  | {
      readonly kind: 'sms-gateway';
      readonly url: string;
      readonly method: 'POST' | 'GET';
      /** `{to}`, `{text}`, `{id}` and `{secret}` are filled in. */
      readonly headers: Readonly<Record<string, string>>;
      /** A JSON or form template with the same places, escaped for what it is; null: none. */
      readonly body: string | null;
      readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
      readonly secretFile: string | null;
      /** Statuses that mean that it was taken. */
      readonly accepted: readonly number[];
    }
  | {
      readonly kind: 'webhooks';
      /** Signs bodies; null: unsigned. */
      readonly secretFile: string | null;
      /** Private hosts or networks that may be called all the same. */
      readonly allowPrivate: readonly string[];
    };

/** A way out of the platform. Its id is its kind. Written by actions' requests. */
export interface ActionChannel {
  readonly id: ChannelAccess['kind'];
  readonly access: ChannelAccess;
  readonly updatedAt: Instant;
}

/** A notice in somebody's inbox. Id `<user>/<action>`. Written by actions; marked as read by its reader. */
export interface InboxNotice {
  readonly id: string;
  readonly user: string;
  readonly title: string;
  readonly text: string;
  readonly severity: NoticeSeverity;
  readonly instance: string;
  readonly job: string;
  readonly at: Instant;
  readonly readAt: Instant | null;
}
