-- Appends for wrk: BENCH_STREAMS streams named BENCH_PATH0, BENCH_PATH1, ... in turn, BENCH_SIZE bytes each.
local path = os.getenv("BENCH_PATH")
local streams = tonumber(os.getenv("BENCH_STREAMS") or "1")
local size = tonumber(os.getenv("BENCH_SIZE") or "100")
local requests, next_stream = {}, 0

function init(_)
    local headers = { ["Content-Type"] = "application/octet-stream" }
    for i = 0, streams - 1 do
        requests[i] = wrk.format("POST", path .. i, headers, string.rep("x", size))
    end
end

function request()
    next_stream = (next_stream + 1) % streams
    return requests[next_stream]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format('RESULT {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "errors": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
