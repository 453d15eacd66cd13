// An application of the official client that lives through restarts of its server. It writes two streams
// and tails both of them twice, and knows nothing of the restarts but what `steadyFetch` hides.
//
// Prints "written <n>" as it goes and, at the end, one line of JSON: what each tail got, and every error
// that the application was told of.
import { DurableStream, IdempotentProducer, stream } from "@durable-streams/client"

const base = process.env.SILTSTONE_URL
const count = Number(process.env.SILTSTONE_MESSAGES)
const pace = Number(process.env.SILTSTONE_PACE_MILLIS)
const errors = []

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis))

/** Fetches until there is an answer. What was asked for may happen twice: producers and Stream-Seq care. */
async function steadyFetch(input, init) {
  for (;;) {
    try {
      const response = await fetch(input, init)
      if (response.status === 503) {
        await response.arrayBuffer()
      } else if (response.headers.get("content-type") === "text/event-stream") {
        return new Response(wholeEvents(response.body), response)
      } else {
        const body = await response.arrayBuffer()
        return new Response(body.byteLength > 0 ? body : null, response)
      }
    } catch (e) {
      if (init?.signal?.aborted || !(e instanceof TypeError)) {
        throw e
      }
    }
    await pause(50)
  }
}

/** Ends where the connection breaks, after the last control event: the client then connects again. */
function wholeEvents(body) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let held = ""
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        let part
        try {
          part = await reader.read()
        } catch {
          part = { done: true }
        }
        if (part.done) {
          controller.close()
          return
        }
        held += decoder.decode(part.value, { stream: true })
        const control = held.lastIndexOf("event: control\n")
        const end = control < 0 ? -1 : held.indexOf("\n\n", control)
        if (end >= 0) {
          controller.enqueue(encoder.encode(held.slice(0, end + 2)))
          held = held.slice(end + 2)
          return
        }
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** Follows a stream from its beginning to its closure and returns all that came. */
async function tail(url, live, json) {
  const got = []
  try {
    const response = await stream({ url, live, fetch: steadyFetch, warnOnHttp: false })
    if (json) {
      response.subscribeJson((batch) => void got.push(...batch.items))
    } else {
      response.subscribeText((batch) => void got.push(batch.text))
    }
    await response.closed
  } catch (e) {
    errors.push(`${live} tail of ${url}: ${e?.stack ?? e}`)
  }
  return got
}

async function writeEvents(url, created) {
  const handle = await DurableStream.create({
    url,
    contentType: "application/json",
    fetch: steadyFetch,
    warnOnHttp: false,
  })
  created()
  const producer = new IdempotentProducer(handle, "application", {
    fetch: steadyFetch,
    maxInFlight: 5,
    lingerMs: 1,
    onError: (e) => errors.push(`producer: ${e?.stack ?? e}`),
  })
  for (let n = 0; n < count; n++) {
    producer.append(JSON.stringify({ n }))
    if (n % 50 === 0) {
      console.log(`written ${n}`)
    }
    await pause(pace)
  }
  await producer.flush()
  await producer.close(JSON.stringify({ n: count }))
  return producer.epoch
}

async function writeLines(url, created) {
  const handle = await DurableStream.create({
    url,
    contentType: "text/plain",
    batching: false,
    fetch: steadyFetch,
    warnOnHttp: false,
  })
  created()
  for (let n = 0; n < count; n++) {
    try {
      await handle.append(`${n};`, { seq: String(n).padStart(9, "0") })
    } catch (e) {
      // The answer was lost and the repeat refused: the line is there.
      if (e?.status !== 409) {
        errors.push(`append: ${e?.stack ?? e}`)
      }
    }
    await pause(pace)
  }
  await handle.close()
}

const events = `${base}/v1/stream/official/events`
const lines = `${base}/v1/stream/official/lines`
const writers = []
const begin = (write, url) => new Promise((created) => void writers.push(write(url, created)))
await Promise.all([begin(writeEvents, events), begin(writeLines, lines)])
const tails = [
  tail(events, "sse", true),
  tail(events, "long-poll", true),
  tail(lines, "sse", false),
  tail(lines, "long-poll", false),
]
const [producerEpoch] = await Promise.all(writers)
const [eventsBySse, eventsByLongPoll, linesBySse, linesByLongPoll] = await Promise.all(tails)
console.log(
  JSON.stringify({
    producerEpoch,
    eventsBySse: eventsBySse.map((event) => event.n),
    eventsByLongPoll: eventsByLongPoll.map((event) => event.n),
    linesBySse: linesBySse.join(""),
    linesByLongPoll: linesByLongPoll.join(""),
    errors,
  }),
)
process.exit(0)
