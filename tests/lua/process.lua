-- process, against real processes

--- A copy of sleep under a name that nothing else of the machine has
local function named_sleep(folder, name)
  local program = folder .. "/" .. name
  fs.copy("/bin/sleep", program)
  fs.chmod(program, "755")
  return program
end

local function in_folder(fn)
  return function()
    local folder = fs.tempdir()
    local ok, err = pcall(fn, folder)
    fs.remove(folder)
    if not ok then error(err, 0) end
  end
end

local function entry_of(pid)
  for _, entry in ipairs(process.list()) do
    if entry.pid == pid then return entry end
  end
end

test("a process is written to and read from while it runs", function()
  local p = process.spawn("while read line; do echo \"[$line]\"; done; echo end")
  for i = 1, 3 do
    p.stdin:write("line ", i, "\n")
    assert.eq(p.stdout:read(), "[line " .. i .. "]")
  end
  assert.eq(p:is_running(), true)
  p.stdin:close()
  assert.eq(p.stdout:read("a"), "end\n")
  assert.eq(json.encode(p:wait()), '{"status":0}')
  assert.eq(p:is_running(), false)
end)

test("every byte goes through both pipes, more than they hold", function()
  local bytes = string.rep("\0\1\10\13\255é", 100000)
  local p = process.spawn({ "cat" })
  local writer = async.spawn(function()
    p.stdin:write(bytes)
    p.stdin:close()
  end)
  assert.eq(p.stdout:read("a") == bytes, true)
  writer:await()
  assert.eq(p:wait().status, 0)
end)

