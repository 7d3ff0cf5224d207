-- From assay-llms-v0.11.md, fs
-- Copy a binary file
local data = fs.read_bytes("image.png")
fs.write_bytes("copy.png", data)
-- Serve binary files via http.serve()
http.serve(8080, {
  GET = {
    ["/*"] = function(req)
      return { status = 200, body = fs.read_bytes("static" .. req.path) }
    end,
  },
})
