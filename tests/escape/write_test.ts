/** Narrowed scripts that try to write what they may not. */
import { deniedWrite, type Escape, testEscapes } from "../support/escape.ts";

const WRITE = ["--allow-read=INSIDE", "--allow-write=INSIDE"];
/** Whether a link may be written to is known once it may be read where it leads. */
const ANYWHERE = ["--allow-read", "--allow-write=INSIDE"];
const SECRET = deniedWrite("OUTSIDE/secret");
const NEW = deniedWrite("OUTSIDE/new");

const writes = (escapes: readonly Pick<Escape, "name" | "code" | "told">[]): Escape[] =>
  escapes.map((escape) => ({ ...escape, flags: ANYWHERE }));

testEscapes([
  ...writes([
    { name: "write a file that is not allowed", code: `return fs.write("OUTSIDE/new", "x")`, told: NEW },
    { name: "write through a link", code: `return fs.write("INSIDE/link", "x")`, told: SECRET },
    { name: "append through a link", code: `return fs.append("INSIDE/link", "x")`, told: SECRET },
    { name: "make a file through a link to nothing", code: `return fs.write("INSIDE/new", "x")`, told: NEW },
    { name: "make a file in a linked folder", code: `return fs.write("INSIDE/folder/new", "x")`, told: NEW },
    { name: "open a file for writing", code: `return io.open("INSIDE/link", "w")`, told: SECRET },
    {
      name: "open a file for reading and writing",
      code: `return io.open("INSIDE/link", "r+")`,
      told: SECRET,
    },
    { name: "send output to a file", code: `return io.output("INSIDE/new")`, told: NEW },
    { name: "make a folder", code: `return fs.mkdir("INSIDE/folder/new")`, told: NEW },
    { name: "move a file out", code: `return fs.rename("INSIDE/file", "INSIDE/folder/new")`, told: NEW },
    { name: "move a file out with os", code: `return os.rename("INSIDE/file", "OUTSIDE/new")`, told: NEW },
    {
      name: "move a file in",
      code: `return fs.rename("INSIDE/folder/secret", "INSIDE/mine")`,
      told: "permission denied: write to OUTSIDE/secret",
    },
    { name: "copy to a linked file", code: `return fs.copy("INSIDE/file", "INSIDE/link")`, told: SECRET },
    {
      name: "remove a file of a linked folder",
      code: `return os.remove("INSIDE/folder/secret")`,
      told: SECRET,
    },
    {
      name: "remove a linked folder's content",
      code: `return fs.remove("INSIDE/folder/secret")`,
      told: SECRET,
    },
    { name: "change the mode of a linked file", code: `return fs.chmod("INSIDE/link", "777")`, told: SECRET },
    {
      name: "make a link",
      code: `return fs.symlink("OUTSIDE", "INSIDE/mine")`,
      told: "permission denied: a symbolic",
    },
    { name: "make a temporary file", code: `return os.tmpname()`, told: "permission denied: write to /tmp" },
    { name: "make a database", code: `return db.connect("sqlite://INSIDE/new?mode=rwc")`, told: NEW },
  ]),
  {
    name: "write where it may only read",
    flags: ["--allow-read=OUTSIDE"],
    code: `return fs.write("OUTSIDE/new", "x")`,
    told: NEW,
  },
  {
    name: "change a database that it may only read",
    flags: ["--allow-read=OUTSIDE"],
    code: `return db.connect("sqlite://OUTSIDE/secret?mode=rw")`,
    told: SECRET,
  },
  {
    name: "write a copy of a database elsewhere",
    flags: WRITE,
    code: `local c = db.connect("sqlite://INSIDE/own.db?mode=rwc")
      db.execute(c, "CREATE TABLE t (a)")
      return db.execute(c, "VACUUM INTO 'OUTSIDE/new'")`,
    told: "permission denied: ATTACH and VACUUM INTO are out of reach of all that is confined",
  },
  {
    name: "load an extension into a database",
    flags: WRITE,
    code: `return db.query(db.connect("sqlite::memory:"), "SELECT load_extension('INSIDE/file')")`,
    told: "not authorized",
  },
  {
    name: "save a download elsewhere",
    flags: [...WRITE, "--allow-net=127.0.0.1:PORT"],
    code: `return http.download("http://127.0.0.1:PORT/", "OUTSIDE/new")`,
    told: "permission denied: write to OUTSIDE/new",
  },
  {
    name: "save a download through a linked folder",
    flags: [...WRITE, "--allow-net=127.0.0.1:PORT"],
    code: `return http.download("http://127.0.0.1:PORT/", "INSIDE/folder/new")`,
    told: "permission denied: write to OUTSIDE/new",
  },
  {
    name: "listen on a socket in a linked folder",
    flags: [...WRITE, "--allow-net"],
    code: `return http.serve(0, {}, {unix_socket = "INSIDE/folder/new"})`,
    told: "permission denied: ",
  },
]);
