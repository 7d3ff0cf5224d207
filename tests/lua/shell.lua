-- shell.exec, against real commands

local exec = shell.exec

--- Runs a command that is to be killed, with ever more time until it has come so far as to make a file
local function exec_until(file, command)
  local timeout, result = 0.1, nil
  repeat
    result = exec(command, { timeout = timeout })
    timeout = timeout * 2
  until fs.exists(file)
  return result, (fs.read(file):gsub("%s", ""))
end

--- Whether a process is there, one that only waits to be noticed aside
local function is_alive(pid)
  local ok, stat = pcall(fs.read, "/proc/" .. pid .. "/stat")
  if ok then return not stat:match("^%d+ %(.*%) [ZX]") end
  return (pcall(process.kill, tonumber(pid), 0))
end

local function await_end(pid)
  while is_alive(pid) do sleep(0.005) end
end

test("exec gives status and both outputs", function()
  local r = exec("echo out; echo err >&2; exit 3")
  assert.eq(json.encode(r), '{"status":3,"stderr":"err\\n","stdout":"out\\n","timed_out":false}')
  assert.eq(exec("true").status, 0)
  assert.eq(exec("no-such-command-here").status, 127)
end)

test("a command that a signal ends has the status -1 and what it has printed", function()
  local r = exec("echo before; kill -9 $$")
  assert.eq(r.status, -1)
  assert.eq(r.stdout, "before\n")
  assert.eq(r.timed_out, false)
end)

test("standard input is empty unless given, and of bytes", function()
  assert.eq(exec("cat").stdout, "")
  local all = {}
  for i = 0, 255 do all[i + 1] = string.char(i) end
  local bytes = table.concat(all)
  assert.eq(exec("cat", { stdin = bytes }).stdout, bytes)
  assert.eq(exec("cat", { stdin = "" }).stdout, "")
end)

