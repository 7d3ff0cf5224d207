-- Files and folders. Each test works in a folder of its own

local function in_folder(fn)
  return function()
    local folder = fs.tempdir()
    local ok, err = pcall(fn, folder)
    fs.remove(folder)
    if not ok then error(err, 0) end
  end
end

local function names(entries, field)
  local list = {}
  for i, entry in ipairs(entries) do
    list[i] = entry[field or "name"]
  end
  return table.concat(list, " ")
end

local function sh(command)
  assert(os.execute(command))
end

test("write makes missing folders and read gives the content back", in_folder(function(d)
  assert(fs.write(d .. "/a/b/c.txt", "hello\n") == nil)
  assert(fs.read(d .. "/a/b/c.txt") == "hello\n")
  fs.write(d .. "/a/b/c.txt", "x")
  assert(fs.read(d .. "/a/b/c.txt") == "x")
end))

test("write takes numbers as strings", in_folder(function(d)
  fs.write(d .. "/n", 42)
  assert(fs.read(d .. "/n") == "42")
end))

test("every byte survives, in small files and in large ones", in_folder(function(d)
  local all = {}
  for i = 0, 255 do all[i + 1] = string.char(i) end
  local bytes = table.concat(all)
  for _, data in ipairs({ bytes, string.rep(bytes, 3 * 4096 + 1) }) do
    fs.write_bytes(d .. "/bytes", data)
    assert(fs.read_bytes(d .. "/bytes") == data)
    fs.write(d .. "/text", data)
    assert(fs.read(d .. "/text") == data)
  end
end))

test("names that are not ASCII work", in_folder(function(d)
  fs.write(d .. "/größe.txt", "1")
  assert(names(fs.list(d)) == "größe.txt")
  assert(fs.glob(d .. "/gr??e.*")[1] == d .. "/größe.txt")
end))

