-- wrk script: POSTs the lines of a file, one after the other; prints one RESULT line at the end.
--   wrk -t1 -c8 -d10s -s bodies.lua URL -- FILE
-- RESULT requests seconds p50 p95 p99 (ms) errors
local requests, n = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format(nil, nil, nil, line)
  end
end

function request()
  n = n + 1
  return requests[(n - 1) % #requests + 1]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %.4f %.3f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
