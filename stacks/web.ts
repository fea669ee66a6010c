import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import type { Api } from "./api.ts";
import { certificateArn, named, publicUrl } from "./stage.ts";
import type { Storage } from "./storage.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

/** The built dashboard, file by file. What has a digest in its name is kept by browsers for a year. */
const upload = (bucket: sst.aws.Bucket): void => {
  const folder = join($cli.paths.root, "packages/web/dist");
  if (!existsSync(join(folder, "index.html")))
    throw new Error("The dashboard is not built: npm run build --workspace @commops/web");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    const key = path.slice(folder.length + 1).replaceAll("\\", "/");
    const digest = createHash("md5").update(readFileSync(path)).digest("hex");
    new aws.s3.BucketObjectv2(`WebFile${createHash("sha256").update(key).digest("hex").slice(0, 12)}`, {
      bucket: bucket.name,
      key,
      source: new $util.asset.FileAsset(path),
      sourceHash: digest,
      contentType: TYPES[extname(key)] ?? "application/octet-stream",
      cacheControl: key.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    });
  }
};

/** A page path is the dashboard's own business: it answers with its index, a file path with the file. */
const PAGES = `function handler(event) {
  var request = event.request;
  if (request.uri.lastIndexOf(".") <= request.uri.lastIndexOf("/")) request.uri = "/index.html";
  return request;
}`;

/** As packages/functions/src/api/security-headers.ts says it for the API, so that pages are as strict. */
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const headers = () =>
  new aws.cloudfront.ResponseHeadersPolicy("WebHeaders", {
    name: named("web"),
    securityHeadersConfig: {
      contentSecurityPolicy: { contentSecurityPolicy: CSP, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: "DENY", override: true },
      referrerPolicy: { referrerPolicy: "same-origin", override: true },
      strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: true, override: true },
    },
  });

const accessControl = (name: string, kind: "s3" | "lambda") =>
  new aws.cloudfront.OriginAccessControl(`Web${name}Access`, {
    name: named(`web-${kind}`),
    originAccessControlOriginType: kind,
    signingBehavior: "always",
    signingProtocol: "sigv4",
  });

type Behaviour = Omit<aws.types.input.cloudfront.DistributionOrderedCacheBehavior, "pathPattern">;

/** AWS's own policies: cache what is static; cache nothing and pass everything but the host on. */
const policies = () => ({
  optimized: aws.cloudfront.getCachePolicyOutput({ name: "Managed-CachingOptimized" }).apply(({ id }) => id ?? ""),
  disabled: aws.cloudfront.getCachePolicyOutput({ name: "Managed-CachingDisabled" }).apply(({ id }) => id ?? ""),
  passOn: aws.cloudfront
    .getOriginRequestPolicyOutput({ name: "Managed-AllViewerExceptHostHeader" })
    .apply(({ id }) => id ?? ""),
});

const host = (url: $util.Output<string>): $util.Output<string> => url.apply((text) => new URL(text).host);

const HTTPS_ORIGIN = {
  httpPort: 80,
  httpsPort: 443,
  originProtocolPolicy: "https-only",
  originSslProtocols: ["TLSv1.2"],
};

/** Paths that the API answers in one piece. */
const API_PATHS = ["/api/*", "/auth/*", "/oauth/*", "/scim/*", "/docs", "/docs/*"];
/** Exports and documents may be larger than the 6 MB that Lambda answers in one piece. */
const STREAM_PATHS = ["/api/v1/exports/*", "/downloads/*"];

/** The distribution's own name, or ours with its certificate. */
const nameOfOurs = (): Pick<aws.cloudfront.DistributionArgs, "aliases" | "viewerCertificate"> =>
  certificateArn === undefined
    ? { viewerCertificate: { cloudfrontDefaultCertificate: true } }
    : {
        aliases: [new URL(publicUrl).host],
        viewerCertificate: {
          acmCertificateArn: certificateArn,
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: "TLSv1.2_2021",
        },
      };

const distribution = (bucket: sst.aws.Bucket, { api, stream }: Api) => {
  const { optimized, disabled, passOn } = policies();
  const base = { viewerProtocolPolicy: "redirect-to-https", compress: true };
  const dynamic = (origin: string): Behaviour => ({
    ...base,
    targetOriginId: origin,
    allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: disabled,
    originRequestPolicyId: passOn,
  });
  const pages = new aws.cloudfront.Function("WebPages", {
    name: named("web-pages"),
    runtime: "cloudfront-js-2.0",
    code: PAGES,
  });
  return new aws.cloudfront.Distribution("Web", {
    comment: named("web"),
    enabled: true,
    httpVersion: "http2and3",
    isIpv6Enabled: true,
    priceClass: "PriceClass_100",
    defaultRootObject: "index.html",
    origins: [
      {
        originId: "pages",
        domainName: bucket.nodes.bucket.bucketRegionalDomainName,
        originAccessControlId: accessControl("Pages", "s3").id,
      },
      { originId: "api", domainName: host(api.url), customOriginConfig: HTTPS_ORIGIN },
      {
        originId: "stream",
        domainName: host(stream.url),
        originAccessControlId: accessControl("Stream", "lambda").id,
        customOriginConfig: { ...HTTPS_ORIGIN, originReadTimeout: 60 },
      },
    ],
    defaultCacheBehavior: {
      ...base,
      targetOriginId: "pages",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: optimized,
      responseHeadersPolicyId: headers().id,
      functionAssociations: [{ eventType: "viewer-request", functionArn: pages.arn }],
    },
    orderedCacheBehaviors: [
      ...STREAM_PATHS.map((pathPattern) => ({ ...dynamic("stream"), pathPattern })),
      ...API_PATHS.map((pathPattern) => ({ ...dynamic("api"), pathPattern })),
    ],
    restrictions: { geoRestriction: { restrictionType: "none" } },
    ...nameOfOurs(),
    waitForDeployment: false,
  });
};

/** The dashboard, the API and its streams under one address, so that there is one origin and no other is answered. */
export const makeWeb = (storage: Storage, api: Api) => {
  const web = distribution(storage.web, api);
  for (const action of ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]) {
    new aws.lambda.Permission(`Web${action.slice("lambda:".length)}Stream`, {
      action,
      function: api.stream.name,
      principal: "cloudfront.amazonaws.com",
      sourceArn: web.arn,
      ...(action === "lambda:InvokeFunction" ? { invokedViaFunctionUrl: true } : {}),
    });
  }
  upload(storage.web);
  return { url: $interpolate`https://${web.domainName}`, distribution: web };
};
