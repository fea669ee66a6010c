import { TASK_PERMISSIONS } from "@commops/core/workflows";
import { makeFunction, type World } from "./function.ts";
import { operateWorkflows, statementsFor } from "./permissions.ts";
import { isProduction, keep, named } from "./stage.ts";

/** The HTTP API ends a request after 30 seconds. */
const API_SECONDS = 29;
const STREAM_SECONDS = 900;

const LIMITS = isProduction ? { rate: 500, burst: 1000 } : { rate: 50, burst: 100 };

/**
 * The API twice: behind API Gateway for what answers soon, and behind a function URL, that only the dashboard's distribution may call, for
 * what is streamed. No other origin is answered.
 */
export const makeApi = (world: World) => {
  const statements = [...statementsFor(TASK_PERMISSIONS, world), ...operateWorkflows()];
  const handler = makeFunction("ApiHandler", world, {
    name: "api",
    handler: "packages/functions/src/lambda/api.handler",
    does: "Answers the API",
    timeoutSeconds: API_SECONDS,
    memoryMb: 1024,
    statements,
    from: "outward",
    reads: (path) => path.startsWith("node_modules/"),
  });
  const stream = makeFunction("Stream", world, {
    name: "stream",
    handler: "packages/functions/src/lambda/stream.handler",
    does: "Streams exports",
    timeoutSeconds: STREAM_SECONDS,
    memoryMb: 1024,
    statements,
    from: "outward",
    reads: (path) => path.startsWith("node_modules/"),
    isStreaming: true,
  });
  const api = new sst.aws.ApiGatewayV2("Api", {
    cors: false,
    accessLog: { retention: keep.logs },
    transform: {
      api: (args) => {
        args.name = named("api");
      },
      logGroup: (args) => {
        args.kmsKeyId = world.key.arn;
      },
      stage: (args) => {
        args.defaultRouteSettings = {
          throttlingRateLimit: LIMITS.rate,
          throttlingBurstLimit: LIMITS.burst,
          detailedMetricsEnabled: true,
        };
      },
    },
  });
  api.route("$default", handler.arn);
  return { api, handler, stream };
};

export type Api = ReturnType<typeof makeApi>;