test("lines of a process come one by one", function()
  local lines = {}
  for line in process.spawn("echo a; echo b; printf c").stdout:lines() do lines[#lines + 1] = line end
  assert.eq(table.concat(lines, " "), "a b c")
end)

test("arguments reach a program as they are, without a shell", function()
  local p = process.spawn({ "printf", "%s|", "a b", "$HOME", "*", "é", 7 })
  assert.eq(p.stdout:read("a"), "a b|$HOME|*|é|7|")
end)

test("cwd, env and the three streams can be chosen", in_folder(function(d)
  local p = process.spawn("pwd -P; echo $X; echo oops >&2", { cwd = d, env = { X = "x y" }, stderr = "pipe", stdin = "null" })
  assert.eq(p.stdout:read("l"):match("[^/]*$"), d:match("[^/]*$"))
  assert.eq(p.stdout:read("l"), "x y")
  assert.eq(p.stderr:read("a"), "oops\n")
  assert.eq(p.stdin, nil)
  assert.eq(process.spawn("cat", { stdin = "null" }).stdout:read("a"), "")
  assert.eq(process.spawn("echo lost", { stdout = "null" }).stdout, nil)
end))

test("wait tells the status, or the signal that ended the process", function()
  assert.eq(process.spawn("exit 7"):wait().status, 7)
  local p = process.spawn("kill -9 $$")
  assert.eq(json.encode(p:wait()), '{"signal":"SIGKILL","status":-1}')
  assert.eq(json.encode(p:wait()), '{"signal":"SIGKILL","status":-1}')
end)

test("wait gives nil when its time is up, and the process goes on", function()
  local p = process.spawn("cat")
  assert.eq(p:wait(0.01), nil)
  assert.eq(p:wait(0), nil)
  assert.eq(p:is_running(), true)
  p.stdin:close()
  assert.eq(p:wait(1000).status, 0)
end)

test("several tasks may wait for one process", function()
  local p = process.spawn("cat")
  local first = async.spawn(function() return p:wait() end)
  local second = async.spawn(function() return p:wait() end)
  p.stdin:close()
  assert.eq(first:await().status + second:await().status, 0)
end)

test("kill reaches what the process has started", function()
  local p = process.spawn("sleep 1000 & echo $!; wait")
  local grandchild = tonumber(p.stdout:read())
  assert.eq(p:kill(), true)
  assert.eq(p:wait().signal, "SIGTERM")
  while (entry_of(grandchild) or {}).cmdline do sleep(0.005) end
  assert.eq(p:kill(), false)
end)

test("kill takes numbers and names", function()
  for _, signal in ipairs({ "USR1", "sigusr1", 10 }) do
    local p = process.spawn("trap 'echo got it; exit 0' USR1; echo ready; while :; do sleep 0.01; done")
    assert.eq(p.stdout:read(), "ready")
    if signal ~= 10 or os.platform() == "linux" then p:kill(signal) else p:kill("USR1") end
    assert.eq(p.stdout:read(), "got it")
    p:wait()
  end
end)

test("a process that has ended is told by writing to it", function()
  local p = process.spawn("true")
  p:wait()
  local ok, message
  repeat
    ok, message = p.stdin:write(string.rep("x", 100000))
  until not ok
  assert.contains(message, "Broken pipe")
end)

test("a variable with <close> kills its process", function()
  if engine.version < "5.4" then skip("no <close>") end
  local pid = load([[
    local p <close> = process.spawn("sleep 1000")
    return p.pid
  ]])()
  assert.eq(entry_of(pid), nil)
end)

test("handles say what they are and have nothing else", function()
  local p = process.spawn("true")
  assert.contains(tostring(p), "process")
  assert.eq(math.type(p.pid), "integer")
  assert.eq(io.type(p.stdout), "file")
  assert.eq(p.nothing, nil)
  assert.eq(p.stderr, nil)
  p:wait()
end)

test("no process and no descriptor is left behind", function()
  if not fs.exists("/proc/self/fd") then skip("no /proc") end
  local own = tonumber(shell.exec("echo $PPID").stdout)
  local before = #fs.list("/proc/self/fd")
  for _ = 1, 10 do
    local p = process.spawn("cat", { stderr = "pipe" })
    p.stdin:write("x")
    p.stdin:close()
    p.stdout:close()
    p.stderr:close()
    p:wait()
    pcall(process.spawn, { "no-such-program" })
  end
  while #fs.list("/proc/self/fd") > before do sleep(0.005) end
  for _, entry in ipairs(process.list()) do
    assert.eq(entry.ppid == own and entry.name == "cat", false)
  end
end)

test("spawn says what is wrong", in_folder(function(d)
  local spawn = process.spawn
  raises('process.spawn: cannot start "no-such-program": no folder in PATH has this program', spawn, { "no-such-program" })
  raises('process.spawn: cannot start "/no/such/program": No such file or directory', spawn, { "/no/such/program" })
  fs.write(d .. "/script", "#!/no/such/interpreter\n")
  fs.chmod(d .. "/script", "755")
  raises("the interpreter that its first line names, is missing", spawn, { d .. "/script" })
  fs.write(d .. "/plain", "x")
  raises('process.spawn: cannot start "' .. d .. '/plain": Permission denied (os error 13)', spawn, { d .. "/plain" })
  raises([[the folder "/no/such" of option 'cwd' is not there]], spawn, "true", { cwd = "/no/such" })
  raises("process.spawn: the command names no program", spawn, {})
  raises("process.spawn: the command names no program", spawn, { "" })
  raises("process.spawn: element 2 of the command must be a string, got table", spawn, { "echo", {} })
  raises("process.spawn: element 2 of the command is not valid UTF-8", spawn, { "echo", "\255" })
  raises("process.spawn: element 2 of the command has a zero byte", spawn, { "echo", "a\0" })
  raises("process.spawn: the command contains a zero byte", spawn, "a\0")
  raises([[option 'stdin' must be a "pipe"|"inherit"|"null"]], spawn, "true", { stdin = "file" })
  raises("bad argument #1", spawn)
  local p = spawn("true")
  raises("process:wait: timeout must be zero or more seconds", p.wait, p, -1)
  raises("bad argument #1", p.wait, {})
  p:wait()
end))

test("list has every process by its id, with name, parent and command line", function()
  local p = process.spawn({ "sleep", "998877" })
  local entry = entry_of(p.pid)
  assert.eq(entry.name, "sleep")
  assert.matches(entry.cmdline, "^(\\S*/)?sleep 998877$")
  assert.eq(entry_of(entry.ppid) ~= nil, true)
  p:kill("KILL")
  p:wait()
  assert.eq(entry_of(p.pid), nil)
  local last = 0
  for _, one in ipairs(process.list()) do
    assert.gt(one.pid, last)
    last = one.pid
  end
end)

test("is_running takes exact names, also those that the kernel cuts off", in_folder(function(d)
  for _, name in ipairs({ "assay-t1 (x)", "assay-test-with-a-long-name" }) do
    assert.eq(process.is_running(name), false)
    local p = process.spawn({ named_sleep(d, name), "1000" })
    assert.eq(process.is_running(name), true)
    assert.eq(process.is_running(name:sub(1, -2)), false)
    assert.eq(process.is_running(name .. "x"), false)
    p:kill("KILL")
    p:wait()
    assert.eq(process.is_running(name), false)
  end
end))

test("a process goes on when the task that waits for it is cancelled", function()
  local p = process.spawn("read line; exit 5")
  local task = async.spawn(function() p:wait(1000) end)
  sleep(0)
  task:cancel()
  raises("task cancelled", task.await)
  assert.eq(p:is_running(), true)
  p.stdin:write("end\n")
  assert.eq(p:wait().status, 5)
end)

test("wait_idle ends when nothing of the names runs", in_folder(function(d)
  assert.eq(process.wait_idle("assay-nothing"), true)
  assert.eq(process.wait_idle({}), true)
  local p = process.spawn({ named_sleep(d, "assay-idle"), "1000" })
  assert.eq(process.wait_idle({ "assay-nothing", "assay-idle" }, 0.02, 0.01), false)
  assert.eq(process.wait_idle("assay-idle", 0), false)
  local waiting = async.spawn(function() return process.wait_idle("assay-idle", 1000, 0.005) end)
  p:kill()
  assert.eq(waiting:await(), true)
end))

test("wait_idle refuses what is no time and no name", function()
  raises("process.wait_idle: timeout must be zero or more seconds", process.wait_idle, "x", -1)
  raises("process.wait_idle: interval must be zero or more seconds", process.wait_idle, "x", 1, -1)
  raises("bad argument #1", process.wait_idle, { 1 })
  raises("bad argument #1", process.wait_idle)
  raises("bad argument #1", process.is_running)
end)

test("kill sends a signal to a process", function()
  local p = process.spawn({ "sleep", "1000" })
  assert.eq(process.kill(p.pid, 0), true)
  assert.eq(process.kill(p.pid), true)
  assert.eq(p:wait().signal, "SIGTERM")
  p = process.spawn({ "sleep", "1000" })
  assert.eq(process.kill(p.pid, "9"), true)
  assert.eq(p:wait().signal, "SIGKILL")
end)

test("kill refuses ids that mean more than one process, and what is no signal", function()
  for _, pid in ipairs({ 0, -1, -5, 2 ^ 31, 2 ^ 32, 2 ^ 40 }) do
    raises("process.kill: pid must be between 1 and 2147483647: current value is ", process.kill, pid, 0)
  end
  raises("signal must be a name or a number from 0 to 64: current value is -1", process.kill, 1, -1)
  raises("signal must be a name or a number from 0 to 64: current value is 65", process.kill, 1, 65)
  raises("process.kill: cannot send signal SIGNONE to process 1: there is no signal of this name", process.kill, 1, "none")
  raises("bad argument #2", process.kill, 1, {})
  raises("bad argument #1", process.kill, "x")
  local p = process.spawn("true")
  p:wait()
  raises(
    "process.kill: cannot send signal 15 to process " .. p.pid .. ": No such process (os error 3)",
    process.kill,
    p.pid
  )
end)
