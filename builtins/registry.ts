/** The one list of builtins. Each is imported when a script mentions it, and only then. */
import type { GlobalDeclaration, Permission } from "../runtime/seam/declare.ts";

/** A builtin before it is imported. */
export interface GlobalEntry {
  readonly name: string;
  /** What a script that uses it mentions. @default the name */
  readonly word?: string;
  /** Whether script checks see it without asking, or of which permissions one must be asked for. */
  readonly checks: boolean | readonly Permission[];
  readonly load: () => Promise<{ default: GlobalDeclaration }>;
}

/** Every builtin, by name. */
export const GLOBALS: readonly GlobalEntry[] = [
  { name: "assert", checks: true, load: () => import("./assert.ts") },
  { name: "async", checks: false, load: () => import("./async/mod.ts") },
  { name: "base64", checks: true, load: () => import("./base64.ts") },
  { name: "crypto", checks: false, load: () => import("./crypto/mod.ts") },
  { name: "db", checks: ["net", "read"], load: () => import("./db/mod.ts") },
  { name: "disk", checks: ["read"], load: () => import("./disk/mod.ts") },
  { name: "env", checks: true, load: () => import("./env.ts") },
  { name: "fs", checks: ["read", "write"], load: () => import("./fs/mod.ts") },
  { name: "http", checks: true, load: () => import("./http/mod.ts") },
  { name: "io", checks: ["read", "write", "run"], load: () => import("./io/mod.ts") },
  { name: "json", checks: true, load: () => import("./json/mod.ts") },
  { name: "log", checks: true, load: () => import("./log.ts") },
  { name: "markdown", checks: false, load: () => import("./markdown/mod.ts") },
  { name: "os", checks: ["sys", "run", "write"], load: () => import("./os/mod.ts") },
  { name: "process", checks: ["run"], load: () => import("./process/mod.ts") },
  { name: "regex", checks: false, load: () => import("./regex.ts") },
  { name: "shell", checks: ["run"], load: () => import("./shell/mod.ts") },
  { name: "sleep", checks: true, load: () => import("./sleep.ts") },
  { name: "string", word: "split", checks: true, load: () => import("./string.ts") },
  { name: "template", checks: ["read"], load: () => import("./template/mod.ts") },
  { name: "temporal", checks: ["net"], load: () => import("./temporal/mod.ts") },
  { name: "time", checks: true, load: () => import("./time.ts") },
  { name: "toml", checks: false, load: () => import("./toml.ts") },
  { name: "ws", checks: ["net"], load: () => import("./ws/mod.ts") },
  { name: "yaml", checks: true, load: () => import("./yaml/mod.ts") },
];
