/** Which builtins are made for a script: those that it names, and all where it can reach others. */
import assert from "node:assert/strict";
import { mentionedWords, reachesAll } from "../runtime/mentioned_words.ts";

function all(source: string, loadWaits = true): boolean {
  return reachesAll(new Set(mentionedWords(source)), loadWaits);
}

Deno.test("builtins are found by their names as words, wherever those stand", () => {
  assert.deepEqual(mentionedWords("http.get(url) local t = { json = 1 }"), ["http", "json"]);
  assert.deepEqual(mentionedWords("my_http = https"), []);
  assert.deepEqual(mentionedWords("_G.yaml.parse(s) _ENV . toml = nil"), ["yaml", "toml"]);
});

Deno.test("tables of globals reach everything, unless the name of a global follows", () => {
  for (
    const source of [
      "_G[name]",
      "pairs(_G)",
      "local _ENV = {}",
      "setmetatable({}, {__index = _G})",
      "_G._G[x]",
    ]
  ) {
    assert.ok(all(source), source);
  }
  for (const source of ["_G.answer = 42", "return _G . print", "_ENV.x = _G.y", "_G.string.format('x')"]) {
    assert.ok(!all(source), source);
  }
});

Deno.test("debug reaches everything by what looks into functions, not by tracebacks and hooks", () => {
  for (
    const source of ["debug.getupvalue(f, 1)", "debug['getregistry']()", "local d = debug", "debug.gethooks"]
  ) {
    assert.ok(all(source), source);
  }
  for (
    const source of ["xpcall(f, debug.traceback)", "debug.getinfo(1, 'l')", "debug . sethook(f, '', 9)"]
  ) {
    assert.ok(!all(source), source);
  }
});

Deno.test("what is loaded brings its own names where load can wait for them", () => {
  for (const source of ["load(text)()", "dofile('x.lua')", "loadfile(name)"]) {
    assert.ok(!all(source), source);
    assert.ok(all(source, false), source);
  }
});
