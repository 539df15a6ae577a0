/** Credentials of Google and Azure, by the bundled job against fakes of their documented metadata and token endpoints. */
import { describe, expect, test } from "vitest";
import { certificates, haveOpenssl } from "./certificates.ts";
import { cloudFile, dir, expectScaled, IDENTITY, runInCloud, serveCloud, TOKEN } from "./cloud-run.ts";
import { built } from "./job-process.ts";
import type { FakeServer, ReceivedRequest } from "./server.ts";

describe.skipIf(!built)("Google", () => {
  const token = JSON.stringify({ access_token: TOKEN, expires_in: 3599, token_type: "Bearer" });
  function expectBearer(seen: readonly ReceivedRequest[]): void {
    expect(seen.length).toBeGreaterThan(2);
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
  }

  test("the metadata server, as in GKE with workload identity: one token for all requests", async () => {
    const metadata = await serveCloud(({ url }) => {
      const body = url.includes("/token") ? token : "ok";
      return { headers: { "metadata-flavor": "Google", "content-type": "application/json" }, body };
    });
    const env = {
      GCE_METADATA_HOST: metadata.url.replace("http://", ""),
      METADATA_SERVER_DETECTION: "assume-present",
      HOME: dir,
    };
    const { ended, seen } = await runInCloud({ googleIam: {} }, env);
    expectScaled(ended);
    expectBearer(seen);
    const asked = metadata.seen.filter(({ url }) => url.includes("/token"));
    expect(asked).toHaveLength(1);
    expect(asked[0]!.headers["metadata-flavor"]).toBe("Google");
    expect(decodeURIComponent(asked[0]!.url)).toContain("scopes=https://www.googleapis.com/auth/monitoring.read");
  });

  test("workload identity federation: a credentials file that exchanges the pod's token", async () => {
    const sts = await serveCloud(() => ({ body: token }));
    const credentials = {
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${sts.url}/v1/token`,
      credential_source: { file: cloudFile("identity", IDENTITY) },
    };
    const credentialsFile = cloudFile("federation.json", JSON.stringify(credentials));
    const { ended, seen } = await runInCloud({ googleIam: { credentialsFile } }, { HOME: dir });
    expectScaled(ended);
    expectBearer(seen);
    const asked = Object.fromEntries(new URLSearchParams(sts.seen[0]!.body));
    expect(asked).toMatchObject({ subject_token: IDENTITY, audience: credentials.audience });
  });

  test("no credentials anywhere: fails by name", async () => {
    const { ended } = await runInCloud({ googleIam: {} }, { METADATA_SERVER_DETECTION: "none", HOME: dir });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/Could not load the default credentials/);
  });
});

describe.skipIf(!built)("Azure", () => {
  const token = JSON.stringify({ token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: TOKEN });

  test.skipIf(!haveOpenssl)(
    "workload identity, as in AKS: the pod's token for one of Azure's, once for all requests",
    async () => {
      const { ca, cert, key, caFile } = certificates(dir);
      const authority: FakeServer = await serveCloud(
        ({ url }) => {
          if (!url.includes("openid-configuration")) return { body: token };
          const base = `${authority.url}/tenant-1`;
          const issuer = `${base}/v2.0`;
          const endpoints = {
            token_endpoint: `${base}/oauth2/v2.0/token`,
            authorization_endpoint: `${base}/authorize`,
          };
          return { body: JSON.stringify({ issuer, ...endpoints, jwks_uri: `${base}/keys` }) };
        },
        { ca, cert, key },
      );
      const env = {
        AZURE_AUTHORITY_HOST: authority.url,
        AZURE_TENANT_ID: "tenant-1",
        AZURE_CLIENT_ID: "client-1",
        AZURE_FEDERATED_TOKEN_FILE: cloudFile("identity", IDENTITY),
        NODE_EXTRA_CA_CERTS: caFile,
      };
      const { ended, seen } = await runInCloud({ azureAd: {} }, env);
      expectScaled(ended);
      expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
      const asked = authority.seen.filter(({ method }) => method === "POST");
      expect(asked).toHaveLength(1);
      expect(Object.fromEntries(new URLSearchParams(asked[0]!.body))).toMatchObject({
        client_id: "client-1",
        client_assertion: IDENTITY,
        scope: expect.stringContaining("https://prometheus.monitor.azure.com/.default"),
      });
    },
  );

  test("managed identity of the machine, by its metadata endpoint", async () => {
    const imds = await serveCloud(() => ({ body: token }));
    const { ended, seen } = await runInCloud(
      { azureAd: { clientId: "client-1" } },
      { AZURE_POD_IDENTITY_AUTHORITY_HOST: imds.url },
    );
    expectScaled(ended);
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(imds.seen.at(-1)!.url).toMatch(/\/metadata\/identity\/oauth2\/token\/?\?.*client-1/);
    expect(imds.seen.at(-1)!.headers.metadata).toBe("true");
  });
});