test("pipes never block, however much goes through them", function()
  local input = string.rep("0123456789\255\0", 200000)
  local r = exec("cat; head -c 3000000 /dev/zero >&2", { stdin = input })
  assert.eq(r.stdout == input, true)
  assert.eq(#r.stderr, 3000000)
end)

test("a command need not read what it is given", function()
  assert.eq(exec("echo done", { stdin = string.rep("x", 5000000) }).stdout, "done\n")
  assert.eq(exec("exec <&-; sleep 0.01; echo done", { stdin = string.rep("x", 5000000) }).stdout, "done\n")
end)

test("the command may hold any byte but zero", function()
  assert.eq(exec("printf %s 'é'").stdout, "é")
  assert.eq(exec("printf %s '\255%n\\\\'; printf %s \"$((1+1))\"").stdout, "\255%n\\\\2")
  raises("shell.exec: the command contains a zero byte", exec, "a\0b")
end)

test("cwd and env", function()
  local folder = fs.tempdir()
  assert.eq(exec("pwd -P", { cwd = folder }).stdout, exec("cd '" .. folder .. "' && pwd -P").stdout)
  fs.remove(folder)
  env.set("SHELL_TEST", "inherited")
  assert.eq(exec("echo $SHELL_TEST").stdout, "inherited\n")
  assert.eq(exec("echo $SHELL_TEST $N $B", { env = { SHELL_TEST = "ä b", N = 1.5, B = true } }).stdout, "ä b 1.5 true\n")
  assert.eq(env.get("SHELL_TEST"), "inherited")
  assert.eq(exec("echo $__proto__", { env = { ["__proto__"] = "x" } }).stdout, "x\n")
end)

test("exec lets other tasks go on", function()
  local folder = fs.tempdir()
  local fifo = folder .. "/fifo"
  assert(exec("mkfifo '" .. fifo .. "'").status == 0)
  -- Only another task can end this command
  local reader = async.spawn(function() return exec("cat '" .. fifo .. "'") end)
  assert.eq(exec("echo through > '" .. fifo .. "'").status, 0)
  assert.eq(reader:await().stdout, "through\n")
  fs.remove(folder)
end)

test("when the time is up, everything that the command has started is killed", function()
  local folder = fs.tempdir()
  local file = folder .. "/pid"
  local write = "echo $! > " .. file .. ".new; mv " .. file .. ".new " .. file
  local r, grandchild = exec_until(file, "(sleep 1000 & " .. write .. "; wait) & echo lost; wait")
  assert.eq(json.encode(r), '{"status":-1,"stderr":"","stdout":"","timed_out":true}')
  await_end(grandchild)
  fs.remove(folder)
end)

test("a cancelled task takes its command, and everything that has started, with it", function()
  local folder = fs.tempdir()
  local file = folder .. "/pid"
  local task = async.spawn(function()
    exec("sleep 1000 & echo $! > " .. file .. ".new; mv " .. file .. ".new " .. file .. "; wait")
  end)
  while not fs.exists(file) do sleep(0.005) end
  task:cancel()
  raises("task cancelled", task.await)
  await_end((fs.read(file):gsub("%s", "")))
  fs.remove(folder)
end)

test("a command that ignores signals is killed too", function()
  assert.eq(exec("trap '' TERM INT HUP; while :; do sleep 0.01; done", { timeout = 0.05 }).timed_out, true)
end)

test("what leaves the group and keeps the pipes open cannot keep exec waiting", function()
  if exec("command -v setsid").status ~= 0 then skip("no setsid") end
  local folder = fs.tempdir()
  local file = folder .. "/pid"
  local leave = "setsid sh -c 'echo $$ > " .. file .. ".new; mv " .. file .. ".new " .. file .. "; exec sleep 20'"
  local r, pid = exec_until(file, leave .. " & sleep 1000")
  assert.eq(r.timed_out, true)
  assert.eq(is_alive(pid), true)
  process.kill(tonumber(pid), "KILL")
  fs.remove(folder)
end)

test("a time that suffices changes nothing", function()
  assert.eq(exec("echo x", { timeout = 1000 }).stdout, "x\n")
  assert.eq(exec("echo x", { timeout = 1e12 }).stdout, "x\n")
  assert.eq(exec("sleep 1000", { timeout = 0 }).timed_out, true)
end)

test("a command may leave others behind that keep no pipe open", function()
  local r = exec("sleep 1000 >/dev/null 2>&1 </dev/null & echo $!")
  local pid = r.stdout:gsub("%s", "")
  assert.eq(is_alive(pid), true)
  process.kill(tonumber(pid))
  await_end(pid)
end)

test("no process and no descriptor is left behind", function()
  if not fs.exists("/proc/self/fd") then skip("no /proc") end
  exec("true")
  local function open_files()
    return #fs.list("/proc/self/fd")
  end
  local own = tonumber(exec("echo $PPID").stdout)
  local before = open_files()
  local tasks = {}
  for i = 1, 20 do
    tasks[i] = async.spawn(function()
      exec("cat", { stdin = "x" })
      exec("sleep 1000", { timeout = 0.01, stdin = "x" })
      pcall(exec, "true", { cwd = "/no/such/folder" })
    end)
  end
  for _, task in ipairs(tasks) do task:await() end
  -- Descriptors are closed in a turn of their own
  while open_files() > before do sleep(0.005) end
  -- Other tests of the process have children, too, which come and go; one that has ended does not stay
  local function is_zombie(pid)
    local is_there, stat = pcall(fs.read, "/proc/" .. pid .. "/stat")
    return is_there and stat:match("^%d+ %(.*%) (%S)") == "Z"
  end
  local deadline = os.clock() + 10
  for _, entry in ipairs(process.list()) do
    while entry.ppid == own and is_zombie(entry.pid) do
      assert(os.clock() < deadline, "a zombie: " .. entry.name)
      sleep(0.005)
    end
  end
end)

test("errors name the function and tell what to do", function()
  raises("shell.exec: timeout must be zero or more seconds and finite: current value is -1", exec, "true", { timeout = -1 })
  raises("shell.exec: timeout must be zero or more seconds", exec, "true", { timeout = 1 / 0 })
  raises("shell.exec: timeout must be zero or more seconds", exec, "true", { timeout = 0 / 0 })
  raises([[shell.exec: cannot start "/bin/sh": the folder "/no/such" of option 'cwd' is not there]], exec, "true", { cwd = "/no/such" })
  raises("shell.exec: option 'stdin' must be a string", exec, "true", { stdin = {} })
  raises("bad argument #1: error converting Lua nil to String", exec)
  raises([[shell.exec: cannot start "/bin/sh": Argument list too long]], exec, "true " .. string.rep("x", 4000000))
end)

test("names and values that no variable can have are refused, and values not shown", function()
  raises('"A=B" is no name of a variable', exec, "true", { env = { ["A=B"] = "x" } })
  raises('"" is no name of a variable', exec, "true", { env = { [""] = "x" } })
  raises("a number is no name of a variable", exec, "true", { env = { "x" } })
  raises('the value of "A" must be a string, got table', exec, "true", { env = { A = {} } })
  local message = raises('the value of "A" has a zero byte', exec, "true", { env = { A = "secret\0" } })
  assert.eq(tostring(message):find("secret"), nil)
  raises('the value of "A" is not valid UTF-8', exec, "true", { env = { A = "\255" } })
end)
