import type { Key } from "./keys.ts";
import type { Network } from "./network.ts";
import { isProduction, keep, named } from "./stage.ts";

/** The user that functions log in as: it owns nothing, so that row-level security binds it. Migrations make it. */
const LOGIN = "commops_login";
const OWNER = "commops_owner";
const PROXY = named("database");
const NAME = "commops";

/** What SST leaves open by default. */
const hardened = (network: Network, key: Key): NonNullable<sst.aws.AuroraArgs["transform"]> => ({
  clusterParameterGroup: (args) => {
    args.parameters = [
      { name: "rds.force_ssl", value: "1" },
      { name: "log_min_duration_statement", value: "1000" },
      { name: "idle_in_transaction_session_timeout", value: "60000" },
    ];
  },
  cluster: (args) => {
    args.kmsKeyId = key.arn;
    args.backupRetentionPeriod = keep.backupDays;
    args.preferredBackupWindow = "00:30-01:30";
    args.preferredMaintenanceWindow = "sun:02:00-sun:02:30";
    args.copyTagsToSnapshot = true;
    args.deletionProtection = isProduction;
    args.skipFinalSnapshot = !isProduction;
    args.finalSnapshotIdentifier = named("final");
    args.enabledCloudwatchLogsExports = ["postgresql"];
    args.allowMajorVersionUpgrade = false;
    args.applyImmediately = !isProduction;
  },
  instance: (args) => {
    args.publiclyAccessible = false;
    args.performanceInsightsEnabled = true;
    args.performanceInsightsKmsKeyId = key.arn;
    args.caCertIdentifier = "rds-ca-rsa2048-g1";
  },
  proxy: (args) => {
    args.name = PROXY;
    args.requireTls = true;
    args.idleClientTimeout = 900;
    args.debugLogging = false;
    args.vpcSecurityGroupIds = [network.groups.proxy.id];
  },
});

/** PostgreSQL, serverless, in private subnets, behind a proxy that shares its connections; TLS or nothing on every hop. */
export const makeDatabase = (network: Network, key: Key) => {
  const ownerPassword = new random.RandomPassword("DatabaseOwnerPassword", { length: 40, special: false });
  const password = new random.RandomPassword("DatabaseLoginPassword", { length: 40, special: false });
  const aurora = new sst.aws.Aurora("Database", {
    engine: "postgres",
    version: "17.5",
    database: NAME,
    username: OWNER,
    password: ownerPassword.result,
    scaling: isProduction ? { min: "0.5 ACU", max: "16 ACU" } : { min: "0 ACU", max: "2 ACU" },
    replicas: isProduction ? 1 : 0,
    proxy: { credentials: [{ username: LOGIN, password: password.result }] },
    vpc: { subnets: network.vpc.privateSubnets, securityGroups: [network.groups.cluster.id] },
    transform: hardened(network, key),
  });
  const url = (user: $util.Input<string>, secret: $util.Input<string>, host: $util.Input<string | undefined>) =>
    $util.secret($interpolate`postgres://${user}:${secret}@${host}:5432/${NAME}?sslmode=verify-full`);
  const cluster = aurora.nodes.cluster;
  if (cluster === undefined)
    throw new Error("the database is not there: it is no reference and never runs in `sst dev`");
  return {
    aurora,
    cluster,
    /** For functions: as the login without ownership, through the proxy. */
    url: url(LOGIN, password.result, aurora.host),
    /** For migrations only: as the owner. Through the proxy too, whose certificate Node knows; that it is pinned meanwhile hurts nobody. */
    ownerUrl: url(OWNER, ownerPassword.result, aurora.host),
    proxyName: PROXY,
    login: { user: LOGIN, password: password.result },
  };
};

export type Database = ReturnType<typeof makeDatabase>;