test("a large read lets other tasks go on", in_folder(function(d)
  fs.write(d .. "/big", string.rep("x", 8 * 1024 * 1024))
  local order = {}
  local other = async.spawn(function()
    order[#order + 1] = "other"
  end)
  fs.read(d .. "/big")
  order[#order + 1] = "read"
  other:await()
  assert(table.concat(order, " ") == "other read", table.concat(order, " "))
end))

test("failures name the function, the path and the system's reason", in_folder(function(d)
  local missing = d .. "/missing"
  local reason = '"' .. missing .. '": No such file or directory (os error 2)'
  raises("fs.read: failed to read " .. reason, fs.read, missing)
  raises("fs.read_bytes: failed to read " .. reason, fs.read_bytes, missing)
  raises("fs.remove: failed to remove " .. reason, fs.remove, missing)
  raises("fs.list: failed to list " .. reason, fs.list, missing)
  raises("fs.readdir: failed to list " .. reason, fs.readdir, missing)
  raises("fs.stat: failed to stat " .. reason, fs.stat, missing)
  raises("fs.copy: failed to copy " .. reason, fs.copy, missing, d .. "/x")
  raises("fs.rename: failed to rename " .. reason, fs.rename, missing, d .. "/x")
  raises("fs.chmod: failed to change the mode of " .. reason, fs.chmod, missing, "644")
  raises("fs.lines: failed to read " .. reason, fs.lines, missing)
  raises("fs.sub_in_file: failed to read " .. reason, fs.sub_in_file, missing, "a", "b")
  raises('fs.write: failed to write "' .. d .. '": Is a directory (os error 21)', fs.write, d, "x")
  raises('fs.write_bytes: failed to write "' .. d .. '": Is a directory', fs.write_bytes, d, "x")
  fs.write(d .. "/file", "")
  raises('fs.mkdir: failed to create "' .. d .. '/file": File exists (os error 17)', fs.mkdir, d .. "/file")
  raises('"' .. d .. '/file/x": Not a directory (os error 20)', fs.write, d .. "/file/x", "")
end))

test("arguments of another type are refused", function()
  raises("bad argument #1: error converting Lua nil to String", fs.read)
  raises("bad argument #1: error converting Lua table to String", fs.write, {}, "x")
  raises("bad argument #2: error converting Lua nil to String", fs.write, "x")
end)

test("a path with a zero byte, or that is not UTF-8, is refused", function()
  raises("zero byte", fs.read, "a\0b")
  raises("not valid UTF-8", fs.read, "a\255b")
end)

test("remove takes a folder with everything in it", in_folder(function(d)
  fs.write(d .. "/t/a/b", "")
  fs.write(d .. "/t/c", "")
  fs.remove(d .. "/t")
  assert(not fs.exists(d .. "/t"))
end))

test("remove unlinks a symlink and leaves what it leads to", in_folder(function(d)
  fs.write(d .. "/real/file", "kept")
  sh("ln -s real " .. d .. "/link && ln -s /nowhere " .. d .. "/dangling")
  fs.remove(d .. "/link/")
  fs.remove(d .. "/dangling")
  assert(names(fs.list(d)) == "real")
  sh("mkdir " .. d .. "/tree && ln -s ../real " .. d .. "/tree/link")
  fs.remove(d .. "/tree")
  assert(fs.read(d .. "/real/file") == "kept")
end))

test("remove refuses the root", function()
  raises("refused", fs.remove, "//")
end)

test("list tells files, folders and links apart", in_folder(function(d)
  fs.write(d .. "/b.txt", "")
  fs.mkdir(d .. "/a")
  sh("ln -s a " .. d .. "/c && mkfifo " .. d .. "/d")
  local list = fs.list(d)
  assert(names(list) == "a b.txt c d")
  assert(names(list, "type") == "directory file symlink other")
end))

test("readdir goes depth first, with paths relative to the folder, and enters no links", in_folder(function(d)
  fs.write(d .. "/b/c/deep.txt", "")
  fs.write(d .. "/b/x.txt", "")
  fs.write(d .. "/z.txt", "")
  sh("ln -s b " .. d .. "/a")
  local all = fs.readdir(d)
  assert(names(all, "path") == "a b b/c b/c/deep.txt b/x.txt z.txt", names(all, "path"))
  assert(names(all, "type") == "symlink directory directory file file file")
  assert(all[4].name == "deep.txt")
  assert(names(fs.readdir(d, { depth = 1 }), "path") == "a b z.txt")
  assert(names(fs.readdir(d, { depth = 2 }), "path") == "a b b/c b/x.txt z.txt")
  assert(#fs.readdir(d, { depth = 0 }) == 0)
  raises("fs.readdir: depth must be zero or more: current value is -1", fs.readdir, d, { depth = -1 })
  raises("fs.readdir: option 'depth' must be an integer, got table", fs.readdir, d, { depth = {} })
end))

test("stat gives every documented field", in_folder(function(d)
  fs.write(d .. "/f", "12345")
  fs.chmod(d .. "/f", "640")
  local before = time()
  local s = fs.stat(d .. "/f")
  assert(s.size == 5 and s.type == "file" and s.is_file and not s.is_dir and not s.is_symlink)
  assert(s.permissions == "640")
  assert(s.modified > before - 60 and s.modified < before + 60)
  assert(s.created == nil or s.created > before - 60)
  local folder = fs.stat(d)
  assert(folder.type == "directory" and folder.is_dir and not folder.is_file)
end))

test("stat follows a link and says that it is one", in_folder(function(d)
  fs.write(d .. "/f", "123")
  sh("ln -s f " .. d .. "/l && ln -s nowhere " .. d .. "/dangling")
  local s = fs.stat(d .. "/l")
  assert(s.size == 3 and s.type == "file" and s.is_file and s.is_symlink)
  raises("No such file", fs.stat, d .. "/dangling")
end))

test("exists follows links", in_folder(function(d)
  sh("ln -s nowhere " .. d .. "/dangling && ln -s . " .. d .. "/here")
  assert(fs.exists(d) and fs.exists(d .. "/here"))
  assert(not fs.exists(d .. "/nothing") and not fs.exists(d .. "/dangling"))
end))

test("mkdir makes parents and accepts what exists", in_folder(function(d)
  assert(fs.mkdir(d .. "/a/b/c") == nil)
  fs.mkdir(d .. "/a/b/c")
  assert(fs.stat(d .. "/a/b/c").is_dir)
end))

test("copy gives the number of bytes and makes no folders", in_folder(function(d)
  fs.write(d .. "/a", "12345678")
  assert(fs.copy(d .. "/a", d .. "/b") == 8)
  assert(fs.read(d .. "/b") == "12345678")
  raises('fs.copy: failed to copy to "' .. d .. '/no/b": No such file', fs.copy, d .. "/a", d .. "/no/b")
  raises('fs.copy: failed to copy "' .. d .. '": Is a directory (os error 21)', fs.copy, d, d .. "/c")
  raises("same file", fs.copy, d .. "/a", d .. "/./a")
  assert(fs.read(d .. "/a") == "12345678")
end))

test("rename moves files and folders", in_folder(function(d)
  fs.write(d .. "/a/f", "1")
  assert(fs.rename(d .. "/a", d .. "/b") == nil)
  assert(fs.read(d .. "/b/f") == "1" and not fs.exists(d .. "/a"))
  raises('fs.rename: failed to rename to "' .. d .. '/no/x": No such file', fs.rename, d .. "/b", d .. "/no/x")
end))

test("chmod reads strings as octal and numbers as they are", in_folder(function(d)
  fs.write(d .. "/f", "")
  for mode, shown in pairs({ ["755"] = "755", ["0600"] = "600", ["0o644"] = "644", [493] = "755", [256] = "400" }) do
    assert(fs.chmod(d .. "/f", mode) == nil)
    assert(fs.stat(d .. "/f").permissions == shown, mode)
  end
  raises('such as "755"', fs.chmod, d .. "/f", "rwx")
  raises('current value is "789"', fs.chmod, d .. "/f", "789")
  raises("current value is -1", fs.chmod, d .. "/f", -1)
  raises("current value is 4096", fs.chmod, d .. "/f", 4096)
  raises("error converting Lua nil", fs.chmod, d .. "/f")
end))

test("glob sorts what matches", in_folder(function(d)
  for _, name in ipairs({ "b.lua", "a.lua", ".hidden.lua", "c.txt", "sub/d.lua", "sub/deep/e.lua", "[x]" }) do
    fs.write(d .. "/" .. name, "")
  end
  local function check(pattern, expected)
    local found = fs.glob(d .. "/" .. pattern)
    for i, path in ipairs(found) do
      assert(path:sub(1, #d + 1) == d .. "/")
      found[i] = path:sub(#d + 2)
    end
    local shown = table.concat(found, " ")
    assert(shown == expected, pattern .. ": " .. shown)
  end
  check("*.lua", ".hidden.lua a.lua b.lua")
  check("?.lua", "a.lua b.lua")
  check("[ab].*", "a.lua b.lua")
  check("[!a].*", "b.lua c.txt")
  check("[b-z].*", "b.lua c.txt")
  check("[[]x]", "[x]")
  check("**/*.lua", ".hidden.lua a.lua b.lua sub/d.lua sub/deep/e.lua")
  check("sub/**", "sub/d.lua sub/deep sub/deep/e.lua")
  check("**/deep/**/e.lua", "sub/deep/e.lua")
  check("*/", "sub")
  check("a.lua", "a.lua")
  check("*.nothing", "")
  check("no/such/*", "")
end))

test("glob passes links that lead in circles", in_folder(function(d)
  fs.write(d .. "/a/f", "")
  sh("ln -s .. " .. d .. "/a/up")
  assert(table.concat(fs.glob(d .. "/**/f"), " ") == d .. "/a/f")
  assert(#fs.glob(d .. "/a/up/a/*") == 2)
end))

test("glob refuses malformed patterns", function()
  raises('fs.glob: invalid pattern "a/[b": "[" at character 1 of "[b" is not closed', fs.glob, "a/[b")
  raises('"**" must stand alone', fs.glob, "a**/b")
end)

test("a pattern full of stars ends soon", in_folder(function(d)
  fs.write(d .. "/" .. string.rep("a", 200), "")
  assert(#fs.glob(d .. "/" .. string.rep("*a", 60) .. "*b") == 0)
end))

test("tempdir makes a new private folder each time", function()
  local a, b = fs.tempdir(), fs.tempdir()
  assert(a ~= b and a:match("/assay%-%x+%-%d+$") and b:match("/assay%-%x+%-%d+$"))
  assert(fs.stat(a).permissions == "700")
  fs.remove(a)
  fs.remove(b)
end)

test("lines iterates without line ends", in_folder(function(d)
  fs.write(d .. "/f", "one\n\ntwo\r\nlast")
  local lines = {}
  for line in fs.lines(d .. "/f") do lines[#lines + 1] = line end
  assert(table.concat(lines, "|") == "one||two|last")
  fs.write(d .. "/f", "end\n")
  local count = 0
  for _ in fs.lines(d .. "/f") do count = count + 1 end
  assert(count == 1)
  fs.write(d .. "/f", "")
  assert(fs.lines(d .. "/f")() == nil)
end))

test("lines gives long lines whole", in_folder(function(d)
  local long = string.rep("x", 200000)
  fs.write(d .. "/f", long .. "\n" .. long)
  local count = 0
  for line in fs.lines(d .. "/f") do
    assert(line == long)
    count = count + 1
  end
  assert(count == 2)
end))

test("sub_in_file replaces a Lua pattern and counts", in_folder(function(d)
  local f = d .. "/f"
  fs.write(f, "port=80 host=a port=81")
  assert(fs.sub_in_file(f, "port=(%d+)", "port=<%1>") == 2)
  assert(fs.read(f) == "port=<80> host=a port=<81>")
  assert(fs.sub_in_file(f, "%d+", function(n) return n:reverse() end) == 2)
  assert(fs.read(f) == "port=<08> host=a port=<18>")
  assert(fs.sub_in_file(f, "%w+", { host = "name" }) == 6)
  assert(fs.read(f) == "port=<08> name=a port=<18>")
  raises("malformed pattern", fs.sub_in_file, f, "[", "")
end))

test("sub_in_file does not write a file without a match", in_folder(function(d)
  fs.write(d .. "/f", "abc")
  sh("touch -t 200001010000 " .. d .. "/f")
  local modified = fs.stat(d .. "/f").modified
  assert(fs.sub_in_file(d .. "/f", "x", "y") == 0)
  assert(fs.stat(d .. "/f").modified == modified)
end))

test("a pipe is read without stalling the task that feeds it", in_folder(function(d)
  sh("mkfifo " .. d .. "/pipe")
  local reader = async.spawn(function() return fs.read(d .. "/pipe") end)
  fs.write(d .. "/pipe", "through the pipe")
  assert(reader:await() == "through the pipe")
end))

test("append goes on at the end of a file, which it makes", in_folder(function(d)
  assert(fs.append(d .. "/a/log", "one\n") == nil)
  fs.append(d .. "/a/log", "two\255\n")
  assert(fs.read(d .. "/a/log") == "one\ntwo\255\n")
  local large = string.rep("x", 3 * 1024 * 1024)
  fs.append(d .. "/a/log", large)
  assert(#fs.read(d .. "/a/log") == 9 + #large)
  raises('fs.append: failed to write "' .. d .. '": Is a directory (os error 21)', fs.append, d, "x")
end))

test("symlink, readlink and canonicalize", in_folder(function(d)
  fs.write(d .. "/sub/file", "x")
  assert(fs.symlink("sub/../sub/file", d .. "/link") == nil)
  assert(fs.read(d .. "/link") == "x")
  assert(fs.readlink(d .. "/link") == "sub/../sub/file")
  assert(fs.canonicalize(d .. "/./link") == fs.canonicalize(d) .. "/sub/file")
  raises('fs.symlink: failed to create "' .. d .. '/link": File exists (os error 17)', fs.symlink, "x", d .. "/link")
  raises('fs.readlink: failed to read "' .. d .. '/sub": Invalid argument (os error 22)', fs.readlink, d .. "/sub")
  raises('fs.canonicalize: failed to resolve "' .. d .. '/no": No such file', fs.canonicalize, d .. "/no")
end))

test("is_file and is_dir follow links", in_folder(function(d)
  fs.write(d .. "/f", "x")
  fs.symlink("f", d .. "/to-f")
  fs.symlink(".", d .. "/to-d")
  fs.symlink("none", d .. "/to-none")
  assert(fs.is_file(d .. "/f") and fs.is_file(d .. "/to-f") and fs.is_dir(d) and fs.is_dir(d .. "/to-d"))
  assert(not fs.is_file(d) and not fs.is_dir(d .. "/f"))
  assert(fs.is_file(d .. "/to-none") == false and fs.is_dir(d .. "/none") == false)
end))

test("metadata and temp_dir are other names of stat and tempdir", function()
  assert(fs.metadata == fs.stat and fs.temp_dir == fs.tempdir)
end)
