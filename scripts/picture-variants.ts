/** Renders pictures as readers see them: full size, README width, phone, dark, without red or green. For people, not for CI. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { missingChromium, startChromium } from "../test/browser/chromium.ts";

const HELP = `node scripts/picture-variants.ts FILE.svg... [--out FOLDER] [--only NAME,...]
  Writes FOLDER/NAME-VARIANT.png (default out/pictures). Variants: own, readme, phone, dark, dark-phone, deuteranopia, protanopia, dark-deuteranopia.
`;

interface Variant {
  readonly width: number | null;
  readonly dark?: boolean;
  readonly vision?: "deuteranopia" | "protanopia";
}

/** CSS pixels of GitHub's README column, and of the same on a phone of 390. */
const [README, PHONE] = [830, 358];
const VARIANTS: Readonly<Record<string, Variant>> = {
  own: { width: null },
  readme: { width: README },
  phone: { width: PHONE },
  dark: { width: README, dark: true },
  "dark-phone": { width: PHONE, dark: true },
  deuteranopia: { width: README, vision: "deuteranopia" },
  protanopia: { width: README, vision: "protanopia" },
  "dark-deuteranopia": { width: README, dark: true, vision: "deuteranopia" },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: "out/pictures" },
    only: { type: "string", default: Object.keys(VARIANTS).join(",") },
  },
});

async function main(files: readonly string[], out: string, names: readonly string[]): Promise<void> {
  await mkdir(out, { recursive: true });
  const { context, stop } = await startChromium(1700, 1200);
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    for (const file of files) {
      for (const name of names) {
        const { width, dark = false, vision = "none" } = VARIANTS[name]!;
        await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
        await session.send("Emulation.setEmulatedVisionDeficiency", { type: vision });
        const size = width === null ? "" : ` style="width:${width}px"`;
        const html = join(out, "picture.html");
        const paper = dark ? "#0d1117" : "#fff";
        await writeFile(
          html,
          `<!doctype html><body style="margin:0;background:${paper}"><img src="file://${resolve(file)}"${size}>`,
        );
        await page.goto(`file://${resolve(html)}`);
        await page.locator("img").evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
        const path = join(out, `${basename(file, extname(file))}-${name}.png`);
        await page.locator("img").screenshot({ path });
        console.log(path);
      }
    }
    await rm(join(out, "picture.html"), { force: true });
  } finally {
    await stop();
  }
}

const names = values.only.split(",");
const missing = missingChromium();
if (missing !== undefined) {
  console.error(missing);
  process.exitCode = 1;
} else if (positionals.length === 0 || names.some((name) => !Object.hasOwn(VARIANTS, name))) {
  console.error(HELP);
  process.exitCode = 2;
} else await main(positionals, values.out, names);
