-- Each request in its turn: a dependency with yield, a worker thread, a model in and out, a stream.
local fields = { ["Content-Type"] = "application/json" }
local requests

init = function()
  requests = {
    wrk.format("GET", "/items/7"),
    wrk.format("GET", "/thread/7"),
    wrk.format("POST", "/orders", fields, '{"name":"cup","amounts":[1,2,3]}'),
    wrk.format("GET", "/blocks/1"),
  }
end

local turn = 0

request = function()
  turn = turn % #requests + 1
  return requests[turn]
end
