/** Processes that a script has started, and talks to. */
import { onAbort } from "../../runtime/seam/abort.ts";
import { bindFunction, fn, type FunctionDeclaration, objectMetatable } from "../../runtime/seam/declare.ts";
import type { ObjectDeclaration } from "../../runtime/seam/declare.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { any, instance, number, optional } from "../../runtime/seam/params.ts";
import { isTable, type LuaTable, LuaUserdata, type LuaValue } from "../../runtime/seam/value.ts";
import type { LuaFile } from "../io/file.ts";
import { newFile } from "../io/methods.ts";
import { InputPipe, OutputPipe } from "../io/pipe.ts";
import { MAX_TIMER, wait } from "../../runtime/seam/wait.ts";
import { type CommandRequest, exitStatus, ProcessGroup } from "./group.ts";
import { checkSeconds } from "./options.ts";
import { sendSignal, signal, SIGTERM } from "./signal.ts";

const METATABLE = Symbol("process handle");

/** A started process with the ends of its pipes. */
export class ProcessHandle extends LuaUserdata {
  readonly #group: ProcessGroup;
  readonly #fields: ReadonlyMap<LuaValue, LuaValue>;
  readonly #files: readonly LuaFile[];
  #status: Deno.CommandStatus | undefined;
  readonly #ended = new AbortController();

  /** @throws {ScriptError} When it cannot be started */
  constructor(host: Host, request: CommandRequest) {
    super();
    this.metatable = handleMetatable(host);
    const group = this.#group = new ProcessGroup(host, "process.spawn", request);
    const { child } = group;
    const files: [string, LuaFile][] = [];
    if (request.stdin === "piped") {
      files.push([
        "stdin",
        newFile(host, new InputPipe(child.stdin, () => true)),
      ]);
    }
    if (request.stdout === "piped") {
      files.push([
        "stdout",
        newFile(host, new OutputPipe(child.stdout, () => true)),
      ]);
    }
    if (request.stderr === "piped") {
      files.push([
        "stderr",
        newFile(host, new OutputPipe(child.stderr, () => true)),
      ]);
    }
    this.#files = files.map(([, file]) => file);
    this.#fields = new Map<LuaValue, LuaValue>([["pid", child.pid], ...files]);
    child.status.then((status) => {
      this.#status = status;
      group.release();
      this.#ended.abort();
    });
  }

  get isRunning(): boolean {
    return this.#status === undefined;
  }

  field(name: LuaValue): LuaValue {
    return this.#fields.get(name);
  }

  /** Sends a signal to the process and what it has started. @returns false when it has ended */
  async kill(signal: number | string): Promise<boolean> {
    if (!this.isRunning) return false;
    await sendSignal("process:kill", -this.#group.id, signal);
    return true;
  }

  /**
   * Waits for its end, so many seconds at most. The process goes on when the task that waits is cancelled.
   *
   * @returns nil when it goes on
   */
  async wait(host: Host, seconds: number | undefined): Promise<LuaTable | undefined> {
    checkSeconds("process:wait", "timeout", seconds);
    if (this.isRunning) {
      const over = new AbortController();
      const end = () => over.abort();
      host.onCancel(end);
      const releases = [this.#ended.signal, host.signal].map((signal) => onAbort(signal, end));
      await wait(seconds === undefined ? Infinity : Math.min(seconds * 1000, MAX_TIMER), over.signal);
      for (const release of releases) release();
    }
    const status = this.#status;
    if (status === undefined) return undefined;
    return host.vm.newRecord({ status: exitStatus(status), signal: status.signal ?? undefined });
  }

  /** Kills what still runs and closes the pipes. */
  async close(): Promise<void> {
    if (this.isRunning) this.#group.signal("SIGKILL");
    await this.#group.child.status;
    for (const file of this.#files) {
      if (file.isOpen) await file.release().close();
    }
  }
}

const self = instance("process", "process", ProcessHandle);

/** What `process.spawn` gives. */
export const handleObject: ObjectDeclaration<FunctionDeclaration> = {
  doc: "A started process: its fields are pid and, where they are pipes, the files stdin, stdout and stderr",
  fields: { pid: "integer", stdin: "file|nil", stdout: "file|nil", stderr: "file|nil" },
  methods: {
    wait: fn({
      params: [self, optional(number("timeout"))],
      returns: "{status: integer, signal?: string}|nil",
      doc:
        "Wait for the end, so many seconds at most; the status is -1 and signal its name where one ended it",
      run: (host, handle, timeout) => handle.wait(host, timeout),
    }),
    is_running: fn({
      params: [self],
      returns: "boolean",
      doc: "Whether it has not ended yet",
      run: (_host, handle) => handle.isRunning,
    }),
    kill: fn({
      params: [self, optional(signal("signal"), SIGTERM)],
      returns: "boolean",
      doc: "Send a signal, 15 by default, to the process and what it has started; false when it has ended",
      permission: "run",
      effect: "write",
      run: (_host, handle, which) => handle.kill(which),
    }),
  },
};

function handleMetatable(host: Host): LuaTable {
  const metatable = objectMetatable(host, METATABLE, "process", handleObject);
  if (metatable.get("__close") !== undefined) return metatable;
  const methods = metatable.get("__index");
  const index = fn({
    params: [self, any("name")],
    returns: "any",
    doc: "A field or a method",
    run: (_host, handle, name) => handle.field(name) ?? (isTable(methods) ? methods.get(name) : undefined),
  });
  const close = fn({
    params: [self],
    returns: "nil",
    doc: "Kill what still runs and close the pipes",
    run: (_host, handle) => handle.close(),
  });
  metatable.set("__index", bindFunction(host, "process:__index", index));
  metatable.set("__close", bindFunction(host, "process:__close", close));
  return metatable;
}
