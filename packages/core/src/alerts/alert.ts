import type { Json, TenantId } from "../kernel/index.ts";

export const ALERT_LEVELS = ["warning", "critical"] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];
export const ALERT_STATES = ["open", "resolved"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export type AlertId = `ALT-${string}`;

/** What somebody has to know, with what shows it. */
export interface AlertRaised {
  /** Names what it is about, so that what is found again is one alert: "invoicing/tenant/TEN-A/2026-06". */
  readonly key: string;
  readonly source: string;
  readonly level: AlertLevel;
  readonly tenantId: TenantId | null;
  readonly message: string;
  readonly evidence: readonly { readonly type: string; readonly ref: string }[];
}

export interface Alert extends AlertRaised {
  readonly alertId: AlertId;
  readonly state: AlertState;
  readonly raisedAt: Date;
  readonly changedAt: Date;
}

/** Whether raising it again says anything new. */
export const isKnown = (known: Pick<Alert, "state" | "message" | "level"> | undefined, raised: AlertRaised): boolean =>
  known?.state === "open" && known.message === raised.message && known.level === raised.level;

export const shownAlert = (alert: Alert): Readonly<Record<string, Json>> => ({
  alert_id: alert.alertId,
  tenant_id: alert.tenantId,
  /** Of quota and budget alerts; others have none. */
  metric: null,
  value: null,
  cap: null,
  level: alert.level,
  source: alert.source,
  message: alert.message,
  state: alert.state,
  timestamp: alert.raisedAt.toISOString(),
  changed_at: alert.changedAt.toISOString(),
  evidence: alert.evidence.map((item) => ({ ...item })),
});
