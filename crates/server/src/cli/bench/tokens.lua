-- Sends every request with the next token of a file: `wrk -s tokens.lua URL -- FILE`.
local requests = {}
local sent = 0

function init(args)
  for token in io.lines(args[1]) do
    local headers = { ["Authorization"] = "Bearer " .. token, ["If-None-Match"] = '"none"' }
    requests[#requests + 1] = wrk.format("GET", nil, headers)
  end
end

function request()
  sent = sent + 1
  return requests[sent % #requests + 1]
end
