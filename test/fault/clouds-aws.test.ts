/** Credentials of AWS, by the bundled job against fakes of the documented endpoints of STS and of the Pod Identity agent. */
import { describe, expect, test } from "vitest";
import {
  ACCESS,
  cloudFile,
  dir,
  expectScaled,
  IDENTITY,
  runInCloud,
  SECRET,
  SESSION,
  serveCloud,
} from "./cloud-run.ts";
import { built } from "./job-process.ts";
import { expectedAuthorization } from "./naive-sigv4.ts";
import type { ReceivedRequest } from "./server.ts";

const ending = new Date(Date.now() + 3_600_000).toISOString();

describe.skipIf(!built)("AWS", () => {
  const sigv4 = { region: "eu-central-1" };
  const keys = `<AccessKeyId>${ACCESS}</AccessKeyId><SecretAccessKey>${SECRET}</SecretAccessKey><SessionToken>${SESSION}</SessionToken><Expiration>${ending}</Expiration>`;
  /** STS, which answers in XML. */
  const sts = () =>
    serveCloud(({ body }) => {
      const action = new URLSearchParams(body).get("Action");
      const text = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>${keys}</Credentials></${action}Result></${action}Response>`;
      return { headers: { "content-type": "text/xml" }, body: text };
    });

  function expectSigned(seen: readonly ReceivedRequest[], session: boolean): void {
    expect(seen.length).toBeGreaterThan(2);
    for (const request of seen) {
      expect(request.url).toMatch(/^\/workspaces\/ws-1\/api\/v1\/query(_range)?\?tenant=a(%20|\+)b$/);
      expect(request.headers.authorization).toContain(`Credential=${ACCESS}/`);
      expect(request.headers.authorization).toContain("/eu-central-1/aps/aws4_request");
      expect(request.headers.authorization).toMatch(/SignedHeaders=[^,]*content-type;[^,]*host;/);
      expect(request.headers.authorization).toBe(expectedAuthorization(request, SECRET));
      expect(request.headers["x-amz-security-token"]).toBe(session ? SESSION : undefined);
    }
  }

  test("given keys, the secret one in a file", async () => {
    const secretKeyFile = cloudFile("key", `${SECRET}\n`);
    const { ended, seen } = await runInCloud({ sigv4: { ...sigv4, accessKey: ACCESS, secretKeyFile } }, {});
    expectScaled(ended);
    expectSigned(seen, false);
  });

  test("keys of the environment", async () => {
    const env = { AWS_ACCESS_KEY_ID: ACCESS, AWS_SECRET_ACCESS_KEY: SECRET, AWS_SESSION_TOKEN: SESSION };
    const { ended, seen } = await runInCloud({ sigv4 }, env);
    expectScaled(ended);
    expectSigned(seen, true);
  });

  test("a profile of the shared file", async () => {
    const text = `[reader]\naws_access_key_id=${ACCESS}\naws_secret_access_key=${SECRET}\n`;
    const env = {
      AWS_SHARED_CREDENTIALS_FILE: cloudFile("credentials", text),
      AWS_CONFIG_FILE: cloudFile("awsconfig", ""),
    };
    const { ended, seen } = await runInCloud({ sigv4: { ...sigv4, profile: "reader" } }, env);
    expectScaled(ended);
    expectSigned(seen, false);
  });

  test("IRSA: a web identity, exchanged at STS once for all requests", async () => {
    const server = await sts();
    const env = {
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/reader",
      AWS_WEB_IDENTITY_TOKEN_FILE: cloudFile("identity", IDENTITY),
      AWS_ENDPOINT_URL_STS: server.url,
    };
    const { ended, seen } = await runInCloud({ sigv4 }, env);
    expectScaled(ended);
    expectSigned(seen, true);
    expect(server.seen).toHaveLength(1);
    const asked = Object.fromEntries(new URLSearchParams(server.seen[0]!.body));
    expect(asked).toMatchObject({
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: env.AWS_ROLE_ARN,
      WebIdentityToken: IDENTITY,
    });
  });

  test("EKS Pod Identity: the agent's endpoint, with the token of the pod", async () => {
    const answer = { AccessKeyId: ACCESS, SecretAccessKey: SECRET, Token: SESSION, Expiration: ending };
    const agent = await serveCloud(() => ({ body: JSON.stringify(answer) }));
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.url}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: cloudFile("pod-identity", IDENTITY),
    };
    const { ended, seen } = await runInCloud({ sigv4 }, env);
    expectScaled(ended);
    expectSigned(seen, true);
    expect(agent.seen).toMatchObject([{ url: "/v1/credentials", headers: { authorization: IDENTITY } }]);
  });

  test("a role to assume, once for all requests", async () => {
    const server = await sts();
    const roleArn = "arn:aws:iam::123456789012:role/other-account";
    const env = { AWS_ACCESS_KEY_ID: "AKIAOTHER", AWS_SECRET_ACCESS_KEY: "other", AWS_ENDPOINT_URL_STS: server.url };
    const { ended, seen } = await runInCloud({ sigv4: { ...sigv4, roleArn } }, env);
    expectScaled(ended);
    expectSigned(seen, true);
    expect(server.seen).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(server.seen[0]!.body))).toMatchObject({ RoleArn: roleArn });
  });

  test("no credentials anywhere: fails by name", async () => {
    const env = { AWS_EC2_METADATA_DISABLED: "true", HOME: dir };
    const { ended } = await runInCloud({ sigv4 }, env);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/Could not load credentials from any providers/);
  });

  test("STS refuses: its words, and no token", async () => {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity with ${IDENTITY}</Message></Error></ErrorResponse>`;
    const server = await serveCloud(() => ({ status: 403, headers: { "content-type": "text/xml" }, body }));
    const { ended } = await runInCloud(
      { sigv4 },
      {
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/reader",
        AWS_WEB_IDENTITY_TOKEN_FILE: cloudFile("identity", IDENTITY),
        AWS_ENDPOINT_URL_STS: server.url,
      },
    );
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/Not authorized to perform sts:AssumeRoleWithWebIdentity/);
    expect(ended.stdout + ended.stderr).not.toContain(IDENTITY);
  });
});
