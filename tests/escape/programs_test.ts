/** Narrowed scripts that try to run programs, to see the environment, or to get at what Lua has kept. */
import { deniedNet, deniedRead, type Escape, testEscapes } from "../support/escape.ts";

const NONE = ["--allow-net=127.0.0.1:PORT"];
const SECRET = deniedRead("OUTSIDE/secret");
const RUN = (program: string) => `permission denied: run of ${program} (add --allow-run=${program})`;

const under = (
  flags: readonly string[],
  escapes: readonly Pick<Escape, "name" | "code" | "told">[],
): Escape[] => escapes.map((escape) => ({ ...escape, flags }));

testEscapes([
  ...under(NONE, [
    { name: "run a shell", code: `return shell.exec("touch OUTSIDE/new")`, told: RUN("/bin/sh") },
    { name: "run a command with os", code: `return os.execute("touch OUTSIDE/new")`, told: RUN("/bin/sh") },
    { name: "open a pipe", code: `return io.popen("touch OUTSIDE/new")`, told: RUN("/bin/sh") },
    { name: "start a program", code: `return process.spawn({"touch", "OUTSIDE/new"})`, told: RUN("touch") },
    {
      name: "send a signal",
      code: `return process.kill(1, "TERM")`,
      told: "process.kill: permission denied: run",
    },
    {
      name: "ask for the host's name",
      code: `return os.hostname()`,
      told: "permission denied: sys of hostname",
    },
    {
      name: "see a variable",
      code: `return env.get("SECRET")`,
      told: "env.get: permission denied: env of SECRET (add --allow-env=SECRET)",
    },
    {
      name: "see a variable with os",
      code: `return os.getenv("SECRET")`,
      told: "os.getenv: permission denied: env of SECRET (add --allow-env=SECRET)",
    },
    {
      name: "set a variable",
      code: `env.set("HTTP_PROXY", "http://127.0.0.1:FORBIDDEN")`,
      told: "env.set: permission denied: env of HTTP_PROXY",
    },
    { name: "list variables", code: `return #env.list()`, told: "0\n" },
  ]),
  ...under(["--allow-run=true", "--allow-read=INSIDE", "--allow-write=INSIDE"], [
    {
      name: "run another program than the one allowed",
      code: `return shell.exec("touch OUTSIDE/new")`,
      told: RUN("/bin/sh"),
    },
    {
      name: "have the loader run code in an allowed program",
      code: `return process.spawn({"true"}, {env = {LD_PRELOAD = "INSIDE/file"}})`,
      told: "permission denied: run of a program with LD_PRELOAD (add --allow-run)",
    },
    {
      name: "have another program found under an allowed name",
      code: `fs.write("INSIDE/true", "#!/bin/sh\\ntouch OUTSIDE/new\\n")
        fs.chmod("INSIDE/true", "755")
        return process.spawn({"true"}, {env = {PATH = "INSIDE"}})`,
      told: RUN("true"),
    },
  ]),
  {
    name: "see variables through an allowed program",
    flags: ["--allow-run"],
    code: `return "[" .. shell.exec("echo $SECRET").stdout .. "]"`,
    told: "[\n]",
  },
  {
    name: "see a variable beside the one allowed",
    flags: ["--allow-env=HOME"],
    code: `return env.get("SECRET")`,
    told: "permission denied: env of SECRET (add --allow-env=SECRET)",
  },
  ...under(["--allow-read=INSIDE"], [
    {
      name: "use a builtin kept from before",
      code: `local read = fs.read; fs = nil; return read("OUTSIDE/secret")`,
      told: SECRET,
    },
    {
      name: "find the original behind a builtin with debug",
      code:
        `local name, value = debug.getupvalue(fs.read, 1); print(name, value); return fs.read("OUTSIDE/secret")`,
      told: SECRET,
    },
    {
      name: "use the registry of debug",
      code: `for _, v in pairs(debug.getregistry()) do
          if type(v) == "table" and rawget(v, "fs") then return v.fs.read("OUTSIDE/secret") end
        end
        return fs.read("OUTSIDE/secret")`,
      told: SECRET,
    },
    {
      name: "go through the metatable of strings",
      code:
        `getmetatable("").__index = function(path, name) return fs[name](path) end; return ("OUTSIDE/secret").read`,
      told: SECRET,
    },
    {
      name: "load code with an environment of its own",
      code: `return load("return fs.read('OUTSIDE/secret')", "x", "t", setmetatable({}, {__index = _G}))()`,
      told: SECRET,
    },
    {
      name: "do it in a coroutine",
      code: `return coroutine.wrap(function() return fs.read("OUTSIDE/secret") end)()`,
      told: SECRET,
    },
    {
      name: "do it in a message handler",
      code: `return xpcall(error, function() print(pcall(fs.read, "OUTSIDE/secret")) end)`,
      told: SECRET,
    },
    {
      name: "do it when a variable is closed",
      code: `local x <close> = setmetatable({}, {__close = function() print(fs.read("OUTSIDE/secret")) end})`,
      told: SECRET,
    },
    {
      name: "do it when the script ends",
      code: `setmetatable({}, {__gc = function() print(pcall(fs.read, "OUTSIDE/secret")) end})`,
      told: SECRET,
    },
    { name: "load machine code", code: `return package.loadlib`, told: "nil\n" },
    {
      name: "load a module of machine code",
      code: `package.cpath = "INSIDE/?.so"; return require("file")`,
      told: "module 'file' not found",
    },
  ]),
  {
    name: "let an embedded module reach another host",
    flags: NONE,
    code: `return require("assay.vault").client("http://127.0.0.1:FORBIDDEN", "token").kv:get("secret", "x")`,
    told: "127.0.0.1:FORBIDDEN",
  },
  {
    name: "reach another host in the other engine",
    flags: ["--engine=fengari", ...NONE],
    code: `return http.get("http://127.0.0.1:FORBIDDEN/")`,
    told: deniedNet("127.0.0.1:FORBIDDEN"),
  },
  {
    name: "read another file in the other engine",
    flags: ["--engine=fengari", "--allow-read=INSIDE"],
    code: `return fs.read("INSIDE/link")`,
    told: SECRET,
  },
]);
