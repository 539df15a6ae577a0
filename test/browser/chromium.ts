/** Debian's Chromium for tests and for looking at pictures: no network, no state, ended with its user data. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import type { MissingProgram } from "../cluster/available.ts";

const PROGRAM = "/usr/bin/chromium";

/** It asks nobody for updates, models or settings; what it shows comes from files. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What is missing, with the command that gets it. */
export function missingChromium(): MissingProgram {
  return existsSync(PROGRAM)
    ? undefined
    : "Chromium is missing: test/cluster/setup.sh apt, or apt-get install chromium";
}

/** A browser with an empty profile of its own. */
export interface Browser {
  readonly context: BrowserContext;
  stop(): Promise<void>;
}

/** Starts it, headless, with pages of `width` x `height` CSS pixels. */
export async function startChromium(width = 1200, height = 900): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    headless: true,
    args: FLAGS,
    viewport: { width, height },
    offline: true,
  });
  return {
    context,
    stop: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
