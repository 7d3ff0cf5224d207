-- Loops over integers of 64 bits; prints name, best time in milliseconds, result.
local benchmarks = {
  { "FNV-1a", function()
    local hash = 0xcbf29ce484222325
    for i = 1, 200000 do hash = (hash ~ (i & 0xff)) * 0x100000001b3 end
    return hash
  end },
  { "xorshift", function()
    local x = 88172645463325252
    for _ = 1, 200000 do
      x = x ~ x << 13
      x = x ~ x >> 7
      x = x ~ x << 17
    end
    return x
  end },
  { "LCG", function()
    local seed = 1
    for _ = 1, 200000 do seed = seed * 6364136223846793005 + 1442695040888963407 end
    return seed
  end },
}

for _, benchmark in ipairs(benchmarks) do
  local best, result = math.huge, nil
  for _ = 1, 7 do
    local start = os.clock()
    result = benchmark[2]()
    best = math.min(best, os.clock() - start)
  end
  print(benchmark[1], best * 1000, result)
end
