/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app({ stage }) {
    const isProduction = stage === "production";
    return {
      name: "commercial-ops",
      home: "aws",
      removal: isProduction ? "retain" : "remove",
      protect: isProduction,
      providers: { aws: "7.20.0", random: "4.16.6" },
    };
  },
  async run() {
    const { makeAll } = await import("./stacks/index.ts");
    return makeAll();
  },
});
