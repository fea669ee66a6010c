import { isProduction, keep, named } from "./stage.ts";
import type { Key } from "./keys.ts";

const HTTPS = 443;
const POSTGRES = 5432;

type Port = typeof HTTPS | typeof POSTGRES;

const group = (name: string, vpc: sst.aws.Vpc, description: string) =>
  new aws.ec2.SecurityGroup(`Network${name}Group`, {
    name: named(name.toLowerCase()),
    description,
    vpcId: vpc.id,
    revokeRulesOnDelete: true,
  });

type Group = ReturnType<typeof group>;

const open = (name: string, from: Group, to: Group, port: Port): void => {
  const rule = { ipProtocol: "tcp", fromPort: port, toPort: port };
  new aws.vpc.SecurityGroupEgressRule(`Network${name}Egress`, {
    ...rule,
    securityGroupId: from.id,
    referencedSecurityGroupId: to.id,
  });
  new aws.vpc.SecurityGroupIngressRule(`Network${name}Ingress`, {
    ...rule,
    securityGroupId: to.id,
    referencedSecurityGroupId: from.id,
  });
};

/** One way out for both zones: half the cost of one each, for stages that may be away for an hour. */
const withOneGateway = (vpc: sst.aws.Vpc): sst.aws.Vpc => {
  const address = new aws.ec2.Eip("NetworkGatewayAddress", { domain: "vpc" });
  const gateway = new aws.ec2.NatGateway("NetworkGateway", {
    allocationId: address.allocationId,
    subnetId: $util.output(vpc.publicSubnets).apply((subnets) => subnets[0] ?? ""),
  });
  vpc.nodes.privateRouteTables.apply((tables) =>
    tables.map(
      (table, index) =>
        new aws.ec2.Route(`NetworkGatewayRoute${index + 1}`, {
          routeTableId: table.id,
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: gateway.id,
        }),
    ),
  );
  return vpc;
};

const flowLogs = (vpc: sst.aws.Vpc, key: Key): void => {
  const logs = new aws.cloudwatch.LogGroup("NetworkFlowLogs", {
    name: `/aws/vpc/${named("flow")}`,
    retentionInDays: keep.logDays,
    kmsKeyId: key.arn,
  });
  const role = new aws.iam.Role("NetworkFlowLogsRole", {
    name: named("flow-logs"),
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "vpc-flow-logs.amazonaws.com" }),
    inlinePolicies: [
      {
        name: "write",
        policy: aws.iam.getPolicyDocumentOutput({
          statements: [
            {
              actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
              resources: [$interpolate`${logs.arn}:*`],
            },
          ],
        }).json,
      },
    ],
  });
  new aws.ec2.FlowLog("NetworkFlowLog", {
    vpcId: vpc.id,
    trafficType: "REJECT",
    logDestinationType: "cloud-watch-logs",
    logDestination: logs.arn,
    iamRoleArn: role.arn,
  });
};

/** AWS services that tasks reach without leaving the network; S3's costs nothing, the others are for production. */
const endpoints = (vpc: sst.aws.Vpc, reachable: Group): void => {
  const { region } = aws.getRegionOutput();
  new aws.ec2.VpcEndpoint("NetworkS3Endpoint", {
    vpcId: vpc.id,
    serviceName: $interpolate`com.amazonaws.${region}.s3`,
    vpcEndpointType: "Gateway",
    routeTableIds: vpc.nodes.privateRouteTables.apply((tables) => tables.map((table) => table.id)),
  });
  if (!isProduction) return;
  for (const service of ["states", "athena", "glue"]) {
    new aws.ec2.VpcEndpoint(`Network${service}Endpoint`, {
      vpcId: vpc.id,
      serviceName: $interpolate`com.amazonaws.${region}.${service}`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: vpc.privateSubnets,
      securityGroupIds: [reachable.id],
    });
  }
};

/**
 * A private network over two zones. Functions stand in one of two groups: `inside` reaches the database, S3 and, in production, the AWS
 * services over endpoints; `outward` also reaches the internet over TLS (mail, identity provider, gateways).
 */
export const makeNetwork = (key: Key) => {
  const closed: NonNullable<sst.aws.VpcArgs["transform"]> = {
    // Nothing stands in the group that everything would stand in by default.
    securityGroup: (args) => {
      args.ingress = [];
      args.egress = [];
    },
  };
  const vpc = isProduction
    ? new sst.aws.Vpc("Network", { az: 2, nat: "managed", transform: closed })
    : withOneGateway(new sst.aws.Vpc("Network", { az: 2, transform: closed }));
  const groups = {
    inside: group("Inside", vpc, "Functions that reach the database and AWS"),
    outward: group("Outward", vpc, "Functions that reach the internet too"),
    proxy: group("Proxy", vpc, "The way to the database"),
    cluster: group("Cluster", vpc, "The database"),
    endpoint: group("Endpoint", vpc, "Endpoints of AWS services"),
  };
  open("InsideToProxy", groups.inside, groups.proxy, POSTGRES);
  open("OutwardToProxy", groups.outward, groups.proxy, POSTGRES);
  open("ProxyToCluster", groups.proxy, groups.cluster, POSTGRES);
  open("InsideToEndpoint", groups.inside, groups.endpoint, HTTPS);
  open("OutwardToEndpoint", groups.outward, groups.endpoint, HTTPS);
  const { region } = aws.getRegionOutput();
  const s3 = aws.ec2.getManagedPrefixListOutput({ name: $interpolate`com.amazonaws.${region}.s3` });
  const https = { ipProtocol: "tcp", fromPort: HTTPS, toPort: HTTPS };
  new aws.vpc.SecurityGroupEgressRule("NetworkInsideToS3", {
    ...https,
    securityGroupId: groups.inside.id,
    ...(isProduction ? { prefixListId: s3.id } : { cidrIpv4: "0.0.0.0/0" }),
  });
  new aws.vpc.SecurityGroupEgressRule("NetworkOutwardToInternet", {
    ...https,
    securityGroupId: groups.outward.id,
    cidrIpv4: "0.0.0.0/0",
  });
  endpoints(vpc, groups.endpoint);
  flowLogs(vpc, key);
  const place = (from: "inside" | "outward") => ({
    privateSubnets: vpc.privateSubnets,
    securityGroups: [groups[from].id],
  });
  return { vpc, groups, place };
};

export type Network = ReturnType<typeof makeNetwork>;
