-- disk, against the disk

local function in_folder(fn)
  return function()
    local folder = fs.tempdir()
    local ok, err = pcall(fn, folder)
    fs.remove(folder)
    if not ok then error(err, 0) end
  end
end

test("usage counts bytes", function()
  local u = disk.usage("/")
  for _, name in ipairs({ "total", "free", "used", "available" }) do
    assert.eq(math.type(u[name]) ~= nil and u[name] >= 0, true, name)
  end
  assert.eq(u.used, u.total - u.free)
  assert.eq(u.available <= u.free, true)
  assert.eq(math.abs(u.percent - u.used / u.total * 100) < 1e-6, true)
end)

test("usage agrees with df", in_folder(function(d)
  local function of_df(path)
    local blocks = shell.exec("df -Pk '" .. path .. "'").stdout:match("\n%S+%s+(%d+)")
    return tonumber(blocks) * 1024.0
  end
  assert.eq(math.abs(disk.usage(d).total - of_df(d)) < 1024, true)
end))

test("usage of a file is that of its file system", in_folder(function(d)
  fs.write(d .. "/f", "x")
  assert.eq(disk.usage(d .. "/f").total, disk.usage(d).total)
  raises('disk.usage: failed to read "' .. d .. '/none": No such file or directory (os error 2)', disk.usage, d .. "/none")
  raises("bad argument #1", disk.usage)
end))

test("a file system without blocks is empty", function()
  if not fs.exists("/proc/self") then skip("no /proc") end
  local u = disk.usage("/proc")
  assert.eq(u.total, 0)
  assert.eq(u.percent, 0)
end)

test("dir_size sums up regular files, and follows no links", in_folder(function(d)
  assert.eq(disk.dir_size(d), 0)
  fs.write(d .. "/a", string.rep("x", 1000))
  fs.write(d .. "/b/c/d", string.rep("x", 234))
  shell.exec("ln -s a link; ln -s / root; mkfifo fifo", { cwd = d })
  assert.eq(disk.dir_size(d), 1234)
  assert.eq(disk.dir_size(d .. "/a"), 1000)
  shell.exec("ln -s b to-b", { cwd = d })
  assert.eq(disk.dir_size(d .. "/to-b"), 234)
  raises('disk.dir_size: failed to read "' .. d .. '/none": No such file or directory (os error 2)', disk.dir_size, d .. "/none")
end))

test("sweep removes what is old, with all that is in it, and leaves the rest", in_folder(function(d)
  fs.write(d .. "/old/deep/file", "x")
  fs.write(d .. "/old.txt", "x")
  fs.write(d .. "/new/old.txt", "x")
  fs.write(d .. "/kept", "x")
  shell.exec("ln -s kept old-link; touch -h -t 202001010000 old-link; touch -t 202001010000 old old.txt new/old.txt", { cwd = d })
  assert.eq(disk.sweep(d, 3600), 3)
  local left = {}
  for i, entry in ipairs(fs.readdir(d)) do left[i] = entry.path end
  assert.eq(table.concat(left, " "), "kept new new/old.txt")
  assert.eq(disk.sweep(d, 3600), 0)
end))

test("sweep with age 0 removes everything that was there before", in_folder(function(d)
  for i = 1, 5 do fs.write(d .. "/" .. i, "x") end
  local written = fs.stat(d .. "/5").modified
  while time() <= written + 0.002 do sleep(0.001) end
  assert.eq(disk.sweep(d, 0), 5)
  assert.eq(fs.exists(d), true)
end))

test("sweep says what is wrong", in_folder(function(d)
  raises("disk.sweep: age_secs must be zero or more seconds and finite: current value is -1", disk.sweep, d, -1)
  raises("disk.sweep: age_secs must be zero or more seconds", disk.sweep, d, 0 / 0)
  raises("disk.sweep: age_secs must be zero or more seconds", disk.sweep, d, 1 / 0)
  raises('disk.sweep: failed to list "' .. d .. '/none": No such file or directory (os error 2)', disk.sweep, d .. "/none", 1)
  raises("refused: this is the root of the file system", disk.sweep, "/", 1e12)
  raises("refused: this is the root of the file system", disk.sweep, "//tmp/../", 1e12)
  raises("bad argument #2", disk.sweep, d)
end))

test("sweep goes on after what it may not remove, and tells it", in_folder(function(d)
  if shell.exec("id -u").stdout == "0\n" then skip("root may remove everything") end
  fs.write(d .. "/a/kept", "x")
  fs.write(d .. "/b", "x")
  shell.exec("chmod 500 a; touch -t 202001010000 a b", { cwd = d })
  raises('disk.sweep: failed to remove "' .. d .. '/a": ', disk.sweep, d, 1)
  fs.chmod(d .. "/a", "700")
  assert.eq(fs.exists(d .. "/b"), false)
end))
