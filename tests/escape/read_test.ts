/** Narrowed scripts that try to read what they may not. */
import { deniedRead, type Escape, testEscapes } from "../support/escape.ts";

const READ = ["--allow-read=INSIDE"];
const SECRET = deniedRead("OUTSIDE/secret");

const reads = (escapes: readonly Pick<Escape, "name" | "code" | "told">[]): Escape[] =>
  escapes.map((escape) => ({ ...escape, flags: READ }));

testEscapes([
  ...reads([
    { name: "read a file that is not allowed", code: `return fs.read("OUTSIDE/secret")`, told: SECRET },
    { name: "read through a link", code: `return fs.read("INSIDE/link")`, told: SECRET },
    { name: "read through a link with a relative path", code: `return fs.read("link")`, told: SECRET },
    { name: "read through a linked folder", code: `return fs.read("INSIDE/folder/secret")`, told: SECRET },
    { name: "climb with ..", code: `return fs.read("INSIDE/../outside/secret")`, told: SECRET },
    {
      name: "climb with .. from a linked folder",
      code: `return fs.read("INSIDE/folder/../outside/secret")`,
      told: "No such file or directory",
    },
    {
      name: "climb with .. from a linked folder to a database",
      code: `return db.connect("sqlite://INSIDE/folder/../outside/secret?mode=ro")`,
      told: "db.connect: cannot open",
    },
    { name: "open a file with io", code: `return io.open("INSIDE/link")`, told: SECRET },
    { name: "read lines", code: `for line in io.lines("INSIDE/link") do print(line) end`, told: SECRET },
    { name: "list a linked folder", code: `return fs.list("INSIDE/folder")`, told: deniedRead("OUTSIDE") },
    { name: "ask for a linked file", code: `return fs.stat("INSIDE/link")`, told: SECRET },
    { name: "ask whether a linked file exists", code: `return fs.exists("INSIDE/link")`, told: SECRET },
    { name: "hash a linked file", code: `return crypto.hash_file("INSIDE/link", "sha256")`, told: SECRET },
    { name: "copy a linked file", code: `return fs.copy("INSIDE/link", "INSIDE/copy")`, told: SECRET },
    { name: "resolve a link", code: `return fs.canonicalize("INSIDE/link")`, told: SECRET },
    {
      name: "measure a disk elsewhere",
      code: `return disk.usage("folder").total`,
      told: deniedRead("OUTSIDE"),
    },
    { name: "run a file", code: `return dofile("INSIDE/code.lua")`, told: deniedRead("OUTSIDE/code.lua") },
    {
      name: "load a file",
      code: `return loadfile("OUTSIDE/code.lua")`,
      told: deniedRead("OUTSIDE/code.lua"),
    },
    {
      name: "require a file",
      code: `package.path = "OUTSIDE/?.lua"; return require("code")`,
      told: deniedRead("OUTSIDE/code.lua"),
    },
    {
      name: "look for a file",
      code: `return package.searchpath("code", "OUTSIDE/?.lua")`,
      told: deniedRead("OUTSIDE/code.lua"),
    },
    {
      name: "render a file as a template",
      code: `return template.render("OUTSIDE/secret", {})`,
      told: SECRET,
    },
    {
      name: "include a file in a template",
      code: `return template.render_with_loader("INSIDE", "link", {})`,
      told: SECRET,
    },
    {
      name: "read a database through a link",
      code: `return db.connect("sqlite://INSIDE/link?mode=ro")`,
      told: SECRET,
    },
    {
      name: "have a file as a certificate",
      code: `return http.client({ca_cert_file = "OUTSIDE/secret"})`,
      told: SECRET,
    },
    {
      name: "have a glob go out of its folder",
      code: `return #fs.glob("INSIDE/../outside/*")`,
      told: "permission denied: read of",
    },
  ]),
  {
    name: "read variables of the process in /proc, whatever may be read",
    flags: ["--allow-read"],
    code: `return fs.read("/proc/self/environ")`,
    told: "permission denied: /proc/self/environ is out of reach of all that is confined",
  },
  {
    name: "find open files in /proc, whatever may be read",
    flags: ["--allow-read"],
    code: `return fs.list("/proc/self/fd")`,
    told: "permission denied: /proc/self/fd is out of reach of all that is confined",
  },
  {
    name: "look for processes, whatever may be read",
    flags: ["--allow-read"],
    code: `return process.list()`,
    told: "process.list: permission denied: /proc is out of reach of all that is confined",
  },
  {
    name: "attach another database",
    flags: ["--allow-read=INSIDE", "--allow-write=INSIDE"],
    code: `local c = db.connect("sqlite://INSIDE/own.db?mode=rwc")
      return db.execute(c, "ATTACH 'OUTSIDE/secret' AS other")`,
    told: "db.execute: permission denied: ATTACH and VACUUM INTO are out of reach of all that is confined",
  },
  {
    name: "read what a deny option has taken",
    flags: ["--deny-read", "--deny-write"],
    code: `return fs.read("OUTSIDE/secret")`,
    told: SECRET,
  },
]);
