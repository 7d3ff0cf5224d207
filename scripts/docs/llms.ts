/** llms.txt (https://llmstxt.org): what a language model needs to write scripts, and where there is more. */
import type { BuiltinEntries } from "../../cli/catalogue/entry.ts";

const HEAD = `# assay

> assay runs Lua for people who operate platforms: scripts, files of checks and web services in one executable.
> Builtins are globals: they need no require. Modules are loaded by require("assay.NAME"); clients of products are made by
> M.client(url, opts), and their functions are methods: c:method(), c.things:method().

- Language: Lua 5.5. Whatever waits (http, sleep, db) is called plainly: it makes only the calling task wait.
- Errors are raised, and caught by pcall. A response of any status is no error of \`http\`; modules raise
  \`<module>: <METHOD> <path> HTTP <status>: <body>\`, and give nil for what is not found where it says so.
- \`assay context WORDS\` prints the functions of the modules that match; \`assay modules\` lists all.
`;

/** @param guides Names of the pages in docs/ → titles */
export function llmsText({ globals, modules }: BuiltinEntries, guides: ReadonlyMap<string, string>): string {
  const signatures = globals.map(({ name, description, quickrefs }) =>
    `- [${name}](docs/reference/${name}.md): ${description}. ` +
    `${quickrefs.map(({ signature }) => `\`${signature}\``).join(" ")}\n`
  );
  const list = modules.map(({ name, description }) =>
    `- [${name}](docs/reference/${name}.md): ${description}\n`
  );
  const pages = [...guides].map(([name, title]) => `- [${title}](docs/${name}.md)\n`);
  return `${HEAD}
## Getting started

- [README](README.md): commands, a script, a file of checks, a web service, permissions, exit codes
- [SKILL.md](SKILL.md): how an agent finds and uses modules

## Guides

${pages.join("")}
## Globals

${signatures.join("")}
## Modules

${list.join("")}`;
}
