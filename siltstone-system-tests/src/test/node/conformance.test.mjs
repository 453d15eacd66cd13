// The official suite against the server at SILTSTONE_URL. Its own command line cannot pass options.
import { runConformanceTests } from "@durable-streams/server-conformance-tests"

runConformanceTests({ baseUrl: process.env.SILTSTONE_URL, longPollTimeoutMs: 500 })
