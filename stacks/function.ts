import { BESIDE_BUNDLES } from "@commops/core/workflows";
import type { Database } from "./database.ts";
import type { Network } from "./network.ts";
import type { Reach, Statement } from "./permissions.ts";
import { keep, named } from "./stage.ts";

/** What functions need of the rest of the stage. */
export interface World extends Reach {
  readonly network: Network;
  readonly database: Database;
  /** Settings that every function reads. */
  readonly environment: Readonly<Record<string, $util.Input<string>>>;
}

interface Wishes {
  /** The name behind app and stage. */
  readonly name: string;
  readonly handler: string;
  readonly does: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly statements: readonly Statement[];
  readonly from: "inside" | "outward";
  readonly environment?: Readonly<Record<string, $util.Input<string>>>;
  readonly isStreaming?: boolean;
  /** Which of the files beside bundles it reads. */
  readonly reads: (path: string) => boolean;
}

/** Traces have no narrower resource. */
const TRACE: Statement = { actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] };

/** A function with a role of its own: on arm64, in the private network, traced, its settings and logs encrypted by our key. */
export const makeFunction = (logical: string, world: World, wishes: Wishes): sst.aws.Function =>
  new sst.aws.Function(logical, {
    name: named(wishes.name),
    description: wishes.does,
    handler: wishes.handler,
    runtime: "nodejs24.x",
    architecture: "arm64",
    timeout: `${wishes.timeoutSeconds} seconds`,
    memory: `${wishes.memoryMb} MB`,
    storage: "2 GB",
    streaming: wishes.isStreaming === true,
    vpc: world.network.place(wishes.from),
    // A schedule fires again, a state machine retries by its definition.
    retries: 0,
    logging: { format: "json", retention: keep.logs },
    permissions: [...wishes.statements, TRACE],
    environment: { ...world.environment, ...wishes.environment },
    copyFiles: BESIDE_BUNDLES.filter(wishes.reads).map((path) => ({ from: path, to: path })),
    nodejs: { minify: true },
    ...(wishes.isStreaming === true ? { url: { authorization: "iam" as const, cors: false } } : {}),
    transform: {
      role: (args) => {
        args.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });
      },
      logGroup: (args) => {
        args.kmsKeyId = world.key.arn;
      },
      function: (args) => {
        args.kmsKeyArn = world.key.arn;
        args.tracingConfig = { mode: "Active" };
      },
    },
  });
