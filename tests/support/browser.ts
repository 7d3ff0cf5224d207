/** A real browser, where one is installed: Debian's Chromium, driven by playwright-core. */
import type { Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The browser's executable: what `CHROMIUM` names, or one on the PATH. */
export function findBrowser(): string | undefined {
  const named = Deno.env.get("CHROMIUM");
  if (named !== undefined && named !== "") return named;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`)).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Runs `body` with a browser that is closed afterwards. */
export async function withBrowser(
  executable: string,
  body: (browser: Browser) => Promise<void>,
): Promise<void> {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath: executable,
    // Its sandbox needs what containers do not give; the pages are our own
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });
  try {
    await body(browser);
  } finally {
    await browser.close();
  }
}
