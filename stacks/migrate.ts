import { makeFunction, type World } from "./function.ts";

/** Brings the tables up to date as their owner, and makes the login of the other functions. Invoked by hand after a deployment. */
export const makeMigrations = (world: World): sst.aws.Function =>
  makeFunction("Migrate", world, {
    name: "migrate",
    handler: "packages/functions/src/lambda/migrate.handler",
    does: "Brings the tables up to date",
    timeoutSeconds: 900,
    memoryMb: 512,
    statements: [],
    from: "inside",
    reads: (path) => path.endsWith("/migrations"),
    environment: {
      DATABASE_URL: world.database.ownerUrl,
      COMMOPS_LOGIN_USER: world.database.login.user,
      COMMOPS_LOGIN_PASSWORD: world.database.login.password,
    },
  });
